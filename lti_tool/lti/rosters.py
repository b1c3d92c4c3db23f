"""Reading who is in the courses: claimed in a short transaction, read outside any, settled in a short one.

The unit is a course. A worker that dies leaves nothing behind but a lease that ends, and what it had read is
kept. Most readings are of the differences, where the platform offers them; once a day it is the whole list,
and who is missing there has left.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Update, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.database import Database
from ..kernel.i18n import N_
from ..kernel.outgoing import back_off
from ..people.groups import keep_groups, keep_members
from ..people.models import Course, Deployment, Enrolment, GroupSource, Platform, Roster
from . import contacts, coursegroups
from .enrolling import Seen, end_missing, enrol
from .memberships import MembersPage, read_members
from .models import ContactKind
from .services import DeclinedError, NoTokenError, ServiceConnector, ServiceError, UnavailableError

LEASE = timedelta(minutes=5)  # renewed while paging; longer than the slowest page can take
DAILY = timedelta(days=1)
WHOLE = timedelta(hours=20)  # how long differences do

REFUSED = N_("The LMS did not give us the list of people.")
NO_GROUPS = N_("The LMS did not give us its groups.")
NO_TOKEN = N_("The LMS does not let us in. An administrator must check the registration.")
UNAVAILABLE = N_("The LMS does not answer as it should. We will try again.")


class LostError(Exception):
    """Another worker has the roster in hand by now."""


@dataclass(slots=True)
class Reading:
    """A roster in hand, until `until`."""

    roster: Roster
    course: Course
    platform: Platform
    started: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reading came to; the problem is one of the groups alone."""

    whole: bool
    differences: str = ""
    problem: str = ""


def due_platforms(session: Session) -> list[UUID]:
    """The platforms that have rosters to be read now. One statement."""
    return list(session.scalars(select(Deployment.platform_id).distinct().select_from(Roster).where(_due())
        .join(Course, Course.id == Roster.course_id)
        .join(Deployment, Deployment.id == Course.tenant_id)
        .join(Platform, Platform.id == Deployment.platform_id)))  # fmt: skip


def read_due(database: Database, connector: ServiceConnector, platform_id: UUID) -> bool:
    """Read the roster of a platform's course that waits longest; return whether there was one."""
    with database.write() as session:
        reading = claim(session, platform_id)
    if reading is None:
        return False
    try:
        outcome = _read(database, connector, reading)
    except LostError:
        return True
    except ServiceError as error:
        with database.write() as session:
            _failed(session, reading, error)
        _note(database, platform_id, error)
    else:
        with database.write() as session:
            _done(session, reading, outcome)
        _note(database, platform_id, None)
    return True


def claim(session: Session, platform_id: UUID) -> Reading | None:
    """Take a due roster of the platform in hand; None when there is none."""
    now = clock.now()
    waiting = (
        select(Roster.course_id)
        .join(Course, Course.id == Roster.course_id)
        .join(Deployment, Deployment.id == Course.tenant_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(_due(), Deployment.platform_id == platform_id)
        .order_by(Roster.next_try_at)
        .limit(1)
    )
    roster = session.scalar(
        update(Roster)
        .where(Roster.course_id == waiting.scalar_subquery(), _free())
        .values(claimed_until=now + LEASE)
        .returning(Roster)
        .execution_options(synchronize_session=False)
    )
    if roster is None:
        return None
    course, platform = session.execute(
        select(Course, Platform)
        .join(Deployment, Deployment.id == Course.tenant_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(Course.id == roster.course_id)
    ).one()
    return Reading(roster, course, platform, now, now + LEASE)


def _due() -> ColumnElement[bool]:
    addressed = or_(Roster.memberships_url != "", Roster.groups_url != "")
    may_ask = Deployment.approved & ~Platform.synthetic
    return (Roster.next_try_at <= clock.now()) & _free() & addressed & may_ask


def _free() -> ColumnElement[bool]:
    return or_(Roster.claimed_until.is_(None), Roster.claimed_until < clock.now())


def _read(database: Database, connector: ServiceConnector, reading: Reading) -> Outcome:
    groups, problem = _read_groups(database, connector, reading)
    roster = reading.roster
    recent = roster.whole_at is not None and roster.whole_at > reading.started - WHOLE
    if roster.differences_url and recent:
        try:
            differences = _read_people(database, connector, reading, groups, Seen(), roster.differences_url)
            return Outcome(whole=False, differences=differences, problem=problem)
        except DeclinedError:  # they have expired: then the whole list
            pass
    if not roster.memberships_url:
        return Outcome(whole=True, problem=problem)
    seen = Seen()
    differences = _read_people(database, connector, reading, groups, seen, roster.memberships_url)
    if not seen:
        raise DeclinedError(0, "The list is empty.")
    end_missing(database, reading.course, seen, reading.started)
    return Outcome(whole=True, differences=differences, problem=problem)


def _read_groups(
    database: Database, connector: ServiceConnector, reading: Reading
) -> tuple[dict[str, UUID] | None, str]:
    """The platform's groups by their ids, None where it has no such service, and what went wrong."""
    roster = reading.roster
    if not roster.groups_url:
        return None, ""
    try:
        told = coursegroups.read_groups(connector, reading.platform, roster.groups_url, roster.group_sets_url)
    except ServiceError as error:
        return None, f"{NO_GROUPS}\n{error.words}"
    with database.write() as session:
        return keep_groups(session, reading.course.id, GroupSource.LMS, told), ""


def _read_people(
    database: Database, connector: ServiceConnector, reading: Reading,
    groups: dict[str, UUID] | None, seen: Seen, url: str,
) -> str:  # fmt: skip
    """Read a list into the rows, page by page; return where its differences will be listed."""
    differences = ""
    for page in read_members(connector, reading.platform, url, groups=groups is not None):
        _renew(database, reading)
        people = enrol(database, reading.course, page.members, reading.started)
        seen.add(people[sub] for sub, member in page.members.items() if member.active)
        if groups:
            _place(database, reading.course, groups, people, page)
        differences = page.differences
    return differences


def _place(
    database: Database, course: Course, groups: dict[str, UUID], people: dict[str, UUID], page: MembersPage
) -> None:
    """Put the members of a page into their groups."""
    wanted = {
        people[sub]: [groups[each] for each in member.groups if each in groups]
        for sub, member in page.members.items()
        if member.groups is not None and sub in people
    }
    if wanted:
        with database.write() as session:
            keep_members(session, course.id, GroupSource.LMS, wanted)


def _renew(database: Database, reading: Reading) -> None:
    """Keep the roster in hand for a while longer. Raises LostError if another worker has it by now."""
    until = clock.now() + LEASE
    if until - reading.until < LEASE / 2:
        return
    with database.write() as session:
        renewed = session.scalar(_row(reading).values(claimed_until=until).returning(Roster.course_id))
    if renewed is None:
        raise LostError
    reading.until = until


def _done(session: Session, reading: Reading, outcome: Outcome) -> None:
    listed = select(func.count()).where(
        Enrolment.course_id == reading.course.id, Enrolment.active, Enrolment.listed
    )
    values = {"whole_at": reading.started} if outcome.whole else {}
    session.execute(
        _row(reading).values(
            synced_at=reading.started, members=listed.scalar_subquery(), problem=outcome.problem,
            differences_url=outcome.differences, next_try_at=clock.now() + DAILY, tries=0,
            claimed_until=None, **values,
        )
    )  # fmt: skip


def _failed(session: Session, reading: Reading, error: ServiceError) -> None:
    tries = reading.roster.tries + 1
    after = timedelta(seconds=error.after or 0) if isinstance(error, UnavailableError) else timedelta()
    sentence, least = UNAVAILABLE, 10.0
    if isinstance(error, NoTokenError):
        sentence = NO_TOKEN
    elif isinstance(error, DeclinedError):
        sentence, least = REFUSED, 300.0
    session.execute(
        _row(reading).values(
            tries=tries, problem=f"{sentence}\n{error.words}", claimed_until=None,
            next_try_at=clock.now() + max(back_off(tries, least=least, most=6 * 3600), after),
        )
    )  # fmt: skip


def _note(database: Database, platform_id: UUID, error: ServiceError | None) -> None:
    """Tell the administrator's page how the platform was."""
    with suppress(IntegrityError), database.write() as session:  # another worker noted the first contact
        if isinstance(error, NoTokenError):
            contacts.failed(session, platform_id, ContactKind.TOKEN, error.words)
        elif error:
            contacts.failed(session, platform_id, ContactKind.ROSTER, error.words)
        else:
            contacts.succeeded(session, platform_id, ContactKind.TOKEN)
            contacts.succeeded(session, platform_id, ContactKind.ROSTER)


def _row(reading: Reading) -> Update:
    """The roster, if it is still in this worker's hand."""
    return (
        update(Roster)
        .where(Roster.course_id == reading.course.id, Roster.claimed_until == reading.until)
        .execution_options(synchronize_session=False)
    )
