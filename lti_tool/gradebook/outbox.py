"""What waits for the LMS: scores to be sent, columns to be deleted; taken in hand and settled.

The unit is a column of one activity: one worker has it in hand at a time. A worker that dies leaves nothing
behind but a lease that ends.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Update, and_, delete, func, or_, select, union, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from ..activities.models import Activity, Extension, Placement
from ..contributions.authors import shared_by
from ..contributions.models import Contribution
from ..kernel import clock
from ..lti.grades import LineItem as Item
from ..lti.grades import ScorePost, Wanted
from ..lti.models import ResourceLink
from ..people.models import Course, Deployment, Person, Platform
from .actions import POINTS
from .comments import Basis, comment, label
from .formulas import method_of
from .models import Column, LineItem, Override, Score, SyncState, WorkScore
from .penalties import days_late, lost

BATCH = 25
LEASE = timedelta(seconds=90)  # renewed with every score; longer than the slowest one can take


@dataclass(frozen=True, slots=True)
class Entry:
    """A score in hand, whose it is, and the reviews it rests on."""

    score: Score
    user_id: str
    shared_at: datetime | None
    share_by: datetime | None
    reviewed: WorkScore | None
    received: int
    given: int
    by_hand: frozenset[Column]


@dataclass(frozen=True, slots=True)
class Batch:
    """A column in hand, where it is, and some of its scores. `link` is None where no link leads there."""

    column: LineItem
    activity: Activity
    platform: Platform
    link: ResourceLink | None
    entries: Sequence[Entry]

    @property
    def wanted(self) -> Wanted:
        """The column as the LMS should have it."""
        column = self.column.column
        name = label(column, self.activity.title, self.activity.language)
        return Wanted(name, str(self.activity.id), column.tag, column.coupled, POINTS)

    @property
    def item(self) -> Item:
        """The column as the LMS has it."""
        return Item(self.column.url, self.column.score_maximum, self.column.label)

    def post(self, entry: Entry) -> ScorePost:
        """A score as it is posted."""
        score, activity = entry.score, self.activity
        days = days_late(entry.shared_at, entry.share_by or activity.share_by)
        basis = Basis(
            entry.received,
            entry.given,
            activity.given,
            method_of(activity, entry.reviewed),
            lost(days, activity.late_penalty, activity.late_penalty_most),
            activity.work_share,
            entry.by_hand,
        )
        text = comment(score.column, basis, activity.language)
        submitted = entry.shared_at if score.column.coupled else None
        return ScorePost(entry.user_id, score.value, text, submitted, score.sent_at_lms)


def due_platforms(session: Session) -> list[UUID]:
    """The platforms that have something to be sent or deleted now. One statement."""
    of_scores = _located(select(Deployment.platform_id).select_from(Score), Score.activity_id)
    of_columns = _located(select(Deployment.platform_id).select_from(LineItem), LineItem.activity_id)
    scores = of_scores.outerjoin(LineItem, _its_column()).where(_due())
    return list(session.scalars(union(scores, of_columns.where(_to_delete()))))


def claim(session: Session, platform_id: UUID) -> Batch | None:
    """Take a column of the platform that is to be deleted, or has due scores; None when there is none."""
    here = Deployment.platform_id == platform_id
    unwanted = _located(select(LineItem.activity_id, LineItem.column), LineItem.activity_id)
    scores = _located(select(Score.activity_id, Score.column), Score.activity_id)
    found = (
        session.execute(unwanted.where(_to_delete(), here).limit(1)).first()
        or session.execute(
            scores.outerjoin(LineItem, _its_column()).where(_due(), here).order_by(Score.next_try_at).limit(1)
        ).first()
    )
    column = found and _take(session, *found)
    if not column:
        return None
    located = _located(select(Activity, Platform, ResourceLink).select_from(LineItem), LineItem.activity_id)
    activity, platform, link = session.execute(
        located.join(Platform, Platform.id == Deployment.platform_id)
        .outerjoin(Placement, Placement.activity_id == Activity.id)
        .outerjoin(ResourceLink, ResourceLink.id == Placement.resource_link_id)
        .where(LineItem.activity_id == column.activity_id)
        .order_by(Placement.placed_at, Placement.resource_link_id)
        .limit(1)
    ).one()
    return Batch(column, activity, platform, link, [] if column.unwanted else _entries(session, column))


def hold(session: Session, column: LineItem, until: datetime | None) -> bool:
    """Keep a column in hand, or let it go (None), with what is known of it now.

    Return whether it is still the same: an instructor may have chosen other columns meanwhile.
    """
    kept = session.connection().execute(
        _column(column).values(
            url=column.url,
            score_maximum=column.score_maximum,
            label=column.label,
            tries=column.tries,
            next_try_at=column.next_try_at,
            problem=column.problem,
            claimed_until=until,
        )
    )
    return kept.rowcount == 1


def forget(session: Session, column: LineItem) -> None:
    """A column is gone from the LMS, and nobody wants it."""
    same = LineItem.activity_id == column.activity_id, LineItem.column == column.column
    session.execute(delete(LineItem).where(*same, LineItem.unwanted))


def settle(session: Session, entry: Entry, **values: object) -> None:
    """Note what became of a score, unless it changed since it was claimed, or is no longer to be sent."""
    score = entry.score
    same = Score.revision == score.revision, Score.basis == score.basis, Score.state == SyncState.WAITING
    session.execute(_row(score).where(*same).values(**values))


def sent(session: Session, entry: Entry, at: datetime) -> None:
    """Note that the LMS has a score since `at`; one that changed meanwhile goes on waiting."""
    revision = entry.score.revision
    settle(session, entry, state=SyncState.SENT, tries=0, problem="")
    session.execute(_row(entry.score).values(sent_revision=revision, sent_at_lms=at))


def refuse_all(session: Session, column: LineItem, problem: str) -> None:
    """Note that the LMS refuses the column, and so every score that waits for it."""
    waiting = Score.state == SyncState.WAITING, Score.next_try_at <= clock.now()
    its = Score.activity_id == column.activity_id, Score.column == column.column
    session.execute(update(Score).where(*its, *waiting).values(state=SyncState.REFUSED, problem=problem))


def _entries(session: Session, column: LineItem) -> list[Entry]:
    work, reviewing = aliased(Score), aliased(Score)
    query = (
        select(
            Score,
            Person.sub,
            Contribution.shared_at,
            Extension.share_by,
            WorkScore,
            func.coalesce(work.basis, 0),
            func.coalesce(reviewing.basis, 0),
        )
        .join(Person, Person.id == Score.person_id)
        .outerjoin(Contribution, Contribution.id == shared_by(column.activity_id, Score.person_id))
        .outerjoin(WorkScore, WorkScore.contribution_id == Contribution.id)
        .outerjoin(
            Extension,
            and_(Extension.activity_id == Score.activity_id, Extension.person_id == Score.person_id),
        )
        .where(
            Score.activity_id == column.activity_id,
            Score.column == column.column,
            Score.state == SyncState.WAITING,
            Score.next_try_at <= clock.now(),
        )
        .order_by(Score.next_try_at)
        .limit(BATCH)
    )
    for other, kind in ((work, Column.WORK), (reviewing, Column.REVIEWING)):
        same = other.activity_id == Score.activity_id, other.person_id == Score.person_id
        query = query.outerjoin(other, and_(*same, other.column == kind))
    rows = session.execute(query).all()
    by_hand = defaultdict[UUID, set[Column]](set)
    for person, its in session.execute(
        select(Override.person_id, Override.column).where(
            Override.activity_id == column.activity_id,
            Override.person_id.in_([row[0].person_id for row in rows]),
        )
    ):
        by_hand[person].add(its)
    return [Entry(*row, frozenset(by_hand[row[0].person_id])) for row in rows]


def _located(query: Select[*tuple[Any, ...]], activity_id: object) -> Select[*tuple[Any, ...]]:
    """The query with the activity of that id, its course and its deployment."""
    query = query.join(Activity, Activity.id == activity_id).join(Course, Course.id == Activity.course_id)
    return query.join(Deployment, Deployment.id == Course.tenant_id)


def _its_column() -> ColumnElement[bool]:
    return and_(LineItem.activity_id == Score.activity_id, LineItem.column == Score.column)


def _due() -> ColumnElement[bool]:
    now = clock.now()
    rested = or_(LineItem.next_try_at.is_(None), LineItem.next_try_at <= now)
    return and_(Score.state == SyncState.WAITING, Score.next_try_at <= now, rested, _free())


def _to_delete() -> ColumnElement[bool]:
    return and_(LineItem.unwanted, LineItem.next_try_at <= clock.now(), _free())


def _free() -> ColumnElement[bool]:
    return or_(LineItem.claimed_until.is_(None), LineItem.claimed_until < clock.now())


def _take(session: Session, activity_id: UUID, column: Column) -> LineItem | None:
    """Take a column in hand, unless another worker was faster."""
    until = clock.now() + LEASE
    taken = session.scalar(
        update(LineItem)
        .where(LineItem.activity_id == activity_id, LineItem.column == column, _free())
        .values(claimed_until=until)
        .returning(LineItem)
    )
    if taken is not None or session.get(LineItem, (activity_id, column)) is not None:
        return taken
    try:
        with session.begin_nested():
            first = LineItem(activity_id=activity_id, column=column, claimed_until=until, next_try_at=None)
            session.add(first)
    except IntegrityError:
        return None
    return first


def _column(column: LineItem) -> Update:
    return update(LineItem).where(
        LineItem.activity_id == column.activity_id,
        LineItem.column == column.column,
        LineItem.unwanted.is_(column.unwanted),
    )


def _row(score: Score) -> Update:
    return update(Score).where(
        Score.activity_id == score.activity_id,
        Score.person_id == score.person_id,
        Score.column == score.column,
    )
