"""The local copy that reports are computed from: one DuckDB file in a folder, which each run only tops up."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import duckdb
import numpy as np

from xapi.reports.positions import Order, Position
from xapi.reports.tables import TABLES, Act, LeftOut, Mark, Person, Row, Voided, definition
from xapi.vocabulary import PROFILE

FILE = "statements.duckdb"
FORMAT = 1
"""Of the rows: a cache that was filled by other rules is filled again."""

_ORDER = "rising BOOLEAN, falling BOOLEAN, newest TIMESTAMP"
_SOURCE = f"""
    CREATE TABLE IF NOT EXISTS source (
        endpoint VARCHAR, username VARCHAR, profile VARCHAR, names BOOLEAN, format INTEGER,
        stored STRUCT({_ORDER}), "at" STRUCT({_ORDER}), whole BOOLEAN, since TIMESTAMP, until TIMESTAMP
    )
"""
_ONCE = {"acts": "id", "marks": "id, criterion", "people": "actor", "left_out": "id, reason", "voided": "id"}


class CacheError(Exception):
    """The cache cannot be used for what is asked; says why and what to do."""


@dataclass(frozen=True)
class Source:
    """Whose statements a cache holds, and how they were understood."""

    endpoint: str
    username: str
    profile: str = PROFILE
    names: bool = False


@dataclass
class Batch:
    """Rows on their way into the tables."""

    acts: list[Act] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    voided: list[Voided] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.acts) + len(self.left_out) + len(self.voided)


class Cache:
    """The tables of `xapi.reports.tables` in `folder`, made where they are not there yet.

    `memory` is what DuckDB may take before it uses the disk. Close it, or use a `with`. Raises CacheError
    when another process has it open, or when the file is not a cache.
    """

    def __init__(self, folder: Path, memory: str = "384MB") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        spill: dict[str, Any] = {"temp_directory": str(folder / "spill"), "memory_limit": memory}
        try:
            self.connection = duckdb.connect(folder / FILE, config=spill)
            make_tables(self.connection)
        except duckdb.IOException as error:
            if "lock" in str(error):
                told = f"Another report is being made with the cache in {folder}: wait for it."
                raise CacheError(told) from error
            raise CacheError(f"The cache in {folder} cannot be opened: {error}") from error
        # Values come as they are, and get their type from the table: a sample could mistake it
        self.connection.execute("SET pandas_analyze_sample = 0")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def open_for(self, source: Source) -> Position:
        """Return how far `source` has been read.

        What was read by other rules, or without names that are wanted now, is dropped and read again; names
        that are not wanted any more are dropped. Raises CacheError when the cache holds another LRS's.
        """
        with self._transaction():
            found = self._one("SELECT endpoint, username, profile, names, format FROM source")
            if found and found[:3] != (source.endpoint, source.username, source.profile):
                raise CacheError(
                    f"The cache holds statements of {found[0]} as {found[1]} sees them. Name another folder."
                )
            if found and (found[4] != FORMAT or (source.names and not found[3])):
                for table in (*TABLES, "source"):
                    self.connection.execute(f"DROP TABLE {table}")
                make_tables(self.connection)  # which may have had other columns
                found = ()
            if not found:
                self.connection.execute(
                    "INSERT INTO source (endpoint, username, profile, names, format) VALUES (?, ?, ?, ?, ?)",
                    [source.endpoint, source.username, source.profile, source.names, FORMAT],
                )
                self._keep(Position())
            if not source.names:
                self.connection.execute("DELETE FROM people")
                self.connection.execute("UPDATE source SET names = false")
        return self._position()

    def add(self, batch: Batch, position: Position) -> None:
        """Add rows, and with them how far the LRS has been read."""
        with self._transaction():
            for table, rows in vars(batch).items():
                self._insert(table, rows)
            self._keep(position)

    def settle(self) -> None:
        """Leave one of each statement that was read twice, and none of those that were voided."""
        with self._transaction():
            for table, once in _ONCE.items():
                key = f"({once})" if "," in once else once
                [(rows, distinct)] = self.connection.execute(
                    f"SELECT count(*), count(DISTINCT {key}) FROM {table}"  # noqa: S608
                ).fetchall()
                if rows != distinct:
                    latest = "max" if table == "people" else "min"
                    self.connection.execute(
                        f"DELETE FROM {table} WHERE rowid NOT IN "  # noqa: S608
                        f"(SELECT {latest}(rowid) FROM {table} GROUP BY {once})"
                    )
            for table in ("acts", "marks", "left_out"):
                self.connection.execute(
                    f"DELETE FROM {table} WHERE id IN (SELECT id FROM voided)"  # noqa: S608
                )

    def counts(self) -> Mapping[str, int]:
        """Return how many rows each table has."""
        return {
            table: self._one(f"SELECT count(*) FROM {table}")[0]  # noqa: S608 - names of our own
            for table in TABLES
        }

    def left_out(self) -> dict[str, int]:
        """Return how many statements were left out for each reason."""
        found = self.connection.execute(
            "SELECT reason, sum(n)::INTEGER FROM left_out GROUP BY reason ORDER BY 2 DESC, reason"
        )
        return dict(found.fetchall())

    def write_parquet(self, folder: Path) -> list[Path]:
        """Write the tables that a reader may want into `folder`, and return the files."""
        tables = [name for name, rows in self.counts().items() if name != "voided" and rows]
        files = [folder / f"{name}.parquet" for name in tables]
        for name, file in zip(tables, files, strict=True):
            self.connection.table(name).write_parquet(str(file), compression="zstd")
        return files

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        if not rows:
            return
        columns = zip(TABLES[table], zip(*rows, strict=True), strict=True)
        arrays = {name: np.array(values, dtype=object) for name, values in columns}
        self.connection.register("arrays", arrays)
        self.connection.execute(f"INSERT INTO {table} SELECT * FROM arrays")  # noqa: S608
        self.connection.unregister("arrays")

    def _keep(self, position: Position) -> None:
        orders = (
            {"rising": o.rising, "falling": o.falling, "newest": o.newest}
            for o in (position.stored, position.at)
        )
        self.connection.execute(
            'UPDATE source SET stored = ?, "at" = ?, whole = ?, since = ?, until = ?',
            [*orders, position.whole, position.since, position.until],
        )

    def _position(self) -> Position:
        stored, at, *rest = self._one('SELECT stored, "at", whole, since, until FROM source')
        return Position(Order(**stored), Order(**at), *rest)

    def _one(self, sql: str) -> tuple[Any, ...]:
        rows = self.connection.execute(sql).fetchall()
        return rows[0] if rows else ()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()


def make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of reports where they are not there yet."""
    for table in TABLES:
        connection.execute(definition(table))
    connection.execute(_SOURCE)
