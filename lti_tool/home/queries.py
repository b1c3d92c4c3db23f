"""What the first screen needs: for a learner where they stand, for an instructor who takes part.

Each function is a bounded number of SQL statements, whatever the size of the course.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from ..activities.models import Activity, Feedback, Kind
from ..contributions.authors import shared_by, wrote
from ..contributions.models import Contribution, ContributionState
from ..exchanges.threads import said_of
from ..gradebook.models import Column, Score, SyncState
from ..kernel import clock
from ..kernel.permissions import Role
from ..people.models import Enrolment, Person, Roster
from ..people.queries import roster_of
from ..reviews.models import Review, ReviewKind, ReviewState
from ..reviews.queries import ReviewProgress, progress
from .steps import Standing

PAGE = 50  # people on a page of the list
_SENT = Review.state == ReviewState.SENT, Review.kind == ReviewKind.PEER


@dataclass(frozen=True, slots=True)
class LearnerHome:
    """A learner's first screen."""

    contribution: Contribution | None
    progress: ReviewProgress
    standing: Standing
    score: float | None
    said: int = 0  # what peers said of the contribution: comments and reactions
    asked: int = 0  # questions that the person shared
    open_questions: int = 0  # of others, in the activity


@dataclass(frozen=True, slots=True)
class Totals:
    """The instructor's tiles: of the learners who are in the course now, without test users."""

    people: int
    shared: int
    reviews_given: int
    reviews_asked: int
    unread: int  # contributions without a first review
    refused: int  # scores that the LMS did not take
    open_questions: int


class Show(StrEnum):
    """Filters of the list of people."""

    ALL = "all"
    NOT_SHARED = "not-shared"
    NOT_REVIEWED = "not-reviewed"
    NOT_READ = "not-read"  # shared, and nobody has reviewed it yet
    NOT_SEEN = "not-seen"  # on the LMS's list, and never here yet
    REFUSED = "refused"


@dataclass(slots=True)
class Row:
    """One person in the instructor's list."""

    person_id: UUID
    name: str
    last_seen_at: datetime | None  # empty before the first launch
    contribution_id: UUID | None
    late: bool
    given: int
    received: int
    scores: dict[Column, Score] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class People:
    """A page of the list; `after` is the key of the next one, `roster` how the LMS's own list was read."""

    rows: list[Row]
    after: tuple[str, UUID] | None
    roster: Roster | None


def learner_home(session: Session, activity: Activity, person_id: UUID) -> LearnerHome:
    """Where a learner stands. Four statements at most."""
    row = session.execute(
        select(Contribution, Score.value, said_of(Contribution.id, person_id))
        .join(
            Score,
            and_(
                Score.activity_id == Contribution.activity_id,
                Score.person_id == person_id,
                Score.column == Column.WORK,
            ),
            isouter=True,
        )
        .where(wrote(person_id, activity_id=activity.id))
        .order_by(Contribution.author_id == person_id, Contribution.number)
        .limit(1)
    ).first()
    contribution, score, said = row if row else (None, None, 0)
    at = progress(session, activity, person_id)
    asked = open_questions = 0
    if activity.kind is Kind.QUESTION:
        asked, open_questions = _questions(session, activity, person_id)
    now, dates = clock.now(), at.dates
    standing = Standing(
        drafted=contribution is not None,
        shared=contribution is not None and contribution.state is ContributionState.SHARED,
        reviewing=at.open_review_id is not None,
        given=at.given,
        asked=at.asked,
        work_waits=at.can_pull,
        received=at.received if at.unlocked else 0,
        sharing=dates.sharing(now),
        reviews=dates.reviewing(now),
        asks=activity.kind is Kind.QUESTION,
        helps=open_questions > 0
        if activity.kind is Kind.QUESTION
        else activity.feedback is Feedback.COMMENTS,
    )
    return LearnerHome(contribution, at, standing, score, said, asked, open_questions)


def _questions(session: Session, activity: Activity, person_id: UUID) -> tuple[int, int]:
    """How many questions the person asked, and how many of others wait for an answer. One statement."""
    there = (*_work(activity), Contribution.hidden_at.is_(None))
    mine = select(func.count()).where(*there, Contribution.author_id == person_id).scalar_subquery()
    waiting = Contribution.author_id != person_id, Contribution.answered_at.is_(None)
    others = select(func.count()).where(*there, *waiting).scalar_subquery()
    asked, open_questions = session.execute(select(mine, others)).one()
    return asked, open_questions


def totals(session: Session, activity: Activity) -> Totals:
    """The instructor's tiles. One statement."""
    learners = select(Enrolment.person_id).where(*_learners(activity))
    people = select(func.count()).select_from(Enrolment).where(*_learners(activity)).scalar_subquery()
    work = (*_work(activity), Contribution.author_id.in_(learners))
    shared = select(func.count()).where(*work).scalar_subquery()
    unread = select(func.count()).where(*work, ~_has_review(Contribution.id)).scalar_subquery()
    given = (
        select(func.count())
        .where(
            Review.activity_id == activity.id,
            *_SENT,
            Review.reviewer_id.in_(learners),
        )
        .scalar_subquery()
    )
    refused = (
        select(func.count())
        .where(
            Score.activity_id == activity.id,
            Score.state == SyncState.REFUSED,
            Score.person_id.in_(learners),
        )
        .scalar_subquery()
    )
    waiting = Contribution.answered_at.is_(None), Contribution.hidden_at.is_(None)
    open_questions = select(func.count()).where(*_work(activity), *waiting).scalar_subquery()
    row = session.execute(select(people, shared, given, unread, refused, open_questions)).one()
    questions = row[5] if activity.kind is Kind.QUESTION else 0
    return Totals(row[0], row[1], row[2], row[1] * activity.asked, row[3], row[4], questions)


def people(session: Session, activity: Activity, show: Show, after: tuple[str, UUID] | None) -> People:
    """A page of people by name, with what each shared, gave and received. Three statements.

    Args:
        session: a reading session.
        activity: whose people.
        show: the filter.
        after: the key (name, id) of the last row of the page before.

    """
    given = _sent(Review.activity_id == activity.id, Review.reviewer_id == Person.id)
    received = _sent(Review.contribution_id == Contribution.id)
    query: Select[Any] = (
        select(
            Person.id,
            Person.name,
            Enrolment.last_seen_at,
            Contribution.id.label("contribution_id"),
            Contribution.late,
            given.label("given"),
            received.label("received"),
        )
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Contribution, Contribution.id == shared_by(activity.id, Person.id), isouter=True)
        .where(*_learners(activity))
        .order_by(Person.name, Person.id)
        .limit(PAGE + 1)
    )
    match show:
        case Show.NOT_SHARED:
            query = query.where(Contribution.id.is_(None))
        case Show.NOT_REVIEWED:
            query = query.where(given < activity.asked)
        case Show.NOT_READ:
            query = query.where(Contribution.id.is_not(None), received == 0)
        case Show.NOT_SEEN:
            query = query.where(Enrolment.last_seen_at.is_(None))
        case Show.REFUSED:
            query = query.where(
                select(Score.person_id)
                .where(
                    Score.activity_id == activity.id,
                    Score.person_id == Person.id,
                    Score.state == SyncState.REFUSED,
                )
                .exists()
            )
    if after:
        name, last = after
        query = query.where(or_(Person.name > name, and_(Person.name == name, Person.id > last)))
    found = session.execute(query).all()
    rows = [
        Row(r.id, r.name, r.last_seen_at, r.contribution_id, bool(r.late), r.given, r.received)
        for r in found[:PAGE]
    ]
    by_person = {row.person_id: row for row in rows}
    scores = select(Score).where(Score.activity_id == activity.id, Score.person_id.in_(by_person))
    for score in session.scalars(scores):
        by_person[score.person_id].scores[score.column] = score
    last_row = rows[-1] if len(found) > PAGE else None
    more = (last_row.name, last_row.person_id) if last_row else None
    return People(rows, more, roster_of(session, activity.course_id))


def _learners(activity: Activity) -> tuple[ColumnElement[bool], ...]:
    return (
        Enrolment.course_id == activity.course_id,
        Enrolment.role == Role.LEARNER,
        Enrolment.active.is_(True),
        Enrolment.test_user.is_(False),
    )


def _work(activity: Activity) -> tuple[ColumnElement[bool], ...]:
    return (Contribution.activity_id == activity.id, Contribution.state == ContributionState.SHARED)


def _has_review(contribution_id: Any) -> ColumnElement[bool]:
    return (
        select(Review.id)
        .where(Review.contribution_id == contribution_id, *_SENT)
        .exists()
    )


def _sent(*which: ColumnElement[bool]) -> Any:
    return (
        select(func.count())
        .where(*_SENT, *which)
        .correlate(Person, Contribution)
        .scalar_subquery()
    )
