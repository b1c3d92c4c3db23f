"""Statements on their way to a record store: claimed in a short transaction, sent outside any, then settled.

Ids and bytes are fixed before, so whatever is in doubt is sent again: a worker killed in mid-batch leaves a
lease that ends, and the store finds that it has some of the statements already.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Update,
    bindparam,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from xapi.lrs import Dead, Delivered, Doubt, LrsClient, LrsError, Paused, Retry
from xapi.parts import Contents

from ..kernel import clock
from ..kernel.bulk import numbers
from ..kernel.database import Database, UtcDateTime
from ..kernel.journal import Event
from ..kernel.outgoing import back_off
from ..records.circuit import FAILURES, Circuit, circuit, pause, portion
from ..records.models import Delivery, DeliveryState, Lrs, Statement
from ..records.stores import BY_HAND
from .sending import WIDTH, Parcel, Sent, sending, side_by_side

LEASE = timedelta(seconds=10)  # renewed while its worker lives
LOAD = 3000  # statements claimed at once, in as many batches as the store wants
TRIES = 10  # of a statement that a store contradicts itself about, or fails at while it takes others
LONGEST_DOUBT = 60.0  # seconds between two of them
_NO_STATEMENTS_FAULT = frozenset({None, 401, 408, 423, 425, 429, 502, 503, 504, 507})


# The range is for SQLite: of a table without statistics it would rather read all that a store ever got
_THESE = (
    Delivery.lrs_id == bindparam("store"),
    Delivery.event_id.between(bindparam("first"), bindparam("last")),
    Delivery.event_id.in_(select(numbers("events").c.value)),
)


def _free(now: ColumnElement[datetime]) -> Iterable[ColumnElement[bool]]:
    unclaimed = or_(Delivery.claimed_until.is_(None), Delivery.claimed_until < now)
    return Delivery.state == DeliveryState.WAITING, unclaimed


def _queued(first: ColumnElement[int]) -> Select[int, int]:
    return (
        select(Delivery.event_id, Delivery.tries)
        .join(Statement, Statement.event_id == Delivery.event_id)
        .where(Delivery.lrs_id == bindparam("store"), *_free(bindparam("now", type_=UtcDateTime)))
        .where(Statement.version == bindparam("version"))
        .order_by(first)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=Delivery)
    )


# Built once, as building costs more than running them
_OLDEST, _NEWEST = _queued(Delivery.event_id.asc()), _queued(Delivery.event_id.desc())
_WHOSE = type_coerce(Event.person_id, String)  # only to be compared
_CONTENTS = (
    select(Event.id, Event.statement_id, Statement.body, _WHOSE)
    .join(Statement, Statement.event_id == Event.id)
    .where(Event.id.in_(select(numbers("events").c.value)), Statement.version == bindparam("version"))
    .order_by(Event.id)
)
_CLAIM = update(Delivery).where(*_THESE).values(claimed_until=bindparam("until"))
_SETTLE = (
    update(Delivery)
    .where(*_THESE)
    .values(state=bindparam("fate"), settled_at=bindparam("now"), reason=bindparam("why"))
)
_DEFER = _CLAIM.values(tries=Delivery.tries + 1)


def due_stores(session: Session) -> list[Lrs]:
    """The stores that have statements to be sent now. One statement."""
    now = clock.now()
    waiting = (
        select(Delivery.event_id).where(Delivery.lrs_id == Lrs.id, *_free(literal(now, UtcDateTime))).exists()
    )
    return list(session.scalars(select(Lrs).where(Lrs.next_try_at <= now, waiting)))


def deliver(database: Database, store: Lrs, client: LrsClient, files: Contents | None = None) -> int:
    """Send one load to a store, in batches; return of how many statements, or 0 where the store failed.

    What arrived is noted, and the lease of the rest renewed, while more is on its way.

    Args:
        database: the tool's.
        store: where to. It is told here how the store does, for the next load.
        client: the store's.
        files: the contents of attachments, for a store that takes them.

    """
    try:
        version = store.speaks or client.negotiate()
    except LrsError as error:
        with database.write() as session:
            _fail(session, store.id, error.outcome)
        return 0
    with database.write() as session:
        if not store.speaks:
            session.execute(update(Lrs).where(Lrs.id == store.id).values(speaks=version))
        held = session.scalar(select(Lrs.paused).where(Lrs.id == store.id)) == BY_HAND
        claimed = {} if held else claim(session, store, version)
    if not claimed:
        return 0
    parcels = _contents(database, claimed, version)
    tried = circuit(store, clock.now()) is not Circuit.CLOSED
    some = portion(store.batch, store.failures)
    lanes = [[parcel] for parcel in parcels] if tried else side_by_side(parcels, some)
    in_hand = {parcel.event_id: parcel for parcel in parcels}
    failed: list[tuple[Parcel, Retry | Paused]] = []
    taken = False
    renewed = monotonic()
    try:
        for sent in sending(client, lanes, some, store.max_bytes, files):
            if not sent and monotonic() < renewed + LEASE.total_seconds() / 3:
                continue
            renewed = monotonic()
            done = [one for one in sent if not isinstance(one[1], Retry | Paused)]
            failed += [(parcel, told) for parcel, told in sent if isinstance(told, Retry | Paused)]
            taken = taken or any(isinstance(outcome, Delivered) for _, outcome in done)
            for parcel, _ in done:
                del in_hand[parcel.event_id]
            with database.write() as session:
                settle(session, store.id, done)
                _update(session, _CLAIM, store.id, list(in_hand), until=clock.now() + LEASE)
    except LrsError as error:
        failed.append((parcels[0], error.outcome))
    if in_hand or failed or store.failures or store.paused:
        with database.write() as session:
            _update(session, _CLAIM, store.id, list(in_hand), until=None)  # free again
            if failed:
                if taken:
                    _suspect(session, store.id, failed)
                _fail(session, store.id, failed[0][1], afresh=taken)
            else:
                _work_again(session, store)
    return 0 if failed else len(parcels)


def claim(session: Session, store: Lrs, version: str) -> dict[int, int]:
    """Take a load of waiting deliveries, oldest first; no other worker has them for as long as LEASE.

    Of a store that is only being tried, it is the oldest and the newest, as its trouble may be with one of
    the statements. One that is recovering gets little at first. Returns their events' ids, with their tries.
    """
    now = clock.now()
    wanted = {"store": store.id, "now": now, "version": version, "most": max(LOAD, store.batch)}
    ends: tuple[Select[int, int], ...] = (_OLDEST,)
    if circuit(store, now) is not Circuit.CLOSED:
        wanted["most"], ends = 1, (_OLDEST, _NEWEST)
    elif store.failures > 1:
        wanted["most"] = portion(store.batch, store.failures) * WIDTH
    claimed = {
        event: tries for end in ends for event, tries in session.connection().execute(end, wanted).all()
    }
    _update(session, _CLAIM, store.id, list(claimed), until=now + LEASE)
    return claimed


def _contents(database: Database, claimed: Mapping[int, int], version: str) -> list[Parcel]:
    """What was claimed, in the journal's order; read after the claim, as writers wait for each other."""
    with database.read() as session:
        wanted = {"events": list(claimed), "version": version}
        rows = session.connection().execute(_CONTENTS, wanted).all()
    return [Parcel(*row, claimed[row[0]]) for row in rows]


def settle(session: Session, store_id: UUID, sent: Sequence[Sent]) -> None:
    """Note what became of each statement that the store has judged."""
    now = clock.now()
    arrived, refused = (sum(isinstance(told, kind) for _, told in sent) for kind in (Delivered, Dead))
    counted = update(Lrs).where(Lrs.id == store_id)
    more = {"delivered": Lrs.delivered + arrived, "arrived": Lrs.arrived + arrived}
    session.execute(counted.values(refused=Lrs.refused + refused, **more))
    for outcome in dict.fromkeys(outcome for _, outcome in sent):
        some = [parcel.event_id for parcel, its in sent if its == outcome]
        match outcome:
            case Delivered():
                _update(session, _SETTLE, store_id, some, now=now, fate=DeliveryState.DELIVERED, why="")
            case Dead(reason):
                _update(session, _SETTLE, store_id, some, now=now, fate=DeliveryState.DEAD, why=reason)
            case Doubt(reason):
                for parcel in (parcel for parcel, its in sent if its == outcome):
                    pause = back_off(parcel.tries + 1, most=LONGEST_DOUBT)
                    _try_again(session, store_id, [parcel], reason, now + pause)


def _suspect(session: Session, store_id: UUID, failed: Sequence[tuple[Parcel, Retry | Paused]]) -> None:
    """Count the tries of statements that the store failed at, while it took others: it may be their fault.

    Each time fewer of them go into one request, until the one at fault stands alone.
    """
    for outcome in dict.fromkeys(outcome for _, outcome in failed):
        if outcome.status not in _NO_STATEMENTS_FAULT:
            some = [parcel for parcel, its in failed if its == outcome]
            _try_again(session, store_id, some, outcome.reason, None)


def _try_again(
    session: Session, store_id: UUID, some: Sequence[Parcel], reason: str, at: datetime | None
) -> None:
    lost = [parcel.event_id for parcel in some if parcel.tries + 1 >= TRIES]
    others = [parcel.event_id for parcel in some if parcel.tries + 1 < TRIES]
    _update(session, _SETTLE, store_id, lost, now=clock.now(), fate=DeliveryState.DEAD, why=reason)
    _update(session, _DEFER, store_id, others, until=at)


def _update(
    session: Session, change: Update, store_id: UUID, events: Sequence[int], **values: object
) -> None:
    if not events:
        return
    these = {"store": store_id, "first": min(events), "last": max(events), "events": events}
    session.connection().execute(change, these | values)


def _work_again(session: Session, store: Lrs) -> None:
    """Close the circuit; this worker sends as little as before the last failure, then twice as much."""
    troubled = update(Lrs).where(
        Lrs.id == store.id, or_(Lrs.failures > 0, Lrs.paused != ""), Lrs.paused != BY_HAND
    )
    session.execute(troubled.values(failures=0, paused="", problem="", next_try_at=clock.now()))
    store.paused, store.failures = "", max(0, min(store.failures, FAILURES) - 1)


def _fail(session: Session, store_id: UUID, outcome: Retry | Paused, *, afresh: bool = False) -> None:
    """Leave a store alone for a while, which grows with every failure in a row; `afresh`: this is the first.

    A store that needs a person is tried again too, but seldom: what was wrong may have passed.
    """
    store = session.get_one(Lrs, store_id, with_for_update=True)
    store.failed += 1
    if store.paused == BY_HAND:
        return
    store.problem = outcome.reason
    store.failures = 1 if afresh else store.failures + 1
    if isinstance(outcome, Paused):
        store.halted += not store.paused
        store.paused = outcome.reason
        store.next_try_at = clock.now() + pause(store.failures, needs_a_person=True)
    else:
        asked = timedelta(seconds=outcome.after or 0)
        store.next_try_at = clock.now() + max(pause(store.failures, needs_a_person=False), asked)
