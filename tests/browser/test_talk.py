"""A name that is offered while one types, and a comment that a closed tab or a lost network does not take."""

import re

import pytest
from playwright.sync_api import expect

from lti_tool.exchanges.models import Comment, Mention

from .stage import Stage

pytestmark = pytest.mark.browser


def test_a_name_is_chosen_by_keyboard_and_the_text_survives_until_it_is_said(
    stage: Stage, person, complaints
) -> None:
    stage.open(named=False)
    author, me = stage.shared(2)
    place = stage.enter(person(), me)
    path = f"/c/{stage.work_of(author).id}"
    page = place.go(path)
    area = page.get_by_label("Your comment")
    area.press_sequentially("Thanks @ame rou")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_have_text("Amélie Rousseau-Delacroix")
    expect(area).to_have_attribute("aria-activedescendant", re.compile("mentions-1-0"))
    area.press("Escape")
    expect(chosen).to_be_hidden()
    area.press("Backspace")
    expect(chosen).to_be_visible()
    area.press("ArrowDown")
    area.press("Enter")
    area.press_sequentially("again")
    text = "Thanks @Amélie Rousseau-Delacroix again"
    expect(area).to_have_value(text)

    page.context.set_offline(True)
    page.get_by_role("button", name="Send my comment").click()
    page.context.set_offline(False)
    complaints.clear()
    page = place.go(path)
    expect(page.get_by_label("Your comment")).to_have_value(text)
    page.get_by_role("button", name="Send my comment").dblclick()
    expect(page.locator(".said .mention")).to_have_text("@Amélie Rousseau-Delacroix")
    expect(page.get_by_label("Your comment")).to_have_value("")
    page = place.go(path)
    expect(page.get_by_label("Your comment")).to_have_value("")
    [said] = stage.rows(Comment, Comment.text == text)
    [mention] = stage.rows(Mention, Mention.comment_id == said.id)
    assert mention.person_id == author.person_id
