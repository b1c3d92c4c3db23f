"""Who belongs with whom, as SQL: the groups of a person, those who share one, and the rules on pairs."""

from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, ScalarSelect, Select, String, cast, exists, func, select, union_all
from sqlalchemy.orm import aliased

from ..activities.models import Activity
from ..contributions.models import Authorship, Contribution
from ..people.models import Enrolment, Group, GroupMember
from .steering_models import PairRule

# Once for all: an alias of a table costs more than the query that it is in.
_Work, _Joined, _Mine = aliased(Contribution), aliased(Authorship), aliased(GroupMember)
ORDER = Group.source.desc(), Group.set_name, Group.name, Group.id  # an instructor's own list comes first


def team(activity: Activity, person: UUID) -> ScalarSelect[str]:
    """The group for which a person reviews, as `Review.team` has it; NULL who is in none."""
    return _team(activity, person, func.replace(cast(Group.id, String), "-", ""))


def teammates(activity: Activity, person: UUID) -> Select[UUID]:
    """All who are in that group."""
    return select(GroupMember.person_id).where(GroupMember.group_id == _team(activity, person, Group.id))


def mates(activity: Activity, person: UUID) -> Select[UUID]:
    """All who share a group of the course with a person."""
    return (
        select(GroupMember.person_id)
        .join(_Mine, _Mine.group_id == GroupMember.group_id)
        .join(Group, Group.id == _Mine.group_id)
        .where(_Mine.person_id == person, Group.course_id == activity.course_id)
    )


def free(activity: Activity, person: UUID) -> Select[UUID]:
    """For who is in no group, all who are in none; for anybody else, nobody."""
    theirs = (
        select(GroupMember.group_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.course_id == activity.course_id)
    )
    return select(Enrolment.person_id).where(
        Enrolment.course_id == activity.course_id,
        Enrolment.active,
        ~theirs.where(GroupMember.person_id == Enrolment.person_id).correlate(Enrolment).exists(),
        ~exists(theirs.where(GroupMember.person_id == person).subquery()),
    )


def ruled(activity: Activity, person: UUID, *, must: bool) -> Select[UUID]:
    """The authors whom a person must review; or must not."""
    return select(PairRule.author_id).where(
        PairRule.activity_id == activity.id, PairRule.reviewer_id == person, PairRule.must.is_(must)
    )


def own(person: UUID) -> CompoundSelect[UUID]:
    """The ids of what a person writes anywhere, alone or with others; as `authors.written_by`."""
    alone = select(_Work.id).where(_Work.author_id == person)
    return union_all(alone, select(_Joined.contribution_id).where(_Joined.person_id == person))


def works_of(activity: Activity, authors: Any) -> CompoundSelect[UUID]:
    """The ids of what these people write in an activity, alone or with others."""
    alone = select(_Work.id).where(_Work.activity_id == activity.id, _Work.author_id.in_(authors))
    together = select(_Joined.contribution_id).where(
        _Joined.activity_id == activity.id, _Joined.person_id.in_(authors)
    )
    return union_all(alone, together)


def _team(activity: Activity, person: UUID, what: Any) -> ScalarSelect[Any]:
    return (
        select(what)
        .select_from(Group)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(Group.course_id == activity.course_id, GroupMember.person_id == person)
        .order_by(*ORDER)
        .limit(1)
        .correlate(None)
        .scalar_subquery()
    )
