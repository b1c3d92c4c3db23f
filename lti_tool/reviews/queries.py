"""What the pages need to know of reviews. Each is a bounded number of SQL statements."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from ..activities.models import Activity, Criterion, Extension, ReviewType
from ..activities.phases import Schedule
from ..activities.queries import own_date, schedule
from ..contributions.models import Contribution, ContributionState
from ..kernel import clock
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Visit
from ..people.models import Person
from . import allocation, comparing_queries, examples, pool
from .allocation import Because, Pool
from .models import Mark, Review, ReviewKind, ReviewState
from .rubric import Scale


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """Where one person stands: reviews given and asked for, received, and what comes next.

    `because` says why they cannot take a review now; it is None when they can, or hold one. `unlocked` says
    whether they may read the reviews they received.
    """

    given: int
    asked: int
    open_review_id: UUID | None
    received: int
    unlocked: bool
    because: Because | None
    dates: Schedule  # the person's own, where they have later ones

    @property
    def can_pull(self) -> bool:
        """Whether "Review the next one" leads to a review."""
        return self.because is None


@dataclass(frozen=True, slots=True)
class NamedReview:
    """A review as an instructor reads it, with its reviewer's name (empty where the platform keeps it)."""

    review: Review
    reviewer: str
    marks: dict[UUID, Mark]

    @property
    def counts(self) -> bool:
        """Whether the score of the work is made of it too."""
        return self.review.kind is ReviewKind.PEER and self.review.discounted_at is None


def scales(criteria: list[Criterion]) -> list[Scale]:
    """The criteria as the rules take them."""
    return [Scale.of(each) for each in criteria]


def progress(session: Session, activity: Activity, person_id: UUID) -> ReviewProgress:
    """Where the person stands in the activity. One statement; two where they have to score examples first.

    Where works are compared, it is told of comparisons; see `comparing_queries.standing`.
    """
    if activity.review_type is ReviewType.COMPARISON:
        at = comparing_queries.standing(session, activity, person_id)
        return ReviewProgress(at.judged, at.asked, at.open_id, at.received, at.unlocked, at.because, at.dates)
    readable = pool.unread(activity, person_id), pool.returned(activity, person_id)
    row = session.execute(
        select(
            pool.given(activity, person_id).label("given"),
            pool.received(activity, person_id).label("received"),
            select(Review.id).where(pool.in_hand(activity, person_id)).scalar_subquery().label("open"),
            pool.has_shared(activity, person_id).label("shared"),
            pool.others_work(activity, person_id).exists().label("others"),
            pool.settled(activity, person_id).exists().label("settled"),
            pool.due(activity, person_id).exists().label("due"),
            or_(*(works.exists() for works in readable)).label("unread"),
            or_(*(pool.short(works, activity).exists() for works in readable)).label("short"),
            own_date(activity, person_id, Extension.share_by).label("share_by"),
            own_date(activity, person_id, Extension.review_by).label("review_by"),
            own_date(activity, person_id, Extension.revise_by).label("revise_by"),
        )
    ).one()
    found = Pool(row.others, row.unread, row.short, row.settled or (row.shared and row.due))
    dates = schedule(activity).extended(row.share_by, row.review_by, row.revise_by)
    door = dates.reviewing(clock.now())
    because = allocation.refusal(door, row.shared, row.given, activity.given, found)
    if row.open and because not in {Because.NOT_OPEN, Because.CLOSED}:
        because = None
    elif because is None and not examples.may_review(session, activity, person_id):
        because = Because.CALIBRATE
    unlocked = allocation.unlocked(door, row.given, activity.given, found, row.open is not None)
    return ReviewProgress(row.given, activity.asked, row.open, row.received, unlocked, because, dates)


def next_chance(session: Session, activity: Activity, person_id: UUID) -> datetime | None:
    """When a review that somebody else holds may come back, at a full hour; None if none can."""
    soonest = (
        select(func.min(Review.lease_until))
        .join(pool.Work, pool.Work.id == Review.contribution_id)
        .where(Review.state == ReviewState.ASSIGNED, pool.Work.id.in_(pool.unread(activity, person_id)))
    )
    lease_until = session.scalar(soonest)
    return allocation.coming_hour(lease_until) if lease_until else None


def own_review(
    session: Session, visit: Visit, activity: Activity, review_id: UUID, *, lapsed: bool = True
) -> Review:
    """The visitor's own review of that id, with its marks; also a `lapsed` one, unless told. Two statements.

    Raises:
        NotFoundError: there is none, or it is somebody else's, or of another activity.

    """
    review = session.scalar(
        select(Review)
        .where(
            Review.id == review_id,
            Review.activity_id == activity.id,
            pool.theirs(activity, visit.person_id),
        )
        .options(selectinload(Review.marks))
    )
    if review is None or (review.state is ReviewState.LAPSED and not lapsed):
        raise NotFoundError(N_("This review does not exist."))
    return review


def work_under_review(session: Session, review: Review) -> Contribution:
    """What a review is about, with its attachments while it is the reviewer's. Two statements."""
    query = select(Contribution).where(Contribution.id == review.contribution_id)
    if review.state is ReviewState.LAPSED:
        work = session.scalars(query).one()
        set_committed_value(work, "attachments", [])
        if work.state is ContributionState.DRAFT:  # its author took it back
            set_committed_value(work, "title", "")
            set_committed_value(work, "answers", {})
        return work
    return session.scalars(query.options(selectinload(Contribution.attachments))).one()


def shared_work(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID
) -> tuple[Contribution, str]:
    """A shared contribution and its author's name, for those who may see all work. Two statements.

    Raises:
        NotAllowedError: the visitor may not.
        NotFoundError: there is none in the activity.

    """
    visit.require(May.SEE_ALL_WORK)
    row = session.execute(
        select(Contribution, Person.name)
        .join(Person, Person.id == Contribution.author_id)
        .where(
            Contribution.id == contribution_id,
            Contribution.activity_id == activity.id,
            Contribution.state == ContributionState.SHARED,
        )
        .options(selectinload(Contribution.attachments))
    ).one_or_none()
    if row is None:
        raise NotFoundError(N_("This contribution does not exist."))
    return row[0], row[1]


def named_reviews(session: Session, contribution: Contribution) -> list[NamedReview]:
    """The reviews sent of a contribution, oldest first, for those who may see all work. Two statements."""
    rows = session.execute(
        select(Review, Person.name)
        .join(Person, Person.id == Review.reviewer_id)
        .where(Review.contribution_id == contribution.id, Review.state == ReviewState.SENT)
        .options(selectinload(Review.marks))
        .order_by(Review.sent_at, Review.id)
    )
    return [NamedReview(review, name, _by_criterion(review)) for review, name in rows]


def _by_criterion(review: Review) -> dict[UUID, Mark]:
    return {mark.criterion_id: mark for mark in review.marks}
