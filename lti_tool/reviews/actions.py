"""What a person can do with reviews: take one, keep it longer, give it back, write it, send it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..activities.phases import Door, lets_in
from ..activities.queries import schedule, schedule_for
from ..contributions.models import Contribution, ContributionState
from ..kernel import clock, journal
from ..kernel.errors import ConflictError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.permissions import May, Visit
from ..people.models import Enrolment
from . import allocation, assignment, queries, rubric, writing
from .allocation import WHY, Because
from .models import Review, ReviewState
from .rubric import Draft

Act = Callable[[Session, Visit, Activity, UUID], Review]  # on a review that is in hand


class NothingToReviewError(ConflictError):
    """There is no review for this person now; `because` says why."""

    code = "nothing-to-review"

    def __init__(self, because: Because) -> None:
        super().__init__(WHY[because])
        self.because = because


class LostLeaseError(ConflictError):
    """The review's time ran out, or it was given back: somebody else may be on it."""

    code = "lost-lease"

    def __init__(self) -> None:
        super().__init__(N_("Your time for this review ran out. Somebody else may have it now."))


def pull(session: Session, visit: Visit, activity: Activity) -> Review:
    """Give the visitor the review they hold, or the next one. At most four statements when there is one.

    Raises:
        NotAllowedError: the visitor does not take part.
        NothingToReviewError: there is none for them, and why.

    """
    visit.require(May.TAKE_PART)
    now, me = clock.now(), visit.person_id
    if lets_in(reviewing(session, visit, activity, now)):
        for _ in range(2):  # what another tab took while this one waited for the lock shows the second time
            review, shared, given = assignment.held(session, activity, me)
            if review and not allocation.expired(review.lease_until, now):
                return review
            if review and assignment.renew(session, review, now, activity.lease_hours):
                return review
            if shared and (review := assignment.take(session, activity, me, given, now)):
                _record(session, visit, EventType.ASSIGNED_REVIEW, review, revision=review.leases)
                return review
    raise NothingToReviewError(queries.progress(session, activity, me).because or Because.READ_ALL)


def keep_longer(session: Session, visit: Visit, activity: Activity, review_id: UUID) -> Review:
    """Renew the lease of the visitor's review.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs to keep.
        ConflictError: it is sent already.
        LostLeaseError: it lapsed.

    """
    review = _own(session, visit, activity, review_id)
    _refuse_sent(review)
    if review.state is ReviewState.LAPSED:
        raise LostLeaseError
    review.lease_until = allocation.lease_end(clock.now(), activity.lease_hours)
    return review


def give_back(session: Session, visit: Visit, activity: Activity, review_id: UUID) -> Review:
    """Let somebody else have the review; what is written in it stays. Giving back twice is giving back once.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs to give.
        ConflictError: it is sent already.

    """
    review = _own(session, visit, activity, review_id)
    _refuse_sent(review)
    if review.state is ReviewState.ASSIGNED:
        review.state = ReviewState.LAPSED
        assignment.serve(session, review.contribution_id, -1)
    return review


def save_draft(
    session: Session, visit: Visit, activity: Activity, review_id: UUID, version: int, draft: Draft
) -> Review:
    """Keep what the visitor has written so far, complete or not; also when the lease or the date has passed.

    Args:
        session: the transaction.
        visit: who is here.
        activity: theirs, with its criteria.
        review_id: the review.
        version: the review's version that the page showed.
        draft: what is in the page.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs to write.
        ConflictError: it is sent already, or another tab has saved since.
        FaultyReviewError: a level that the criterion does not have, or a text that is too long.

    """
    review = _own(session, visit, activity, review_id)
    _refuse_sent(review)
    writing.write(
        review, version, draft, queries.scales(activity.criteria), activity.minimum_words, complete=False
    )
    return review


def send(
    session: Session,
    visit: Visit,
    activity: Activity,
    review_id: UUID,
    version: int,
    draft: Draft,
    *,
    extra: bool = False,
) -> Review:
    """Send the review, whole, to its author. Sending twice is sending once.

    Args:
        session: the transaction.
        visit: who is here.
        activity: theirs, with its criteria.
        review_id: the review.
        version: the review's version that the page showed.
        draft: what is in the page.
        extra: send even if the lease is lost, beside the review of whoever may be on it now.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs to send.
        ConflictError: the activity takes no reviews now, or another tab has saved since.
        LostLeaseError: it lapsed, and `extra` is not set.
        FaultyReviewError: a criterion without a level, a comment that is too short or too long.

    """
    review = _own(session, visit, activity, review_id)
    if review.state is ReviewState.SENT:
        return review
    now = clock.now()
    door = reviewing(session, visit, activity, now)
    if not lets_in(door):
        because = Because.NOT_OPEN if door is Door.NOT_YET else Because.CLOSED
        raise ConflictError(WHY[because], code=because.value)
    if review.state is ReviewState.LAPSED and not (extra and _still_shared(session, review)):
        raise LostLeaseError
    scales = queries.scales(activity.criteria)
    writing.write(review, version, draft, scales, activity.minimum_words, complete=True)
    if review.state is ReviewState.LAPSED:
        assignment.serve(session, review.contribution_id, +1)
    points = {mark.criterion_id: mark.points for mark in review.marks if mark.points is not None}
    review.state, review.sent_at, review.score = ReviewState.SENT, now, rubric.score(scales, points)
    _record(session, visit, EventType.REVIEWED, review, facts=writing.facts(review, scales, points, now))
    return review


def lapse_expired(session: Session, now: datetime, limit: int = 200) -> int:
    """Take back up to `limit` reviews whose lease has run out; return how many. For the worker.

    Any number of workers may call this at once, and again: each review is taken back once.
    """
    overdue = select(Review.id, Review.contribution_id).where(
        Review.state == ReviewState.ASSIGNED, Review.lease_until < now
    )
    return assignment.take_back(session, overdue.order_by(Review.lease_until), limit)


def release_departed(session: Session, limit: int = 200) -> int:
    """Take back up to `limit` reviews from people who left the course; return how many. For the worker.

    What they wrote stays, for the day they come back. Like `lapse_expired`, any number may call this at once.
    """
    left = (
        select(Review.id, Review.contribution_id)
        .join(Activity, Activity.id == Review.activity_id)
        .join(
            Enrolment,
            (Enrolment.course_id == Activity.course_id) & (Enrolment.person_id == Review.reviewer_id),
        )
        .where(Review.state == ReviewState.ASSIGNED, ~Enrolment.active)
    )
    return assignment.take_back(session, left.order_by(Review.id), limit)


def note_view(session: Session, visit: Visit, activity: Activity, contribution_id: UUID) -> None:
    """Record that the visitor opened a contribution; once for each launch, see `view_noted`."""
    journal.record_act(
        session,
        visit,
        EventType.VIEWED,
        activity.id,
        uuid5(contribution_id, visit.launch_id),
        facts={"contribution": str(contribution_id)},
    )


def view_noted(session: Session, visit: Visit, contribution_id: UUID) -> bool:
    """Whether this launch's view of the contribution is in the journal already."""
    entity = uuid5(contribution_id, visit.launch_id)
    return journal.recorded(session, visit.tenant_id, EventType.VIEWED, entity)


def reviewing(session: Session, visit: Visit, activity: Activity, now: datetime) -> Door:
    """May the visitor review now? Later dates of their own are looked for once everybody's have passed."""
    door = schedule(activity).reviewing(now)
    if door in {Door.NOT_YET, Door.OPEN}:
        return door
    return schedule_for(session, activity, visit.person_id).reviewing(now)


def _still_shared(session: Session, review: Review) -> bool:
    """Whether its author has not taken the work back; it stays so until the end of the transaction."""
    state = select(Contribution.state).where(Contribution.id == review.contribution_id).with_for_update()
    return session.scalar(state) is ContributionState.SHARED


def _own(session: Session, visit: Visit, activity: Activity, review_id: UUID) -> Review:
    visit.require(May.TAKE_PART)
    return assignment.in_hand(session, activity, visit.person_id, review_id)


def _refuse_sent(review: Review) -> None:
    if review.state is ReviewState.SENT:
        raise ConflictError(N_("This review is sent already."), code="sent-already")


def _record(
    session: Session,
    visit: Visit,
    kind: EventType,
    review: Review,
    *,
    revision: int = 0,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Write the review's event, and all that led to it: what the database forbids is refused here."""
    journal.record_act(
        session,
        visit,
        kind,
        review.activity_id,
        review.id,
        revision=revision,
        facts={"contribution": str(review.contribution_id), **(facts or {})},
    )
    session.flush()
