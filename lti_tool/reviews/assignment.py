"""How reviews are assigned, and how a contribution's `served` moves with them: in the database, never lost.

Whoever changes `served` takes the activity's row first, then the review, then the contribution: two tabs, two
people or two servers wait for each other instead of deadlocking, and each sees what the one before did. On
SQLite the write transaction itself is that lock. The worker, which takes reviews of many activities, takes no
activity; it passes over reviews that somebody has in hand.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, selectinload

from ..activities.models import Activity
from ..contributions.models import Contribution, ContributionState
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from . import allocation, circles, pool
from .models import Review, ReviewState


class Standing(NamedTuple):
    """Where somebody stands who wants to review. `settled` is a review that is theirs, and not begun."""

    held: Review | None
    shared: bool
    given: int
    settled: UUID | None


def held(session: Session, activity: Activity, person: UUID) -> Standing:
    """Take the activity's row; tell which review the person holds, and what they may have.

    The lock lets foreign keys through (FOR NO KEY UPDATE): who shares or writes meanwhile does not wait.
    """
    row = session.execute(
        select(
            Review,
            pool.has_shared(activity, person),
            pool.given(activity, person),
            pool.settled(activity, person).scalar_subquery(),
        )
        .select_from(Activity)
        .outerjoin(Review, pool.in_hand(activity, person))
        .where(Activity.id == activity.id)
        .with_for_update(of=Activity, key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    return Standing(*row)


def in_hand(session: Session, activity: Activity, person: UUID, review_id: UUID) -> Review:
    """Take the activity's row and the review of the person or their group, which comes with its marks.

    Raises:
        NotFoundError: it is not theirs, or not of this activity.

    """
    session.execute(select(Activity.id).where(Activity.id == activity.id).with_for_update(key_share=True))
    review = session.scalar(
        select(Review)
        .where(Review.id == review_id, Review.activity_id == activity.id, pool.theirs(activity, person))
        .options(selectinload(Review.marks))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if review is None:
        raise NotFoundError(N_("This review does not exist."))
    return review


def renew(session: Session, review: Review, now: datetime, hours: int) -> bool:
    """Give an assigned review a new lease; False when it has just lapsed."""
    renewed = session.execute(
        update(Review)
        .where(Review.id == review.id, Review.state == ReviewState.ASSIGNED)
        .values(lease_until=allocation.lease_end(now, hours))
        .returning(Review.id)
    )
    return renewed.one_or_none() is not None


def begin(session: Session, activity: Activity, person: UUID, review_id: UUID, now: datetime) -> Review:
    """Put a review that is theirs already into the person's hands. It is served, and in the journal."""
    return session.scalars(
        update(Review)
        .where(Review.id == review_id)
        .values(
            state=ReviewState.ASSIGNED,
            reviewer_id=person,  # of a group that reviews as one, who begins
            lease_until=allocation.lease_end(now, activity.lease_hours),
        )
        .returning(Review)
        .execution_options(populate_existing=True)
    ).one()


def take(
    session: Session, activity: Activity, person: UUID, given: int, now: datetime, *, extra: bool = False
) -> Review | None:
    """Assign what a rule says, or the least served contribution that the person may have. Two statements.

    None when there is none, or when they hold a review by now. `extra`: also what has reviews enough. Where
    a group reviews as one, there is a third statement.
    """
    certain = pool.due(activity, person)
    fresh, again = pool.unread(activity, person), pool.returned(activity, person)
    if allocation.beyond_quota(given, activity.given) and not extra:
        fresh, again = pool.short(fresh, activity), pool.short(again, activity)
    taken = session.execute(
        update(Contribution)
        .where(
            Contribution.id == func.coalesce(*map(pool.least_served, (certain, fresh, again))),
            Contribution.state == ContributionState.SHARED,  # its author may just have taken it back
            ~exists().where(pool.in_hand(activity, person)),
        )
        .values(served=Contribution.served + 1)
        .returning(Contribution.id, Contribution.author_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if taken is None:
        return None
    lease = {"assigned_at": now, "lease_until": allocation.lease_end(now, activity.lease_hours)}
    afresh = {"state": ReviewState.ASSIGNED, "leases": Review.leases + 1, **lease}
    # Whoever gave it back before finds what they wrote then.
    if activity.as_group and (found := _of_team(session, activity, person, taken.id, afresh)):
        return found
    return session.scalars(
        insert_of(session)(Review)
        .values(
            activity_id=activity.id,
            contribution_id=taken.id,
            author_id=taken.author_id,
            reviewer_id=person,
            team=func.coalesce(circles.team(activity, person), "") if activity.as_group else "",
            **lease,
        )
        .on_conflict_do_update(
            index_elements=[Review.contribution_id, Review.reviewer_id],
            set_=afresh,
        )
        .returning(Review)
        .execution_options(populate_existing=True)
    ).one()


def _of_team(
    session: Session, activity: Activity, person: UUID, contribution_id: UUID, afresh: Mapping[str, Any]
) -> Review | None:
    """Take up what one's group gave back before."""
    return session.scalars(
        update(Review)
        .where(Review.contribution_id == contribution_id, Review.team == circles.team(activity, person))
        .values(reviewer_id=person, **afresh)
        .returning(Review)
        .execution_options(populate_existing=True)
    ).one_or_none()


def insert_of(session: Session) -> type[sqlite.Insert] | type[postgresql.Insert]:
    """The INSERT that knows ON CONFLICT: the same in both dialects, but two classes."""
    return sqlite.Insert if session.get_bind().dialect.name == "sqlite" else postgresql.Insert


def serve(session: Session, contribution_id: UUID, change: int) -> None:
    """Count `change` reviews more (or less, if negative) for a contribution."""
    session.execute(
        update(Contribution)
        .where(Contribution.id == contribution_id)
        .values(served=Contribution.served + change)
        .execution_options(synchronize_session=False)
    )


def take_back(session: Session, which: Select[UUID, UUID], limit: int) -> int:
    """Let up to `limit` assigned reviews lapse; return how many. What somebody has in hand is passed over.

    Args:
        session: the transaction.
        which: the ids of reviews, each with its contribution's.
        limit: at most so many.

    """
    found = session.execute(which.limit(limit).with_for_update(of=Review, skip_locked=True)).all()
    if found:
        session.execute(
            update(Review)
            .where(Review.id.in_([review for review, _ in found]))
            .values(state=ReviewState.LAPSED)
            .execution_options(synchronize_session=False)
        )
    fewer = Counter(contribution for _, contribution in found)
    for contribution in sorted(fewer):  # always in this order: two workers cannot deadlock
        serve(session, contribution, -fewer[contribution])
    return len(found)
