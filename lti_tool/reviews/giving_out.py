"""Many reviews given out at once: made, served and in the journal, whatever their number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from xapi.statements import statement_id

from ..activities.models import Activity
from ..contributions.models import Contribution, ContributionState
from ..kernel.journal import Event, EventType
from ..people.models import Course
from . import allocation
from .models import Origin, Review, ReviewState

BATCH = 2000  # rows of one INSERT


class Gift(NamedTuple):
    """A review that somebody is to give."""

    reviewer: UUID
    work: UUID
    author: UUID
    team: str = ""


def give_out(
    session: Session, activity: Activity, gifts: Sequence[Gift], origin: Origin, now: datetime
) -> int:
    """Make these reviews wait for their reviewers; return how many. What is there already stays as it is.

    The caller has taken the activity's row, and no other call has the same `now`.
    """
    tenant = session.scalars(select(Course.tenant_id).where(Course.id == activity.course_id)).one()
    # Always in this order: who takes back reviews meanwhile cannot deadlock with this.
    works = (
        select(Contribution.id)
        .where(Contribution.activity_id == activity.id, Contribution.state == ContributionState.SHARED)
        .order_by(Contribution.id)
        .with_for_update()
    )
    shared = set(session.scalars(works))
    known = select(Review.contribution_id, Review.reviewer_id, Review.team).where(
        Review.activity_id == activity.id
    )
    there = {(who, work) for work, *whose in session.execute(known) for who in whose}
    until = allocation.kept_until(now, activity.review_by)
    fresh = [
        _review(activity, gift, origin, now, until)
        for gift in gifts
        if gift.work in shared
        and (gift.reviewer, gift.work) not in there
        and not (gift.team and (gift.team, gift.work) in there)
    ]
    for start in range(0, len(fresh), BATCH):
        some = fresh[start : start + BATCH]
        session.execute(insert(Review), some)
        session.execute(insert(Event), [_event(tenant, activity, each, now) for each in some])
    new = (
        Review.activity_id == activity.id,
        Review.assigned_at == now,
        Review.state == ReviewState.ALLOCATED,
        Review.origin == origin,
    )
    more = select(func.count()).where(Review.contribution_id == Contribution.id, *new).scalar_subquery()
    session.execute(
        update(Contribution)
        .where(Contribution.id.in_(select(Review.contribution_id).where(*new)))
        .values(served=Contribution.served + more)
        .execution_options(synchronize_session=False)
    )
    return len(fresh)


def _review(activity: Activity, gift: Gift, origin: Origin, now: datetime, until: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "activity_id": activity.id,
        "contribution_id": gift.work,
        "author_id": gift.author,
        "reviewer_id": gift.reviewer,
        "state": ReviewState.ALLOCATED,
        "origin": origin,
        "team": gift.team,
        "assigned_at": now,
        "lease_until": until,
    }


def _event(tenant: UUID, activity: Activity, review: dict[str, Any], now: datetime) -> dict[str, Any]:
    kind = EventType.ASSIGNED_REVIEW
    return {
        "statement_id": statement_id(tenant, kind.value, review["id"], 1),
        "tenant_id": tenant,
        "course_id": activity.course_id,
        "activity_id": activity.id,
        "person_id": review["reviewer_id"],
        "type": kind,
        "entity": review["id"],
        "revision": 1,
        "occurred_at": now,
        "facts": {"contribution": str(review["contribution_id"])},
    }
