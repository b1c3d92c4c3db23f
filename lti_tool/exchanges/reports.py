"""What was reported in an activity, for its instructors; in a bounded number of SQL statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from ..activities.models import Activity
from ..contributions.models import Contribution
from ..kernel.permissions import Visit
from ..people.models import Person
from .models import Comment, Outcome, Report
from .moderation import require_instructor, words_of

PAGE = 20
COUNTED = 100  # at most, on the instructor's first page


@dataclass(frozen=True, slots=True)
class Reported:
    """A report with what it is about, as it was said then and as it stands."""

    report: Report
    contribution: Contribution
    comment: Comment | None
    reporter: str
    author: str

    @property
    def id(self) -> UUID:
        """The report's id."""
        return self.report.id

    @property
    def thing(self) -> Contribution | Comment:
        """What it is about."""
        return self.comment or self.contribution

    @property
    def now(self) -> str:
        """What it says now; empty when it was taken back."""
        return words_of(self.thing)

    @property
    def edited(self) -> bool:
        """Whether it says something else since."""
        return self.now != self.report.then

    @property
    def hidden(self) -> bool:
        """Whether it was hidden for this report."""
        return self.report.outcome is Outcome.HIDDEN


class Queue(NamedTuple):
    """A page of reports, the one after which the next page begins, and how many wait (COUNTED at most)."""

    reports: Sequence[Reported]
    after: UUID | None
    waiting: int


def queue(
    session: Session, visit: Visit, activity: Activity, *, settled: bool = False, after: UUID | None = None
) -> Queue:
    """What waits, the oldest first; or what was settled, the latest first. Two statements.

    Raises:
        NotAllowedError: the visitor is no instructor.

    """
    require_instructor(visit)
    reporter, author = aliased(Person), aliased(Person)
    written_by = func.coalesce(Comment.author_id, Contribution.author_id)
    query = (
        select(Report, Contribution, Comment, reporter.name, author.name)
        .join(Contribution, Contribution.id == Report.contribution_id)
        .join(Comment, Comment.id == Report.comment_id, isouter=True)
        .join(reporter, reporter.id == Report.reporter_id)
        .join(author, author.id == written_by)
        .where(Report.activity_id == activity.id)
    )
    rows = session.execute(_page(query, settled=settled, after=after)).all()
    found = [Reported(*row) for row in rows[:PAGE]]
    more = found[-1].id if len(rows) > PAGE else None
    return Queue(found, more, waiting(session, activity.id))


def waiting(session: Session, activity_id: UUID) -> int:
    """How many reports of an activity nobody has settled, COUNTED at most. One statement."""
    some = select(Report.id).where(Report.activity_id == activity_id, Report.settled_at.is_(None))
    return session.scalar(select(func.count()).select_from(some.limit(COUNTED).subquery())) or 0


def _page(query: Select[*tuple[Any, ...]], *, settled: bool, after: UUID | None) -> Select[*tuple[Any, ...]]:
    key = (Report.settled_at if settled else Report.reported_at), Report.id
    last = select(*key).where(Report.id == after).scalar_subquery()
    if settled:
        query = query.where(Report.settled_at.is_not(None)).order_by(*(each.desc() for each in key))
        return (query.where(tuple_(*key) < last) if after else query).limit(PAGE + 1)
    query = query.where(Report.settled_at.is_(None)).order_by(*key)
    return (query.where(tuple_(*key) > last) if after else query).limit(PAGE + 1)
