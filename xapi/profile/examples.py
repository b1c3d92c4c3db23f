"""One statement of every kind, made as all others are: what the profile's page shows, and its tests check."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from xapi import statements as xapi
from xapi.vocabulary import PROFILE

_LMS, _TOOL = "https://moodle.example.org", "https://entraide.example.org"
_TENANT = UUID("0b6f7a3e-52d1-5c11-9a44-2f6d0a1c9e10")
_ACTIVITY = UUID("5b1c6f0a-8f43-4a53-9a7e-0d3c7e6b1f21")
_AUTHOR, _PEER, _INSTRUCTOR = (xapi.Actor(_LMS, name) for name in ("1041", "1042", "17"))


def _iri(kind: str, number: int = 1) -> str:
    return f"{_TOOL}/{kind}/{uuid5(_TENANT, f'{kind}/{number}')}"


_CONTEXT = xapi.Context(
    registration=xapi.registration_id(_TENANT, _ACTIVITY, uuid5(_TENANT, "learner")),
    course=xapi.Course(xapi.course_iri(_LMS, "12", "moodle"), "Welcoming residents", "12"),
    activity=xapi.Activity(f"{_TOOL}/activities/{_ACTIVITY}", "Help somebody stand up", "gesture"),
    platform="Moodle",
    language="en",
)
_OWN = xapi.Contribution(_iri("contributions"), "", "gesture", _PEER)
_WORK = xapi.Contribution(_iri("contributions", 2), "", "gesture", _AUTHOR)
_OTHER = xapi.Contribution(_iri("contributions", 3), "", "gesture", _INSTRUCTOR)
_REVIEW = xapi.Review(_iri("reviews"), _AUTHOR)
_COMMENT, _ANSWER = xapi.Comment(_iri("comments"), _AUTHOR), xapi.Comment(_iri("comments", 2), _AUTHOR)
_MARKS = (
    xapi.CriterionMark(_iri("criteria"), "Safety", 4, 0, 4),
    xapi.CriterionMark(_iri("criteria", 2), "Clarity", 3, 0, 4),
)


def _id(kind: str) -> UUID:
    return xapi.statement_id(_TENANT, kind, uuid5(_TENANT, kind))


def _event(name: str, of_class: type[xapi.Event], **facts: Any) -> tuple[str, xapi.Event]:
    common: dict[str, Any] = {
        "id": _id(name),
        "occurred_at": datetime(2026, 3, 3, 14, 30, tzinfo=UTC),
        "actor": _PEER,
        "context": _CONTEXT,
    }
    return name, of_class(**common, **facts)


EVENTS: Mapping[str, xapi.Event] = dict(
    [
        _event("launched", xapi.Launched),
        _event("viewed", xapi.Viewed, contribution=_WORK),
        _event("submitted", xapi.Submitted, contribution=_OWN, word_count=212),
        _event(
            "revised", xapi.Revised, contribution=_OWN, word_count=240, revision=2, first=_id("submitted")
        ),
        _event("shared", xapi.Shared, contribution=_WORK),
        _event("voided", xapi.Withdrawn, voided=_id("submitted")),
        _event("assigned-review", xapi.AssignedReview, contribution=_WORK),
        _event(
            "reviewed",
            xapi.Reviewed,
            contribution=_WORK,
            review=_REVIEW,
            score=xapi.Score(7, 0, 8),
            marks=_MARKS,
            duration=timedelta(minutes=6, seconds=30),
        ),
        _event("returned", xapi.Returned, contribution=_WORK),
        _event(
            "review-rated",
            xapi.ReviewRated,
            contribution=_OWN,
            review=_REVIEW,
            score=xapi.Score(4, 1, 5),
            word_count=18,
        ),
        _event("review-thanked", xapi.ReviewThanked, contribution=_OWN, review=_REVIEW, word_count=0),
        _event("review-answered", xapi.ReviewAnswered, contribution=_OWN, review=_REVIEW, word_count=25),
        _event(
            "compared",
            xapi.Compared,
            contribution=_WORK,
            loser=_OTHER,
            comparison=xapi.Comparison(_iri("comparisons")),
            word_count=15,
            duration=timedelta(minutes=2),
        ),
        _event(
            "calibrated",
            xapi.Calibrated,
            example=xapi.Example(_iri("examples")),
            closeness=xapi.Score(0.875, 0, 1),
        ),
        _event("scored", xapi.Scored, contribution=_OWN, score=xapi.Score(15.5, 0, 20)),
        _event("completed", xapi.Completed, score=xapi.Score(15.5, 0, 20)),
        _event("commented", xapi.Commented, contribution=_WORK, comment=_COMMENT, word_count=31),
        _event("replied", xapi.Replied, contribution=_WORK, comment=_ANSWER, to=_COMMENT, word_count=12),
        _event("mentioned", xapi.Mentioned, contribution=_WORK, comment=_COMMENT, person=_INSTRUCTOR),
        _event("asked", xapi.Asked, contribution=_OWN, word_count=40),
        _event("asked-about", xapi.Asked, contribution=_WORK, question=_COMMENT, word_count=14),
        _event("answered", xapi.Answered, contribution=_WORK, answer=_ANSWER, word_count=55),
        _event(
            "answered-about",
            xapi.Answered,
            contribution=_WORK,
            answer=_ANSWER,
            question=_COMMENT,
            word_count=21,
        ),
        _event("voted", xapi.Voted, contribution=_WORK, answer=_ANSWER),
        _event("accepted", xapi.Accepted, contribution=_OWN, answer=_ANSWER),
        _event("endorsed", xapi.Endorsed, contribution=_WORK, answer=_ANSWER),
        _event("thanked", xapi.Thanked, contribution=_WORK, word_count=6),
        _event("applied", xapi.Applied, contribution=_WORK, word_count=20, on=date(2026, 3, 2)),
        _event("disagreed", xapi.Disagreed, contribution=_WORK, word_count=33),
    ]
)
"""An event of every kind, by the kind's name."""


def example(kind: str, version: xapi.Version = "1.0.3", profile: str = PROFILE) -> dict[str, Any]:
    """Return the statement that stands for a kind. Raises KeyError where there is no such kind."""
    statement: dict[str, Any] = json.loads(xapi.to_bytes(EVENTS[kind], version, profile))
    return statement
