"""What an instructor does about who reviews whom: rules, choices, taking back, and asking for a draw."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ..activities.models import Activity, Allocation, Feedback, ReviewType
from ..contributions.authors import wrote
from ..contributions.models import Contribution, ContributionState
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.permissions import May, Role, Visit
from ..people.models import Enrolment, Person
from . import allocation, assignment, circles, pool
from .models import Origin, Review, ReviewKind, ReviewState
from .steering_models import PairRule


class Rule(StrEnum):
    """An instructor's word on a pair."""

    MUST = "must"
    MUST_NOT = "must-not"
    NONE = "none"


@dataclass(slots=True)
class Cell:
    """A reviewer and a work: their names, the review there is of it, and the rule."""

    reviewer_id: UUID
    reviewer: str
    work: Contribution
    author: str
    test_user: bool
    review: Review | None
    rule: Rule
    partial: bool  # the reviewer said that they cannot judge it


def cell(
    session: Session,
    visit: Visit,
    activity: Activity,
    reviewer_id: UUID,
    work_id: UUID,
    *,
    lock: bool = False,
) -> Cell:
    """One pair of the activity, at most five statements; with `lock`, nobody else changes it meanwhile.

    Raises:
        NotAllowedError: the visitor does not see all work.
        NotFoundError: there is no such learner in this course now, or no such shared work in this activity.
        ConflictError: it is the reviewer's own work, or one of the two is a test user.

    """
    visit.require(May.SEE_ALL_WORK)
    refuse_elsewhere(activity)
    if lock:
        session.execute(select(Activity.id).where(Activity.id == activity.id).with_for_update(key_share=True))
    reviewer = session.execute(
        select(Person.name, Enrolment.test_user)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(
            Enrolment.course_id == activity.course_id,
            Enrolment.person_id == reviewer_id,
            Enrolment.role == Role.LEARNER,
            Enrolment.active,
        )
    ).one_or_none()
    work = session.execute(
        select(
            Contribution,
            Person.name,
            Enrolment.test_user,
            wrote(reviewer_id),
            pool.partial(reviewer_id, Contribution.id),
        )
        .join(Person, Person.id == Contribution.author_id)
        .join(
            Enrolment,
            (Enrolment.person_id == Person.id) & (Enrolment.course_id == activity.course_id),
        )
        .where(
            Contribution.id == work_id,
            Contribution.activity_id == activity.id,
            Contribution.state == ContributionState.SHARED,
            Contribution.by_staff.is_(False),
        )
    ).one_or_none()
    if reviewer is None or work is None:
        raise NotFoundError(N_("This person or this contribution is not here any more."))
    contribution, author, test_user, own, partial = work
    if own:
        raise ConflictError(N_("Nobody reviews their own work."), code="own-work")
    if test_user != reviewer.test_user:
        raise ConflictError(N_("Test users review only each other."), code="test-user")
    found = select(Review).where(
        Review.contribution_id == work_id, pool.theirs(activity, reviewer_id), Review.kind == ReviewKind.PEER
    )
    if lock:
        found = found.with_for_update()
    review = session.scalars(found.execution_options(populate_existing=True)).first()
    must = session.scalar(
        select(PairRule.must).where(
            PairRule.activity_id == activity.id,
            PairRule.reviewer_id == reviewer_id,
            PairRule.author_id == contribution.author_id,
        )
    )
    rule = Rule.NONE if must is None else Rule.MUST if must else Rule.MUST_NOT
    return Cell(reviewer_id, reviewer.name, contribution, author, test_user, review, rule, partial)


def choose(session: Session, visit: Visit, activity: Activity, reviewer_id: UUID, work_id: UUID) -> Cell:
    """Give somebody a work to review: theirs before any other. Choosing twice is choosing once.

    Raises:
        NotAllowedError, NotFoundError: see `cell`.
        ConflictError: see `cell`; or a rule, or what the reviewer said, stands against it.

    """
    pair = cell(session, visit, activity, reviewer_id, work_id, lock=True)
    if pair.review and pair.review.state is not ReviewState.LAPSED:
        return pair
    if pair.rule is Rule.MUST_NOT:
        raise ConflictError(N_("A rule forbids this pair. Take the rule away first."), code="ruled-out")
    if pair.partial:
        raise ConflictError(N_("This person said that they cannot judge this work."), code="partial")
    now = clock.now()
    until = allocation.kept_until(now, activity.review_by)
    if pair.review:
        pair.review.state, pair.review.lease_until = ReviewState.ALLOCATED, until
        pair.review.leases += 1
        pair.review.origin = Origin.CHOSEN
    else:
        team = session.scalar(select(circles.team(activity, reviewer_id))) if activity.as_group else ""
        pair.review = Review(
            activity_id=activity.id,
            contribution_id=pair.work.id,
            author_id=pair.work.author_id,
            reviewer_id=reviewer_id,
            state=ReviewState.ALLOCATED,
            origin=Origin.CHOSEN,
            team=team or "",
            leases=1,
            assigned_at=now,
            lease_until=until,
        )
        session.add(pair.review)
        session.flush()
    assignment.serve(session, work_id, +1)
    event = journal.record(
        session,
        EventType.ASSIGNED_REVIEW,
        tenant=visit.tenant_id,
        course=visit.course(),
        activity=activity.id,
        person=reviewer_id,
        entity=pair.review.id,
        revision=pair.review.leases,
        facts={"contribution": str(work_id)},
    )
    if pair.test_user:
        event.relayed_at = event.noticed_at = event.occurred_at
    session.flush()
    return pair


def take_back(
    session: Session,
    visit: Visit,
    activity: Activity,
    reviewer_id: UUID,
    work_id: UUID,
    *,
    in_hand: bool = False,
) -> Cell:
    """Free a work for somebody else. What is written stays with its reviewer. Twice is once.

    Args:
        session: the transaction.
        visit: who sees all work.
        activity: theirs.
        reviewer_id: from whom.
        work_id: which work.
        in_hand: also a review that its reviewer is writing.

    Raises:
        NotAllowedError, NotFoundError: see `cell`.
        ConflictError: see `cell`; or it is sent, or in hand and that was not meant.

    """
    pair = cell(session, visit, activity, reviewer_id, work_id, lock=True)
    review = pair.review
    if review is None or review.state is ReviewState.LAPSED:
        return pair
    if review.state is ReviewState.SENT:
        raise ConflictError(N_("This review is sent. It stays."), code="sent-already")
    if review.state is ReviewState.ASSIGNED and not in_hand:
        raise ConflictError(N_("This person is writing the review now."), code="in-hand")
    review.state = ReviewState.LAPSED
    assignment.serve(session, work_id, -1)
    session.flush()
    return pair


def rule(
    session: Session, visit: Visit, activity: Activity, reviewer_id: UUID, work_id: UUID, wanted: Rule
) -> Cell:
    """Say that somebody must or must not review an author, or nothing. What must not be goes, if not begun.

    Raises:
        NotAllowedError, NotFoundError, ConflictError: see `cell`.

    """
    pair = cell(session, visit, activity, reviewer_id, work_id, lock=True)
    keep_rules(session, activity, {(reviewer_id, pair.work.author_id): wanted})
    pair.rule = wanted
    if wanted is Rule.MUST_NOT and pair.review and pair.review.state is ReviewState.ALLOCATED:
        pair.review.state = ReviewState.LAPSED
        assignment.serve(session, work_id, -1)
    session.flush()
    return pair


def keep_rules(session: Session, activity: Activity, wanted: dict[tuple[UUID, UUID], Rule]) -> None:
    """Let the rules on these pairs of reviewer and author be as `wanted`. One INSERT and one DELETE."""
    made = [
        {"activity_id": activity.id, "reviewer_id": one, "author_id": other, "must": it is Rule.MUST}
        for (one, other), it in sorted(wanted.items())
        if it is not Rule.NONE
    ]
    gone = [pair for pair, it in wanted.items() if it is Rule.NONE]
    if made:
        insert = assignment.insert_of(session)(PairRule)
        session.connection().execute(
            insert.on_conflict_do_update(
                index_elements=[PairRule.activity_id, PairRule.reviewer_id, PairRule.author_id],
                set_={"must": insert.excluded.must},
            ),
            made,
        )
    for one, other in gone:
        session.execute(
            delete(PairRule).where(
                PairRule.activity_id == activity.id,
                PairRule.reviewer_id == one,
                PairRule.author_id == other,
            )
        )


def ask_draw(session: Session, visit: Visit, activity: Activity, *, anyway: bool = False) -> None:
    """Have the worker draw who reviews what; `anyway`: as many reviews as possible. Asking twice is once.

    Raises:
        NotAllowedError: the visitor does not see all work.
        ConflictError: reviews are not drawn here.

    """
    visit.require(May.SEE_ALL_WORK)
    refuse_elsewhere(activity)
    if activity.allocation is not Allocation.PUSH:
        raise ConflictError(N_("In this activity each person takes the next review."), code="no-draw")
    session.execute(
        update(Activity)
        .where(Activity.id == activity.id)
        .values(push_asked_at=clock.now(), push_anyway=anyway, push_obstacle=None)
    )


def refuse_elsewhere(activity: Activity) -> None:
    """Raise ConflictError where nobody reviews by criteria: there are no pairs to steer."""
    if activity.feedback is not Feedback.REVIEWS or activity.review_type is not ReviewType.CRITERIA:
        raise ConflictError(N_("Nobody reviews one work at a time in this activity."), code="no-reviews")
