"""What an administrator does with record stores by command: add, list, try, see how far it is, send again."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from xapi.lrs import LrsClient, Probe

from ..kernel import clock
from ..kernel.audit import COMMAND_LINE
from ..kernel.database import Database
from ..kernel.secrets import Sealer
from ..records import stores
from ..records.letters import queue_again
from ..records.models import Lrs
from ..records.progress import progress
from ..records.removing import present
from ..records.stores import VERSIONS, Details, StoreError, named
from .clients import Clients

__all__ = ["VERSIONS", "StoreError", "StoreInfo", "add", "list_all", "retry", "status", "test", "try_out"]


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """A store, without its passwords."""

    name: str
    url: str
    username: str
    version: str
    kind: str
    batch: int
    max_bytes: int
    files: bool
    local: bool
    paused: str


def add(database: Database, sealer: Sealer, **details: Any) -> None:
    """Add a store; it gets what happens from now on. `details` are those of `records.stores.Details`.

    Raises:
        StoreError: something does not hold, or the name is taken.

    """
    with database.write() as session:
        stores.add(session, sealer, Details(**details), COMMAND_LINE)


def list_all(database: Database) -> list[StoreInfo]:
    """Every store, by name."""
    with database.read() as session:
        return [
            StoreInfo(
                s.name, s.url, s.username, s.speaks or s.version, s.kind, s.batch, s.max_bytes, s.files,
                s.local, s.paused,
            )
            for s in session.scalars(present().order_by(Lrs.name))
        ]  # fmt: skip


def test(database: Database, clients: Clients, name: str) -> Probe:
    """Try a store: what it is, and whether it lets us in; what it says is kept.

    Raises StoreError when there is no such store.
    """
    with database.read() as session:
        store = named(session, name)
    return try_out(database, store.id, clients.of(store))


def status(database: Database) -> dict[str, dict[str, Any]]:
    """How far the delivery to each store is; see `records.progress.progress`."""
    with database.read() as session:
        return progress(session)


def retry(database: Database, name: str | None = None) -> int:
    """Queue again what a store (or every store) refused, and let it go on if it is paused; return how many.

    Raises:
        StoreError: there is no store of that name.

    """
    with database.write() as session:
        chosen = [named(session, name)] if name else list(session.scalars(present()))
        for store in chosen:
            stores.go_on(session, store, COMMAND_LINE)
        return sum(queue_again(session, store) for store in chosen)


def try_out(database: Database, store_id: UUID, client: LrsClient) -> Probe:
    """Try a store, and keep what it says for whoever asked."""
    said = client.probe()
    with database.write() as session:
        _keep(session, store_id, said)
    return said


def _keep(session: Session, store_id: UUID, said: Probe) -> None:
    findings = {name: value for name, value in asdict(said).items() if name != "about"}
    kept = update(Lrs).where(Lrs.id == store_id)
    session.execute(kept.values(kind=said.kind, tested_at=clock.now(), test_asked_at=None, findings=findings))
    if said.version and not said.problem:
        session.execute(kept.where(Lrs.speaks == "").values(speaks=said.version))
