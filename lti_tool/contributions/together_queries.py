"""What the pages of a text written together show. Each is a bounded number of SQL statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import PERMISSIONS, May, Role, Visit
from ..people.models import Enrolment, Person
from .models import Contribution, Revision
from .teams import Team, Teams, teams_of
from .together import TEXT
from .together_attribution import attribute

VERSIONS = 30  # on a page of the history
ATTRIBUTED = 60  # versions that "who wrote what" reads; older text is "from before"
STAFF = frozenset(role for role, may in PERMISSIONS.items() if May.SEE_ALL_WORK in may)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a version, as the visitor may know it; somebody without a name where peers have none."""

    you: bool = False
    staff: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A version in the history."""

    number: int
    saved_at: datetime
    words: int
    why: str
    merged: bool
    writer: Writer


@dataclass(frozen=True, slots=True)
class History:
    """Some versions, the newest first; `before` is the number where the next page begins."""

    versions: Sequence[Version]
    before: int | None


@dataclass(frozen=True, slots=True)
class Attributed:
    """A paragraph with the version it comes from; None: from before those that were read."""

    text: str
    version: Version | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a visitor stands with what they write together: the first screen's answer.

    `teams` are theirs (none: they are in no group); `last` is the newest version of the first one's page, and
    `mine` how many of its versions they wrote.
    """

    teams: Teams
    last: Version | None
    mine: int

    @property
    def team(self) -> Team | None:
        """The team that comes first: one that has begun, if there is one."""
        return next((team for team, page in self._first), None)

    @property
    def page(self) -> Contribution | None:
        """What that team wrote."""
        return next((page for _, page in self._first), None)

    @property
    def _first(self) -> list[tuple[Team, Contribution | None]]:
        return sorted(self.teams.teams, key=lambda each: each[1] is None)[:1]


def standing(session: Session, visit: Visit, activity: Activity) -> Standing:
    """Where the visitor stands. Four statements at most.

    Raises:
        NotAllowedError: the visitor may not share.

    """
    here = Standing(teams_of(session, visit, activity), None, 0)
    if here.page is None:
        return here
    theirs = Revision.contribution_id == here.page.id, Revision.author_id == visit.person_id
    mine = session.scalar(select(func.count()).select_from(Revision).where(*theirs)) or 0
    last = history(session, visit, activity, here.page, most=1).versions
    return Standing(here.teams, last[0] if last else None, mine)


def history(
    session: Session,
    visit: Visit,
    activity: Activity,
    page: Contribution,
    before: int | None = None,
    *,
    most: int = VERSIONS,
) -> History:
    """Versions of a page, from the newest or from the one below `before`. One statement."""
    query = _versions(visit, page).order_by(Revision.number.desc()).limit(most + 1)
    if before is not None:
        query = query.where(Revision.number < before)
    rows = session.execute(query).all()
    versions = [_version(visit, activity, row) for row in rows[:most]]
    return History(versions, versions[-1].number if len(rows) > most else None)


def texts_of(
    session: Session, visit: Visit, activity: Activity, page: Contribution, numbers: set[int]
) -> dict[int, tuple[Version, str]]:
    """Some versions with their texts. One statement.

    Raises:
        NotFoundError: the page has not all of them.

    """
    there = {number for number in numbers if 0 < number <= page.revision}
    query = _versions(visit, page).add_columns(Revision.answers).where(Revision.number.in_(there))
    found = {
        row.number: (_version(visit, activity, row), str(row.answers.get(TEXT, "")))
        for row in session.execute(query)
    }
    if found.keys() != numbers:
        raise NotFoundError(N_("This version does not exist."))
    return found


def who_wrote_what(
    session: Session, visit: Visit, activity: Activity, page: Contribution
) -> list[Attributed]:
    """The page's paragraphs with who wrote each last. One statement."""
    query = _versions(visit, page).add_columns(Revision.answers)
    rows = session.execute(query.order_by(Revision.number.desc()).limit(ATTRIBUTED)).all()
    found = attribute((row.number, str(row.answers.get(TEXT, ""))) for row in reversed(rows))
    versions = {row.number: _version(visit, activity, row) for row in rows}
    return [Attributed(part.text, versions.get(part.version)) for part in found]


def _versions(visit: Visit, page: Contribution) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Revision.number,
            Revision.saved_at,
            Revision.words,
            Revision.why,
            Revision.merged,
            Revision.author_id,
            Person.name,
            Enrolment.role,
        )
        .join(Person, Person.id == Revision.author_id, isouter=True)
        .join(Enrolment, _enrolled(visit), isouter=True)
        .where(Revision.contribution_id == page.id)
    )


def _enrolled(visit: Visit) -> ColumnElement[bool]:
    return and_(Enrolment.course_id == visit.course(), Enrolment.person_id == Revision.author_id)


def _version(visit: Visit, activity: Activity, row: Any) -> Version:
    names = activity.named or visit.may(May.SEE_ALL_WORK)
    writer = _writer(row.author_id == visit.person_id, row.role, row.name or "", names=names)
    return Version(row.number, row.saved_at, row.words, row.why, row.merged, writer)


def _writer(you: bool, role: Role | None, name: str, *, names: bool) -> Writer:
    if you:
        return Writer(you=True)
    staff = role in STAFF
    return Writer(staff=staff, name=name if names or staff else "")
