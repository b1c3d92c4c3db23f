"""Without JavaScript: make an activity, share with a file, review, read."""

import re

import pytest
from playwright.sync_api import Page, expect

from .pictures import photo, traces
from .stage import WORDS, Stage

pytestmark = pytest.mark.browser


def test_without_scripts(stage: Stage, person) -> None:
    def come(visit) -> Page:
        return stage.enter(person(java_script_enabled=False), visit).go()

    page = come(stage.instructor)
    page.get_by_label("A practice").check()
    page.get_by_text("More settings").click()
    page.get_by_label("Reviews for each contribution").fill("1")
    page.get_by_label("Reviews each person gives").fill("1")
    page.get_by_role("button", name="Create and open").click()
    expect(page.get_by_text("The activity is open.")).to_be_visible()
    stage.reload()
    [other] = stage.shared(1)

    me = stage.person("Karim Benali")
    page = come(me)
    page.get_by_role("link", name="Share mine").click()
    page.get_by_label("Title").fill("How I do it")
    for area in page.locator("textarea").all():
        area.fill(WORDS["en"])
    page.locator("input[name=file][multiple]").set_input_files(photo())
    page.get_by_role("button", name="Add this file").click()
    expect(page.locator("#attachments > li")).to_have_count(1)
    expect(page.get_by_label("Title")).to_have_value("How I do it")
    page.get_by_label("What does it show?").fill("Two hands")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_alt_text("Two hands")).to_be_visible()
    picture = page.request.get(page.get_by_alt_text("Two hands").evaluate("image => image.src"))
    assert not traces(picture.body())
    page.get_by_role("button", name="Share with my peers").click()
    expect(page.get_by_text("Your contribution is shared.")).to_be_visible()
    stage.reviewed(other)

    page.get_by_role("button", name="Review a contribution").click()
    expect(page.locator("#my-review")).to_be_visible()
    for criterion in page.locator("fieldset").all():
        criterion.get_by_role("radio").nth(2).check()
    page.locator("#overall").fill("Too short.")
    page.get_by_role("button", name="Send my review").click()
    page.get_by_role("link", name=re.compile("Write at least 30 words")).click()
    expect(page.locator("#overall")).to_have_value("Too short.")
    page.locator("#overall").fill(WORDS["en"] * 2)
    page.get_by_role("button", name="Send my review").click()
    page.get_by_role("link", name="Read what I received").click()
    expect(page.get_by_role("heading", name="Review 1")).to_be_visible()
