"""What an administrator does with record stores: add, list, try, look how far it is, and queue again."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from xapi.lrs import LrsClient, LrsError

from ..kernel import clock
from ..kernel.database import Database
from ..kernel.secrets import Sealer
from ..records.models import Lrs
from ..records.progress import StoreError, named, progress, queue_again
from .clients import Clients

__all__ = ["VERSIONS", "StoreError", "StoreInfo", "StoreTest", "add", "list_all", "retry", "status", "test"]

VERSIONS = ("auto", "1.0.3", "2.0.0")


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
        client = clients.of(named(session, name))
    try:
        version = client.negotiate()
        next(client.statements(limit=1), None)
    except LrsError as error:
        return StoreTest("", error.outcome.reason)
    return StoreTest(version, "")


def status(database: Database) -> dict[str, dict[str, Any]]:
    """How far the delivery to each store is; see `records.progress.progress`."""
    with database.read() as session:
        return progress(session)


def retry(database: Database, name: str | None = None) -> int:
    """Queue again what a store (or every store) refused; see `records.progress.queue_again`.

    Raises:
        StoreError: there is no store of that name.

    """
    with database.write() as session:
        return queue_again(session, name)
