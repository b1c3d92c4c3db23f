"""Somebody compares two works on a phone, with the keyboard alone; nothing chosen is lost between A and B."""

import pytest
from playwright.sync_api import Page, expect

from .keys import press_on, tab_to, type_in
from .looks import violations
from .stage import WORDS, Stage
from .states import STATES

pytestmark = pytest.mark.browser


def test_two_works_on_a_phone(stage: Stage, phone) -> None:
    stage.blank = phone("en", "light")
    page: Page = STATES["compare"](stage, stage.blank.context)
    expect(page.locator("#side-a")).to_be_visible()
    expect(page.locator("#side-b")).to_be_hidden()
    page.evaluate("window.scrollTo(0, 300)")
    press_on(page, page, "a[href='#side-b']")
    expect(page.locator("#side-b")).to_be_visible()
    expect(page.locator("#side-a")).to_be_hidden()
    assert page.evaluate("scrollY") == 0, "B from its beginning"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#side-a")).to_be_visible()
    tab_to(page, page, "input[name=better]")
    page.keyboard.press("ArrowRight")  # within the pair of choices alone
    expect(page.locator("input[name=better][value=b]")).to_be_checked()
    type_in(page, page, "#because", WORDS["en"])
    assert violations(page) == []
    press_on(page, page, "button[value=send]:not(.visually-hidden)")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your choice is sent")
    expect(page.get_by_text("1 of 1 done")).to_be_visible()
