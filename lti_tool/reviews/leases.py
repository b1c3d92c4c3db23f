"""Reviews that come back: their time ran out, their reviewer left, their work is no longer shared."""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.models import Contribution, ContributionState
from ..people.models import Enrolment
from . import assignment
from .models import Review, ReviewKind, ReviewState


def lapse_expired(session: Session, now: datetime, limit: int = 200) -> int:
    """Take back up to `limit` reviews of a state whose lease has run out; return how many. For the worker.

    Any number of workers may call this at once, and again: each review is taken back once.
    """
    return sum(
        assignment.take_back(
            session,
            select(Review.id, Review.contribution_id)
            .where(Review.state == state, Review.lease_until < now, Review.kind == ReviewKind.PEER)
            .order_by(Review.lease_until),
            limit,
        )
        for state in (ReviewState.ASSIGNED, ReviewState.ALLOCATED)
    )


def release_departed(session: Session, limit: int = 200) -> int:
    """Take back up to `limit` reviews from people who left the course; return how many. For the worker.

    So are those not begun of what is no longer shared. What they wrote stays, for the day they come back; the
    rest of a group goes on with what it has. Like `lapse_expired`, any number may call this at once.
    """
    left = (
        select(Review.id, Review.contribution_id)
        .join(Activity, Activity.id == Review.activity_id)
        .join(
            Enrolment,
            (Enrolment.course_id == Activity.course_id) & (Enrolment.person_id == Review.reviewer_id),
        )
        .join(Contribution, Contribution.id == Review.contribution_id)
        .where(
            Review.state.in_((ReviewState.ASSIGNED, ReviewState.ALLOCATED)),
            Review.kind == ReviewKind.PEER,
            or_(
                and_(~Enrolment.active, Review.team == ""),
                and_(Review.state == ReviewState.ALLOCATED, Contribution.state != ContributionState.SHARED),
            ),
        )
    )
    return assignment.take_back(session, left.order_by(Review.id), limit)
