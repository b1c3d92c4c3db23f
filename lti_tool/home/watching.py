"""What an instructor's first screen shows: totals, who takes part, and which works to look at first.

Each function is a bounded number of SQL statements, whatever the size of the course.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..activities.models import Activity, Kind, ReviewType
from ..contributions.authors import shared_by
from ..contributions.models import Contribution
from ..exchanges.models import Comment, Report
from ..gradebook.models import Column, Score, SyncState, WorkScore
from ..people.models import Enrolment, Person, Roster
from ..people.queries import roster_of
from ..reviews.models import Flag, Review
from ..reviews.steering_models import Comparison, ComparisonState
from .undone import SENT, given, learners, reviews_of, shared

PAGE = 50  # people on a page of the list
Rows = Select[*tuple[Any, ...]]
FIRST = 5  # works that are named as the most uncertain, or the most disputed
DISPUTED = 0.2  # standard deviation of a work's reviews, as a share of the scale


@dataclass(frozen=True, slots=True)
class Totals:
    """The instructor's tiles: of the learners who are in the course now, without test users."""

    people: int
    shared: int
    reviews_given: int
    reviews_asked: int
    unread: int  # contributions without a first review
    complete: int  # contributions with as many reviews as are wanted
    disputed: int  # contributions on which reviewers disagree
    flags: int
    reports: int
    refused: int  # scores that the LMS did not take
    open_questions: int


class Show(StrEnum):
    """Filters of the list of people."""

    ALL = "all"
    NOT_SHARED = "not-shared"
    NOT_REVIEWED = "not-reviewed"
    NOT_READ = "not-read"  # shared, and nobody has reviewed it yet
    TOO_LITTLE = "too-little"  # shared, and fewer than wanted have
    DISPUTED = "disputed"
    ALONE = "alone"  # gave nothing, received nothing, said nothing
    FLAGGED = "flagged"
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


class Doubtful(NamedTuple):
    """A work whose score is uncertain or disputed. `low`, `high` and `spread` are shares of the scale."""

    contribution_id: UUID
    author: str
    low: float | None
    high: float | None
    spread: float | None


def totals(session: Session, activity: Activity) -> Totals:
    """The instructor's tiles. One statement, each table read once."""
    here = select(Enrolment.person_id).where(*learners(activity))
    works = _read_works(activity, here).subquery()
    of_learners = Review.activity_id == activity.id, Review.reviewer_id.in_(here), *SENT
    waiting = Contribution.answered_at.is_(None), Contribution.hidden_at.is_(None)
    refused = Score.activity_id == activity.id, Score.state == SyncState.REFUSED, Score.person_id.in_(here)
    judged = Comparison.activity_id == activity.id, Comparison.state == ComparisonState.JUDGED
    counts: tuple[ColumnElement[int], ...] = (
        _count(Enrolment, *learners(activity)),
        func.count(),
        _count(Comparison, *judged, Comparison.judge_id.in_(here))
        if activity.review_type is ReviewType.COMPARISON
        else _count(Review, *of_learners),
        func.coalesce(func.sum(case((works.c.read == 0, 1), else_=0)), 0),
        func.coalesce(func.sum(case((works.c.read >= activity.wanted, 1), else_=0)), 0),
        _count(WorkScore, WorkScore.activity_id == activity.id, WorkScore.spread >= DISPUTED),
        _count(Flag, Flag.activity_id == activity.id, Flag.settled_at.is_(None)),
        _count(Report, Report.activity_id == activity.id, Report.settled_at.is_(None)),
        _count(Score, *refused),
        _count(Contribution, *shared(activity), *waiting),
    )
    row = session.execute(select(*counts).select_from(works)).one()
    people_, shared_, given_, unread, complete, disputed, flags, reports, refused_, questions = row
    return Totals(
        people_, shared_, given_, shared_ * activity.asked, unread, complete, disputed, flags, reports,
        refused_, questions if activity.kind is Kind.QUESTION else 0,
    )  # fmt: skip


def people(session: Session, activity: Activity, show: Show, after: tuple[str, UUID] | None) -> People:
    """A page of people by name, with what each shared, gave and received. Three statements.

    Args:
        session: a reading session.
        activity: whose people.
        show: the filter.
        after: the key (name, id) of the last row of the page before.

    """
    query: Rows = (
        select(
            Person.id,
            Person.name,
            Enrolment.last_seen_at,
            Contribution.id.label("contribution_id"),
            Contribution.late,
            given(activity).label("given"),
            _received(activity).label("received"),
        )
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Contribution, Contribution.id == shared_by(activity.id, Enrolment.person_id), isouter=True)
        .where(*learners(activity), *_filter(activity, show))
        .order_by(Person.name, Person.id)
        .limit(PAGE + 1)
    )
    if after:
        name, last = after
        query = query.where(or_(Person.name > name, and_(Person.name == name, Person.id > last)))
    found = session.execute(query).all()
    rows = [
        Row(r.id, r.name, r.last_seen_at, r.contribution_id, bool(r.late), r.given, r.received or 0)
        for r in found[:PAGE]
    ]
    by_person = {row.person_id: row for row in rows}
    scores = select(Score).where(Score.activity_id == activity.id, Score.person_id.in_(by_person))
    for score in session.scalars(scores):
        by_person[score.person_id].scores[score.column] = score
    last_row = rows[-1] if len(found) > PAGE else None
    more = (last_row.name, last_row.person_id) if last_row else None
    return People(rows, more, roster_of(session, activity.course_id))


def uncertain(session: Session, activity: Activity) -> list[Doubtful]:
    """The works whose scores are bounded least, the widest interval first. One statement."""
    width = WorkScore.high - WorkScore.low
    return _doubtful(session, activity, width > 0, width)


def disputed(session: Session, activity: Activity) -> list[Doubtful]:
    """The works on which reviewers disagree most, the largest spread first. One statement."""
    return _doubtful(session, activity, WorkScore.spread >= DISPUTED, WorkScore.spread)


def _doubtful(session: Session, activity: Activity, which: ColumnElement[bool], by: Any) -> list[Doubtful]:
    rows = session.execute(
        select(WorkScore.contribution_id, Person.name, WorkScore.low, WorkScore.high, WorkScore.spread)
        .join(Contribution, Contribution.id == WorkScore.contribution_id)
        .join(Person, Person.id == Contribution.author_id)
        .where(WorkScore.activity_id == activity.id, *shared(activity), which)
        .order_by(by.desc(), WorkScore.contribution_id)
        .limit(FIRST)
    )
    return [Doubtful(*row) for row in rows]


def _filter(activity: Activity, show: Show) -> tuple[ColumnElement[bool], ...]:
    """The conditions on a row of the list."""
    received = _received(activity)
    match show:
        case Show.NOT_SHARED:
            return (Contribution.id.is_(None),)
        case Show.NOT_REVIEWED:
            return (given(activity) < activity.asked,)
        case Show.NOT_READ:
            return Contribution.id.is_not(None), received == 0
        case Show.TOO_LITTLE:
            return Contribution.id.is_not(None), received < activity.wanted
        case Show.DISPUTED:
            of_work = WorkScore.contribution_id == Contribution.id, WorkScore.spread >= DISPUTED
            return (exists().where(*of_work),)
        case Show.ALONE:
            return given(activity) == 0, func.coalesce(received, 0) == 0, ~_spoke(activity), ~_spoken_to()
        case Show.FLAGGED:
            return (_flagged(activity),)
        case Show.NOT_SEEN:
            return (Enrolment.last_seen_at.is_(None),)
        case Show.REFUSED:
            refused = Score.activity_id == activity.id, Score.state == SyncState.REFUSED
            return (exists().where(*refused, Score.person_id == Enrolment.person_id),)
    return ()


def _received(activity: Activity) -> Any:
    """How many have read a contribution: sent a review of it, or hold or judged a pair that it is in."""
    comparing = activity.review_type is ReviewType.COMPARISON
    return Contribution.served if comparing else reviews_of(Contribution.id)


def _read_works(activity: Activity, people_: Select[UUID]) -> Rows:
    """The learners' works, each with how many have `read` it."""
    mine = *shared(activity), Contribution.author_id.in_(people_)
    if activity.review_type is ReviewType.COMPARISON:
        return select(Contribution.id, Contribution.served.label("read")).where(*mine)
    return (
        select(Contribution.id, func.count(Review.id).label("read"))
        .join(Review, and_(Review.contribution_id == Contribution.id, *SENT), isouter=True)
        .where(*mine)
        .group_by(Contribution.id)
    )


def _spoke(activity: Activity) -> ColumnElement[bool]:
    work = aliased(Contribution)
    return exists(
        select(Comment.id)
        .join(work, work.id == Comment.contribution_id)
        .where(Comment.author_id == Enrolment.person_id, work.activity_id == activity.id)
        .correlate(Enrolment)
    )


def _spoken_to() -> ColumnElement[bool]:
    return exists().where(
        Comment.contribution_id == Contribution.id,
        Comment.author_id != Enrolment.person_id,
        Comment.taken_back_at.is_(None),
    )


def _flagged(activity: Activity) -> ColumnElement[bool]:
    """That a person's work, or a review that they gave, is flagged and nobody has settled it."""
    theirs = and_(Flag.of_review, Review.reviewer_id == Enrolment.person_id)
    of_work = and_(~Flag.of_review, Flag.contribution_id == Contribution.id)
    return exists(
        select(Flag.id)
        .join(Review, Review.id == Flag.review_id)
        .where(Flag.activity_id == activity.id, Flag.settled_at.is_(None), or_(theirs, of_work))
        .correlate(Enrolment, Contribution)
    )


def _count(table: Any, *which: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(table).where(*which).scalar_subquery()
