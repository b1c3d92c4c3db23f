"""Whatever the browser keeps and the platform offers: the activity opens, and one can share and review."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from html import escape
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Frame, Route, expect
from werkzeug import Response

from . import looks
from .conftest import PATIENCE
from .seats import BY_ADDRESS, COOKIE, NOTHING, STORAGE, VISIT, WAYS, Seat, Tool, served, serving

pytestmark = pytest.mark.browser
HELP = "Help and privacy"
EVIL = """<!doctype html><title>Not the platform</title><link rel="icon" href="data:,"><script>
const messages = [];
addEventListener("message", ({ data, source }) => {
  messages.push(data);
  const answer = { subject: `${data.subject}.response`, message_id: data.message_id };
  source.postMessage({ ...answer, supported_messages: [{ subject: "lti.put_data" }] }, "*");
});
</script><iframe name="tool" src="%s"></iframe>"""
LOOKS = {"en-light": ("en", "light"), "fr-dark": ("fr", "dark")}


@pytest.fixture(scope="module")
def tools(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[bool, Tool]]:
    """The tool with partitioned cookies (True), and with cookies that no frame gets (False)."""
    with ExitStack() as stack:
        yield {
            partitioned: stack.enter_context(
                serving(tmp_path_factory.mktemp("tool"), partitioned=partitioned)
            )
            for partitioned in (True, False)
        }


@pytest.fixture
def take_seat(
    tools: dict[bool, Tool], open_browser: Callable[..., BrowserContext], complaints: list[str]
) -> Iterator[Callable]:
    """Seats a learner in front of one of the `WAYS`; takes the options of a browser. No console complains."""
    with ExitStack() as stack:

        def take(way: str, **options: object) -> Seat:
            personality, partitioned, answers, arrival = WAYS[way]
            lms, link = stack.enter_context(tools[partitioned].platform(personality))
            lms.answers_messages = answers
            context = open_browser(**{"locale": "en", "viewport": {"width": 1280, "height": 800}} | options)
            context.set_default_timeout(PATIENCE)
            context.on("console", lambda each: complaints.extend(complaint(each)))
            context.on("weberror", lambda error: complaints.append(str(error.error)))
            return Seat(context, lms, link, lms.add_person("ben", "Ben", courses=[link.course]), arrival)

        yield take
    assert complaints == []


@pytest.mark.parametrize("way", WAYS)
def test_one_can_share_and_review(take_seat: Callable, way: str) -> None:
    seat = take_seat(way)
    seat.share()
    seat.review()


# A window of its own


@pytest.mark.parametrize("way", [COOKIE, STORAGE])
def test_a_visit_in_a_frame_opens_in_a_window_of_its_own(take_seat: Callable, way: str) -> None:
    seat = take_seat(way)
    frame = seat.open()
    frame.get_by_role("link", name=HELP).click()
    expect(frame.get_by_role("heading", level=1, name=HELP)).to_be_visible()
    frame.get_by_role("link", name="Open in a window of its own").click()
    link = frame.get_by_role("link", name="Open the window")
    link.wait_for()
    assert faults(frame) == []
    with seat.context.expect_page() as opened:
        link.click()
    window = opened.value
    expect(window.get_by_role("heading", level=1, name=HELP)).to_be_visible()
    assert VISIT.search(window.url)
    assert not BY_ADDRESS.search(window.url)
    expect(window.get_by_role("link", name="Open in a window of its own")).to_have_count(0)
    expect(window.get_by_role("link", name="Back to the course")).to_be_visible()
    window.get_by_role("button", name="Français").click()
    expect(window.get_by_role("button", name="English")).to_be_visible()

    # The link worked once; the frame goes on.
    with seat.context.expect_page() as again:
        link.click()
    expect(again.value.get_by_text("This link was used already")).to_be_visible()
    frame.get_by_role("link", name="Back to the activity").click()
    expect(frame.locator("#share-link")).to_be_visible()


def test_a_link_that_was_sent_asks_who_it_is(take_seat: Callable) -> None:
    seat = take_seat(COOKIE)
    frame = seat.open()
    frame.get_by_role("link", name="Open in a window of its own").click()
    address = frame.get_by_role("link", name="Open the window").get_attribute("href")
    page = seat.context.new_page()
    page.goto(frame.url.partition("/l/")[0] + address)
    button = page.get_by_role("button", name="Continue as Ben")
    assert faults(page.main_frame) == []
    button.click()
    expect(page.locator("#share-link")).to_be_visible()


# The pages on the way in


@pytest.mark.parametrize(("language", "colours"), LOOKS.values(), ids=LOOKS)
def test_the_page_that_offers_a_window_is_for_all(take_seat: Callable, language: str, colours: str) -> None:
    seat = take_seat(NOTHING, locale=language, color_scheme=colours, viewport={"width": 360, "height": 640})
    seat.arrive().locator("[data-door-closed]").wait_for()
    assert seat.frame.evaluate("document.activeElement.matches('[data-door-closed]')")
    assert seat.frame.locator("[data-door-waits]").is_hidden()
    assert re.search(r"cookies-refused [0-9a-f]{8}", seat.frame.locator("main").inner_text())
    assert faults(seat.frame) == []


def test_a_storage_that_forgets_is_told(take_seat: Callable) -> None:
    seat = take_seat(STORAGE)
    seat.context.add_init_script("Storage.prototype.getItem = () => null")
    seat.arrive().get_by_text("Your learning platform did not answer.").wait_for()
    assert re.search(r"storage-silent [0-9a-f]{8}", seat.frame.locator("main").inner_text())
    assert seat.frame.get_by_role("link", name="Back to the course").is_visible()
    assert faults(seat.frame) == []


def test_it_opens_where_modules_are_blocked(take_seat: Callable) -> None:
    """Old web views, filters: the page that decides is none."""

    def refuse(route: Route) -> None:
        route.fulfill(status=200, content_type="text/javascript", body="")

    seat = take_seat(STORAGE)
    seat.context.route(re.compile(r"/static/app-\w+\.js"), refuse)
    expect(seat.open().locator("#share-link")).to_be_visible()


def test_it_opens_without_scripts(take_seat: Callable) -> None:
    seat = take_seat(COOKIE, java_script_enabled=False)
    tool = seat.arrive()
    for _ in range(3):  # the LMS's own pages, which post themselves where scripts run: login, sign-in, launch
        with seat.page.expect_event("framenavigated"):  # else the next click meets the page that leaves
            tool.get_by_role("button", name="Go on").click()
    expect(tool.locator("#share-link")).to_be_visible()


# Messages


def test_the_storage_alone_gets_the_secret(take_seat: Callable) -> None:
    seat = take_seat(STORAGE)
    seat.open()
    messages = seat.page.evaluate("messages")
    kept = [each for each in messages if each["subject"] in {"lti.put_data", "lti.get_data"}]
    assert [each["role"] for each in kept] == ["storage", "storage"]
    secret = kept[0]["data"]["value"]
    assert not [each for each in messages if each["role"] == "page" and secret in str(each)]


def test_another_page_around_us_gets_no_secret(take_seat: Callable) -> None:
    """It embeds the tool as the platform does, and says that it has a storage."""
    seat = take_seat(STORAGE)
    asked = seat.lms.initiation(seat.person, seat.link) | {"lti_storage_target": "_parent"}
    address = f"{seat.lms.tool}/lti/login?{urlencode(asked)}"
    with served(Response(EVIL % escape(address), mimetype="text/html")) as evil:
        seat.page.goto(evil)
        seat.page.frame_locator("iframe").locator("[data-door-closed]").wait_for()
    assert {each["subject"] for each in seat.page.evaluate("messages")} == {"lti.capabilities"}


def test_the_platform_asks_before_unsaved_words_are_left(take_seat: Callable) -> None:
    seat = take_seat(COOKIE)
    tool = seat.open()
    tool.locator("#share-link").click()
    tool.get_by_label("Title").fill("Mine")
    seat.page.wait_for_function("window.unloadMessage === 'Something on this page is not saved yet.'")
    expect(tool.get_by_text("Saved")).to_be_visible()
    seat.page.wait_for_function("window.unloadMessage === null")
    asked = {each["subject"] for each in seat.page.evaluate("messages")}
    assert {"lti.frameResize", "lti.scrollToTop"} <= asked


def complaint(message: ConsoleMessage) -> list[str]:
    """An error in the console, but for what Chromium says of a page that comes with a 4xx."""
    return [message.text] if message.type == "error" and "status of 40" not in message.text else []


def faults(frame: Frame) -> list[str]:
    """What is wrong with a page, for whom."""
    small = frame.evaluate(looks.SMALL_TARGETS, [looks.SMALLEST, looks.SMALLEST_PRIMARY])
    return looks.violations(frame) + small + frame.evaluate(looks.OVERFLOW)
