"""Statements on their way to a record store: claimed in a short transaction, sent outside any, then settled.

Ids and bytes are fixed before, so whatever is in doubt is sent again: a worker killed in mid-batch leaves a
lease that ends, and the store finds that it has some of the statements already.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from sqlalchemy import ColumnElement, Update, bindparam, literal, or_, select, update
from sqlalchemy.orm import Session

from xapi.lrs import Dead, Delivered, LrsClient, LrsError, Outcome, Paused, Retry

from ..kernel import clock
from ..kernel.bulk import numbers
from ..kernel.database import Database, UtcDateTime
from ..kernel.journal import Event
from ..kernel.outgoing import back_off
from ..records.models import Delivery, DeliveryState, Lrs, Statement

LEASE = timedelta(seconds=60)
LOAD = 1000  # statements claimed and settled at once, in as many batches as the store wants
SENDING = 3.0  # seconds until it is noted what arrived: a worker that ends leaves little in doubt
LONGEST_PAUSE = 300.0  # seconds between tries at a store that fails


# The range is for SQLite: of a table without statistics it would rather read all that a store ever got
_THESE = (
    Delivery.lrs_id == bindparam("store"),
    Delivery.event_id.between(bindparam("first"), bindparam("last")),
    Delivery.event_id.in_(select(numbers("events").c.value)),
)


def _free(now: ColumnElement[datetime]) -> Iterable[ColumnElement[bool]]:
    unclaimed = or_(Delivery.claimed_until.is_(None), Delivery.claimed_until < now)
    return Delivery.state == DeliveryState.WAITING, unclaimed


# Built once, as building costs more than running them
_QUEUE = (
    select(Delivery.event_id)
    .where(Delivery.lrs_id == bindparam("store"), *_free(bindparam("now", type_=UtcDateTime)))
    .order_by(Delivery.event_id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .subquery()
)
_WANTED = (
    select(Event.id, Event.statement_id, Statement.body)
    .join(Statement, Statement.event_id == Event.id)
    .join(_QUEUE, _QUEUE.c.event_id == Event.id)
    .where(Statement.version == bindparam("version"))
    .order_by(Event.id)
)
_CLAIM = update(Delivery).where(*_THESE).values(claimed_until=bindparam("until"))
_SETTLE = (
    update(Delivery)
    .where(*_THESE)
    .values(state=bindparam("fate"), settled_at=bindparam("now"), reason=bindparam("why"))
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One statement in hand."""

    event_id: int
    statement_id: UUID
    body: bytes


def due_stores(session: Session) -> list[Lrs]:
    """The stores that have statements to be sent now. One statement."""
    now = clock.now()
    waiting = (
        select(Delivery.event_id).where(Delivery.lrs_id == Lrs.id, *_free(literal(now, UtcDateTime))).exists()
    )
    return list(session.scalars(select(Lrs).where(Lrs.paused == "", Lrs.next_try_at <= now, waiting)))


def deliver(database: Database, store: Lrs, client: LrsClient) -> bool:
    """Send one load to a store, in batches; return whether to go on: there was one, and the store works."""
    try:
        version = store.speaks or client.negotiate()
    except LrsError as error:
        with database.write() as session:
            _fail(session, store.id, error.outcome)
        return False
    with database.write() as session:
        if not store.speaks:
            session.execute(update(Lrs).where(Lrs.id == store.id).values(speaks=version))
        parcels = claim(session, store, version)
    if not parcels:
        return False
    outcomes = _send(client, parcels, store.batch)
    with database.write() as session:
        return settle(session, store, parcels, outcomes)


def _send(client: LrsClient, parcels: Sequence[Parcel], batch: int) -> list[Outcome]:
    """Send batch after batch, while the store works and the time lasts; return the outcomes so far."""
    end = monotonic() + SENDING
    outcomes: list[Outcome] = []
    for start in range(0, len(parcels), batch):
        some = parcels[start : start + batch]
        outcomes += client.send([(parcel.statement_id, parcel.body) for parcel in some])
        if isinstance(outcomes[-1], Retry | Paused) or monotonic() > end:
            break
    return outcomes


def claim(session: Session, store: Lrs, version: str) -> list[Parcel]:
    """Take a load of waiting deliveries, oldest first; no other worker has them for as long as LEASE."""
    now = clock.now()
    wanted = {"store": store.id, "now": now, "version": version, "most": max(LOAD, store.batch)}
    parcels = [Parcel(*row) for row in session.connection().execute(_WANTED, wanted).all()]
    if parcels:
        _update(session, _CLAIM, store.id, parcels, until=now + LEASE)
    return parcels


def settle(session: Session, store: Lrs, parcels: Sequence[Parcel], outcomes: Sequence[Outcome]) -> bool:
    """Note what became of each statement, and what that says about the store; return whether it works.

    What has no outcome was not sent: it is free again.
    """
    now = clock.now()
    sharing: dict[Outcome, list[Parcel]] = {}
    for parcel, outcome in zip(parcels, outcomes, strict=False):
        sharing.setdefault(outcome, []).append(parcel)
    halt: Retry | Paused | None = None
    for outcome, some in sharing.items():
        match outcome:
            case Delivered():
                _update(session, _SETTLE, store.id, some, now=now, fate=DeliveryState.DELIVERED, why="")
            case Dead(reason):
                _update(session, _SETTLE, store.id, some, now=now, fate=DeliveryState.DEAD, why=reason)
            case Retry() | Paused():
                _update(session, _CLAIM, store.id, some, until=None)
                halt = outcome
    if unsent := parcels[len(outcomes) :]:
        _update(session, _CLAIM, store.id, unsent, until=None)
    if halt is not None:
        _fail(session, store.id, halt)
    elif store.failures:
        _work_again(session, store.id)
    return halt is None


def _update(
    session: Session, change: Update, store_id: UUID, parcels: Sequence[Parcel], **values: object
) -> None:
    events = [parcel.event_id for parcel in parcels]
    these = {"store": store_id, "first": events[0], "last": events[-1], "events": events}
    session.connection().execute(change, these | values)


def _work_again(session: Session, store_id: UUID) -> None:
    failing = update(Lrs).where(Lrs.id == store_id, Lrs.failures > 0)
    session.execute(failing.values(failures=0, problem="", next_try_at=clock.now()))


def _fail(session: Session, store_id: UUID, outcome: Retry | Paused) -> None:
    """Pause the store until a person looks at it, or for a while that grows with every failure in a row."""
    store = session.get_one(Lrs, store_id, with_for_update=True)
    store.problem = outcome.reason
    if isinstance(outcome, Paused):
        store.paused = outcome.reason
        return
    store.failures += 1
    pause = back_off(store.failures, least=1.0, most=LONGEST_PAUSE)
    store.next_try_at = clock.now() + max(pause, timedelta(seconds=outcome.after or 0))
