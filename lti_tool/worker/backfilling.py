"""To a store what happened before: from the journal, oldest first, in small transactions.

Each notes how far it got, together with what it queued: a worker that is killed in between has done all of it
or nothing, and the next one goes on there. The statements keep the ids of their events, and those bytes that
were kept; a delivery is at most one for each store and event, so nothing goes twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select, true, update
from sqlalchemy.orm import Session

from xapi.statements import Version

from ..kernel import clock
from ..kernel.bulk import numbers
from ..kernel.database import Database
from ..kernel.journal import Event
from ..people.accounts import Keys
from ..people.groups import insert_missing
from ..records.models import Backfill, Carrying, Delivery, DeliveryState, Lrs, Reconciliation, Statement
from ..records.reconciling import not_found, told
from .relay import Parcel, spoken, wrap
from .translate import journal_lines

BATCH = 500  # events in one transaction
BACKLOG = 5000  # that wait for one store at most, so that the past does not hold up what happens now


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the journal, up to the line `last`, with what is to be queued of it.

    `made` are the statements that were not kept yet; `untold` is told no more, as somebody was erased.
    """

    events: Sequence[int]
    made: Sequence[Parcel]
    untold: Sequence[int]
    last: int


def due(session: Session) -> list[Backfill]:
    """What is to be carried now, of all kinds. One statement."""
    query = select(Backfill).join(Lrs, Lrs.id == Backfill.lrs_id)
    return list(
        session.scalars(
            query.where(Backfill.ended_at.is_(None), Backfill.next_try_at <= clock.now(), Lrs.paused == "")
        )
    )


def backfill(
    database: Database, backfill_id: UUID, base_url: str, profile: str, keys: Keys | None = None
) -> bool:
    """Queue the next lines of the journal; return whether to go on at once.

    Args:
        database: the tool's.
        backfill_id: of a Backfill of any kind but FORWARD.
        base_url: the tool's address, under which its IRIs stand.
        profile: the base IRI of our xAPI profile.
        keys: of pseudonyms, for platforms whose people statements name by one.

    """
    with database.read() as session:
        row = session.get(Backfill, backfill_id)
        if row is None or row.ended_at is not None:
            return False
        total = _count(session, row) if row.total < 0 else row.total
        store = session.get_one(Lrs, row.lrs_id)
        if row.kind is not Carrying.REWRITE and _is_full(session, store.id):
            return False
        stretch = _read(session, row, store, base_url, profile, keys)
        if stretch is None:
            return False
    ended = stretch.last >= row.until_event
    with database.write() as session:
        noted = _note(
            session,
            row,
            next_event=stretch.last,
            total=total,
            done=row.done + len(stretch.events),
            ended_at=clock.now() if ended else None,
        )
        if noted:
            _keep(session, row, stretch)
    return noted and not ended


def _note(session: Session, row: Backfill, **values: object) -> bool:
    """Note how far it is, unless another worker was faster, or somebody has cancelled it."""
    same = Backfill.id == row.id, Backfill.next_event == row.next_event, Backfill.ended_at.is_(None)
    noted = update(Backfill).where(*same).values(**values).returning(Backfill.id)
    return session.execute(noted).first() is not None


def _count(session: Session, row: Backfill) -> int:
    wanted = and_(_wanted(session, row), Event.id <= row.until_event)
    return session.scalar(select(func.count()).select_from(Event).where(wanted)) or 0


def _is_full(session: Session, store: UUID) -> bool:
    waiting = Delivery.lrs_id == store, Delivery.state == DeliveryState.WAITING
    last = select(Delivery.event_id).where(*waiting).order_by(Delivery.event_id).offset(BACKLOG - 1).limit(1)
    return session.scalar(last) is not None


def _wanted(session: Session, row: Backfill) -> ColumnElement[bool]:
    """Which events are carried."""
    ours = and_(Delivery.lrs_id == row.lrs_id, Delivery.event_id == Event.id)
    if row.kind is Carrying.BACKFILL:
        since = Event.occurred_at >= row.since if row.since else true()
        return and_(told(), since, ~select(Delivery.event_id).where(ours).exists())
    if row.kind is Carrying.REWRITE:
        its = Delivery.state == DeliveryState.WAITING
    elif row.cursor:
        its = not_found(session.get_one(Reconciliation, UUID(row.cursor)))
    else:
        its = and_(
            Delivery.state == DeliveryState.DELIVERED,
            Delivery.settled_at <= row.asked_at,
            Delivery.settled_at >= row.since if row.since else true(),
        )
    return select(Delivery.event_id).where(ours, its).exists()


def _read(
    session: Session, row: Backfill, store: Lrs, base_url: str, profile: str, keys: Keys | None
) -> Stretch | None:
    """The next stretch, with the statements that are not kept; None while the relay is not so far itself.

    Before the relay has queued an event it cannot be known for which stores it will.
    """
    ahead = Event.id > row.next_event, Event.id <= row.until_event
    unrelayed = session.scalar(select(func.min(Event.id)).where(Event.relayed_at.is_(None), *ahead))
    last = row.until_event if unrelayed is None else unrelayed - 1
    if last <= row.next_event and unrelayed is not None:
        return None
    lines = journal_lines(session, and_(_wanted(session, row), *ahead, Event.id <= last), BATCH)
    versions = spoken([store])
    kept = _kept(session, [line.id for line in lines])
    lacking = [line for line in lines if not kept.get(line.id, set()).issuperset(versions)]
    made = wrap(session, lacking, versions, base_url, profile, keys) if lacking else []
    untold = {line.id for line in lacking} - {parcel.line.id for parcel in made}
    events = [line.id for line in lines if line.id not in untold]
    return Stretch(events, made, sorted(untold), lines[-1].id if len(lines) == BATCH else last)


def _kept(session: Session, events: list[int]) -> dict[int, set[Version | str]]:
    """In which versions statements of these events are kept."""
    query = select(Statement.event_id, Statement.version).where(
        Statement.event_id.in_(select(numbers("events").c.value))
    )
    found: dict[int, set[Version | str]] = {}
    for event_id, version in session.connection().execute(query, {"events": events}):
        found.setdefault(event_id, set()).add(version)
    return found


def _keep(session: Session, row: Backfill, stretch: Stretch) -> None:
    """Keep the statements that were made, and let those of the stretch wait for the store."""
    insert_missing(
        session,
        Statement,
        [
            {"event_id": parcel.line.id, "version": version, "body": body}
            for parcel in stretch.made
            for version, body in parcel.bodies.items()
        ],
    )
    if row.kind is Carrying.BACKFILL:
        insert_missing(
            session,
            Delivery,
            [
                {"lrs_id": row.lrs_id, "event_id": event, "state": DeliveryState.WAITING}
                for event in stretch.events
            ],
        )
    elif row.kind is Carrying.RESEND:
        store = session.get_one(Lrs, row.lrs_id, with_for_update=True)
        lost = {"state": DeliveryState.WAITING, "settled_at": None, "seen_in": None, "tries": 0}
        store.delivered -= _change(session, row, stretch.events, DeliveryState.DELIVERED, **lost)
    elif stretch.untold:
        these = Delivery.event_id.in_(stretch.untold)
        session.execute(delete(Delivery).where(Delivery.lrs_id == row.lrs_id, these))
    for parcel in stretch.made:
        if parcel.problem:
            dead = {"state": DeliveryState.DEAD, "reason": parcel.problem, "settled_at": clock.now()}
            _change(session, row, [parcel.line.id], DeliveryState.WAITING, **dead)


def _change(
    session: Session, row: Backfill, events: Sequence[int], were: DeliveryState, **values: object
) -> int:
    """Change those deliveries of events that are in a state; return how many."""
    these = Delivery.event_id.in_(select(numbers("events").c.value))
    change = update(Delivery).where(Delivery.lrs_id == row.lrs_id, these, Delivery.state == were)
    change = change.values(claimed_until=None, **values)
    return session.connection().execute(change, {"events": list(events)}).rowcount
