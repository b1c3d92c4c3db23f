"""How far the records are on their way to each store, and how to send again what a store refused."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.journal import Event
from .models import Delivery, DeliveryState, Lrs, Statement


class StoreError(Exception):
    """It cannot be done; the message says why."""


def named(session: Session, name: str) -> Lrs:
    """The store of a name. Raises StoreError when there is none."""
    store = session.scalar(select(Lrs).where(Lrs.name == name))
    if store is None:
        raise StoreError(f"there is no store {name!r}")
    return store


def progress(session: Session) -> dict[str, dict[str, Any]]:
    """How far the delivery to each store is.

    `pending` counts what waits in the journal too; `oldest_pending_seconds` is None when nothing waits.
    """
    unrelayed, oldest_event = session.execute(
        select(func.count(), func.min(Event.occurred_at)).where(Event.relayed_at.is_(None))
    ).one()
    report = {}
    for store in session.scalars(select(Lrs).order_by(Lrs.name)):
        counts = dict(
            session.execute(
                select(Delivery.state, func.count())
                .where(Delivery.lrs_id == store.id)
                .group_by(Delivery.state)
            ).all()
        )
        oldest = session.scalar(
            select(func.min(Event.occurred_at))
            .join(Delivery, Delivery.event_id == Event.id)
            .where(Delivery.lrs_id == store.id, Delivery.state == DeliveryState.WAITING)
        )
        report[store.name] = {
            "pending": counts.get(DeliveryState.WAITING, 0) + unrelayed,
            "delivered": counts.get(DeliveryState.DELIVERED, 0),
            "dead": counts.get(DeliveryState.DEAD, 0),
            "oldest_pending_seconds": _age(oldest or oldest_event),
            "paused": bool(store.paused),
            "problem": store.problem,
        }
    return report


def queue_again(session: Session, name: str | None = None) -> int:
    """Queue dead letters again and let paused stores go on, one or all; return how many were queued.

    Events that could not be made a statement of go back to the journal.

    Raises:
        StoreError: there is no store of that name.

    """
    stores = [named(session, name)] if name else list(session.scalars(select(Lrs)))
    for store in stores:
        store.paused, store.problem, store.failures, store.next_try_at = "", "", 0, clock.now()
    ids = [store.id for store in stores]
    dead = (Delivery.lrs_id.in_(ids), Delivery.state == DeliveryState.DEAD)
    untold = set(
        session.scalars(
            select(Delivery.event_id).where(
                *dead, ~select(Statement.event_id).where(Statement.event_id == Delivery.event_id).exists()
            )
        )
    )
    session.execute(delete(Delivery).where(Delivery.event_id.in_(untold)))
    session.execute(update(Event).where(Event.id.in_(untold)).values(relayed_at=None))
    queued = session.scalars(
        update(Delivery)
        .where(*dead)
        .values(state=DeliveryState.WAITING, claimed_until=None, settled_at=None, reason="")
        .returning(Delivery.event_id)
    ).all()
    return len(queued) + len(untold)


def _age(moment: datetime | None) -> float | None:
    return None if moment is None else round((clock.now() - moment).total_seconds(), 1)
