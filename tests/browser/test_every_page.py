"""Every page, in every state it knows: accessible, no wider than a phone, nothing too small to hit."""

import pytest
from playwright.sync_api import Page

from . import looks
from .stage import Stage
from .states import STATES

pytestmark = pytest.mark.browser
FACTS = """() => ({
  language: document.documentElement.lang, colours: document.documentElement.dataset.bsTheme,
  headings: document.querySelectorAll("h1").length, titled: document.title.trim() !== "",
  crowded: document.querySelectorAll(".btn-primary").length > 1,
})"""


@pytest.mark.parametrize("stage", ["fr"], ids=[""], indirect=True)
@pytest.mark.parametrize("state", STATES)
def test_a_page(state: str, stage: Stage, phone, complaints: list[str]) -> None:
    """In French, whose words are the longer ones."""
    stage.blank = phone("fr", "dark")
    page: Page = STATES[state](stage, stage.blank.context)
    expected = {"language": "fr", "colours": "dark", "headings": 1, "titled": True, "crowded": False}
    assert page.evaluate(FACTS) == expected
    assert looks.faults(page) == []
    if state == "share_upload_refused":  # Chromium calls it an error that the server said no
        assert "/share/files: Failed" in complaints.pop()


LONG = ("create_with_errors", "share_with_files", "share_with_errors", "review", "review_with_errors",
        "review_lease_lost", "instructor_refused_scores", "received", "review_with_comments")  # fmt: skip


@pytest.mark.parametrize("state", LONG)
def test_the_focus_is_never_hidden(state: str, stage: Stage, phone) -> None:
    """WCAG 2.2, 2.4.11: whatever the Tab key reaches on a phone is not under a bar."""
    stage.blank = phone(stage.language, "light")
    page = STATES[state](stage, stage.blank.context)
    assert len(looks.walk(page)) <= 60
