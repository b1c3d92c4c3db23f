"""Who reviews whom: by arrow keys in a wide table, and as a list on a phone."""

import pytest
from playwright.sync_api import expect

from .looks import DESK
from .stage import Stage
from .states import STATES

pytestmark = pytest.mark.browser


def test_the_table_by_arrow_keys_and_the_list_on_a_phone(stage: Stage, person) -> None:
    page = STATES["matrix"](stage, person(viewport=DESK))
    cells = page.locator("[data-matrix] tbody tr")

    def at(row: int, column: int):
        cell = cells.nth(row).locator("td").nth(column)
        return cell.locator("a") if cell.locator("a").count() else cell

    expect(page.locator("[data-matrix] [tabindex='0']")).to_have_count(1)
    at(0, 0).focus()
    for key, place in (
        ("ArrowRight", (0, 1)), ("ArrowDown", (1, 1)), ("ArrowUp", (0, 1)), ("End", (0, 2)),
        ("ArrowRight", (0, 2)), ("Control+End", (2, 2)), ("ArrowDown", (2, 2)), ("Home", (2, 0)),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(at(*place)).to_be_focused()
        expect(page.locator("[data-matrix] [tabindex='0']")).to_have_count(1)
    expect(at(2, 0)).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Must review").click()
    expect(page.get_by_text("before anybody else")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 640})
    page.get_by_role("link", name="Back to who reviews whom").click()
    expect(page.locator("[data-matrix]")).to_be_hidden()
    sections = page.locator(".matrix-list section")
    expect(sections).to_have_count(3)
    expect(sections.first.locator("li").filter(has_text="must")).not_to_have_count(0)
    page.get_by_role("button", name="Open this pair").click()
    expect(page.locator("h1")).to_be_visible()
