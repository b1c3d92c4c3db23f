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


# Whose page another state shows with more on it.
POORER = {
    "copies_none", "groups_none", "reports_none", "flags_none", "rubric_library_empty", "matrix_empty",
    "news_none", "questions_none", "instructor_nobody", "reminder_nobody", "instructor_empty_filter",
    "gallery_nothing_found", "gallery_first", "together_nobody_yet", "nothing_to_review",
    "nothing_to_compare",
    "learner_closed_before_sharing", "learner_closed", "share_closed", "share_empty", "review_closed",
    "peers_contribution_closed", "instructor_closed", "error_no_session", "error_not_allowed",
    "error_not_found", "pick_existing", "pick_answered", "instructor_looks_first", "group", "received_locked",
    "received_nothing_yet", "self_review", "preview", "contribution", "settings", "create", "compare",
    "peers_contribution_read_by_its_author", "question_open", "gesture", "comparisons", "learner_has_asked",
    "reviews_given", "learner_start",
}  # fmt: skip


@pytest.mark.parametrize("stage", ["fr"], ids=[""], indirect=True)
@pytest.mark.parametrize(
    "state",
    [pytest.param(state, marks=pytest.mark.long) if state in POORER else state for state in STATES],
)
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
