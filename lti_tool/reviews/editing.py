"""Whose review it is to write, and until when: after it was sent, for a while or until it is released."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.models import Contribution, ContributionState
from ..kernel import clock
from ..kernel.errors import ConflictError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Visit
from . import assignment, pool, releasing
from .models import Review
from .releasing import GRACE, released


def own(session: Session, visit: Visit, activity: Activity, review_id: UUID) -> Review:
    """The visitor's own review with its marks, locked until the end of the transaction.

    Raises:
        NotAllowedError: the visitor does not take part.
        NotFoundError: it is not theirs, or not of this activity.

    """
    visit.require(May.TAKE_PART)
    return assignment.in_hand(session, activity, visit.person_id, review_id)


def to_write(session: Session, visit: Visit, activity: Activity, review_id: UUID) -> Review:
    """The visitor's own review, as `own` finds it, while they may change what it says.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs.
        ConflictError: it is sent, and its author reads it by now.

    """
    review = own(session, visit, activity, review_id)
    if not may_change(review, activity, clock.now()):
        raise final()
    return review


def may_change(review: Review, activity: Activity, now: datetime) -> bool:
    """Whether its reviewer may change what a review says: until it is final, or if asked again."""
    if review.sent_at is None:
        return True
    read = releasing.final(review.sent_at, released(activity.feedback_held, activity.feedback_from, now), now)
    return (not read or asked_again(review, activity)) and review.discounted_at is None


def asked_again(review: Review, activity: Activity) -> bool:
    """Whether the criteria have changed since a review was sent, and its reviewer is asked to change it."""
    since, last = activity.asked_again_at, review.changed_at or review.sent_at
    return bool(since and last and last < since and review.discounted_at is None)


def to_change_again(session: Session, activity: Activity, person_id: UUID) -> int:
    """How many reviews of a person are to be changed for other criteria. One statement at most."""
    if activity.asked_again_at is None:
        return 0
    mine = Review.activity_id == activity.id, Review.reviewer_id == person_id, Review.discounted_at.is_(None)
    last = func.coalesce(Review.changed_at, Review.sent_at)
    return session.scalar(select(func.count()).where(*mine, last < activity.asked_again_at)) or 0


def changeable_until(review: Review, activity: Activity) -> datetime | None:
    """Until when a review that was sent may be changed; None where an instructor decides when it is read."""
    if activity.feedback_held or review.sent_at is None:
        return None
    return max(review.sent_at + GRACE, activity.feedback_from or review.sent_at)


def may_be_extra(session: Session, review: Review) -> bool:
    """Whether a review whose lease is lost may be sent: its work is shared, and its reviewer may judge it.

    The work stays shared until the end of the transaction.
    """
    state = select(Contribution.state).where(Contribution.id == review.contribution_id).with_for_update()
    shared = session.scalar(state) is ContributionState.SHARED
    return shared and not session.scalar(select(pool.partial(review.reviewer_id, review.contribution_id)))


def version_read(session: Session, review: Review, read: int | None) -> int | None:
    """Which version of the work a review is of: the one that its page showed, if there is such a one."""
    shared = session.scalar(select(Contribution.revision).where(Contribution.id == review.contribution_id))
    told = read or review.revision
    return (told if told and shared and told <= shared else shared) or None


def final() -> ConflictError:
    """What is said to who changes a review that its author reads."""
    return ConflictError(N_("The author can read this review now. It stays as it is."), code="final")
