"""An instructor's spot check: a review of their own, by the same criteria, that anchors others' scores."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from ..activities.models import Activity, ReviewType
from ..contributions.models import Contribution
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.permissions import May, Visit
from ..reviews import rubric, writing
from ..reviews.models import Origin, Review, ReviewKind, ReviewState
from ..reviews.queries import scales, shared_work
from ..reviews.rubric import Draft


def to_check(
    session: Session, visit: Visit, activity: Activity, work_id: UUID
) -> tuple[Contribution, Review]:
    """A shared work and the visitor's check of it, which is new before it is sent. Four statements.

    Raises:
        NotAllowedError: the visitor does not see all work, or does not set up activities.
        NotFoundError: there is no such work here, or works are compared.

    """
    visit.require(May.SET_UP)
    work, _ = shared_work(session, visit, activity, work_id)
    if activity.review_type is ReviewType.COMPARISON:
        raise NotFoundError(N_("Works are compared here. There is nothing to score."))
    mine = Review.contribution_id == work.id, Review.reviewer_id == visit.person_id
    found = session.scalar(select(Review).where(*mine).options(selectinload(Review.marks)))
    return work, found or Review(version=0, overall="", marks=[], sends=0)


def check(
    session: Session, visit: Visit, activity: Activity, work_id: UUID, version: int, draft: Draft
) -> Review:
    """Score a work as an instructor; its author reads it. The same again changes nothing.

    Raises:
        NotAllowedError, NotFoundError: see `to_check`.
        ConflictError: another tab has saved since.
        FaultyReviewError: a criterion without a level, or a comment that is too long.

    """
    work, review = to_check(session, visit, activity, work_id)
    now, before, criteria = clock.now(), review.version, scales(activity.criteria)
    writing.write(review, version, draft, criteria, 0, complete=True)
    if review.sent_at and review.version == before:
        return review
    points = {mark.criterion_id: mark.points for mark in review.marks if mark.points is not None}
    first = review.sent_at is None
    review.state, review.score, review.sends = (
        ReviewState.SENT,
        rubric.score(criteria, points),
        review.sends + 1,
    )
    review.sent_at, review.changed_at = review.sent_at or now, None if first else now
    if first:
        review.activity_id, review.contribution_id, review.author_id = activity.id, work.id, work.author_id
        review.reviewer_id, review.kind, review.origin = visit.person_id, ReviewKind.STAFF, Origin.CHOSEN
        review.assigned_at = review.lease_until = now
        review.revision = work.revision
        try:
            with session.begin_nested():
                session.add(review)
        except IntegrityError:
            raise ConflictError(N_("Another tab has sent this already."), code="two-tabs") from None
    facts = writing.facts(review, criteria, points, now)
    facts |= {"contribution": str(work.id), "kind": ReviewKind.STAFF.value}
    journal.record_act(
        session,
        visit,
        EventType.REVIEWED,
        activity.id,
        review.id,
        revision=review.sends - 1,
        facts=facts,
    )
    session.flush()
    return review
