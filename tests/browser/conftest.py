"""The campus, and people's browsers whose every complaint fails the test."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from .campus import Campus, open_campus
from .stage import Stage

Opener = Callable[..., BrowserContext]
PATIENCE = 15_000  # ms: the machine may be busy
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def campus(browser: object) -> Iterator[Campus]:
    """The LMS and the tool, once for all tests; without a browser there is no need for them."""
    with open_campus() as campus:
        yield campus


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
        context.on("console", lambda message: complaints.extend(_complaint(message)))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("request", lambda request: complaints.extend(_foreign(request.url, campus)))
        return context

    yield open_one
    assert complaints == []


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
