"""The first pages are light: few bytes, few requests, nothing from anybody else (ux targets 6 and 11)."""

import pytest
from playwright.sync_api import BrowserContext

from .stage import Stage
from .states import STATES

pytestmark = pytest.mark.browser
MOST_BYTES, MOST_REQUESTS = 110_000, 12
FIRST_PAGES = {"I1": "create", "L1": "learner_may_review", "L3": "review"}


@pytest.mark.parametrize("name", FIRST_PAGES)
def test_a_first_page_is_light(name: str, stage: Stage, person) -> None:
    warm: BrowserContext = person()
    url = STATES[FIRST_PAGES[name]](stage, warm).url
    cold: BrowserContext = person()
    cold.add_cookies(warm.cookies())
    page = cold.new_page()
    answers = []
    page.on("requestfinished", lambda request: answers.append(request))
    page.goto(url, wait_until="networkidle")
    assert page.locator("h1").is_visible()
    sizes = [request.sizes() for request in answers if not request.url.startswith("data:")]
    transferred = sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes)
    print(f"{name}: {transferred} bytes, {len(sizes)} requests")
    assert transferred <= MOST_BYTES
    assert len(sizes) <= MOST_REQUESTS
