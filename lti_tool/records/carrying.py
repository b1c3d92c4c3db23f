"""What is to be carried to a store beside what happens now: asked for, watched, ended. The worker does it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..kernel import audit, clock
from ..kernel.errors import ConflictError
from ..kernel.i18n import N_
from ..kernel.journal import Event
from .models import Backfill, Carrying, Delivery, DeliveryState, Lrs, Reconciliation


@dataclass(frozen=True, slots=True)
class Headway:
    """How far a carrying is: `there` of `total` are at the store (total: -1 until it is counted)."""

    row: Backfill
    there: int
    total: int


def ask(
    session: Session,
    store: Lrs,
    kind: Carrying,
    since: datetime | None = None,
    *,
    actor: str = "",
    keep: bool = False,
    missing_in: Reconciliation | None = None,
) -> Backfill:
    """Ask the worker to carry something to a store.

    Args:
        session: the transaction of who asks.
        store: where to.
        kind: what.
        since: only what happened (RESEND: arrived; FORWARD: was stored) from then on.
        actor: who asks, for the log; empty where it follows from something else.
        keep: FORWARD goes on with what comes later.
        missing_in: RESEND only what this reconciliation did not find.

    Raises:
        ConflictError: the same is on its way already.

    """
    if running(session, store, kind):
        raise ConflictError(N_("This is on its way already."))
    if kind is Carrying.FORWARD and store.local:
        raise ConflictError(N_("The local store has these statements already."))
    now = clock.now()
    cursor = missing_in.id.hex if missing_in else ""
    if kind is Carrying.FORWARD and since:
        cursor = since.isoformat()
    row = Backfill(
        lrs_id=store.id,
        kind=kind,
        since=since,
        until_event=session.scalar(select(func.max(Event.id))) or 0,
        cursor=cursor,
        keep=keep,
        asked_at=now,
        ended_at=None,
        next_try_at=now,
    )
    session.add(row)
    session.flush()
    if actor:
        audit.note(session, actor, f"lrs.{kind.value}", store.name, since=since.isoformat() if since else "")
    return row


def running(session: Session, store: Lrs, kind: Carrying) -> Backfill | None:
    """What is on its way to a store, of one kind."""
    query = select(Backfill).where(
        Backfill.lrs_id == store.id, Backfill.kind == kind, Backfill.ended_at.is_(None)
    )
    return session.scalar(query)


def cancel(session: Session, store: Lrs, kind: Carrying, *, actor: str = "") -> bool:
    """Carry no more of it; what is at the store, or waits for it, stays. Return whether there was any."""
    row = running(session, store, kind)
    if row is None:
        return False
    row.ended_at, row.cancelled = clock.now(), True
    if actor:
        audit.note(session, actor, "lrs.cancelled", store.name, what=kind.value)
    return True


def latest(session: Session, store: Lrs) -> list[Headway]:
    """The latest carrying of each kind. Two statements, and one more for each that is on its way."""
    newest = select(func.max(Backfill.asked_at)).where(Backfill.lrs_id == store.id).group_by(Backfill.kind)
    rows = session.scalars(
        select(Backfill)
        .where(Backfill.lrs_id == store.id, Backfill.asked_at.in_(newest), Backfill.kind != Carrying.REWRITE)
        .order_by(Backfill.asked_at)
    ).all()
    return [headway(session, row) for row in rows]


def headway(session: Session, row: Backfill) -> Headway:
    """How far a carrying is. What it queued and still waits has not arrived."""
    there = row.done
    if row.kind is not Carrying.FORWARD and row.done:
        queue = select(func.count()).where(
            Delivery.lrs_id == row.lrs_id,
            Delivery.state == DeliveryState.WAITING,
            Delivery.event_id.between(row.from_event, row.next_event),
        )
        there = max(0, row.done - (session.scalar(queue) or 0))
    return Headway(row, there, row.total if row.ended_at is None else row.done)
