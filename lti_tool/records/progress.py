"""How far the records are on their way to each store."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.journal import Event
from .models import Delivery, DeliveryState, Lrs
from .removing import present


class _Heap(NamedTuple):
    """Deliveries of one state: how many, and the first of their events."""

    number: int = 0
    first: int | None = None


def progress(session: Session, only: Lrs | None = None) -> dict[str, dict[str, Any]]:
    """How far the delivery to each store is, or to one. Four statements.

    `pending` counts what waits in the journal too; `oldest_pending_seconds` is None when nothing waits.
    """
    stores = [only] if only else list(session.scalars(present().order_by(Lrs.name)))
    heaps = _heaps(session, [store.id for store in stores])
    journal = _Heap(
        *session.execute(select(func.count(), func.min(Event.id)).where(Event.relayed_at.is_(None))).one()
    )
    waiting = {store.id: heaps.get((store.id, DeliveryState.WAITING), _Heap()) for store in stores}
    oldest = {key: min(filter(None, (heap.first, journal.first)), default=0) for key, heap in waiting.items()}
    moments = _moments(session, filter(None, oldest.values()))
    return {
        store.name: {
            "pending": waiting[store.id].number + journal.number,
            "delivered": store.delivered,
            "dead": heaps.get((store.id, DeliveryState.DEAD), _Heap()).number,
            "oldest_pending_seconds": _age(moments.get(oldest[store.id])),
            "paused": bool(store.paused),
            "problem": store.problem,
        }
        for store in stores
    }


def recount(session: Session) -> None:
    """Count anew what each store was delivered, as a platform that is removed takes its part of it along.

    Whoever settles deliveries waits meanwhile for the store's row.
    """
    for store in session.scalars(present().order_by(Lrs.id).with_for_update()).all():
        its = Delivery.lrs_id == store.id, Delivery.state == DeliveryState.DELIVERED
        store.delivered = session.scalar(select(func.count()).where(*its)) or 0


def _heaps(session: Session, stores: Iterable[UUID]) -> dict[tuple[UUID, DeliveryState], _Heap]:
    """What waits and what was refused, by a walk along the queue's index, which passes over the rest."""
    rows = session.execute(
        select(Delivery.lrs_id, Delivery.state, func.count(), func.min(Delivery.event_id))
        .where(Delivery.lrs_id.in_(stores), Delivery.state.in_((DeliveryState.WAITING, DeliveryState.DEAD)))
        .group_by(Delivery.lrs_id, Delivery.state)
    )
    return {(lrs_id, state): _Heap(count, first) for lrs_id, state, count, first in rows}


def _moments(session: Session, events: Iterable[int]) -> dict[int, datetime]:
    query = select(Event.id, Event.occurred_at).where(Event.id.in_(set(events)))
    return dict(session.execute(query).all())


def _age(moment: datetime | None) -> float | None:
    return None if moment is None else round((clock.now() - moment).total_seconds(), 1)
