"""From a roster to rows: people and enrolments made, changed or ended; what is so already is not written.

People are known by the platform's id alone. Whoever has launched keeps that launch's role: some LMSs list
teachers of a kind as learners. Somebody who launched while the roster was being read is not judged by it.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from ..kernel.database import Database
from ..kernel.permissions import Role
from ..people.groups import insert_missing
from ..people.models import Course, Enrolment, Person
from .memberships import Member

BATCH = 1000
_HALF = (1 << 64) - 1


class Seen:
    """The people that a roster listed so far: eight random bytes of each one's id, whatever its length."""

    def __init__(self) -> None:
        self._halves = array("Q")

    def add(self, people: Iterable[UUID]) -> None:
        """Note that these were listed."""
        self._halves.extend(person.int & _HALF for person in people)

    def missing(self, people: Iterable[UUID]) -> list[UUID]:
        """Those who were not."""
        halves = {person.int & _HALF: person for person in people}
        return [halves[half] for half in set(halves).difference(self._halves)]

    def __bool__(self) -> bool:
        return bool(self._halves)


class _Known(NamedTuple):
    """A person of a roster as our rows have them; without a role, they are not in the course yet."""

    id: UUID
    sub: str
    name: str
    sourcedid: str
    role: Role | None
    test_user: bool | None
    active: bool | None
    listed: bool | None
    last_seen_at: datetime | None


@dataclass(slots=True)
class _Changes:
    """What differs between the rows and a page of a roster, as values of rows."""

    people: list[dict[str, Any]] = field(default_factory=list)
    names: list[dict[str, Any]] = field(default_factory=list)
    newcomers: list[dict[str, Any]] = field(default_factory=list)
    enrolments: list[dict[str, Any]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.people, self.names, self.newcomers, self.enrolments))


def enrol(
    database: Database, course: Course, members: Mapping[str, Member], started: datetime
) -> dict[str, UUID]:
    """Bring a page of a roster into the rows: one statement when nothing changed, at most seven otherwise.

    Args:
        database: the tool's.
        course: whose roster it is.
        members: by the platform's id.
        started: when the reading began.

    Returns:
        The people among them whom we know by now, by the platform's id.

    """
    with database.read() as session:
        known = _known(session, course, members)
    if not _changes(course, known, members, started):
        return {sub: row.id for sub, row in known.items()}
    with database.write() as session:
        known = _known(session, course, members)
        changes = _changes(course, known, members, started)
        if changes.people:
            insert_missing(session, Person, changes.people)
            known = _known(session, course, members)
            changes = _changes(course, known, members, started)
        insert_missing(session, Enrolment, changes.newcomers)
        if changes.names:
            session.execute(update(Person), changes.names)
        if changes.enrolments:
            session.execute(update(Enrolment), changes.enrolments)
    return {sub: row.id for sub, row in known.items()}


def end_missing(database: Database, course: Course, seen: Seen, started: datetime) -> int:
    """End the enrolments of those whom a whole roster did not list; return how many.

    Test users and staff whom no roster ever listed (managers, administrators) stay.
    """
    ended, last = 0, None
    while True:
        page = select(Enrolment.person_id).where(_expected(course, started)).order_by(Enrolment.person_id)
        if last is not None:
            page = page.where(Enrolment.person_id > last)
        with database.read() as session:
            people = session.scalars(page.limit(BATCH)).all()
        gone = seen.missing(people)
        if gone:
            with database.write() as session:
                session.execute(
                    update(Enrolment)
                    .where(_expected(course, started), Enrolment.person_id.in_(gone))
                    .values(active=False, listed=False)
                    .execution_options(synchronize_session=False)
                )
        ended += len(gone)
        if len(people) < BATCH:
            return ended
        last = people[-1]


def _expected(course: Course, started: datetime) -> ColumnElement[bool]:
    return and_(
        Enrolment.course_id == course.id,
        Enrolment.active,
        ~Enrolment.test_user,
        or_(Enrolment.listed, Enrolment.role == Role.LEARNER),
        or_(Enrolment.last_seen_at.is_(None), Enrolment.last_seen_at < started),
    )


def _known(session: Session, course: Course, members: Iterable[str]) -> dict[str, _Known]:
    rows = session.execute(
        select(
            Person.id, Person.sub, Person.name, Person.sourcedid,
            Enrolment.role, Enrolment.test_user, Enrolment.active, Enrolment.listed, Enrolment.last_seen_at,
        )
        .outerjoin(Enrolment, and_(Enrolment.person_id == Person.id, Enrolment.course_id == course.id))
        .where(Person.tenant_id == course.tenant_id, Person.sub.in_(list(members)))
    )  # fmt: skip
    return {row.sub: _Known(*row) for row in rows}


def _changes(
    course: Course, known: Mapping[str, _Known], members: Mapping[str, Member], started: datetime
) -> _Changes:
    changes = _Changes()
    for sub, member in sorted(members.items()):  # always in this order: nobody deadlocks with a launch
        row = known.get(sub)
        if row is None:
            if member.active:
                person = {"id": uuid4(), "tenant_id": course.tenant_id, "sub": sub, "name": member.name}
                changes.people.append(person | {"sourcedid": member.sourcedid})
            continue
        known_by = {"name": member.name or row.name, "sourcedid": member.sourcedid or row.sourcedid}
        if known_by != {"name": row.name, "sourcedid": row.sourcedid}:
            changes.names.append({"id": row.id} | known_by)
        keys = {"course_id": course.id, "person_id": row.id}
        if row.role is None:
            if member.active:
                told = {"role": member.role, "test_user": member.test_user, "listed": True}
                changes.newcomers.append(keys | told | {"active": True})
        elif differing := _differing(row, member, started):
            changes.enrolments.append(keys | differing)
    return changes


def _differing(row: _Known, member: Member, started: datetime) -> dict[str, Any]:
    """What an enrolment should say, if it does not say that already."""
    wanted: dict[str, Any] = {"active": member.active, "listed": member.active}
    if not member.active and row.last_seen_at and row.last_seen_at >= started:
        return {}
    if member.active and row.last_seen_at is None:
        wanted |= {"role": member.role, "test_user": member.test_user}
    same = all(getattr(row, name) == value for name, value in wanted.items())
    return {} if same else wanted
