"""The campus, and people's browsers whose every complaint fails the test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect

from .campus import Campus, open_campus
from .stage import Stage

Opener = Callable[..., BrowserContext]
PATIENCE = 60_000  # ms: the machine may be busy
PHONE = ViewportSize(width=360, height=640)
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def campus(browser: object) -> Iterator[Campus]:
    """The LMS and the tool, once for all tests; without a browser there is no need for them."""
    with open_campus() as campus:
        yield campus


@pytest.fixture
def worker(campus: Campus) -> Iterator[None]:
    """The tool's worker, for as long as one test: most tests look at pages and would only pay for it."""
    with campus.tool.working():
        yield


@pytest.fixture
def stage(campus: Campus, request: pytest.FixtureRequest) -> Stage:
    """A fresh course, in English or in the language a test is parametrised with."""
    return Stage(campus, getattr(request, "param", "en"))


@pytest.fixture
def complaints() -> list[str]:
    """What browsers complained of; a test takes out what it brought about itself."""
    return []


@pytest.fixture
def person(open_browser: Opener, campus: Campus, complaints: list[str]) -> Iterator[Opener]:
    """Opens the browser of one more person: no error in its console, nothing asked of a third party."""

    def open_one(**options: object) -> BrowserContext:
        context = open_browser(**options)
        context.set_default_timeout(PATIENCE)
        for event, hear in _ears(complaints, campus).items():
            context.on(event, hear)
        return context

    yield open_one
    assert complaints == []


@pytest.fixture(scope="session")
def phones(browser: Browser) -> Iterator[Callable[[str, str], BrowserContext]]:
    """Phones by their language and colours, each switched on once: a window costs more than most pages."""
    with ExitStack() as on:

        @cache
        def phone(language: str, colours: str) -> BrowserContext:
            context = browser.new_context(
                locale=language, color_scheme=colours, reduced_motion="reduce", viewport=PHONE
            )
            on.callback(context.close)
            context.set_default_timeout(PATIENCE)
            return context

        yield phone


@pytest.fixture
def phone(
    phones: Callable[[str, str], BrowserContext], campus: Campus, complaints: list[str]
) -> Iterator[Callable[[str, str], Page]]:
    """Takes a phone with one empty page; as `person`, but wiped after each test instead of thrown away."""
    ears = _ears(complaints, campus)
    taken: list[Page] = []

    def take(language: str, colours: str) -> Page:
        context = phones(language, colours)
        page = context.pages[0] if context.pages else context.new_page()
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme=colours)
        for event, hear in ears.items():
            context.on(event, hear)
        taken.append(page)
        return page

    yield take
    for page in taken:
        for event, hear in ears.items():
            page.context.remove_listener(event, hear)
        _wipe(page.context, campus)
    assert complaints == []


def _wipe(context: BrowserContext, campus: Campus) -> None:
    """Leave one empty page, and nothing that a browser keeps but its cache."""
    context.unroute_all()
    for page in context.pages[1:]:
        page.close()
    for page in context.pages:
        if page.url.startswith(campus.tool.url):
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.goto("about:blank")
    context.clear_cookies()


def _ears(complaints: list[str], campus: Campus) -> dict[str, Callable[[Any], None]]:
    return {
        "console": lambda message: complaints.extend(_complaint(message)),
        "weberror": lambda error: complaints.append(str(error.error)),
        "request": lambda request: complaints.extend(_foreign(request.url, campus)),
    }


def _complaint(message: ConsoleMessage) -> list[str]:
    if message.type != "error" or _is_refused_page(message):
        return []
    return [f"{message.location.get('url')}: {message.text}"]


def _is_refused_page(message: ConsoleMessage) -> bool:
    """Chromium calls it an error when a page comes with a 4xx status, as a form with errors does."""
    page: Page | None = message.page
    url = message.location.get("url")
    return (
        "Failed to load resource" in message.text
        and page is not None
        and url in {frame.url for frame in page.frames}
    )


def _foreign(url: str, campus: Campus) -> list[str]:
    ours = ("data:", "blob:", "about:", f"{campus.lms.url}/", f"{campus.tool.url}/")
    return [] if url.startswith(ours) else [f"a request to {url}"]
