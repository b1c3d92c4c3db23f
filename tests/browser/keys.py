"""Hands on the keyboard alone."""

from playwright.sync_api import Frame, Page

MOST = 80  # Tab stops before this is a trap
IS_HERE = """selector => {
  const here = document.activeElement;
  const field = document.getElementById(here?.id.replace(/-editor$/, "") ?? ""); // an editor is its field
  return Boolean(here?.matches(selector) || field?.matches(selector));
}"""


def tab_to(page: Page, frame: Frame | Page, selector: str) -> int:
    """Press Tab until the focus is on `selector`; how many times that took."""
    for stops in range(MOST):
        if frame.evaluate(IS_HERE, selector):
            return stops
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached in {MOST} Tab stops")


def type_in(page: Page, frame: Frame | Page, selector: str, text: str) -> int:
    """Tab to a field and write; how many Tab stops that took."""
    stops = tab_to(page, frame, selector)
    page.keyboard.insert_text(text)
    return stops


def press_on(page: Page, frame: Frame | Page, selector: str) -> int:
    """Tab to a button or a link and press Enter; how many Tab stops that took."""
    stops = tab_to(page, frame, selector)
    page.keyboard.press("Enter")
    return stops
