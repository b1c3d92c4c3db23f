"""Whether anybody has committed something, at next to no cost while nobody has."""

import time
from typing import Any, Protocol, cast

from sqlalchemy import Engine

CHANNEL = "entraide"  # on which a trigger of the database says so (migration 0005)
SAFETY = 5.0  # s: where a pooler between us and PostgreSQL drops the notifications


class Commits(Protocol):
    """A watch kept on a connection of its own, by one thread."""

    period: float  # s after which to ask, even if the descriptor tells nothing
    descriptor: int | None  # readable when there is something

    def happened(self) -> bool:
        """Whether something was committed since the last time, or may have been."""

    def close(self) -> None:
        """Give the connection back."""


def watch(engine: Engine) -> Commits:
    """Begin to watch a database."""
    return SqliteCommits(engine) if engine.dialect.name == "sqlite" else PostgresCommits(engine)


class SqliteCommits:
    """SQLite counts the commits of others for each connection (PRAGMA data_version), and reads no page."""

    period = 0.25
    descriptor: int | None = None

    def __init__(self, engine: Engine) -> None:
        self._connection = _own_connection(engine)
        self._version = -1

    def happened(self) -> bool:
        """See `Commits`."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        before, self._version = self._version, version
        return bool(version != before)

    def close(self) -> None:
        """See `Commits`."""
        self._connection.close()


class PostgresCommits:
    """PostgreSQL tells those who LISTEN when the transaction that sent the NOTIFY is committed."""

    period = 1.0  # of a question that stays here

    def __init__(self, engine: Engine) -> None:
        self._connection = _own_connection(engine)
        try:
            self._connection.autocommit = True
            self._connection.execute(f"LISTEN {CHANNEL}")
        except Exception:
            self._connection.close()  # nobody else has it
            raise
        self.descriptor: int | None = self._connection.fileno()
        self._asked = 0.0

    def happened(self) -> bool:
        """See `Commits`."""
        told = bool(list(self._connection.notifies(timeout=0)))
        if told or time.monotonic() > self._asked + SAFETY:
            self._asked = time.monotonic()
            return True
        return False

    def close(self) -> None:
        """See `Commits`."""
        self._connection.close()


def _own_connection(engine: Engine) -> Any:
    """A connection of the driver, outside of the pool."""
    pooled = engine.raw_connection()
    driver = cast(Any, pooled.driver_connection)
    pooled.detach()
    return driver
