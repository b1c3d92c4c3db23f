"""The LMS's pages in Chromium, and a launch in a frame of another site."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from .minitool import MiniTool

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("self_posting", [False, True])
def test_a_launch_arrives_in_the_frame(
    tool: MiniTool, open_browser: Callable[..., "BrowserContext"], self_posting: bool
) -> None:
    """By a redirect; and by a form of the tool, which comes without the LMS's SameSite=Lax cookie."""
    tool.self_posting_login = self_posting
    page = open_browser().new_page()
    page.goto(tool.settings.url)
    page.get_by_role("button", name="Amélie Rousseau").click()
    page.get_by_role("link", name="Une pratique qui évite l’accident").click()
    assert page.frame_locator("#tool").get_by_role("heading", name="New").inner_text()
    assert tool.errors == []


@pytest.mark.parametrize("person", ["3", "4"])
@pytest.mark.parametrize("size", [(360, 640), (1280, 720)])
def test_pages_are_accessible_and_fit(
    tool: MiniTool, open_browser: Callable[..., "BrowserContext"], size: tuple[int, int], person: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_browser(viewport={"width": size[0], "height": size[1]}).new_page()
    page.goto(tool.settings.url)
    for path in ("/", "/course", "/course/activities/11", "/course/grades", "/nothing"):
        if path == "/course":
            page.locator(f"button[value='{person}']").click()
        page.goto(tool.settings.url + path)
        # The page of the mini-tool in the frame is not what is looked at here.
        found = Axe().run(page, context={"exclude": ["iframe"]}, options={"iframes": False})
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        if "activities" in path:
            # Moodle's rule: the frame ends 15 px above the window's end, and the page itself does not scroll.
            bottom = page.evaluate("document.getElementById('tool').getBoundingClientRect().bottom")
            assert bottom == size[1] - 15
            assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
