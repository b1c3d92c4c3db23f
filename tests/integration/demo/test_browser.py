"""The LMS's pages in Chromium, and a launch in a frame of another site."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from lti_tool.demo.platform import Platform

from .minitool import MiniTool
from .test_pages import grade

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def window(browser: "Browser") -> Iterator["BrowserContext"]:
    """One for all tests: to open one costs more than most pages."""
    with browser.new_context() as context:
        yield context


@pytest.fixture
def page(window: "BrowserContext") -> Iterator["Page"]:
    """A page of somebody who was never here."""
    with window.new_page() as page:
        yield page
    window.clear_cookies()


@pytest.mark.parametrize("self_posting", [False, True])
def test_a_launch_arrives_in_the_frame(tool: MiniTool, page: "Page", self_posting: bool) -> None:
    """By a redirect; and by a form of the tool, which comes without the LMS's SameSite=Lax cookie."""
    tool.self_posting_login = self_posting
    page.goto(tool.settings.url)
    page.get_by_role("button", name="Amélie Rousseau").click()
    page.get_by_role("link", name="Une pratique qui évite l’accident").click()
    assert page.frame_locator("#tool").get_by_role("heading", name="New").inner_text()
    assert tool.errors == []


ASK = """([message, wait]) => new Promise(answer => {
    addEventListener("message", ({data}) => answer(data), {once: true});
    setTimeout(() => answer(null), wait);
    parent.postMessage(message, "*");
})"""
LONG, SHORT = 20_000, 300  # ms: for what is answered, and for what is not


def test_the_page_answers_what_the_tool_asks_of_it(tool: MiniTool, page: "Page") -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(tool.settings.url)
    page.get_by_role("button", name="Amélie Rousseau").click()
    page.get_by_role("link", name="Une pratique qui évite l’accident").click()
    page.frame_locator("#tool").get_by_role("heading", name="New").wait_for()
    frame = page.frames[1]

    def ask(subject: str, wait: int = LONG, **content: object) -> dict[str, Any] | None:
        answer: dict[str, Any] | None = frame.evaluate(
            ASK, [{"subject": subject, "message_id": "1", **content}, wait]
        )
        if answer:
            assert (answer.pop("subject"), answer.pop("message_id")) == (f"{subject}.response", "1")
        return answer

    can = ask("lti.capabilities")
    assert can is not None
    assert {"subject": "lti.put_data"} in can["supported_messages"]
    assert ask("lti.get_data", key="k") == {"key": "k", "value": None}
    assert ask("lti.put_data", key="k", value="v") == {"key": "k", "value": "v"}
    assert ask("lti.get_data", key="k") == {"key": "k", "value": "v"}
    ask("lti.frameResize", height=2000)
    frame.wait_for_function("innerHeight === 2000")
    page.mouse.wheel(0, 500)
    page.wait_for_function("scrollY > 0")
    ask("lti.scrollToTop")
    page.wait_for_function("scrollY === 0")
    size = ask("lti.fetchWindowSize")
    assert size is not None
    assert size["height"] == 720
    assert size["offset"]["top"] == page.evaluate("document.getElementById('tool').offsetTop")
    assert ask("lti.unheard_of", SHORT) is None
    page.evaluate("frames[0].location = 'data:text/html,<p>elsewhere'")
    page.wait_for_function("!frames[0].length")
    page.frames[1].wait_for_url("data:**")
    assert (
        page.frames[1].evaluate(ASK, [{"subject": "lti.get_data", "message_id": "1", "key": "k"}, SHORT])
        is None
    )


@pytest.mark.long
@pytest.mark.parametrize(("size", "person"), [((360, 640), "3"), ((1280, 720), "4")])
def test_pages_are_accessible_and_fit(
    tool: MiniTool,
    lms: Platform,
    page: "Page",
    size: tuple[int, int],
    person: str,
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(tool.settings.url)
    lms.add_link(lms.runs["2"], "Nouvelle", "", {}, {"label": "Nouvelle", "scoreMaximum": 10}, "fr")
    paths = ["/", "/course", "/course/activities/11", "/course/grades", "/nothing"]
    if person == "3":
        grade(lms, "4", 8)
        copied = lms.copy(lms.runs["2"]).course.id
        paths += [f"/course/{copied}", "/course/2/add", "/course/2/grades/1/4"]
    for path in paths:
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
