"""The tables of an export, as SQL: the columns in the order in which they are explained."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from ..activities.models import Activity, Criterion
from ..contributions.models import Contribution
from ..gradebook.models import Override, Score, WorkScore
from ..people.models import Enrolment, Person
from ..reviews.models import Annotation, Appraisal, Flag, Mark, Rescore, Review, ReviewState
from ..reviews.steering_models import Comparison, ComparisonState
from .undone import shared

REVIEWS = "reviews"
Rows = Select[*tuple[Any, ...]]
Author, Reviewer = aliased(Person, name="author"), aliased(Person, name="reviewer")


def all_criteria(session: Session, activity: Activity) -> list[Criterion]:
    """The criteria of an activity, those no longer in use last. One statement."""
    query = select(Criterion).where(Criterion.activity_id == activity.id)
    in_use_first = Criterion.retired_at.is_not(None), Criterion.position, Criterion.id
    return list(session.scalars(query.order_by(*in_use_first)))


def _people(activity: Activity) -> Rows:
    return (
        select(
            Person.id, Person.name, Enrolment.role, Enrolment.active, Enrolment.test_user,
            Enrolment.last_seen_at,
        )
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.course_id == activity.course_id)
        .order_by(Person.name, Person.id)
    )  # fmt: skip


def _contributions(activity: Activity) -> Rows:
    work = Contribution
    return (
        select(
            work.id, work.author_id, Author.name, work.number, work.title, work.answers, work.language,
            work.words, work.revision, work.shared_at, work.revised_at, work.late, work.by_staff,
            work.hidden_at, WorkScore.value, WorkScore.low, WorkScore.high, WorkScore.spread,
            WorkScore.reviews,
        )
        .join(Author, Author.id == work.author_id)
        .join(WorkScore, WorkScore.contribution_id == work.id, isouter=True)
        .where(*shared(activity))
        .order_by(work.id)
    )  # fmt: skip


def _reviews(activity: Activity) -> Rows:
    """Each review as often as it has marks; the mark's three columns come last."""
    return (
        _of_reviews(
            Review.id, Review.contribution_id, Review.author_id, Author.name, Review.reviewer_id,
            Reviewer.name, Review.kind, Review.origin, Review.revision, Review.sent_at, Review.changed_at,
            Review.score, Rescore.score, Review.overall, Review.discounted_at, Review.discounted_because,
            Review.hidden_at, Mark.criterion_id, Mark.points, Mark.comment,
            activity=activity,
        )
        .join(Rescore, Rescore.review_id == Review.id, isouter=True)
        .join(Mark, Mark.review_id == Review.id, isouter=True)
        .order_by(Review.id)
    )  # fmt: skip


def _annotations(activity: Activity) -> Rows:
    note = Annotation
    return (
        _of_reviews(
            note.id, Review.id, Review.contribution_id, Review.reviewer_id, Reviewer.name, note.prompt,
            note.start, note.end, note.quote, note.attachment_id, note.x, note.y, note.seconds, note.text,
            note.said_at,
            activity=activity,
        )
        .join(note, note.review_id == Review.id)
        .order_by(note.id)
    )  # fmt: skip


def _appraisals(activity: Activity) -> Rows:
    return (
        _of_reviews(
            Review.id, Review.contribution_id, Appraisal.person_id, Person.name, Review.reviewer_id,
            Reviewer.name, Appraisal.useful, Appraisal.thanks, Appraisal.reply, Appraisal.said_at,
            activity=activity,
        )
        .join(Appraisal, Appraisal.review_id == Review.id)
        .join(Person, Person.id == Appraisal.person_id)
        .order_by(Review.id)
    )  # fmt: skip


def _of_reviews(*columns: Any, activity: Activity) -> Rows:
    """Of the reviews that were sent, with both names at hand."""
    return (
        select(*columns)
        .select_from(Review)
        .join(Author, Author.id == Review.author_id)
        .join(Reviewer, Reviewer.id == Review.reviewer_id)
        .where(Review.activity_id == activity.id, Review.state == ReviewState.SENT)
    )


def _comparisons(activity: Activity) -> Rows:
    pair = Comparison
    decided = ComparisonState.JUDGED, ComparisonState.SKIPPED
    return (
        select(
            pair.id, pair.judge_id, Person.name, pair.first_id, pair.second_id, pair.second_left, pair.state,
            pair.winner_id, pair.because, pair.assigned_at, pair.judged_at,
        )
        .join(Person, Person.id == pair.judge_id)
        .where(pair.activity_id == activity.id, pair.state.in_(decided))
        .order_by(pair.id)
    )  # fmt: skip


def _scores(activity: Activity) -> Rows:
    by_hand = _same(Override, (Score.activity_id, Score.person_id, Score.column))
    return (
        select(
            Score.person_id, Person.name, Score.column, Score.value, Score.basis, Score.state,
            Score.changed_at, Override.value, Override.because,
        )
        .join(Person, Person.id == Score.person_id)
        .join(Override, by_hand, isouter=True)
        .where(Score.activity_id == activity.id)
        .order_by(Score.person_id, Score.column)
    )  # fmt: skip


def _flags(activity: Activity) -> Rows:
    return (
        select(
            Flag.id, Flag.contribution_id, Flag.review_id, Flag.of_review, Flag.person_id, Person.name,
            Flag.reason, Flag.because, Flag.flagged_at, Flag.settled_at, Flag.outcome, Flag.answer,
        )
        .join(Person, Person.id == Flag.person_id)
        .where(Flag.activity_id == activity.id)
        .order_by(Flag.flagged_at, Flag.id)
    )  # fmt: skip


def _same(table: Any, key: Sequence[InstrumentedAttribute[Any]]) -> Any:
    return and_(*(getattr(table, column.key) == column for column in key))


QUERIES: dict[str, Callable[[Activity], Rows]] = {
    "people": _people,
    "contributions": _contributions,
    REVIEWS: _reviews,
    "comparisons": _comparisons,
    "scores": _scores,
    "annotations": _annotations,
    "appraisals": _appraisals,
    "flags": _flags,
}
