"""What an administrator does with record stores: add, list, try, look how far it is, and queue again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from xapi.lrs import LrsClient, LrsError

from ..kernel import clock
from ..kernel.database import Database
from ..kernel.journal import Event
from ..kernel.secrets import Sealer
from .clients import Clients
from .models import Delivery, DeliveryState, Lrs, Statement

VERSIONS = ("auto", "1.0.3", "2.0.0")


class StoreError(Exception):
    """It cannot be done; the message says why."""


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """A store, without its password."""

    name: str
    url: str
    username: str
    version: str
    batch: int
    local: bool
    paused: str


@dataclass(frozen=True, slots=True)
class StoreTest:
    """What a store says when it is tried: the version it speaks, or the problem."""

    version: str
    problem: str

    @property
    def ok(self) -> bool:
        """Whether statements can be sent to it."""
        return not self.problem


def add(
    database: Database,
    sealer: Sealer,
    *,
    name: str,
    url: str,
    username: str,
    password: str,
    version: str = "auto",
    batch: int = 50,
) -> None:
    """Add a store; it gets what happens from now on.

    Raises:
        StoreError: the address is none, the version unknown, the batch not 1 to 500, or the name taken.

    """
    try:
        LrsClient(url, username, password).close()
    except ValueError as error:
        raise StoreError(str(error)) from error
    if version not in VERSIONS:
        raise StoreError(f"the version is one of {', '.join(VERSIONS)}")
    if not 1 <= batch <= 500:
        raise StoreError("a batch is 1 to 500 statements")
    store = Lrs(
        name=name,
        url=url,
        username=username,
        password=sealer.seal(password),
        version=version,
        speaks="" if version == "auto" else version,
        batch=batch,
        created_at=clock.now(),
        next_try_at=clock.now(),
    )
    try:
        with database.write() as session:
            session.add(store)
    except IntegrityError as error:
        raise StoreError(f"there is a store {name!r} already") from error


def list_all(database: Database) -> list[StoreInfo]:
    """Every store, by name."""
    with database.read() as session:
        return [
            StoreInfo(s.name, s.url, s.username, s.speaks or s.version, s.batch, s.local, s.paused)
            for s in session.scalars(select(Lrs).order_by(Lrs.name))
        ]


def test(database: Database, clients: Clients, name: str) -> StoreTest:
    """Try a store: its version, and whether it lets us in. Raises StoreError when there is no such store."""
    with database.read() as session:
        client = clients.of(_named(session, name))
    try:
        version = client.negotiate()
        next(client.statements(limit=1), None)
    except LrsError as error:
        return StoreTest("", error.outcome.reason)
    return StoreTest(version, "")


def status(database: Database) -> dict[str, dict[str, Any]]:
    """How far the delivery to each store is.

    `pending` counts what waits in the journal too; `oldest_pending_seconds` is None when nothing waits.
    """
    with database.read() as session:
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


def retry(database: Database, name: str | None = None) -> int:
    """Queue dead letters again and let paused stores go on, one or all; return how many were queued.

    Events that could not be made a statement of go back to the journal.

    Raises:
        StoreError: there is no store of that name.

    """
    with database.write() as session:
        stores = [_named(session, name)] if name else list(session.scalars(select(Lrs)))
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


def _named(session: Session, name: str) -> Lrs:
    store = session.scalar(select(Lrs).where(Lrs.name == name))
    if store is None:
        raise StoreError(f"there is no store {name!r}")
    return store


def _age(moment: datetime | None) -> float | None:
    return None if moment is None else round((clock.now() - moment).total_seconds(), 1)
