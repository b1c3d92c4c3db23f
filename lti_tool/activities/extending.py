"""Later dates for one person."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.errors import InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Role, Visit
from ..people.models import Enrolment
from .dates import Dates
from .models import Activity, Extension
from .suiting import check_dates

EXTENDED = ("share_by", "review_by", "revise_by")  # what one person may have later


def extend(session: Session, visit: Visit, activity: Activity, person_id: UUID, dates: Dates) -> None:
    """Give a learner later dates of their own, in place of any given before; no dates take them back.

    Raises:
        NotAllowedError: the visitor does not set up activities, or does not see people's work.
        NotFoundError: that person is no learner of the visit's course.
        InvalidError: a date is not later than everybody's, or they are out of order.

    """
    visit.require(May.SET_UP)
    visit.require(May.SEE_ALL_WORK)
    learner = select(Enrolment.person_id).where(
        Enrolment.course_id == visit.course(),
        Enrolment.person_id == person_id,
        Enrolment.role == Role.LEARNER,
    )
    if activity.course_id != visit.course() or session.scalar(learner) is None:
        raise NotFoundError(N_("We do not know this person. They may not be in this course."))
    own = {name: getattr(dates, name) for name in EXTENDED}
    for field, date in own.items():
        everybodys = getattr(activity, field)
        if date and (everybodys is None or date <= everybodys):
            raise InvalidError(N_("Choose a date that is later than that of the others."), field=field)
        if date and activity.closes_at and date > activity.closes_at:
            raise InvalidError(N_("The activity closes before that. Close it later first."), field=field)
    # Who shares later may do so while the others review.
    check_dates(Dates(**{name: date or getattr(activity, name) for name, date in own.items()}))
    if activity.late_penalty:  # what was late is so no more
        anew = update(Activity).where(Activity.id == activity.id)
        session.execute(anew.values(rescore_at=clock.now()))
    extension = session.get(Extension, (activity.id, person_id), with_for_update=True)
    if not any(own.values()):
        if extension:
            session.delete(extension)
        return
    if extension is None:
        extension = Extension(activity_id=activity.id, person_id=person_id)
        session.add(extension)
    for name, date in own.items():
        setattr(extension, name, date)
    extension.given_by_id, extension.given_at = visit.person_id, clock.now()
