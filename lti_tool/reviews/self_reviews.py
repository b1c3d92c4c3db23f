"""A review of one's own work, by the criteria that peers use: never served to anybody, never in a score."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..activities.phases import Door, lets_in
from ..contributions.authors import own_contribution
from ..contributions.models import ContributionState
from ..kernel import clock
from ..kernel.errors import ConflictError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Visit
from . import actions
from .allocation import WHY, Because
from .models import Origin, Review, ReviewKind, ReviewState


def begin(session: Session, visit: Visit, activity: Activity) -> Review:
    """The visitor's review of their own work; made when there is none. Beginning twice is beginning once.

    Until it is sent it is ALLOCATED: it is nobody else's, on no lease, and beside the one review in hand.

    Raises:
        NotAllowedError: the visitor does not take part.
        NotFoundError: the activity asks for no such review.
        ConflictError: they have shared nothing, or the activity takes no reviews now.

    """
    visit.require(May.TAKE_PART)
    refuse_unasked(activity)
    if found := own_review(session, activity, visit.person_id):
        return found
    now = clock.now()
    door = actions.reviewing(session, visit, activity, now)
    if not lets_in(door):
        because = Because.NOT_OPEN if door is Door.NOT_YET else Because.CLOSED
        raise ConflictError(WHY[because], code=because.value)
    work = own_contribution(session, activity.id, visit.person_id, attachments=False, lock=True)
    if work is None or work.state is not ContributionState.SHARED:
        raise ConflictError(WHY[Because.SHARE_FIRST], code=Because.SHARE_FIRST.value)
    review = Review(
        activity_id=activity.id,
        contribution_id=work.id,
        author_id=work.author_id,
        reviewer_id=visit.person_id,
        state=ReviewState.ALLOCATED,
        kind=ReviewKind.SELF,
        origin=Origin.CHOSEN,
        assigned_at=now,
        lease_until=now,
    )
    try:
        with session.begin_nested():
            session.add(review)
    except IntegrityError:  # another tab began it in between
        if found := own_review(session, activity, visit.person_id):
            return found
        raise
    return review


def refuse_unasked(activity: Activity) -> None:
    """Raise NotFoundError where people do not review their own work."""
    if not activity.self_review:
        raise NotFoundError(N_("Nobody reviews their own work in this activity."))


def own_review(session: Session, activity: Activity, person_id: UUID) -> Review | None:
    """A person's review of their own work, begun or sent (`sent_at`), or None. One statement."""
    return session.scalar(
        select(Review).where(
            Review.activity_id == activity.id,
            Review.reviewer_id == person_id,
            Review.kind == ReviewKind.SELF,
        )
    )
