"""Every page, in every state it knows: accessible, no wider than a phone, nothing too small to hit."""

import pytest
from playwright.sync_api import Page

from . import looks
from .stage import Stage
from .states import STATES

pytestmark = pytest.mark.browser
LOOKS = {"en-light": ("en", "light"), "fr-dark": ("fr", "dark")}


@pytest.mark.parametrize(("stage", "colours"), list(LOOKS.values()), ids=list(LOOKS), indirect=["stage"])
@pytest.mark.parametrize("state", STATES)
def test_a_page(state: str, stage: Stage, colours: str, phone, complaints: list[str]) -> None:
    stage.blank = phone(stage.language, colours)
    page: Page = STATES[state](stage, stage.blank.context)
    assert page.locator("html").get_attribute("data-bs-theme") == colours
    assert page.locator("html").get_attribute("lang") == stage.language
    assert page.locator("h1").count() == 1
    assert page.title()
    assert page.locator(".btn-primary").count() <= 1
    found = looks.small_targets(page)
    for width, text in ((360, "100%"), (320, "100%"), (360, "200%")):
        found += looks.overflow(page, width, text)
    page.set_viewport_size({"width": 1280, "height": 720})
    found += looks.violations(page)
    assert found == []
    if state == "share_upload_refused":  # Chromium calls it an error that the server said no
        assert "/share/files: Failed" in complaints.pop()


LONG = ("create_with_errors", "share_with_files", "share_with_errors", "review", "review_with_errors",
        "review_lease_lost", "instructor_refused_scores", "received")  # fmt: skip


@pytest.mark.parametrize("state", LONG)
def test_the_focus_is_never_hidden(state: str, stage: Stage, phone) -> None:
    """WCAG 2.2, 2.4.11: whatever the Tab key reaches on a phone is not under a bar."""
    stage.blank = phone(stage.language, "light")
    page = STATES[state](stage, stage.blank.context)
    assert len(looks.walk(page)) <= 60
