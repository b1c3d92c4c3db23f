"""How measures reach a database: blocks made once as its temporary tables, then one query after another."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

import duckdb

from xapi.reports.measures.acts import VIEWS
from xapi.reports.measures.blocks import BLOCKS
from xapi.reports.measures.model import Row

_NAMED = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")


class Database(ABC):
    """Where `acts` are. Speaks one language: DuckDB's SQL, as far as `blocks.py` and the measures use it."""

    @abstractmethod
    def make(self, block: str, sql: str) -> None:
        """Keep the rows of `sql` as the temporary table `block`, in place of those it held."""

    @abstractmethod
    def rows(self, sql: str) -> Iterator[Row]:
        """Yield the rows of `sql`, by the names of its columns."""

    def prepare(self, asked: str, queries: Iterable[str]) -> None:
        """Make what these queries need, for the period, the course and the least group of `asked`."""
        self.make("asked", asked)
        for block in needed(queries):
            self.make(block, with_views(BLOCKS[block]))


class DuckDB(Database):
    """A DuckDB database, on a connection of its own: what it makes goes when it is closed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.cursor = connection.cursor()

    def __enter__(self) -> "DuckDB":
        return self

    def __exit__(self, *_: object) -> None:
        self.cursor.close()

    def make(self, block: str, sql: str) -> None:
        """Keep the rows of `sql` as a temporary table."""
        self.cursor.execute(f"CREATE OR REPLACE TEMP TABLE {block} AS {sql}")

    def rows(self, sql: str) -> Iterator[Row]:
        """Yield the rows of `sql`, a thousand at a time."""
        found = self.cursor.execute(with_views(sql))
        names = [column[0] for column in found.description]
        while some := found.fetchmany(1000):
            for row in some:
                yield dict(zip(names, row, strict=True))


def needed(queries: Iterable[str]) -> list[str]:
    """Return the blocks to make for these queries, each after those it is made of."""
    wanted: set[str] = set()
    waiting: list[Any] = list(queries)
    while waiting:
        for name in _NAMED.findall(waiting.pop()):
            if name in BLOCKS and name not in wanted:
                wanted.add(name)
                waiting.append(BLOCKS[name])
    return [name for name in BLOCKS if name in wanted and name not in VIEWS]


def with_views(sql: str) -> str:
    """Return `sql` with what it reads of `acts` written out before it."""
    views = [name for name in VIEWS if name in _NAMED.findall(sql)]
    if views == ["told"]:
        views = list(VIEWS)
    if not views:
        return sql
    return "WITH " + ", ".join(f"{name} AS ({VIEWS[name]})" for name in views) + " " + sql
