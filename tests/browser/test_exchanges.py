"""Peers who talk about a contribution: by keyboard, without JavaScript, and with an instructor who hides."""

import pytest
from playwright.sync_api import Page, expect

from . import looks
from .stage import Stage
from .states import STATES

pytestmark = pytest.mark.browser


def test_comment_reply_thank_and_apply_without_scripts(stage: Stage, person) -> None:
    stage.open()
    author, me = stage.shared(2)
    path = f"/c/{stage.work_of(author).id}"

    def come(visit) -> Page:
        return stage.enter(person(java_script_enabled=False), visit).go(path)

    page = come(me)
    page.get_by_label("Your comment").fill("How long does it take?\n\nWith <b>two</b> people?")
    page.get_by_role("button", name="Send my comment").click()
    expect(page.locator(".said").get_by_text("With <b>two</b> people?")).to_be_visible()
    page.locator("summary", has_text="Thank you").click()
    page.get_by_role("button", name="Say thank you").click()
    page.get_by_role("link", name="Write a few words here.").click()
    page.locator("#thanks-because").fill("It saves me an hour.")
    page.get_by_role("button", name="Say thank you").click()
    page.locator("summary", has_text="I applied it").click()
    page.get_by_label("When?").fill("2026-01-05")
    page.get_by_role("button", name="Say that I applied it").click()
    expect(page.get_by_text("1 person applied it at work")).to_be_visible()
    page.get_by_role("button", name="Keep it for later").click()
    expect(page.get_by_role("button", name="Keep it no longer")).to_be_visible()

    theirs = come(author)
    expect(theirs.get_by_text("It saves me an hour.")).to_be_visible()
    theirs.locator("summary", has_text="Reply").click()
    theirs.get_by_label("Your reply").fill("An hour, with two.")
    theirs.get_by_role("button", name="Send my reply").click()
    expect(theirs.get_by_role("heading", name="A comment and its replies")).to_be_visible()

    page.reload()
    expect(page.get_by_text("An hour, with two.")).to_be_visible()
    page.get_by_role("link", name="Change or take back").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("This comment was taken back.")).to_be_visible()

    staff = come(stage.instructor)
    staff.locator(".said").get_by_role("link", name="Hide it").click()
    staff.get_by_label("Why?").fill("It names a patient.")
    staff.get_by_role("button", name="Hide it").click()
    expect(staff.get_by_text("Why: It names a patient.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("An hour, with two.")).to_have_count(0)


def test_a_comment_by_keyboard(stage: Stage, person) -> None:
    stage.open()
    author, me = stage.shared(2)
    page = stage.at(person(viewport={"width": 360, "height": 640}), me, f"/c/{stage.work_of(author).id}")
    assert len(looks.walk(page)) <= 30
    page.get_by_label("Your comment").focus()
    page.keyboard.type("I try it tomorrow.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".said").get_by_text("I try it tomorrow.")).to_be_visible()


def test_a_discussion_hides_no_focus(stage: Stage, person) -> None:
    page = STATES["peers_contribution_discussed"](stage, person(viewport={"width": 360, "height": 640}))
    assert len(looks.walk(page)) <= 40
