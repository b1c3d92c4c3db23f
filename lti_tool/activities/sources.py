"""Which activities may be copied here: one's own, and those that this course was copied from.

What a platform says of a copy (the activity once chosen, `$ResourceLink.id.history`, `$Context.id.history`)
counts within its own deployment only.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import PERMISSIONS, May, Visit
from ..lti.models import ResourceLink
from ..people.models import Course, Enrolment
from .models import Activity, Placement
from .queries import Page, id_in, paged

SETTERS = [role for role, may in PERMISSIONS.items() if May.SET_UP in may]


@dataclass(frozen=True, slots=True)
class Source:
    """An activity that may be copied, and its course.

    `certain`: the visit's link is a copy of one that led to it, as far as can be told.
    """

    activity: Activity
    course: Course
    certain: bool = False


def origins(session: Session, visit: Visit) -> list[Source]:
    """What the visit's course or link was copied from: the certain ones first, then by the newest course.

    Three statements at most. A link that was copied year after year still names its first activity: the
    copies of it in between are nearer.
    """
    course = session.get_one(Course, visit.course())
    link = session.get(ResourceLink, visit.resource_link_id) if visit.resource_link_id else None
    chosen, links = (id_in(link.chosen), link.history) if link else (None, [])
    if not (chosen or links or course.history):
        return []
    named = or_(Activity.id == chosen, Activity.id.in_(_led_to(links, visit)))
    copied = Course.context_id.in_(course.history) & (Course.id != course.id)
    query = _of_tenant(visit).add_columns(named).where(or_(named, copied))
    found = session.execute(query.order_by(Activity.created_at.desc(), Activity.id)).all()
    sure = _family({row[0].id for row in found if row[2]}, [row[0] for row in found])
    if not sure and link and link.title:
        sure = {row[0].id for row in found if row[0].title.casefold() == link.title.casefold()}
    nearness = {context: place for place, context in enumerate(course.history)}
    sources = [Source(activity, where, activity.id in sure) for activity, where, _ in found]
    return sorted(
        sources, key=lambda each: (not each.certain, nearness.get(each.course.context_id, len(nearness)))
    )


def own(session: Session, visit: Visit, after: UUID | None = None) -> Page:
    """Activities of other courses that the visitor sets up, as sources."""
    rows, following = paged(session, _own(visit), after)
    return Page([Source(activity, course) for activity, course in rows], following)


def may_copy(session: Session, visit: Visit) -> bool:
    """Whether there is anything to copy."""
    return session.execute(_own(visit).limit(1)).first() is not None or bool(origins(session, visit))


def source(session: Session, visit: Visit, activity_id: UUID) -> Source:
    """An activity that this visitor may copy, with its criteria.

    Raises:
        NotFoundError: there is none, or not for this visitor: it is of another deployment, or of a course
            that the visitor does not set up and that this one is no copy of.

    """
    query = _of_tenant(visit).add_columns(_set_up_by(visit)).where(Activity.id == activity_id)
    found = session.execute(query.options(selectinload(Activity.criteria))).first()
    if found is not None:
        activity, course, is_own = found
        origin = next((each for each in origins(session, visit) if each.activity.id == activity_id), None)
        if is_own or origin:
            return Source(activity, course, bool(origin and origin.certain))
    raise NotFoundError(N_("This activity does not exist, or you may not copy it."))


def set_up_here(session: Session, visit: Visit, after: UUID | None = None) -> Page:
    """Activities that the visitor sets up, in this course or another, as sources."""
    rows, following = paged(session, _of_tenant(visit).where(_set_up_by(visit)), after)
    return Page([Source(activity, course) for activity, course in rows], following)


def set_up_by(session: Session, visit: Visit, activity_id: UUID) -> Activity | None:
    """An activity that the visitor sets up, in this course or another; None if there is no such one."""
    row = session.execute(_of_tenant(visit).where(_set_up_by(visit), Activity.id == activity_id)).first()
    return row[0] if row else None


def _of_tenant(visit: Visit) -> Select[Activity, Course]:
    query = select(Activity, Course).join(Course, Course.id == Activity.course_id)
    return query.where(Course.tenant_id == visit.tenant_id)


def _own(visit: Visit) -> Select[Activity, Course]:
    return _of_tenant(visit).where(Course.id != visit.course_id, _set_up_by(visit))


def _led_to(links: Collection[str], visit: Visit) -> Select[UUID]:
    """The activities that links of the deployment lead to, by the platform's ids."""
    return (
        select(Placement.activity_id)
        .join(ResourceLink, ResourceLink.id == Placement.resource_link_id)
        .join(Course, Course.id == ResourceLink.course_id)
        .where(Course.tenant_id == visit.tenant_id, ResourceLink.resource_link_id.in_(links))
    )


def _family(named: set[UUID], activities: Collection[Activity]) -> set[UUID]:
    """The named activities, and their copies among these."""
    children = {each.id for each in activities if each.copied_from_id in named} - named
    return _family(named | children, activities) if children else named


def _set_up_by(visit: Visit) -> ColumnElement[bool]:
    return exists().where(
        Enrolment.course_id == Course.id,
        Enrolment.person_id == visit.person_id,
        Enrolment.active,
        Enrolment.role.in_(SETTERS),
    )
