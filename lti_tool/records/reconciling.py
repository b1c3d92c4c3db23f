"""Is all that was delivered still there? Asked for by an administrator, found out by the worker."""

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from ..kernel import audit, clock
from ..kernel.errors import ConflictError
from ..kernel.i18n import N_
from ..kernel.journal import UNTOLD, Event
from .carrying import ask as carry
from .models import Backfill, Carrying, Delivery, DeliveryState, Lrs, Reconciliation


def told() -> ColumnElement[bool]:
    """That an event is one that stores are told of. A test user's counts as relayed when it happened."""
    relayed = or_(Event.relayed_at.is_(None), Event.relayed_at != Event.occurred_at)
    return and_(Event.type.not_in(tuple(UNTOLD)), relayed)


def ask(session: Session, store: Lrs, actor: str) -> Reconciliation:
    """Ask for a reconciliation with a store. Raises ConflictError while one is on its way."""
    if (current := latest(session, store)) and current.ended_at is None:
        raise ConflictError(N_("This is on its way already."))
    now = clock.now()
    run = Reconciliation(lrs_id=store.id, asked_at=now, ended_at=None, claimed_until=None, next_try_at=now)
    session.add(run)
    session.flush()
    audit.note(session, actor, "lrs.reconciled", store.name)
    return run


def latest(session: Session, store: Lrs) -> Reconciliation | None:
    """The latest reconciliation with a store, at its end or on its way."""
    query = select(Reconciliation).where(Reconciliation.lrs_id == store.id)
    return session.scalar(query.order_by(Reconciliation.asked_at.desc()).limit(1))


def send_missing(session: Session, store: Lrs, actor: str) -> Backfill:
    """Send again what the latest reconciliation did not find. Raises ConflictError when it found all."""
    run = latest(session, store)
    if run is None or run.ended_at is None or not run.missing:
        raise ConflictError(N_("Nothing is missing in this store."))
    return carry(session, store, Carrying.RESEND, actor=actor, missing_in=run)


def not_found(run: Reconciliation) -> ColumnElement[bool]:
    """That a delivery should be listed by the LRS, and was not."""
    return and_(_delivered(run), or_(Delivery.seen_in.is_(None), Delivery.seen_in != run.id))


def _delivered(run: Reconciliation) -> ColumnElement[bool]:
    """That it was delivered when the reconciliation was asked for."""
    return and_(
        Delivery.lrs_id == run.lrs_id,
        Delivery.state == DeliveryState.DELIVERED,
        Delivery.settled_at <= run.asked_at,
    )


def count(session: Session, run: Reconciliation) -> None:
    """Fill in a reconciliation's figures, once all that the LRS lists has its mark."""
    before = and_(told(), Event.occurred_at <= run.asked_at)
    run.produced = session.scalar(select(func.count()).select_from(Event).where(before)) or 0
    ours = Delivery.lrs_id == run.lrs_id
    arrived = func.count().filter(_delivered(run))
    row = session.execute(
        select(
            arrived,
            func.count().filter(Delivery.state == DeliveryState.DEAD),
            func.count().filter(not_found(run)),
            func.count(),
        ).where(ours, select(Event.id).where(Event.id == Delivery.event_id, before).exists())
    ).one()
    run.delivered, run.refused, run.missing, queued = row
    unrelayed = session.scalar(select(func.count()).where(Event.relayed_at.is_(None), before)) or 0
    run.waiting = queued - run.delivered - run.refused + unrelayed
    run.counted = run.delivered - run.missing - run.voided
