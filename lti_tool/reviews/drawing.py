"""A push in an activity: the worker draws who reviews what, and the reviews wait for their reviewers."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ..activities.models import Activity, Allocation, Feedback, ReviewType
from ..kernel import clock
from ..kernel.database import Database
from . import entry
from .entry import Entry
from .feasibility import Obstacle, Pair
from .giving_out import Gift, give_out
from .models import Origin
from .regular import push

NAMED = 100  # whom an obstacle names, at most


def draws_wait(session: Session) -> bool:
    """Whether there is something to draw. One statement."""
    return session.scalar(_due(clock.now())) is not None


def draw_due(database: Database) -> bool:
    """Draw in one activity; whether there was one to draw in. Any number of workers may call this at once."""
    with database.read() as session:
        activity_id = session.scalar(_due(clock.now()))
    if activity_id is None:
        return False
    draw(database, activity_id)
    return True


def draw(database: Database, activity_id: UUID, seed: int | None = None) -> int:
    """Draw the reviews of an activity; return how many. They are made at once, or none is.

    What an instructor asked for is drawn only if everybody can have their share, unless as much as possible
    will do. What its date asks for is always drawn: nobody is there to ask, and who has too few takes more.
    """
    with database.read() as session:
        activity = session.get_one(Activity, activity_id)
        asked = activity.push_asked_at, activity.pushed_at
        found, wish = entry.read(session, activity)
    plan = push(wish, seed, anyway=activity.push_anyway or activity.push_asked_at is None)
    with database.write() as session:
        activity = session.scalars(
            select(Activity).where(Activity.id == activity_id).with_for_update(key_share=True)
        ).one()
        if (activity.push_asked_at, activity.pushed_at) != asked:
            return 0  # another worker did
        now = clock.now()
        made = give_out(session, activity, list(_people(found, plan.pairs)), Origin.PUSHED, now)
        if plan.pairs or not plan.obstacle or activity.push_asked_at is None:
            activity.pushed_at = now
        activity.push_asked_at, activity.push_anyway = None, False
        activity.push_obstacle = _kept(plan.obstacle, found) if plan.obstacle else None
    return made


def _due(now: datetime) -> Any:
    by_date = Activity.pushed_at.is_(None) & (Activity.review_from <= now)
    return (
        select(Activity.id)
        .where(
            Activity.allocation == Allocation.PUSH,
            or_(Activity.pushed_at.is_(None), Activity.push_asked_at.is_not(None)),  # as the index has it
            or_(Activity.push_asked_at.is_not(None), by_date),
            Activity.feedback == Feedback.REVIEWS,
            Activity.review_type == ReviewType.CRITERIA,
            Activity.opened_at <= now,
            Activity.closed_at.is_(None),
        )
        .limit(1)
    )


def _people(found: Entry, pairs: Sequence[Pair]) -> Iterator[Gift]:
    """Each pair with the person in whose name it is: in a group that reviews as one, one after the other."""
    turns: dict[Any, Callable[[], int]] = {}
    for key, work in pairs:
        members = found.members[key]
        turn = turns.setdefault(key, count().__next__)
        team = key if isinstance(key, str) else ""
        yield Gift(members[turn() % len(members)], work, found.author[work], team)


def _kept(obstacle: Obstacle, found: Entry) -> dict[str, Any]:
    """An obstacle as a row holds it: people and groups by their ids, a work by its author."""
    return {
        "why": obstacle.why.value,
        "wanted": obstacle.wanted,
        "possible": obstacle.possible,
        "group": str(obstacle.group) if obstacle.group else None,
        "reviewers": [str(each) for each in obstacle.reviewers[:NAMED]],
        "works": [str(found.author[each]) for each in obstacle.works[:NAMED]],
    }
