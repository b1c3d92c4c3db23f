"""A content item, by what the platform takes."""

from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from lti_tool.gradebook.actions import POINTS
from lti_tool.gradebook.models import Column as GradebookColumn
from lti_tool.lti import deeplinks
from lti_tool.lti.deeplinks import Choice, Column, content_item
from lti_tool.lti.models import DeepLinkRequest

ACTIVITY = UUID("5f0c0f0e-5d2f-4a8e-9d8e-0123456789ab")
COLUMN = Column("How I welcome", "Read the work")
OPENED = datetime(2026, 11, 22, 18, 5, 6, 789, tzinfo=timezone(timedelta(hours=1)))


def item(accept_lineitem: bool | None = True, targets: tuple[str, ...] = ("iframe", "window"), **choice):
    given = {"title": "How I welcome", "text": "Share one.", "column": COLUMN} | choice
    request = DeepLinkRequest(accept_lineitem=accept_lineitem, targets=list(targets))
    return content_item(Choice(activity_id=ACTIVITY, **given), request, "https://tool.example")


def test_a_whole_item():
    assert item(opens_at=OPENED, share_by=OPENED + timedelta(days=7)) == {
        "type": "ltiResourceLink",
        "url": "https://tool.example/lti/launch",
        "title": "How I welcome",
        "text": "Share one.",
        "custom": {
            "activity": str(ACTIVITY),
            "context_history": "$Context.id.history",
            "resource_link_history": "$ResourceLink.id.history",
        },
        "lineItem": {
            "label": "How I welcome",
            "scoreMaximum": 100,
            "resourceId": str(ACTIVITY),
            "tag": "work",
            "gradesReleased": True,
            "submissionReview": {
                "reviewableStatus": ["InProgress", "Submitted", "Completed"],
                "label": "Read the work",
                "url": "https://tool.example/lti/launch",
                "custom": {"activity": str(ACTIVITY)},
            },
        },
        "iframe": {"height": 720},
        "available": {"startDateTime": "2026-11-22T17:05:06Z"},
        "submission": {"startDateTime": "2026-11-22T17:05:06Z", "endDateTime": "2026-11-29T17:05:06Z"},
    }


@pytest.mark.parametrize(
    ("given", "has"),
    [
        ({"accept_lineitem": None}, True),  # the platform does not say
        ({"accept_lineitem": False}, False),
        ({"column": None}, False),  # no grade is wanted
    ],
)
def test_a_line_item_where_it_is_wanted_and_taken(given, has):
    assert ("lineItem" in item(**given)) is has


@pytest.mark.parametrize(
    ("targets", "presentation"),
    [
        (("iframe",), {"iframe": {"height": 720}}),
        (("frame", "window"), {"window": {"targetName": "_blank"}}),
        (("embed",), {}),
        ((), {}),
    ],
)
def test_it_is_shown_as_the_platform_can(targets, presentation):
    shown = item(targets=targets)
    assert {name: shown[name] for name in ("iframe", "window") if name in shown} == presentation


def test_a_start_after_the_end_is_not_said():
    late = item(opens_at=OPENED, share_by=OPENED - timedelta(days=1))
    assert late["submission"] == {"endDateTime": "2026-11-21T17:05:06Z"}
    assert not {"available", "submission"} & item().keys()


def test_texts_are_plain_and_short():
    long = item(text="Share one.\n\n" + "word " * 200, column=Column("x" * 150, "Read"))
    assert len(long["text"]) <= 300
    assert long["text"].startswith("Share one. word")
    assert long["text"].endswith("…")
    assert len(long["lineItem"]["label"]) == 100
    assert item(title="<b>", text="<script>")["text"] == "<script>"


def test_custom_is_never_empty_and_holds_texts_only():
    found = item()
    for custom in (found["custom"], found["lineItem"]["submissionReview"]["custom"]):
        assert custom
        assert all(isinstance(value, str) and value for value in custom.values())


def test_the_gradebook_knows_the_column_again():
    assert GradebookColumn.WORK.value == deeplinks.TAG
    assert deeplinks.POINTS == POINTS
