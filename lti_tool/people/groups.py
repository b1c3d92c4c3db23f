"""The rows of groups: made to say what their source says, and left alone where they say it already."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..kernel.database import Base
from .models import Group, GroupMember, GroupSource


@dataclass(frozen=True, slots=True)
class Named:
    """What a group is called, and the kind it is of; the LMS may give it no name."""

    name: str
    set_name: str = ""


def insert_missing(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those that somebody else made meanwhile stay as they are."""
    if rows:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        session.connection().execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))


def keep_groups(
    session: Session, course_id: UUID, source: GroupSource, wanted: Mapping[str, Named]
) -> dict[str, UUID]:
    """Make the groups of one source exactly those `wanted`, by their external id; return their ids."""
    known = _groups(session, course_id, source)
    gone = [group.id for key, group in known.items() if key not in wanted]
    if gone:
        session.execute(delete(Group).where(Group.id.in_(gone)))
    renamed = [
        {"id": known[key].id, "name": named.name, "set_name": named.set_name}
        for key, named in wanted.items()
        if key in known and Named(known[key].name, known[key].set_name) != named
    ]
    if renamed:
        session.execute(update(Group), renamed)
    new = {key: named for key, named in wanted.items() if key not in known}
    if not new:
        return {key: known[key].id for key in wanted}
    add_groups(session, course_id, source, new)
    return {key: group.id for key, group in _groups(session, course_id, source).items()}


def add_groups(session: Session, course_id: UUID, source: GroupSource, new: Mapping[str, Named]) -> None:
    """Make groups, by their external id; those that are there stay as they are."""
    rows = [
        {
            "course_id": course_id,
            "source": source,
            "external_id": key,
            "name": it.name,
            "set_name": it.set_name,
        }
        for key, it in sorted(new.items())  # always in this order: two launches cannot deadlock
    ]
    insert_missing(session, Group, rows)


def keep_members(
    session: Session, course_id: UUID, source: GroupSource, people: Mapping[UUID, Collection[UUID]]
) -> None:
    """Let each of `people` be in these groups, and in no other of the source. Writes what differs."""
    rows = session.execute(
        select(GroupMember.person_id, GroupMember.group_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.course_id == course_id, Group.source == source, GroupMember.person_id.in_(people))
    )
    known = {(person, group) for person, group in rows}
    wanted = {(person, group) for person, groups in people.items() for group in groups}
    out: dict[UUID, list[UUID]] = {}
    for person, group in sorted(known - wanted):
        out.setdefault(group, []).append(person)
    for group, members in out.items():
        session.execute(
            delete(GroupMember).where(GroupMember.group_id == group, GroupMember.person_id.in_(members))
        )
    new = [{"person_id": person, "group_id": group} for person, group in sorted(wanted - known)]
    insert_missing(session, GroupMember, new)


def _groups(session: Session, course_id: UUID, source: GroupSource) -> dict[str, Group]:
    found = select(Group).where(Group.course_id == course_id, Group.source == source)
    return {group.external_id: group for group in session.scalars(found)}
