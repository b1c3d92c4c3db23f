"""Which columns an activity has in the LMS's gradebook, and choosing others after it has begun."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, union, update
from sqlalchemy.orm import Session, aliased

from ..activities.models import Activity, Grading
from ..activities.queries import activity_of
from ..contributions.models import Authorship, Contribution
from ..kernel import clock
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Visit
from ..reviews.models import Review, ReviewState
from ..reviews.steering_models import Comparison, ComparisonState
from .actions import rescore
from .models import COLUMNS, Column, LineItem, Override, Score, SyncState, WorkScore

# What a change does, by what the activity has and what it gets; said before it is made.
CONSEQUENCES = {
    (Grading.TWO_COLUMNS, Grading.ONE_COLUMN): N_(
        "The column for the reviewing is deleted in the LMS. Every score is sent again, as one."
    ),
    (Grading.ONE_COLUMN, Grading.TWO_COLUMNS): N_(
        "The LMS gets a second column. Every score is sent again, in two."
    ),
    (Grading.TWO_COLUMNS, Grading.NONE): N_(
        "Both columns are deleted in the LMS, with the scores in them. Our scores stay."
    ),
    (Grading.ONE_COLUMN, Grading.NONE): N_(
        "The column is deleted in the LMS, with the scores in it. Our scores stay."
    ),
    (Grading.NONE, Grading.TWO_COLUMNS): N_("The LMS gets two columns. Every score so far is sent."),
    (Grading.NONE, Grading.ONE_COLUMN): N_("The LMS gets one column. Every score so far is sent."),
}


@dataclass(frozen=True, slots=True)
class ColumnState:
    """A column as it stands: what the LMS has of it, and how many scores got how far."""

    column: Column
    item: LineItem | None
    scores: Counter[SyncState]

    @property
    def problem(self) -> str:
        """What holds it up, as a score's `problem`."""
        return self.item.problem if self.item else ""


def columns(session: Session, activity: Activity) -> list[ColumnState]:
    """The columns an activity wants, and those that the LMS still has to delete. Two statements."""
    items = {
        item.column: item
        for item in session.scalars(select(LineItem).where(LineItem.activity_id == activity.id))
    }
    scores: dict[Column, Counter[SyncState]] = {column: Counter() for column in Column}
    for column, state, number in session.execute(
        select(Score.column, Score.state, func.count())
        .where(Score.activity_id == activity.id)
        .group_by(Score.column, Score.state)
    ):
        scores[column][state] = number
    shown = COLUMNS[activity.grading] | {column for column, item in items.items() if item.unwanted}
    return [ColumnState(column, items.get(column), scores[column]) for column in Column if column in shown]


def switch(session: Session, visit: Visit, grading: Grading) -> int:
    """Give the visit's activity other columns; return how many scores are to be sent.

    What was earned stays as it is. Columns no longer wanted are deleted in the LMS by the worker.

    Raises:
        NotAllowedError: the visitor does not set up activities.
        NotFoundError: there is no activity yet.

    """
    visit.require(May.SET_UP)
    found = activity_of(session, visit)
    if found is None:
        raise NotFoundError(N_("There is no activity here yet."))
    activity = session.get_one(Activity, found.id, with_for_update=True)
    if activity.grading is grading:
        return 0
    activity.grading = grading
    wanted, its = COLUMNS[grading], Score.activity_id == activity.id
    _choose(session, activity, wanted)
    anew = {"tries": 0, "next_try_at": clock.now(), "problem": ""}
    free = update(Score).where(its, Score.state != SyncState.HELD)
    session.execute(free.where(Score.column.not_in(wanted)).values(state=SyncState.KEPT, **anew))
    session.execute(free.where(Score.column.in_(wanted)).values(state=SyncState.WAITING, **anew))
    if wanted:
        rescore(session, activity, concerned(session, activity.id))
        session.flush()
    _carry_on(session, activity.id)
    waiting = select(func.count()).where(its, Score.state == SyncState.WAITING)
    return session.scalar(waiting) or 0


def _choose(session: Session, activity: Activity, wanted: frozenset[Column]) -> None:
    """Keep the columns that are wanted; the link's own one serves the work and the total alike."""
    known = {
        item.column: item
        for item in session.scalars(
            select(LineItem).where(LineItem.activity_id == activity.id).with_for_update()
        )
    }
    for item in known.values():
        column = next((each for each in wanted if each.coupled and item.column.coupled), item.column)
        if column is not item.column and column in known:
            session.delete(item)
            continue
        item.column, item.unwanted = column, column not in wanted
        item.tries, item.problem = 0, ""
        item.next_try_at = clock.now() if item.unwanted else None
    session.flush()


def _carry_on(session: Session, activity_id: UUID) -> None:
    """In a column that holds something else now, the next timestamp is later than the last, as ever."""
    other, coupled = aliased(Score), [column for column in Column if column.coupled]
    last = select(func.max(other.sent_at_lms)).where(
        other.activity_id == activity_id, other.person_id == Score.person_id, other.column.in_(coupled)
    )
    same = Score.activity_id == activity_id, Score.column.in_(coupled)
    session.execute(update(Score).where(*same).values(sent_at_lms=last.scalar_subquery()))


def concerned(session: Session, activity_id: UUID) -> Sequence[UUID]:
    """Those who have a score, or have given or received a review or a comparison. One statement."""
    judged = Comparison.activity_id == activity_id, Comparison.state == ComparisonState.JUDGED
    scored = WorkScore.activity_id == activity_id
    sent = Review.activity_id == activity_id, Review.state == ReviewState.SENT
    return session.scalars(
        union(
            select(Review.author_id).where(*sent),
            select(Review.reviewer_id).where(*sent),
            select(Authorship.person_id)
            .join(Review, Review.contribution_id == Authorship.contribution_id)
            .where(*sent),
            select(Comparison.judge_id).where(*judged),
            select(Contribution.author_id)
            .join(WorkScore, WorkScore.contribution_id == Contribution.id)
            .where(scored),
            select(Authorship.person_id)
            .join(WorkScore, WorkScore.contribution_id == Authorship.contribution_id)
            .where(scored),
            select(Score.person_id).where(Score.activity_id == activity_id),
            select(Override.person_id).where(Override.activity_id == activity_id),
        )
    ).all()
