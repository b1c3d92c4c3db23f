"""The builder of a rubric on a phone, with the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from . import looks
from .keys import press_on, tab_to, type_in
from .stage import Stage

pytestmark = pytest.mark.browser


def test_criteria_are_added_moved_and_saved_with_the_keyboard(stage: Stage, phone) -> None:
    stage.open()
    first, second, _ = (each.id.hex for each in stage.reload().criteria)
    stage.blank = phone("en", "light")
    page: Page = stage.at(stage.blank.context, stage.instructor, "/activity/rubric")
    cards = page.locator("[data-criterion]")
    press_on(page, page, f"#down-{first}")
    expect(cards.first).to_have_id(f"criterion-{second}")
    expect(page.locator(f"#down-{first}")).to_be_focused()
    page.locator("#preview > summary").press("Enter")
    page.locator("#add").press("Enter")
    expect(cards).to_have_count(4)
    new = cards.last.get_attribute("id").removeprefix("criterion-")
    expect(page.locator(f"#name-{new}")).to_be_focused()
    page.keyboard.insert_text("Errors")
    tab_to(page, page, f"#type-{new}")
    page.keyboard.type("A count")
    expect(page.locator(f"#errors-{new}")).to_be_visible()
    type_in(page, page, f"#errors-{new}", "8")
    expect(page.locator("#preview")).to_contain_text("Write 8 for 8 or more.")
    assert looks.overflow(page, 360) + looks.violations(page) == []
    press_on(page, page, "main .btn-primary")
    expect(page.get_by_text("The criteria are saved.")).to_be_visible()
    assert [each.name for each in stage.reload().criteria] == ["Clear", "Useful", "Safe", "Errors"]


def test_a_card_is_dragged(stage: Stage, person) -> None:
    stage.open()
    page: Page = stage.at(person(), stage.instructor, "/activity/rubric")
    cards = page.locator("[data-criterion]")
    first = cards.first.get_attribute("id")
    cards.first.locator("[data-grip]").hover()
    page.mouse.down()
    box = cards.nth(1).bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] - 5, steps=4)
    page.mouse.up()
    expect(cards.nth(1)).to_have_id(first)
    expect(page.get_by_text("Not saved yet")).to_be_visible()
