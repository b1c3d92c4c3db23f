"""What is kept of a person's reviewing, beside the reviews. Each is a bounded number of SQL statements."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ..activities.models import Activity, Rubric
from ..contributions.authors import written_by
from ..contributions.models import Contribution
from ..gradebook.models import Override
from ..kernel import clock
from ..reviews.models import Annotation, Appraisal, Flag, Rescore, Review, ReviewKind, ReviewState
from ..reviews.steering_models import Comparison, ComparisonState, Example, Trial

Data = dict[str, Any]


def readable(query: Any, person_id: UUID) -> Any:
    """The reviews of a person's work that they may read: released, and not hidden; not their own of it."""
    return query.join(Activity, Activity.id == Review.activity_id).where(
        Review.contribution_id.in_(written_by(person_id)),
        Review.state == ReviewState.SENT,
        Review.kind != ReviewKind.SELF,
        Review.hidden_at.is_(None),
        Activity.feedback_held.is_(False),
        or_(Activity.feedback_from.is_(None), Activity.feedback_from <= clock.now()),
    )


def remarks(session: Session, reviews: Collection[UUID]) -> dict[UUID, Data]:
    """What was said at places of the work, at a second look, and in answer, by review. Three statements."""
    found: dict[UUID, Data] = defaultdict(lambda: {"at_places": []})
    for each in session.scalars(
        select(Annotation).where(Annotation.review_id.in_(reviews)).order_by(Annotation.said_at)
    ):
        place = {"part": each.prompt, "quote": each.quote, "seconds": each.seconds}
        found[each.review_id]["at_places"].append({"text": each.text, **place})
    for again in session.scalars(select(Rescore).where(Rescore.review_id.in_(reviews))):
        found[again.review_id]["second_look"] = {"score": again.score, "text": again.text}
    for answer in session.scalars(select(Appraisal).where(Appraisal.review_id.in_(reviews))):
        found[answer.review_id]["author_says"] = {
            "useful": answer.useful,
            "thanks": answer.thanks,
            "reply": answer.reply,
        }
    return found


def about_reviewing(session: Session, person_id: UUID) -> Data:
    """Comparisons, trials, flags, rubrics, and scores set by hand. Five statements."""
    return {
        "comparisons": _comparisons(session, person_id),
        "trials": _trials(session, person_id),
        "flags": _flags(session, person_id),
        "rubrics": [
            {"name": rubric.name, "criteria": rubric.criteria, "saved": rubric.saved_at}
            for rubric in session.scalars(select(Rubric).where(Rubric.owner_id == person_id))
        ],
        "scores_set_by_hand": [
            {"activity": title, "column": each.column, "share": each.value, "because": each.because}
            for each, title in session.execute(
                select(Override, Activity.title)
                .join(Activity, Activity.id == Override.activity_id)
                .where(Override.person_id == person_id)
            )
        ],
    }


def _comparisons(session: Session, person_id: UUID) -> list[Data]:
    rows = session.execute(
        select(Comparison, Activity.title)
        .join(Activity, Activity.id == Comparison.activity_id)
        .where(Comparison.judge_id == person_id, Comparison.state != ComparisonState.LAPSED)
        .order_by(Comparison.assigned_at)
    )
    return [
        {
            "activity": title,
            "better": None if each.winner_id is None else ("left", "right")[_right(each)],
            "because": each.because,
            "judged": each.judged_at,
        }
        for each, title in rows
    ]


def _right(pair: Comparison) -> bool:
    """Whether the better one was shown right."""
    return (pair.winner_id == pair.second_id) is not pair.second_left


def _trials(session: Session, person_id: UUID) -> list[Data]:
    rows = session.execute(
        select(Trial, Activity.title)
        .join(Example, Example.id == Trial.example_id)
        .join(Activity, Activity.id == Example.activity_id)
        .where(Trial.person_id == person_id)
        .order_by(Trial.sent_at)
    )
    return [
        {"activity": title, "score": each.score, "distance": each.distance, "sent": each.sent_at}
        for each, title in rows
    ]


def _flags(session: Session, person_id: UUID) -> list[Data]:
    """What they asked the instructor to look at, and what became of it."""
    rows = session.execute(
        select(Flag, Activity.title, Contribution.id.in_(written_by(person_id)).label("own"))
        .join(Activity, Activity.id == Flag.activity_id)
        .join(Contribution, Contribution.id == Flag.contribution_id)
        .where(Flag.person_id == person_id)
        .order_by(Flag.flagged_at)
    )
    return [
        {
            "activity": title,
            "about": "a review received" if own else "a work under review",
            "reason": each.reason,
            "because": each.because,
            "said": each.flagged_at,
            "outcome": each.outcome,
            "answer": each.answer,
        }
        for each, title, own in rows
    ]
