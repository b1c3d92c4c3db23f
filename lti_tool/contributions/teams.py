"""Who writes together: the whole course one page, or each of its groups a contribution of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from ..activities.models import Activity, Kind, Writing
from ..kernel import clock
from ..kernel.errors import ConflictError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Role, Visit
from ..people.groups import insert_missing
from ..people.models import Enrolment, Group, GroupMember, GroupSource
from .models import Authorship, Contribution

COURSE = "course"
PAGE = 50  # teams on a page of their list
IN_NO_GROUP = N_("You are in no group yet. Ask your instructor to put you in one.")


@dataclass(frozen=True, slots=True)
class Team:
    """Those who write together: `key` is what `Contribution.team` holds. A group has a name, or an id."""

    key: str
    name: str = ""
    external_id: str = ""

    @property
    def group_id(self) -> UUID | None:
        """The group; None for the whole course."""
        return None if self.key == COURSE else UUID(hex=self.key)


WHOLE_COURSE = Team(COURSE)


@dataclass(frozen=True, slots=True)
class Teams:
    """Some teams of somebody, each with what it wrote; `after` begins the next page of them."""

    teams: Sequence[tuple[Team, Contribution | None]]
    after: UUID | None = None


def is_page(activity: Activity) -> bool:
    """Whether those who write together write one page, each version of which is shared at once."""
    return activity.kind is Kind.SYNTHESIS


def refuse_page(activity: Activity) -> None:
    """Raise NotFoundError where nobody has a contribution of their own."""
    if is_page(activity):
        raise NotFoundError(N_("Here everybody writes one page. Open it from the activity."))


def writes_in_groups(activity: Activity) -> bool:
    """Whether each group has one contribution, drafted and shared as anybody's."""
    return activity.writing is Writing.GROUPS and activity.kind not in {Kind.SYNTHESIS, Kind.QUESTION}


def teams_of(session: Session, visit: Visit, activity: Activity, after: UUID | None = None) -> Teams:
    """The teams in which the visitor writes; for staff, all of the course. Two statements at most.

    Raises:
        NotAllowedError: the visitor may not share.

    """
    visit.require(May.SHARE)
    if activity.writing is not Writing.GROUPS:
        found = session.scalar(_work(activity))
        return Teams([(WHOLE_COURSE, found)])
    query = _groups(visit)
    if last := session.get(Group, after) if after else None:
        query = query.where(
            or_(
                Group.set_name > last.set_name,
                and_(Group.set_name == last.set_name, Group.name > last.name),
                and_(Group.set_name == last.set_name, Group.name == last.name, Group.id > last.id),
            )
        )
    groups = session.scalars(query.order_by(Group.set_name, Group.name, Group.id).limit(PAGE + 1)).all()
    teams = [_team(group) for group in groups[:PAGE]]
    works = session.scalars(_work(activity, [each.key for each in teams]))
    written = {work.team: work for work in works}
    more = groups[PAGE - 1].id if len(groups) > PAGE else None
    return Teams([(each, written.get(each.key)) for each in teams], more)


def team(session: Session, visit: Visit, activity: Activity, key: str) -> Team:
    """A team in which the visitor writes. One statement at most.

    Raises:
        NotAllowedError: the visitor may not share.
        NotFoundError: the activity has no such team, or it is not theirs.

    """
    visit.require(May.SHARE)
    if activity.writing is not Writing.GROUPS:
        if key == COURSE:
            return WHOLE_COURSE
        raise NotFoundError(N_("This group does not exist."))
    group = session.scalar(_groups(visit).where(Group.id == _id(key)))
    if group is None or group.id.hex != key:
        raise NotFoundError(N_("This group does not exist."))
    return _team(group)


def group_key(session: Session, visit: Visit, activity: Activity) -> str:
    """The group for which the visitor writes, as `Contribution.team` has it; empty where they write alone.

    Of several groups it is one that has begun, then one of an instructor's list.

    Raises:
        ConflictError: a learner is in no group.

    """
    if not writes_in_groups(activity) or visit.test_user or not visit.may(May.TAKE_PART):
        return ""
    groups = session.scalars(_groups(visit).order_by(Group.set_name, Group.name, Group.id)).all()
    if not groups:
        raise ConflictError(IN_NO_GROUP, code="no-group")
    keys = [group.id.hex for group in groups]
    begun = set(session.scalars(_work(activity, keys).with_only_columns(Contribution.team)))
    first = min(groups, key=lambda each: (each.id.hex not in begun, each.source is not GroupSource.OWN))
    return first.id.hex


def join(session: Session, visit: Visit, activity: Activity) -> bool:
    """Let a learner write with their group, where it has begun; whether it has. Raises as `group_key`."""
    work = session.scalar(_work(activity, [group_key(session, visit, activity) or COURSE]))
    if work is None:
        return False
    credit(session, work, [visit.person_id])
    return True


def join_all(session: Session, work: Contribution) -> None:
    """Let all learners of a group write what one of them began."""
    learners = (
        select(GroupMember.person_id)
        .join(Group, Group.id == GroupMember.group_id)
        .join(Enrolment, Enrolment.person_id == GroupMember.person_id)
        .where(
            Group.id == UUID(hex=work.team),
            Enrolment.course_id == Group.course_id,
            Enrolment.role == Role.LEARNER,
            Enrolment.active.is_(True),
            Enrolment.test_user.is_(False),
            ~exists().where(
                Contribution.activity_id == work.activity_id, Contribution.author_id == GroupMember.person_id
            ),
        )
    )
    credit(session, work, session.scalars(learners).all())


def credit(session: Session, work: Contribution, people: Sequence[UUID]) -> None:
    """Let people write a contribution with its author. Who writes another one here stays with that."""
    now = clock.now()
    rows = [
        {"contribution_id": work.id, "person_id": each, "activity_id": work.activity_id, "joined_at": now}
        for each in sorted(people)
        if each != work.author_id
    ]
    insert_missing(session, Authorship, rows)


def _work(activity: Activity, keys: Sequence[str] = (COURSE,)) -> Select[Contribution]:
    return select(Contribution).where(Contribution.activity_id == activity.id, Contribution.team.in_(keys))


def _groups(visit: Visit) -> Select[Group]:
    """The groups of the course that the visitor is in; for staff, all."""
    query = select(Group).where(Group.course_id == visit.course())
    if visit.may(May.SEE_ALL_WORK):
        return query
    mine = select(GroupMember.group_id).where(GroupMember.person_id == visit.person_id)
    return query.where(Group.id.in_(mine))


def _team(group: Group) -> Team:
    return Team(group.id.hex, group.name, group.external_id)


def _id(key: str) -> UUID | None:
    try:
        return UUID(hex=key)
    except ValueError:
        return None
