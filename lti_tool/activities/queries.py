"""Finding the activity behind a launch, and those of its course."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from ..kernel.errors import ConflictError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import Event, EventType
from ..kernel.permissions import May, Visit
from ..lti.models import ResourceLink
from .models import Activity, Extension, Placement
from .phases import Schedule

PAGE = 25
SHARED = (EventType.SUBMITTED, EventType.ASKED)  # somebody shared


class Page(NamedTuple):
    """Some rows of a list, and the activity after which the next page begins."""

    rows: Sequence[Any]
    following: UUID | None


def activity_of(session: Session, visit: Visit, *, criteria: bool = False) -> Activity | None:
    """The activity of the visit's resource link, with its criteria when asked; None before it is made."""
    query = select(Activity).join(Placement).where(here(visit))
    if criteria:
        query = query.options(selectinload(Activity.criteria))
    return session.scalar(query)


def here(visit: Visit) -> ColumnElement[bool]:
    """That a placement's activity is the one of the visit's link and course."""
    return and_(Placement.resource_link_id == visit.resource_link_id, Activity.course_id == visit.course_id)


def opened_activity(session: Session, visit: Visit, *, criteria: bool = False) -> Activity:
    """The activity, as somebody who takes part may use it; those who set it up may see it before it opens.

    Raises:
        ConflictError: it is not made or not opened yet.

    """
    activity = activity_of(session, visit, criteria=criteria)
    if activity is None or (activity.opened_at is None and not visit.may(May.SET_UP)):
        raise ConflictError(N_("This activity is not open yet."), code="opens-soon")
    return activity


def title_of_link(session: Session, visit: Visit) -> str:
    """What the LMS calls the visit's link; empty where it does not say."""
    return session.scalar(select(ResourceLink.title).where(ResourceLink.id == visit.resource_link_id)) or ""


def id_in(text: str) -> UUID | None:
    """The id that a platform's custom parameter holds, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def chosen(session: Session, visit: Visit, ids: Collection[UUID]) -> list[Activity]:
    """Activities of the visit's course, in the order in which they were chosen.

    Raises:
        NotFoundError: one of them is not of this course.

    """
    query = select(Activity).where(Activity.id.in_(ids), Activity.course_id == visit.course())
    found = {activity.id: activity for activity in session.scalars(query)}
    if found.keys() != set(ids):
        raise NotFoundError(N_("This activity is not of this course. Choose again."))
    return [found[each] for each in dict.fromkeys(ids)]


def of_course(session: Session, visit: Visit, after: UUID | None = None) -> Page:
    """Activities of the visit's course, each with whether a link leads there."""
    placed = exists().where(Placement.activity_id == Activity.id)
    return paged(session, select(Activity, placed).where(Activity.course_id == visit.course()), after)


def paged(session: Session, query: Select[*tuple[Any, ...]], after: UUID | None) -> Page:
    """The rows of a query of activities that come after the activity `after`, the newest first."""
    last = session.get(Activity, after) if after else None
    if last:
        same = and_(Activity.created_at == last.created_at, Activity.id > last.id)
        query = query.where(or_(Activity.created_at < last.created_at, same))
    rows = session.execute(query.order_by(Activity.created_at.desc(), Activity.id).limit(PAGE + 1)).all()
    return Page(rows[:PAGE], rows[PAGE - 1][0].id if len(rows) > PAGE else None)


def schedule_for(session: Session, activity: Activity, person_id: UUID) -> Schedule:
    """The dates of a learner: everybody's, or later ones that they were given. One statement at most."""
    dates = schedule(activity)
    if not (dates.share_by or dates.review_by or dates.revise_by):
        return dates
    own = session.execute(
        select(Extension.share_by, Extension.review_by, Extension.revise_by).where(
            Extension.activity_id == activity.id, Extension.person_id == person_id
        )
    ).one_or_none()
    return dates.extended(*own) if own else dates


def own_date(
    activity: Activity, person_id: UUID, date: InstrumentedAttribute[datetime | None]
) -> ScalarSelect[datetime | None]:
    """A date of an `Extension`, as part of a statement; for `Schedule.extended`."""
    return (
        select(date)
        .where(Extension.activity_id == activity.id, Extension.person_id == person_id)
        .scalar_subquery()
    )


def schedule_of(session: Session, visit: Visit, activity: Activity) -> Schedule:
    """The dates of the visitor: of who sees all work only the closing; else see `schedule_for`."""
    if visit.may(May.SEE_ALL_WORK):
        return schedule(activity).of_staff()
    return schedule_for(session, activity, visit.person_id)


def in_use(session: Session, activity_id: UUID, *types: EventType) -> bool:
    """Whether somebody has shared in an activity; or whether any of these has happened there."""
    happened = Event.activity_id == activity_id, Event.type.in_(types or SHARED)
    return session.scalar(select(Event.id).where(*happened).limit(1)) is not None


def schedule(activity: Activity) -> Schedule:
    """The activity's dates, for the rules; those of one person are told by `schedule_for`."""
    return Schedule(
        opened_at=activity.opened_at,
        share_by=activity.share_by,
        review_by=activity.review_by,
        closed_at=activity.closed_at,
        late_allowed=activity.late_allowed,
        review_from=activity.review_from,
        revising_allowed=activity.revising,
        revise_from=activity.review_by if activity.review_from else None,
        revise_by=activity.revise_by,
        closes_at=activity.closes_at,
    )
