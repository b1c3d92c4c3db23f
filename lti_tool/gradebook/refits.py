"""Activities whose scores hang together, made anew soon after something changed. The worker does it.

Marking one twice is once. One that is marked again while it is made waits for the next time; a worker that
dies leaves it to another when the lease ends.
"""

import time
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, union, update
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.models import Authorship, Contribution
from ..kernel import clock
from ..kernel.database import Database
from ..kernel.journal import EventType
from ..people.groups import insert_missing
from ..reviews import comparing_fit
from . import habits
from .actions import rescore
from .columns import concerned
from .models import Refit, ReviewerScale, WorkScore
from .works import put

TOGETHER = frozenset({EventType.REVIEWED, EventType.RATED, EventType.COMPARED, EventType.CALIBRATED})
"""What changes scores that hang together."""

DELAY = timedelta(seconds=4)  # what happens meanwhile is done with it
LEASE = timedelta(minutes=15)
REST, LONGEST_REST = 10, timedelta(minutes=2)  # so often the time it took passes before it is done again
BATCH = 100  # people of one transaction
MANY = 5_000  # changed works: then everybody is looked at
MADE = frozenset({"value", "low", "high", "spread", "bias", "precision", "useful", "agreement", "reviews"})


def mark(session: Session, activity_id: UUID) -> None:
    """Have an activity's scores made anew soon. Two statements."""
    soon = clock.now() + DELAY
    insert_missing(session, Refit, [{"activity_id": activity_id, "due_at": soon}])
    leased = Refit.due_at > clock.now() + LONGEST_REST * 2
    session.execute(update(Refit).where(Refit.activity_id == activity_id, leased).values(due_at=soon))


def refits_wait(session: Session) -> bool:
    """Whether `refit_due` has something to do. One statement."""
    now = clock.now()
    waiting = union(
        select(Refit.activity_id).where(Refit.due_at <= now),
        select(Activity.id).where(Activity.rescore_at <= now),
    )
    return session.scalars(waiting.limit(1)).first() is not None


def refit_due(database: Database) -> bool:
    """Make the scores of one activity anew; return whether there was any."""
    with database.write() as session:
        activity_id = _claim(session)
    if activity_id is None:
        return False
    started = time.monotonic()
    refit(database, activity_id)
    with database.write() as session:
        _settle(session, activity_id, timedelta(seconds=(time.monotonic() - started) * REST))
    return True


def refit(database: Database, activity_id: UUID) -> None:
    """Make the scores of works anew, then those of the people whom that changes; all, where all wait."""
    with database.read() as session:
        activity = session.get_one(Activity, activity_id)
        since = activity.rescore_at
        whole = habits.whole(session, activity)
        works, gone = _changed(session, WorkScore, activity_id, "contribution_id", whole.works)
        scales, _ = _changed(session, ReviewerScale, activity_id, "person_id", whole.reviewers)
    with database.write() as session:
        put(session, WorkScore, (whole.works[work] for work in works))
        put(session, ReviewerScale, (whole.reviewers[person] for person in scales))
        session.execute(delete(WorkScore).where(WorkScore.contribution_id.in_(gone)))
        if whole.compared:
            comparing_fit.keep(session, activity, whole.compared)
        everybody = since is not None or len(works) > MANY
        people = concerned(session, activity_id) if everybody else _of(session, {*works, *gone}, scales)
    for place in range(0, len(people), BATCH):
        with database.write() as session:
            activity = session.get_one(
                Activity, activity_id, with_for_update={"read": True, "key_share": True}
            )
            rescore(session, activity, people[place : place + BATCH])
    if since:
        same = Activity.id == activity_id, Activity.rescore_at == since
        with database.write() as session:
            session.execute(update(Activity).where(*same).values(rescore_at=None))


def _claim(session: Session) -> UUID | None:
    now = clock.now()
    for activity_id in session.scalars(
        select(Activity.id).where(Activity.rescore_at.is_not(None), Activity.rescore_at <= now)
    ).all():
        insert_missing(session, Refit, [{"activity_id": activity_id, "due_at": now}])
    due = select(Refit.activity_id).where(Refit.due_at <= now).order_by(Refit.due_at).limit(1)
    return session.scalar(
        update(Refit)
        .where(Refit.activity_id == due.with_for_update(skip_locked=True).scalar_subquery())
        .values(due_at=now + LEASE)
        .returning(Refit.activity_id)
    )


def _settle(session: Session, activity_id: UUID, rest: timedelta) -> None:
    """It is done; where it was marked again meanwhile, it rests first."""
    soon = clock.now() + max(DELAY, min(rest, LONGEST_REST))
    its = Refit.activity_id == activity_id
    again = update(Refit).where(its, Refit.due_at <= clock.now() + DELAY).values(due_at=soon)
    if not session.scalars(again.returning(Refit.activity_id)).all():
        session.execute(delete(Refit).where(its))


def _changed(
    session: Session, table: Any, activity_id: UUID, key: str, rows: dict[Any, dict[str, Any]]
) -> tuple[list[UUID], list[UUID]]:
    """Which of the rows are new or different, and which of those kept are there no more. One statement."""
    kept = {
        getattr(each, key): each
        for each in session.scalars(select(table).where(table.activity_id == activity_id))
    }
    changed = [
        at
        for at, row in rows.items()
        if at not in kept or any(getattr(kept[at], name) != row[name] for name in MADE & row.keys())
    ]
    return changed, [at for at in kept if at not in rows]


def _of(session: Session, works: Collection[UUID], people: Iterable[UUID]) -> list[UUID]:
    """Those people, and who wrote those works. One statement."""
    wrote = union(
        select(Contribution.author_id).where(Contribution.id.in_(works)),
        select(Authorship.person_id).where(Authorship.contribution_id.in_(works)),
    )
    return sorted({*people, *session.scalars(wrote)})
