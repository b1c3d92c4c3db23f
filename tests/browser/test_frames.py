"""Inside a frame of somebody else's page: its height, its messages, and one scrollbar only."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from .campus import Campus
from .stage import Stage

pytestmark = pytest.mark.browser
HEIGHTS = (450, 560, 640)
WIDTHS = (360, 1040)
# As Canvas does: it answers with the window's size, and gives the height it is asked for.
ANSWERS = """
  addEventListener("message", ({ data, source, origin }) => {
    asked.push(data.subject);
    const size = { height: innerHeight, width: innerWidth, offset: { top: 60, left: 0 }, footer: 0 };
    if (data.subject === "lti.fetchWindowSize")
      source.postMessage({ subject: "lti.fetchWindowSize.response", ...size }, origin);
    if (data.subject === "lti.frameResize") tool.style.height = data.height + "px";
  });
"""
PAGE = """<!doctype html><title>A platform</title><link rel="icon" href="data:,">
<style>
  body { margin: 0 } header { height: 60px }
  iframe { display: block; border: 0; width: 100%%; height: %(height)spx }
</style>
<header>A platform</header><iframe id="tool" src="%(src)s"></iframe>
<script>const tool = document.getElementById("tool"), asked = []; %(answers)s</script>"""
PARTLY_OUT = """(element) => {
  const box = element.getBoundingClientRect();
  return box.top < 0 || box.bottom > innerHeight || box.left < 0 || box.right > innerWidth;
}"""
SCROLLERS = """() => {
  const root = document.scrollingElement;
  const scrolls = (element) => {
    const how = getComputedStyle(element === root ? document.body : element).overflowY;
    const own = ["auto", "scroll"].includes(how) && element.tagName !== "TEXTAREA";
    const may = element === root ? how !== "hidden" : own;
    return may && element.scrollHeight > element.clientHeight + 1;
  };
  const found = [root, ...document.body.querySelectorAll("*")].filter(scrolls);
  return found.map((element) => (element === root ? "the page" : element.classList[0]));
}"""


class Platform(BaseHTTPRequestHandler):
    """Embeds ?src= in a frame of ?height=; with ?answers=1 it answers messages."""

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        holes = {
            "height": asked["height"],
            "src": asked["src"],
            "answers": ANSWERS if "answers" in asked else "",
        }
        body = (PAGE % holes).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def platform(campus: Campus) -> Iterator[str]:
    """The address of a page on the LMS's site that embeds the tool."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Platform) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def embedded(stage: Stage, open_browser: Callable, platform: str) -> Callable[..., tuple[Page, FrameLocator]]:
    """Opens a learner's page in a frame of so many px, in a window 60 px higher."""

    def embed(path: str, width: int, height: int, answers: bool = False, window: int | None = None):
        stage.open()
        me, _ = stage.shared(2)
        review = stage.pulled(me)
        context = open_browser(viewport={"width": width, "height": window or height + 60})
        place = stage.enter(context, replace(me, embedder=platform), framed=True)
        page = place.page
        src = place.url + path.format(review=review)
        page.goto(f"{platform}/?height={height}&src={src}{'&answers=1' if answers else ''}")
        page.frame_locator("#tool").locator("#content h1").wait_for()
        return page, page.frame_locator("#tool")

    return embed


@pytest.mark.parametrize("height", HEIGHTS)
@pytest.mark.parametrize("width", WIDTHS)
def test_send_is_seen_in_a_frame_that_never_answers(embedded, width: int, height: int) -> None:
    """As in Moodle, which gives the frame the window's height."""
    page, tool = embedded("/review/{review}", width, height)
    page.wait_for_timeout(600)  # longer than the tool waits for an answer
    send = tool.get_by_role("button", name="Send my review")
    assert not send.evaluate(PARTLY_OUT)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "the outer page scrolls too"
    scrolling = page.frames[-1].evaluate(SCROLLERS)
    assert set(scrolling) in ({"the page"}, {"pane"}), scrolling


@pytest.mark.parametrize("width", WIDTHS)
def test_send_is_seen_in_a_frame_that_answers(embedded, width: int) -> None:
    """As in Canvas: the workspace asks for a frame as high as the window, not as its content."""
    page, tool = embedded("/review/{review}", width, 450, answers=True, window=720)
    expect(page.locator("#tool")).to_have_css("height", "660px")
    send = tool.get_by_role("button", name="Send my review")
    assert not send.evaluate(PARTLY_OUT)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_a_reading_page_asks_for_the_height_of_its_content(embedded) -> None:
    page, tool = embedded("/contribution", 360, 450, answers=True, window=720)
    expect(tool.get_by_role("heading", name="What you shared")).to_be_visible()
    page.wait_for_function("document.getElementById('tool').clientHeight > 450")
    assert page.frames[-1].evaluate(SCROLLERS) == []
    settled = page.locator("#tool").bounding_box()
    page.wait_for_timeout(500)
    assert page.locator("#tool").bounding_box() == settled, "the frame keeps growing"


def test_nothing_is_asked_of_a_page_that_is_no_platform(embedded) -> None:
    """Messages go to the platform's origin or to nobody; going on scrolls to the top."""
    page, tool = embedded("/", 360, 560, answers=True)
    tool.get_by_role("link", name="See my contribution").click()
    expect(tool.get_by_role("heading", name="What you shared")).to_be_visible()
    page.wait_for_function("asked.includes('lti.scrollToTop')")
    assert set(page.evaluate("asked")) <= {"lti.frameResize", "lti.fetchWindowSize", "lti.scrollToTop"}
