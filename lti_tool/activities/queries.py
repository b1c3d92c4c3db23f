"""Finding the activity behind a launch."""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, selectinload

from ..kernel.errors import ConflictError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Visit
from ..lti.models import ResourceLink
from .models import Activity, Placement
from .phases import Schedule


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


def schedule(activity: Activity) -> Schedule:
    """The activity's dates, for the rules."""
    return Schedule(
        activity.opened_at, activity.share_by, activity.review_by, activity.closed_at, activity.late_allowed
    )
