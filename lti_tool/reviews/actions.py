"""What a person can do with reviews: take one, keep it longer, give it back, write it, send it, change it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from ..activities.models import Activity, ReviewType
from ..activities.phases import Door, lets_in
from ..activities.queries import schedule, schedule_for
from ..kernel import clock, journal
from ..kernel.errors import ConflictError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.permissions import May, Visit
from . import allocation, annotations, assignment, editing, examples, queries, rubric, writing
from .allocation import WHY, Because
from .models import Review, ReviewKind, ReviewState
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


def pull(session: Session, visit: Visit, activity: Activity, *, extra: bool = False) -> Review:
    """Give the visitor the review they hold, or the next one. At most four statements when there is one.

    What was drawn or chosen for them comes first. `extra`: they gave all, and want one that nobody needs.

    Raises:
        NotAllowedError: the visitor does not take part.
        NothingToReviewError: there is none for them, and why.

    """
    visit.require(May.TAKE_PART)
    now, me = clock.now(), visit.person_id
    by_criteria = activity.review_type is ReviewType.CRITERIA
    if by_criteria and lets_in(reviewing(session, visit, activity, now)):
        for _ in range(2):  # what another tab took while this one waited for the lock shows the second time
            review, shared, given, settled = assignment.held(session, activity, me)
            if review and not allocation.expired(review.lease_until, now):
                return review
            if review and assignment.renew(session, review, now, activity.lease_hours):
                return review
            if not (shared or settled) or not examples.may_review(session, activity, me):
                break
            if settled:
                return assignment.begin(session, activity, me, settled, now)
            if review := assignment.take(session, activity, me, given, now, extra=extra):
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
    review = _held(session, visit, activity, review_id)
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
    review = _held(session, visit, activity, review_id)
    if review.state is not ReviewState.LAPSED:
        review.state = ReviewState.LAPSED
        assignment.serve(session, review.contribution_id, -1)
        _record(session, visit, EventType.RETURNED, review, revision=review.leases)
    return review


def save_draft(
    session: Session,
    visit: Visit,
    activity: Activity,
    review_id: UUID,
    version: int,
    draft: Draft,
    *,
    read: int | None = None,
) -> Review:
    """Keep what the visitor has written so far, complete or not; also when the lease or the date has passed.

    Args:
        session: the transaction.
        visit: who is here.
        activity: theirs, with its criteria.
        review_id: the review.
        version: the review's version that the page showed.
        draft: what is in the page.
        read: the version of the work that the page showed.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs to write.
        ConflictError: it is sent already, or another tab has saved since.
        FaultyReviewError: a level that the criterion does not have, or a text that is too long.

    """
    review = editing.own(session, visit, activity, review_id)
    _refuse_sent(review)
    writing.write(
        review, version, draft, queries.scales(activity.criteria), activity.minimum_words, complete=False
    )
    review.revision = editing.version_read(session, review, read)
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
    read: int | None = None,
) -> Review:
    """Send the review, whole, to its author. Sending twice is once; until it is read it may be changed.

    Args:
        session: the transaction.
        visit: who is here.
        activity: theirs, with its criteria.
        review_id: the review.
        version: the review's version that the page showed.
        draft: what is in the page.
        extra: send even if the lease is lost, beside the review of whoever may be on it now.
        read: the version of the work that the page showed.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs to send.
        ConflictError: the activity takes no reviews now, another tab has saved since, or it is sent and read.
        LostLeaseError: it lapsed, and `extra` is not set.
        FaultyReviewError: a criterion without a level, a comment that is too short or too long.

    """
    review = editing.own(session, visit, activity, review_id)
    now, before = clock.now(), review.version
    first = review.state is not ReviewState.SENT
    if first:
        _refuse_closed(reviewing(session, visit, activity, now))
    lapsed = review.state is ReviewState.LAPSED
    if lapsed and not (extra and editing.may_be_extra(session, review)):
        raise LostLeaseError
    scales, open_ = queries.scales(activity.criteria), editing.may_change(review, activity, now)
    writing.write(review, version if open_ else before, draft, scales, activity.minimum_words, complete=True)
    if not first and review.version == before:
        return review
    if not open_:
        raise editing.final()
    if lapsed:
        assignment.serve(session, review.contribution_id, +1)
    points = {mark.criterion_id: mark.points for mark in review.marks if mark.points is not None}
    review.state, review.score = ReviewState.SENT, rubric.score(scales, points)
    review.sends += 1
    review.sent_at, review.changed_at = review.sent_at or now, None if first else now
    review.revision = editing.version_read(session, review, read)
    facts = writing.facts(review, scales, points, now)
    facts["words"] = int(str(facts["words"])) + annotations.words(session, review.id)
    if review.kind is not ReviewKind.PEER:
        facts["kind"] = review.kind.value
    _record(session, visit, EventType.REVIEWED, review, revision=review.sends - 1, facts=facts)
    return review


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


def _held(session: Session, visit: Visit, activity: Activity, review_id: UUID) -> Review:
    """A review that is the visitor's to keep or to give back: of their own work there is none."""
    review = editing.own(session, visit, activity, review_id)
    if review.kind is ReviewKind.SELF:
        raise ConflictError(N_("Nobody waits for this review: it is of your own work."), code="own-review")
    _refuse_sent(review)
    return review


def _refuse_sent(review: Review) -> None:
    if review.state is ReviewState.SENT:
        raise ConflictError(N_("This review is sent already."), code="sent-already")


def _refuse_closed(door: Door) -> None:
    if not lets_in(door):
        because = Because.NOT_OPEN if door is Door.NOT_YET else Because.CLOSED
        raise ConflictError(WHY[because], code=because.value)


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
