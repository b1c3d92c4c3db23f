"""What the pages of a course's people and groups show. Each is a bounded number of SQL statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Visit
from .grouplists import Known
from .models import Enrolment, Group, GroupMember, GroupSource, Person, Roster

PAGE = 50  # people on a page of a group


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group and how many are in it. Where the LMS gives no name, it has its id."""

    id: UUID
    name: str
    external_id: str
    set_name: str
    source: GroupSource
    members: int


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One group with a page of its people; `after` is the key of the next one."""

    group: Group
    people: Sequence[Known]
    after: tuple[str, UUID] | None


def roster_of(session: Session, course_id: UUID) -> Roster | None:
    """How far the reading of a course's people is; None where the LMS does not offer it. One statement."""
    return session.get(Roster, course_id)


def groups_of(session: Session, visit: Visit) -> list[GroupRow]:
    """The groups of the visitor's course, by kind and name. One statement.

    Raises:
        NotAllowedError: the visitor may not see people.

    """
    visit.require(May.SEE_PEOPLE)
    members = (
        select(func.count())
        .select_from(GroupMember)
        .join(Enrolment, Enrolment.person_id == GroupMember.person_id)
        .where(GroupMember.group_id == Group.id, *_here(visit.course()))
        .scalar_subquery()
    )
    rows = session.execute(
        select(Group.id, Group.name, Group.external_id, Group.set_name, Group.source, members)
        .where(Group.course_id == visit.course())
        .order_by(Group.source.desc(), Group.set_name, Group.name, Group.external_id)
    )
    return [GroupRow(*row) for row in rows]


def group_page(
    session: Session, visit: Visit, group_id: UUID, after: tuple[str, UUID] | None = None
) -> GroupPage:
    """A group of the visitor's course and a page of its people by name. Two statements.

    Args:
        session: a reading session.
        visit: who is here.
        group_id: the group.
        after: the key (name, id) of the last person of the page before.

    Raises:
        NotAllowedError: the visitor may not see people.
        NotFoundError: there is no such group in this course.

    """
    visit.require(May.SEE_PEOPLE)
    group = session.scalar(select(Group).where(Group.id == group_id, Group.course_id == visit.course()))
    if group is None:
        raise NotFoundError(N_("This group does not exist."))
    query = (
        select(Person.id, Person.sub, Person.name)
        .join(GroupMember, GroupMember.person_id == Person.id)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(GroupMember.group_id == group_id, *_here(visit.course()))
        .order_by(Person.name, Person.id)
        .limit(PAGE + 1)
    )
    if after:
        name, last = after
        query = query.where(or_(Person.name > name, (Person.name == name) & (Person.id > last)))
    people = [Known(*row) for row in session.execute(query)]
    more = (people[PAGE - 1].name, people[PAGE - 1].id) if len(people) > PAGE else None
    return GroupPage(group, people[:PAGE], more)


def people_of(session: Session, course_id: UUID) -> list[Known]:
    """Everybody who is in a course now, by name; no test users. One statement."""
    rows = session.execute(
        select(Person.id, Person.sub, Person.name)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(*_here(course_id))
        .order_by(Person.name, Person.id)
    )
    return [Known(*row) for row in rows]


def own_groups_by_person(session: Session, course_id: UUID) -> dict[UUID, list[str]]:
    """The names of the groups that an instructor's list put people into. One statement."""
    rows = session.execute(
        select(GroupMember.person_id, Group.name)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.course_id == course_id, Group.source == GroupSource.OWN)
        .order_by(Group.name)
    )
    found: dict[UUID, list[str]] = {}
    for person, name in rows:
        found.setdefault(person, []).append(name)
    return found


def _here(course_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return Enrolment.course_id == course_id, Enrolment.active.is_(True), Enrolment.test_user.is_(False)
