"""The database: one engine, and the two ways to use it, reading and writing."""

import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    Uuid,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC. SQLite has no time zones: there it is stored naive, comes back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment (whose time zone would be a guess); convert the rest to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back aware."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


@lru_cache(maxsize=16_384)
def _parsed(digits: str | None) -> UUID | None:
    return None if digits is None else UUID(digits)


class Id(Uuid[UUID]):
    """A UUID. SQLite keeps digits: as the same ids come back in row after row, each is parsed once."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], UUID | None] | None:
        """Give the id back, the very same object where it came back before."""
        processor: Callable[[Any], UUID | None] | None = _parsed
        if dialect.name != "sqlite":
            processor = super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call]  # SQLAlchemy's
        return processor


# SQLite numbers rows by itself only where the column is exactly INTEGER.
Sequence = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")
# Enumerations are stored as their values, in a plain text column: a new member needs no migration.
Words = Enum(
    enum.Enum,
    native_enum=False,
    create_constraint=False,
    length=40,
    values_callable=lambda e: [m.value for m in e],
)


class Base(DeclarativeBase):
    """The base of all tables of the tool."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it as a plain class attribute)
        datetime: UtcDateTime,
        UUID: Id,
        enum.Enum: Words,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


_SQLITE = (
    "journal_mode=WAL",
    "foreign_keys=ON",
    "busy_timeout=15000",
    "synchronous=NORMAL",
    "wal_autocheckpoint=16000",  # pages, 64 MB: the worker does it long before, so that no request has to
)


class Database:
    """The engine and its transactions.

    On SQLite a write transaction takes the write lock when it begins: one that reads first and writes later
    would fail at once, without waiting, when somebody else wrote in between.
    """

    def __init__(self, url: str) -> None:
        options: dict[str, Any] = {} if url.startswith("sqlite") else {"pool_pre_ping": True, "pool_size": 10}
        self.engine: Engine = create_engine(url, **options)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._reading = self.engine.execution_options(sqlite_read_only=True)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that may write: committed at the end, rolled back on any exception."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent view for reading; it never takes the write lock and never commits."""
        with Session(self._reading, autoflush=False) as session:
            yield session

    def checkpoint(self) -> None:
        """On SQLite, move what was written from the log to the database file; writers go on meanwhile.

        It takes as long as the disk does: whoever calls it often spares all others to wait for it.
        """
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                driver: Any = connection.connection  # in no transaction
                driver.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def dispose(self) -> None:
        """Close the pooled connections."""
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins no transaction behind our back
    for pragma in _SQLITE:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("sqlite_read_only", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
