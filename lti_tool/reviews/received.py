"""The reviews of somebody's work, as its authors read them; each function a bounded number of statements."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, null, or_, select
from sqlalchemy.orm import Session, selectinload

from ..activities.models import Activity
from ..contributions.authors import written_by
from ..contributions.models import Contribution
from ..kernel import clock
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Visit
from ..people.models import Person
from . import pool
from .models import Appraisal, Flag, FlagOutcome, Mark, Rescore, Review, ReviewKind, Uptake

UNRATED = 2.5  # where a review stands that nobody rated: under the useful ones, over the others


@dataclass(frozen=True, slots=True)
class ReceivedReview:
    """A review as its authors read it: of the time only the day, of the reviewer nothing if not told.

    `number` stays as it is while the order changes. `score`: that of its second look where there is one.
    """

    id: UUID
    contribution_id: UUID
    number: int
    sent_on: datetime  # noon of that day
    overall: str
    first_score: float
    marks: Mapping[UUID, Mark]
    by_staff: bool
    discounted: bool
    reviewer: str  # their name, where authors see it
    appraisal: Appraisal | None
    again: Rescore | None
    flag: Flag | None  # the latest
    taken_up: bool  # a later version of the work answers it

    @property
    def score(self) -> float:
        """What it gives, 0 to 1."""
        return self.again.score if self.again else self.first_score

    @property
    def counts(self) -> bool:
        """Whether the score of the work is made of it too."""
        return not (self.by_staff or self.discounted)


class Received(NamedTuple):
    """What somebody received: the reviews, and what they said of their work themselves.

    `gone`: those they asked the instructor about, and that are not shown any more.
    """

    reviews: Sequence[ReceivedReview] = ()
    own_marks: Mapping[UUID, Mark] = {}
    gone: Sequence[Flag] = ()


def useful_first(reviews: Iterable[ReceivedReview]) -> list[ReceivedReview]:
    """The most useful first, as its authors rated them; then the newest day. Pure.

    Within a day the order is that of random ids: it does not tell who sent first.
    """

    def place(each: ReceivedReview) -> tuple[float, float, UUID]:
        useful = each.appraisal.useful if each.appraisal else None
        return -(useful or UNRATED), -each.sent_on.timestamp(), each.id

    return sorted(reviews, key=place)


def received_by(session: Session, activity: Activity, person_id: UUID, zone: tzinfo) -> Received:
    """What a person, alone or with others, received in an activity. Three statements.

    Args:
        session: a reading session.
        activity: where.
        person_id: whose work it is.
        zone: in which a day begins.

    """
    mine = written_by(person_id, activity.id)
    read = pool.readable(activity, clock.now())
    rows = session.execute(
        select(
            Review,
            Appraisal,
            Rescore,
            (Person.name if activity.reviews_named else null()).label("who"),
            exists().where(Uptake.review_id == Review.id).label("taken_up"),
        )
        .join(Person, Person.id == Review.reviewer_id)
        .join(Appraisal, Appraisal.review_id == Review.id, isouter=True)
        .join(Rescore, Rescore.review_id == Review.id, isouter=True)
        .where(pool.of_works(mine), or_(read, Review.kind == ReviewKind.SELF))
        .options(selectinload(Review.marks))
        .order_by(Review.id)
    ).all()
    own = next((row.Review for row in rows if row.Review.kind is ReviewKind.SELF), None)
    rows = [row for row in rows if row.Review.kind is not ReviewKind.SELF]
    flags = _flags(session, mine)
    rows.sort(key=lambda row: (_noon(row.Review, zone), row.Review.id))
    found = [
        ReceivedReview(
            id=row.Review.id,
            contribution_id=row.Review.contribution_id,
            number=number,
            sent_on=_noon(row.Review, zone),
            overall=row.Review.overall,
            first_score=row.Review.score,
            marks=by_criterion(row.Review),
            by_staff=row.Review.kind is ReviewKind.STAFF,
            discounted=row.Review.discounted_at is not None,
            reviewer=row.who or "",
            appraisal=row.Appraisal,
            again=row.Rescore,
            flag=flags.get(row.Review.id),
            taken_up=row.taken_up,
        )
        for number, row in enumerate(rows, start=1)
    ]
    shown = {each.id for each in found}
    gone = [
        each for each in flags.values() if each.outcome is FlagOutcome.HIDDEN and each.review_id not in shown
    ]
    return Received(useful_first(found), by_criterion(own) if own else {}, gone)


def received_review(session: Session, visit: Visit, activity: Activity, review_id: UUID) -> Review:
    """A peer's review that the visitor may read as an author, locked until the end of a transaction.

    Raises:
        NotAllowedError: the visitor does not take part.
        NotFoundError: there is none, it is not of their work, or they may not read it.

    """
    visit.require(May.TAKE_PART)
    review = session.scalar(
        select(Review)
        .where(
            Review.id == review_id,
            Review.kind == ReviewKind.PEER,
            pool.of_works(written_by(visit.person_id, activity.id)),
            pool.readable(activity, clock.now()),
        )
        .with_for_update()
    )
    if review is None:
        raise NotFoundError(N_("This review does not exist."))
    return review


def works_of(session: Session, contribution_ids: Collection[UUID]) -> Sequence[Contribution]:
    """Some contributions with their files; two statements, none for none."""
    if not contribution_ids:
        return ()
    query = select(Contribution).where(Contribution.id.in_(contribution_ids))
    return session.scalars(query.options(selectinload(Contribution.attachments))).all()


def by_criterion(review: Review) -> dict[UUID, Mark]:
    """A review's marks by their criteria."""
    return {mark.criterion_id: mark for mark in review.marks}


def _flags(session: Session, works: Any) -> dict[UUID, Flag]:
    """What the authors of some works asked the instructor, the latest by its review."""
    query = select(Flag).where(Flag.contribution_id.in_(works), Flag.of_review.is_(True))
    return {flag.review_id: flag for flag in session.scalars(query.order_by(Flag.flagged_at))}


def _noon(review: Review, zone: tzinfo) -> datetime:
    """Noon of the day on which it was sent."""
    sent_at: datetime = review.sent_at  # type: ignore[assignment]  # it was sent
    return sent_at.astimezone(zone).replace(hour=12, minute=0, second=0, microsecond=0)
