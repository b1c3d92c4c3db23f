"""New scores for the reviews of an activity whose criteria got other weights. For the worker."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, selectinload

from ..activities.models import Criterion
from ..kernel.database import Database
from . import rubric
from .models import Rescore, Review, ReviewState
from .rubric import NothingCountsError, Scale

BATCH = 500  # reviews of one transaction


class Due(NamedTuple):
    """An activity whose criteria were weighed anew, last at this moment."""

    activity_id: UUID
    reweighed_at: datetime


def due(session: Session) -> list[Due]:
    """The activities whose reviews wait for new scores. One statement."""
    newest = select(Criterion.activity_id, func.max(Criterion.reweighed_at))
    waiting = newest.where(Criterion.reweighed_at.is_not(None)).group_by(Criterion.activity_id)
    return [Due(activity_id, moment) for activity_id, moment in session.execute(waiting) if moment]


def reweigh(database: Database, activity_id: UUID) -> None:
    """Give all reviews that were sent in an activity the scores that the weights of their criteria make.

    Any number of workers may do this at once, and one that is killed leaves it to the next: the same marks
    give the same scores.
    """
    after: UUID | None = None
    more = True
    while more:
        with database.write() as session:
            after = _batch(session, activity_id, after)
        more = after is not None


def settled(session: Session, found: Due) -> None:
    """Note that it is done; what was weighed anew meanwhile is due again."""
    done = Criterion.activity_id == found.activity_id, Criterion.reweighed_at <= found.reweighed_at
    session.execute(update(Criterion).where(*done).values(reweighed_at=None))


def _batch(session: Session, activity_id: UUID, after: UUID | None) -> UUID | None:
    """Score some reviews again; the id of the last of them, or None when there are no more."""
    query = select(Review).where(Review.activity_id == activity_id, Review.state == ReviewState.SENT)
    if after:
        query = query.where(Review.id > after)
    query = query.options(selectinload(Review.marks)).order_by(Review.id).limit(BATCH)
    reviews = session.scalars(query.with_for_update()).all()
    scales = {mark.criterion_id: Scale.of(mark.criterion) for each in reviews for mark in each.marks}
    for review in reviews:
        with suppress(NothingCountsError):
            review.score = _score(scales, ((mark.criterion_id, mark.points) for mark in review.marks))
    second = select(Rescore).where(Rescore.review_id.in_([each.id for each in reviews]))
    for look in session.scalars(second):
        with suppress(NothingCountsError, KeyError):
            look.score = _score(scales, ((UUID(each["criterion"]), each["points"]) for each in look.marks))
    return reviews[-1].id if len(reviews) == BATCH else None


def _score(scales: dict[UUID, Scale], answered: Iterable[tuple[UUID, float | None]]) -> float:
    """The score of a review by the criteria that it was given by, those that are retired too."""
    points = {criterion: each for criterion, each in answered if each is not None}
    return rubric.score([scales[criterion] for criterion in points], points)
