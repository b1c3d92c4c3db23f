"""Who has not done yet what an activity asks of them, as SQL: conditions on a learner's enrolment."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, false, func, literal, select

from ..activities.models import Activity, Extension, Feedback, ReviewType
from ..activities.phases import Door, lets_in
from ..activities.queries import schedule
from ..contributions.authors import shared_by
from ..contributions.models import Contribution, ContributionState
from ..exchanges.models import News, NewsKind
from ..kernel.permissions import Role
from ..people.models import Enrolment
from ..reviews import pool
from ..reviews.models import Review, ReviewKind, ReviewState
from ..reviews.rescoring import CHANGED
from ..reviews.steering_models import Comparison, ComparisonState
from .models import ReminderKind

MOST = 3  # reminders that a person gets in an activity
OWN_DATES = {
    ReminderKind.SHARE: Extension.share_by,
    ReminderKind.REVIEW: Extension.review_by,
    ReminderKind.REVISE: Extension.revise_by,
}
DATES = {
    ReminderKind.SHARE: Activity.share_by,
    ReminderKind.REVIEW: Activity.review_by,
    ReminderKind.REVISE: Activity.revise_by,
}
SENT = Review.state == ReviewState.SENT, Review.kind == ReviewKind.PEER


def learners(activity: Activity) -> tuple[ColumnElement[bool], ...]:
    """That somebody learns in the course now, test users left out."""
    return (
        Enrolment.course_id == activity.course_id,
        Enrolment.role == Role.LEARNER,
        Enrolment.active.is_(True),
        Enrolment.test_user.is_(False),
    )


def given(activity: Activity) -> ScalarSelect[int]:
    """How many reviews the learner gave, or how many pairs they compared."""
    if activity.review_type is ReviewType.COMPARISON:
        judged = Comparison.judge_id == Enrolment.person_id, Comparison.state == ComparisonState.JUDGED
        return _count(Comparison.activity_id == activity.id, *judged)
    return _count(Review.activity_id == activity.id, Review.reviewer_id == Enrolment.person_id, *SENT)


def undone(activity: Activity, kind: ReminderKind, now: datetime) -> ColumnElement[bool]:
    """That the learner may do something now, by their own dates, and has not."""
    work = shared_by(activity.id, Enrolment.person_id)
    not_done: ColumnElement[bool]
    match kind:
        case ReminderKind.SHARE:
            not_done = work.is_(None)
        case ReminderKind.REVIEW:
            reviews = literal(activity.feedback is Feedback.REVIEWS)
            not_done = and_(reviews, work.is_not(None), given(activity) < activity.asked)
        case ReminderKind.REVISE:
            not_done = _unanswered(activity, work, now)
    return and_(_may(activity, kind, now), not_done)


def due_by(activity: Activity, kind: ReminderKind, deadline: datetime) -> ColumnElement[bool]:
    """That a date is the learner's: everybody's, or the later one that they were given."""
    own = OWN_DATES[kind]
    if deadline == getattr(activity, DATES[kind].key):
        return ~_extension(activity, own > deadline)
    return _extension(activity, own == deadline)


def to_remind(
    activity: Activity, kind: ReminderKind, now: datetime, deadline: datetime | None = None
) -> Select[Any]:
    """The ids of those who are reminded now: of a `deadline`, those whose own it is; MOST times at most."""
    reminders = _count(
        News.person_id == Enrolment.person_id,
        News.activity_id == activity.id,
        News.kind == NewsKind.REMINDER,
    )
    query = select(Enrolment.person_id).where(
        *learners(activity), undone(activity, kind, now), reminders < MOST
    )
    return query.where(due_by(activity, kind, deadline)) if deadline else query


def _may(activity: Activity, kind: ReminderKind, now: datetime) -> ColumnElement[bool]:
    dates = schedule(activity)
    doors = {
        ReminderKind.SHARE: dates.sharing,
        ReminderKind.REVIEW: dates.reviewing,
        ReminderKind.REVISE: dates.revising,
    }
    door = doors[kind](now)
    if lets_in(door):
        return literal(True)
    if door is Door.NOT_YET or dates.closed(now):
        return false()
    return _extension(activity, OWN_DATES[kind] >= now)


def _unanswered(activity: Activity, work: ColumnElement[Any], now: datetime) -> ColumnElement[bool]:
    """That there is a review of the work as it stands, for its authors to read."""
    return exists(
        select(Review.id)
        .join(Contribution, Contribution.id == Review.contribution_id)
        .where(Contribution.id == work, *SENT, pool.readable(activity, now), ~func.coalesce(CHANGED, false()))
        .correlate(Enrolment)
    )


def _extension(activity: Activity, which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        Extension.activity_id == activity.id, Extension.person_id == Enrolment.person_id, which
    )


def _count(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(*which).correlate(Enrolment, Contribution).scalar_subquery()


def reviews_of(contribution: Any) -> ScalarSelect[int]:
    """How many peers sent a review of a contribution."""
    return _count(Review.contribution_id == contribution, *SENT)


def waiting(activity: Activity) -> ScalarSelect[int]:
    """How many works have fewer readers, done and under way, than the activity wants."""
    return (
        select(func.count())
        .where(
            *shared(activity),
            Contribution.served < activity.wanted,
            Contribution.by_staff.is_(False),
        )
        .scalar_subquery()
    )


def shared(activity: Activity) -> tuple[ColumnElement[bool], ...]:
    """That a contribution is shared in the activity."""
    return Contribution.activity_id == activity.id, Contribution.state == ContributionState.SHARED
