"""Chromium, driven by Playwright, as strict about cookies as the strictest common browser setting."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from services import UnavailableError, install

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Playwright's contexts are off the record, where Chromium blocks third-party cookies unless they are
# partitioned; the last flag asks for the same of versions that would not. The proof is in
# tests/browser/test_third_party_cookies.py.
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--test-third-party-cookie-phaseout",
    "--use-fake-device-for-media-stream",  # a camera and a microphone that every machine has
    "--use-fake-ui-for-media-stream",
)


@contextmanager
def browser() -> Iterator[Browser]:
    """A running Chromium; raises `UnavailableError`. Each person gets a context: `browser.new_context()`.

    While it runs, Playwright's event loop runs in this thread: tests cannot use `asyncio.run` beside it.
    """
    with sync_playwright() as playwright:
        executable = find(playwright)
        if not executable:
            install("chromium")
            executable = find(playwright)
        if not executable:
            raise UnavailableError("no Chromium found, although the package is installed")
        try:
            running = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        except PlaywrightError as error:
            raise UnavailableError(f"{executable} does not start: {error.message.strip()[:400]}") from error
        try:
            yield running
        finally:
            running.close()


def find(playwright: Playwright) -> str | None:
    """The machine's Chromium or Chrome, or the one that `playwright install chromium` has fetched."""
    own = playwright.chromium.executable_path
    return next(filter(None, map(shutil.which, NAMES)), own if Path(own).exists() else None)
