"""Dead letters: what a store refused for good, with its own words; and queueing them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.bulk import numbers
from ..kernel.journal import Event
from .models import Delivery, DeliveryState, Lrs, Statement

PAGE = 50
REASONS = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery with what it carries; `body` is None where no statement could be made."""

    event: Event
    state: DeliveryState
    reason: str
    settled_at: datetime | None
    body: bytes | None


def reasons(session: Session, store: Lrs) -> list[tuple[str, int]]:
    """The reasons that a store gave most often, each with how often."""
    rows = session.execute(
        select(Delivery.reason, func.count())
        .where(Delivery.lrs_id == store.id, Delivery.state == DeliveryState.DEAD)
        .group_by(Delivery.reason)
        .order_by(func.count().desc(), Delivery.reason)
        .limit(REASONS)
    )
    return [(reason, count) for reason, count in rows]


def refused(
    session: Session, store: Lrs, reason: str | None = None, after: int = 0
) -> tuple[list[Letter], int | None]:
    """A page of what a store refused (for one reason), and the event after which the next page begins."""
    query = select(Delivery).where(
        Delivery.lrs_id == store.id, Delivery.state == DeliveryState.DEAD, Delivery.event_id > after
    )
    if reason is not None:
        query = query.where(Delivery.reason == reason)
    found = session.scalars(query.order_by(Delivery.event_id).limit(PAGE + 1)).all()
    return _letters(session, store, found[:PAGE]), found[PAGE - 1].event_id if len(found) > PAGE else None


def recent(session: Session, store: Lrs, most: int = 20) -> list[Letter]:
    """The last statements for a store, the newest first, whatever became of them."""
    newest = (
        select(Delivery).where(Delivery.lrs_id == store.id).order_by(Delivery.event_id.desc()).limit(most)
    )
    return _letters(session, store, session.scalars(newest).all())


def letter(session: Session, store: Lrs, event_id: int) -> Letter | None:
    """One delivery of a store."""
    found = session.get(Delivery, (store.id, event_id))
    return _letters(session, store, [found])[0] if found else None


def queue_again(
    session: Session, store: Lrs, *, reason: str | None = None, event_id: int | None = None
) -> int:
    """Queue dead letters of a store again: all, those of one reason, or one; return how many.

    Events that could not be made a statement of go back to the journal.
    """
    dead = [Delivery.lrs_id == store.id, Delivery.state == DeliveryState.DEAD]
    if reason is not None:
        dead.append(Delivery.reason == reason)
    if event_id is not None:
        dead.append(Delivery.event_id == event_id)
    untold = list(
        session.scalars(
            select(Delivery.event_id).where(
                *dead, ~select(Statement.event_id).where(Statement.event_id == Delivery.event_id).exists()
            )
        )
    )
    if untold:
        these = select(numbers("untold").c.value)
        for change in (
            delete(Delivery).where(Delivery.event_id.in_(these)),
            update(Event).where(Event.id.in_(these)).values(relayed_at=None),
        ):
            session.connection().execute(change, {"untold": untold})
    queued = session.connection().execute(
        update(Delivery)
        .where(*dead)
        .values(
            state=DeliveryState.WAITING, claimed_until=None, settled_at=None, reason="", seen_in=None, tries=0
        )
    )
    store.next_try_at = min(store.next_try_at, clock.now())
    return queued.rowcount + len(untold)


def _letters(session: Session, store: Lrs, deliveries: Sequence[Delivery]) -> list[Letter]:
    ids = [each.event_id for each in deliveries]
    events = {event.id: event for event in session.scalars(select(Event).where(Event.id.in_(ids)))}
    bodies: dict[int, bytes] = {}
    spoken = store.speaks or store.version
    for event_id, version, body in session.execute(
        select(Statement.event_id, Statement.version, Statement.body).where(Statement.event_id.in_(ids))
    ):
        if version == spoken or event_id not in bodies:
            bodies[event_id] = body
    return [
        Letter(events[each.event_id], each.state, each.reason, each.settled_at, bodies.get(each.event_id))
        for each in deliveries
    ]
