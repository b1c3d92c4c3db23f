"""The reviews that a person gave, for themselves."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.models import Contribution, ContributionState
from .models import Review, ReviewKind

PAGE = 20


class Given(NamedTuple):
    """A review with the title of its work; of a work that was taken back there is none."""

    review: Review
    title: str
    language: str


def given(
    session: Session, activity: Activity, person_id: UUID, after: UUID | None = None
) -> tuple[Sequence[Given], UUID | None]:
    """A page of a person's reviews, the latest first, and the one after which the next begins. One statement.

    Args:
        session: a reading session.
        activity: where.
        person_id: who gave them.
        after: the last review of the page before.

    """
    key = Review.assigned_at, Review.id
    query = (
        select(Review, Contribution.title, Contribution.language, Contribution.state)
        .join(Contribution, Contribution.id == Review.contribution_id)
        .where(
            Review.activity_id == activity.id,
            Review.reviewer_id == person_id,
            Review.kind != ReviewKind.STAFF,
        )
        .order_by(*(each.desc() for each in key))
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(tuple_(*key) < select(*key).where(Review.id == after).scalar_subquery())
    rows = session.execute(query).all()
    more = rows[PAGE - 1].Review.id if len(rows) > PAGE else None
    shown = [
        Given(row.Review, row.title if row.state is ContributionState.SHARED else "", row.language)
        for row in rows[:PAGE]
    ]
    return shown, more
