"""What releasing will do, before it is done: how many scores are new, changed or not possible, and whose."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.authors import shared_by
from ..kernel.permissions import Role
from ..people.models import Enrolment, Person
from .models import COLUMNS, Column, Score, SyncState

PAGE = 50  # people


class Case(StrEnum):
    """What becomes of a person's score."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WITHHELD = "withheld"
    NOWHERE = "nowhere"  # the LMS offers no gradebook
    REFUSED = "refused"  # the LMS said no
    UNSHARED = "unshared"
    UNREVIEWED = "unreviewed"

    @property
    def possible(self) -> bool:
        """Whether there is a score to give out."""
        return self in {Case.NEW, Case.CHANGED, Case.SAME}


class Someone(NamedTuple):
    """A person of the list."""

    person_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """How many people there are of each case."""

    counts: dict[Case, int]

    @property
    def scores(self) -> int:
        """How many scores go out."""
        return sum(count for each, count in self.counts.items() if each.possible)

    @property
    def impossible(self) -> int:
        """How many people get none."""
        return sum(count for each, count in self.counts.items() if not each.possible)


def dry_run(session: Session, activity: Activity) -> DryRun:
    """What releasing the scores of an activity does now. One statement."""
    cases = _cases(activity).subquery()
    rows = session.execute(select(cases.c.case, func.count()).group_by(cases.c.case))
    return DryRun({Case(each): count for each, count in rows})


def people_of(
    session: Session, activity: Activity, which: Case, after: tuple[str, UUID] | None
) -> tuple[list[Someone], Someone | None]:
    """A page of the people of one case by name, and after whom the next one begins. One statement."""
    cases = _cases(activity).subquery()
    query = select(cases.c.id, cases.c.name).where(cases.c.case == which.value)
    if after:
        name, last = after
        query = query.where(or_(cases.c.name > name, and_(cases.c.name == name, cases.c.id > last)))
    rows = session.execute(query.order_by(cases.c.name, cases.c.id).limit(PAGE + 1)).all()
    found = [Someone(*row) for row in rows[:PAGE]]
    return found, found[-1] if len(rows) > PAGE else None


def _cases(activity: Activity) -> Select[Any]:
    """Each learner of the course with what becomes of their score for the work, or of the total."""
    column = Column.TOTAL if Column.TOTAL in COLUMNS[activity.grading] else Column.WORK
    its = Score.activity_id == activity.id, Score.person_id == Person.id, Score.column == column
    shared: ColumnElement[Any] = shared_by(activity.id, Person.id)
    kind = case(
        (and_(Score.revision.is_(None), shared.is_(None)), Case.UNSHARED.value),
        (Score.revision.is_(None), Case.UNREVIEWED.value),
        (Score.withheld, Case.WITHHELD.value),
        (Score.state == SyncState.NOWHERE, Case.NOWHERE.value),
        (Score.state == SyncState.REFUSED, Case.REFUSED.value),
        (Score.sent_revision.is_(None), Case.NEW.value),
        (Score.sent_revision != Score.revision, Case.CHANGED.value),
        else_=Case.SAME.value,
    )
    return (
        select(Person.id, Person.name, kind.label("case"))
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Score, and_(*its), isouter=True)
        .where(
            Enrolment.course_id == activity.course_id,
            Enrolment.role == Role.LEARNER,
            Enrolment.active.is_(True),
            Enrolment.test_user.is_(False),
        )
    )
