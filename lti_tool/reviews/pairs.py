"""How pairs come into judges' hands, and how both works' `served` moves with them; see `assignment`.

Whoever changes `served` takes the activity's row first, then the comparison, then the two contributions in
the order of their ids: nobody deadlocks. The worker takes no activity, and passes over what is in hand.
"""

from collections import Counter
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.models import Contribution
from ..people.models import Enrolment
from . import allocation, assignment, comparing_queries
from .comparing_queries import Pair, pair_of, there
from .steering_models import Comparison, ComparisonState


def lock(session: Session, activity: Activity) -> None:
    """Take the activity's row; who shares or writes meanwhile does not wait (FOR NO KEY UPDATE)."""
    session.execute(select(Activity.id).where(Activity.id == activity.id).with_for_update(key_share=True))


def held(session: Session, activity: Activity, person: UUID, now: datetime) -> Comparison | None:
    """The pair that a person has in hand, with a new lease when its own has just run out."""
    in_hand = select(Comparison).where(comparing_queries.in_hand(activity, person))
    found = session.scalar(in_hand.with_for_update().execution_options(populate_existing=True))
    if found and allocation.expired(found.lease_until, now):
        found.lease_until = allocation.lease_end(now, activity.lease_hours)
    return found


def draw(session: Session, activity: Activity, person: UUID, pair: Pair, now: datetime) -> Comparison | None:
    """Give a person a pair; None when one of the works was taken back at this moment."""
    if not _both(session, pair):
        return None
    first, second = sorted(pair)
    turn = {
        "second_left": pair.left == second,
        "assigned_at": now,
        "lease_until": allocation.lease_end(now, activity.lease_hours),
    }
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    # Whoever let it lapse before finds what they wrote then.
    drawn = session.scalars(
        insert(Comparison)
        .values(activity_id=activity.id, judge_id=person, first_id=first, second_id=second, **turn)
        .on_conflict_do_update(
            index_elements=[Comparison.judge_id, Comparison.first_id, Comparison.second_id],
            set_={"state": ComparisonState.ASSIGNED, **turn},
        )
        .returning(Comparison)
        .execution_options(populate_existing=True)
    ).one()
    serve(session, drawn, +1)
    return drawn


def both_there(session: Session, comparison: Comparison) -> bool:
    """Whether both works can still be compared; they stay so until the end of the transaction."""
    return _both(session, pair_of(comparison))


def free(session: Session, comparison: Comparison, state: ComparisonState) -> None:
    """End a comparison unjudged; both works are served once less if it was in hand."""
    if comparison.state is ComparisonState.ASSIGNED:
        serve(session, comparison, -1)
    comparison.state = state


def serve(session: Session, comparison: Comparison, change: int) -> None:
    """Count a comparison more (or less) for both of its works."""
    for contribution in (comparison.first_id, comparison.second_id):
        assignment.serve(session, contribution, change)


def lapse_expired(session: Session, now: datetime, limit: int = 200) -> int:
    """Take back up to `limit` pairs whose lease has run out; return how many. For the worker.

    Any number of workers may call this at once, and again: each pair is taken back once.
    """
    overdue = _in_hand().where(Comparison.lease_until < now)
    return _take_back(session, overdue.order_by(Comparison.lease_until), limit)


def release_departed(session: Session, limit: int = 200) -> int:
    """Take back up to `limit` pairs from people who left the course; return how many. For the worker."""
    left = (
        _in_hand()
        .join(Activity, Activity.id == Comparison.activity_id)
        .join(
            Enrolment,
            (Enrolment.course_id == Activity.course_id) & (Enrolment.person_id == Comparison.judge_id),
        )
        .where(~Enrolment.active)
    )
    return _take_back(session, left.order_by(Comparison.id), limit)


def _in_hand() -> Select[Comparison]:
    return select(Comparison).where(Comparison.state == ComparisonState.ASSIGNED)


def _both(session: Session, pair: Pair) -> bool:
    in_order = select(Contribution).where(Contribution.id.in_(pair)).order_by(Contribution.id)
    locked = in_order.with_for_update().execution_options(populate_existing=True)
    return all(there(work) for work in session.scalars(locked))


def _take_back(session: Session, which: Select[Comparison], limit: int) -> int:
    found = session.scalars(which.limit(limit).with_for_update(of=Comparison, skip_locked=True)).all()
    if found:
        session.execute(
            update(Comparison)
            .where(Comparison.id.in_([each.id for each in found]))
            .values(state=ComparisonState.LAPSED)
            .execution_options(synchronize_session=False)
        )
    fewer = Counter(work for each in found for work in (each.first_id, each.second_id))
    for work in sorted(fewer):  # always in this order: two workers cannot deadlock
        assignment.serve(session, work, -fewer[work])
    return len(found)
