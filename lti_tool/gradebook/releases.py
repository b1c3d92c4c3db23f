"""Reviews and scores: held back, or released now or on a date; one person's may wait longer (screen I6).

What is released here is sent by `refits`, which looks at everybody's score again.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import Event, EventType
from ..kernel.permissions import May, Visit
from ..people.models import Course
from ..reviews.releasing import released
from .actions import rescore
from .models import Score, SyncState


class What(StrEnum):
    """What is released."""

    REVIEWS = "reviews"
    SCORES = "scores"

    @property
    def columns(self) -> tuple[str, str]:
        """The activity's columns: whether it is held, and from when it may be read."""
        return ("feedback_held", "feedback_from") if self is What.REVIEWS else ("scores_held", "scores_from")


def is_released(activity: Activity, what: What) -> bool:
    """Whether people may read it now."""
    held, since = (getattr(activity, name) for name in what.columns)
    return released(held, since, clock.now())


def release(session: Session, visit: Visit, activity_id: UUID, what: What) -> bool:
    """Let people read it from now on; return whether they could not before.

    Raises:
        NotAllowedError: the visitor does not set up activities.

    """
    activity = _locked(session, visit, activity_id)
    if is_released(activity, what):
        return False
    _set(activity, what, held=False)
    _record(session, activity, what, visit.person_id)
    return True


def release_on(
    session: Session, visit: Visit, activity_id: UUID, what: What, moment: datetime | None
) -> None:
    """Let people read it from a moment on.

    Raises:
        NotAllowedError: the visitor does not set up activities.
        InvalidError: there is no such moment, or it is over.
        ConflictError: somebody has read their score.

    """
    activity = _locked(session, visit, activity_id)
    if moment is None or moment <= clock.now():
        raise InvalidError(N_("Choose a moment to come."), field="moment")
    _refuse_read(session, activity, what)
    _set(activity, what, held=False, since=moment)
    _keep_here(session, activity, what)


def hold(session: Session, visit: Visit, activity_id: UUID, what: What) -> None:
    """Hold it back until it is released. What the LMS has, it keeps.

    Raises:
        NotAllowedError: the visitor does not set up activities.
        ConflictError: somebody has read their score.

    """
    activity = _locked(session, visit, activity_id)
    _refuse_read(session, activity, what)
    _set(activity, what, held=True)
    _keep_here(session, activity, what)


def withhold(session: Session, visit: Visit, activity: Activity, person_id: UUID, *, wait: bool) -> None:
    """Let one person's scores `wait`, whatever is released, or let them go with the others.

    Raises:
        NotAllowedError: the visitor does not see people's work, or does not set up activities.
        NotFoundError: the person has no score here.
        ConflictError: they have read it.

    """
    visit.require(May.SEE_ALL_WORK)
    visit.require(May.SET_UP)
    its = Score.activity_id == activity.id, Score.person_id == person_id
    scores = session.scalars(select(Score).where(*its).order_by(Score.column).with_for_update()).all()
    if not scores:
        raise NotFoundError(N_("This person has no score yet."))
    if wait and any(score.read_at for score in scores):
        raise ConflictError(N_("This person has read the score already."), code="read")
    for score in scores:
        score.withheld = wait
        if wait and score.state is not SyncState.SENT:
            score.state = SyncState.HELD
    session.flush()
    if not wait:
        rescore(session, activity, [person_id])


def readers(session: Session, activity: Activity) -> int:
    """How many have read their score. One statement."""
    its = Score.activity_id == activity.id, Score.read_at.is_not(None)
    return session.scalar(select(func.count(Score.person_id.distinct())).where(*its)) or 0


def note_read(session: Session, activity: Activity, person_id: UUID) -> None:
    """Note that a person sees their scores, the first time. One statement."""
    its = Score.activity_id == activity.id, Score.person_id == person_id, Score.read_at.is_(None)
    session.execute(update(Score).where(*its).values(read_at=clock.now()))


def release_due(session: Session, now: datetime, limit: int = 100) -> int:
    """Tell of what may be read since its date has come; return in how many activities. For the worker."""
    come = [
        (Activity.feedback_held.is_(False) & (Activity.feedback_from <= now)),
        (Activity.scores_held.is_(False) & (Activity.scores_from <= now)),
    ]
    due = select(Activity).where(or_(*come)).limit(limit).with_for_update(skip_locked=True)
    activities = session.scalars(due).all()
    for activity in activities:
        for what in What:
            held, since = (getattr(activity, name) for name in what.columns)
            if not held and since is not None and since <= now:
                _set(activity, what, held=False)
                _record(session, activity, what, activity.creator_id)
    return len(activities)


def _locked(session: Session, visit: Visit, activity_id: UUID) -> Activity:
    visit.require(May.SET_UP)
    visit.require(May.SEE_ALL_WORK)
    mine = Activity.id == activity_id, Activity.course_id == visit.course()
    return session.scalars(select(Activity).where(*mine).with_for_update()).one()


def _set(activity: Activity, what: What, *, held: bool, since: datetime | None = None) -> None:
    for name, value in zip(what.columns, (held, since), strict=True):
        setattr(activity, name, value)
    if what is What.SCORES:
        activity.rescore_at = clock.now()


def _refuse_read(session: Session, activity: Activity, what: What) -> None:
    if what is What.SCORES and (count := readers(session, activity)):
        sentence = N_("Scores were read already, by %(count)d people. They can be held back no more.")
        raise ConflictError(sentence, code="read", count=count)


def _keep_here(session: Session, activity: Activity, what: What) -> None:
    """What the LMS does not have yet, it does not get."""
    if what is What.SCORES:
        its = Score.activity_id == activity.id, Score.state != SyncState.SENT
        session.execute(update(Score).where(*its).values(state=SyncState.HELD))


def _record(session: Session, activity: Activity, what: What, person_id: UUID) -> None:
    before = select(func.count()).where(Event.entity == activity.id, Event.type == EventType.RELEASED)
    journal.record(
        session,
        EventType.RELEASED,
        tenant=session.get_one(Course, activity.course_id).tenant_id,
        course=activity.course_id,
        activity=activity.id,
        person=person_id,
        entity=activity.id,
        revision=session.scalar(before.where(Event.activity_id == activity.id)) or 0,
        facts={"what": what.value},
    )
    session.flush()
