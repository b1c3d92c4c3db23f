"""What an instructor sets by hand: somebody's score, and what a reviewer counts."""

from math import isfinite
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..activities.models import Activity, Scoring
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import Event, EventType
from ..kernel.markup import plain
from ..kernel.permissions import May, Role, Visit
from ..people.models import Enrolment
from ..reviews.models import Review
from ..reviews.steering_models import ReviewerWeight
from .actions import rescore
from .earning import earned_by
from .models import Column, Override
from .works import COUNTED

BECAUSE_MOST = 500  # characters
WEIGHT_MOST = 10.0


def override(
    session: Session,
    visit: Visit,
    activity: Activity,
    person_id: UUID,
    column: Column,
    value: float,
    why: str,
) -> Override:
    """Set a learner's score by hand, in place of what was set before; it wins over everything.

    Args:
        session: the transaction.
        visit: an instructor.
        activity: theirs.
        person_id: whose score.
        column: which of them.
        value: a share, 0 to 1.
        why: the reason, which the learner reads.

    Raises:
        NotAllowedError: the visitor does not set up activities, or does not see people's work.
        NotFoundError: that person is no learner of the visit's course.
        InvalidError: the value is no share, or there is no reason, or too long a one.

    """
    _refuse_others(session, visit, activity, person_id)
    if not isfinite(value) or not 0 <= value <= 1:
        raise InvalidError(N_("Write a number from 0 to 100."), field="points")
    why = plain(why)
    if not why:
        raise InvalidError(N_("Say why. The person reads it."), field="because")
    if len(why) > BECAUSE_MOST:
        raise InvalidError(N_("Shorten this to %(most)d characters."), field="because", most=BECAUSE_MOST)
    made = session.get(Override, (activity.id, person_id, column), with_for_update=True)
    if made and (made.value, made.because) == (value, why):
        return made
    if made is None:
        made = Override(activity_id=activity.id, person_id=person_id, column=column)
        session.add(made)
    made.value, made.because, made.set_by_id, made.set_at = value, why, visit.person_id, clock.now()
    _record(session, visit, activity, person_id, column, value)
    rescore(session, activity, [person_id])
    return made


def take_back(session: Session, visit: Visit, activity: Activity, person_id: UUID, column: Column) -> None:
    """Let the reviews make a learner's score again.

    Raises:
        NotAllowedError, NotFoundError: see `override`.
        ConflictError: there is no review that could make it.

    """
    _refuse_others(session, visit, activity, person_id)
    made = session.get(Override, (activity.id, person_id, column), with_for_update=True)
    if made is None:
        return
    earned = earned_by(session, activity, [person_id])[person_id]
    if earned.reviewing is None if column is Column.REVIEWING else earned.reviewed is None:
        raise ConflictError(N_("No review makes this score yet. Set another one instead."), code="nothing")
    session.delete(made)
    session.flush()
    _record(session, visit, activity, person_id, column, None)
    rescore(session, activity, [person_id])


def weigh(session: Session, visit: Visit, activity: Activity, person_id: UUID, weight: float) -> None:
    """Let a reviewer's scores count more or less than the others', which weigh 1.

    Raises:
        NotAllowedError, NotFoundError: see `override`.
        ConflictError: the activity does not use weights.
        InvalidError: the weight is out of range, or nobody would count any more.

    """
    _refuse_others(session, visit, activity, person_id)
    if activity.scoring is not Scoring.WEIGHTED:
        raise ConflictError(N_("This activity makes its scores without weights."), code="no-weights")
    if not isfinite(weight) or not 0 <= weight <= WEIGHT_MOST:
        raise InvalidError(N_("Write a number from 0 to 10."), field="weight")
    own = select(ReviewerWeight.person_id).where(
        ReviewerWeight.activity_id == activity.id,
        ReviewerWeight.person_id == Review.reviewer_id,
        ReviewerWeight.weight == 0,
    )
    others = Review.activity_id == activity.id, *COUNTED, Review.reviewer_id != person_id, ~own.exists()
    if weight == 0 and session.scalar(select(Review.id).where(*others).limit(1)) is None:
        sentence = N_("Then no review would count. Give one reviewer a weight above 0 first.")
        raise InvalidError(sentence, field="weight")
    session.merge(ReviewerWeight(activity_id=activity.id, person_id=person_id, weight=weight))
    session.get_one(Activity, activity.id).rescore_at = clock.now()
    session.flush()


def _refuse_others(session: Session, visit: Visit, activity: Activity, person_id: UUID) -> None:
    """Let only instructors do it, one at a time, to learners of the course."""
    visit.require(May.SEE_ALL_WORK)
    visit.require(May.SET_UP)
    learner = select(Enrolment.person_id).where(
        Enrolment.course_id == visit.course(),
        Enrolment.person_id == person_id,
        Enrolment.role == Role.LEARNER,
        Enrolment.test_user.is_(False),
    )
    if activity.course_id != visit.course() or session.scalar(learner.with_for_update()) is None:
        raise NotFoundError(N_("We do not know this person. They may not be in this course."))


def _record(
    session: Session, visit: Visit, activity: Activity, person_id: UUID, column: Column, value: float | None
) -> None:
    entity = uuid5(activity.id, f"{person_id}:{column}")
    same = Event.activity_id == activity.id, Event.entity == entity, Event.type == EventType.OVERRIDDEN
    count = select(func.count()).where(*same)
    journal.record_act(
        session,
        visit,
        EventType.OVERRIDDEN,
        activity.id,
        entity,
        revision=session.scalar(count) or 0,
        facts={"person": str(person_id), "column": column.value, "value": value},
    )
    session.flush()
