"""What an instructor can do about a course's people: have their list read again, give us groups."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Visit
from .grouplists import GroupList, understand
from .groups import Named, keep_groups, keep_members
from .models import Group, GroupMember, GroupSource, Roster
from .queries import people_of


def read_again(session: Session, visit: Visit) -> None:
    """Have the worker read the LMS's list of people now, from end to end.

    Raises:
        NotAllowedError: the visitor may not see people.
        NotFoundError: the LMS offers no such list.

    """
    visit.require(May.SEE_PEOPLE)
    due = session.scalar(
        update(Roster)
        .where(Roster.course_id == visit.course(), Roster.memberships_url != "")
        .values(next_try_at=clock.now(), tries=0, differences_url="")
        .returning(Roster.course_id)
    )
    if due is None:
        raise NotFoundError(N_("The LMS offers no list of people for this course."))


def understand_list(session: Session, visit: Visit, text: str) -> GroupList:
    """What an instructor's list of groups comes to in this course; nothing is changed.

    Raises:
        NotAllowedError: the visitor may not make groups.

    """
    visit.require(May.SET_UP)
    visit.require(May.SEE_PEOPLE)
    return understand(text, people_of(session, visit.course()))


def keep_list(session: Session, visit: Visit, text: str) -> GroupList:
    """Make the instructor's groups those of the list, in place of an earlier one; the LMS's stay as they are.

    A list with problems changes nothing. A group that keeps its name stays the same group.

    Raises:
        NotAllowedError: the visitor may not make groups.

    """
    understood = understand_list(session, visit, text)
    if understood.problems:
        return understood
    course = visit.course()
    ids = keep_groups(session, course, GroupSource.OWN, {name: Named(name) for name in understood.groups})
    before = session.scalars(
        select(GroupMember.person_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.course_id == course, Group.source == GroupSource.OWN)
    )
    placed: dict[UUID, set[UUID]] = {person: set() for person in before}
    for name, people in understood.groups.items():
        for person in people:
            placed.setdefault(person, set()).add(ids[name])
    keep_members(session, course, GroupSource.OWN, placed)
    return understood
