"""An author thanks a reviewer, on a phone and with the keyboard alone; the reviewer reads it."""

import pytest
from playwright.sync_api import Page, expect

from .keys import press_on, tab_to
from .stage import Stage
from .states import STATES

pytestmark = pytest.mark.browser


def test_thanks_take_two_presses(stage: Stage, phone, person) -> None:
    stage.blank = phone("en", "light")
    page: Page = STATES["received"](stage, stage.blank.context)
    tab_to(page, page, "details.reaction > summary")
    page.keyboard.press("Enter")
    press_on(page, page, "button[name=reason]")
    said = page.locator("details.reaction", has_text="Thanks, because").first
    expect(said.get_by_text("Said")).to_be_visible()
    press_on(page, page, "button[name=words][value='4']")
    expect(page.locator("button[aria-pressed=true]")).to_have_text("Very useful")
    expect(page.locator("article:target")).to_be_in_viewport()
