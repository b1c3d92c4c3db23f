"""What an instructor sees of an activity's comparisons: the scale, how far to trust it, who judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.models import Contribution
from ..kernel.permissions import May, Role, Visit
from ..people.models import Enrolment, Person
from .comparing_fit import Placed
from .steering_models import ComparedWork, Comparison, ComparisonFit, ComparisonState

PAGE = 50
LATEST = 20
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ScaledWork:
    """A work and its place on the scale."""

    id: UUID
    title: str
    author: str
    at: Placed


@dataclass(frozen=True, slots=True)
class Judge:
    """Somebody who compares: how many pairs they judged, and skipped."""

    id: UUID
    name: str
    judged: int
    skipped: int


class Misfit(NamedTuple):
    """A judge who often contradicts the scale."""

    name: str
    infit: float
    judged: int


class Skipped(NamedTuple):
    """A pair that somebody passed over, and why."""

    judge: str
    because: str


class Listed(NamedTuple, Generic[Row]):
    """Some rows of a list; `after`: the id of the last one where there are more."""

    rows: Sequence[Row]
    after: UUID | None


def fit_of(session: Session, visit: Visit, activity: Activity) -> ComparisonFit | None:
    """How far the scale can be trusted; None before the first judgement was counted. One statement.

    Raises:
        NotAllowedError: the visitor may not see all work.

    """
    visit.require(May.SEE_ALL_WORK)
    return session.get(ComparisonFit, activity.id)


def scaled_works(session: Session, activity: Activity, after: UUID | None) -> Listed[ScaledWork]:
    """The works best first, those that come after the work `after`. Two statements at most."""
    last = session.get(ComparedWork, after) if after else None
    query = (
        select(ComparedWork, Contribution.title, Person.name)
        .join(Contribution, Contribution.id == ComparedWork.contribution_id)
        .join(Person, Person.id == Contribution.author_id)
        .where(ComparedWork.activity_id == activity.id)
        .order_by(ComparedWork.score.desc(), ComparedWork.contribution_id.desc())
        .limit(PAGE + 1)
    )
    if last and last.activity_id == activity.id:
        behind = and_(ComparedWork.score == last.score, ComparedWork.contribution_id < last.contribution_id)
        query = query.where(or_(ComparedWork.score < last.score, behind))
    rows = [
        ScaledWork(work.contribution_id, title, author, Placed(work.score, work.se, work.compared))
        for work, title, author in session.execute(query)
    ]
    return Listed(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def judges(session: Session, activity: Activity, after: UUID | None) -> Listed[Judge]:
    """The learners by name who come after the person `after`, with what they judged. Two statements."""
    last = session.get(Person, after) if after else None

    def count(state: ComparisonState) -> Any:
        return (
            select(func.count(Comparison.id))
            .where(
                Comparison.activity_id == activity.id,
                Comparison.state == state,
                Comparison.judge_id == Person.id,
            )
            .correlate(Person)
            .scalar_subquery()
        )

    query = (
        select(Person.id, Person.name, count(ComparisonState.JUDGED), count(ComparisonState.SKIPPED))
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(
            Enrolment.course_id == activity.course_id,
            Enrolment.role == Role.LEARNER,
            Enrolment.active.is_(True),
            Enrolment.test_user.is_(False),
        )
        .order_by(Person.name, Person.id)
        .limit(PAGE + 1)
    )
    if last:
        query = query.where(or_(Person.name > last.name, and_(Person.name == last.name, Person.id > last.id)))
    rows = [Judge(*row) for row in session.execute(query)]
    return Listed(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def skipped(session: Session, activity: Activity) -> Sequence[Skipped]:
    """The pairs that were passed over last, with the reasons. One statement."""
    rows = session.execute(
        select(Person.name, Comparison.because)
        .join(Person, Person.id == Comparison.judge_id)
        .where(Comparison.activity_id == activity.id, Comparison.state == ComparisonState.SKIPPED)
        .order_by(Comparison.assigned_at.desc(), Comparison.id)
        .limit(LATEST)
    )
    return [Skipped(*row) for row in rows]


def misfits(session: Session, fit: ComparisonFit | None) -> list[Misfit]:
    """The judges to look at, the worst first, with their names; who is gone is left out. One statement."""
    if fit is None or not fit.misfits:
        return []
    found: Sequence[Mapping[str, Any]] = fit.misfits
    rows = session.execute(
        select(Person.id, Person.name).where(Person.id.in_([UUID(each["judge"]) for each in found]))
    )
    names = {str(key): name for key, name in rows}
    return [
        Misfit(names[each["judge"]], each["infit"], each["judged"])
        for each in found
        if each["judge"] in names
    ]
