"""The same measures on ClickHouse, where Ralph and Open edX Aspects keep statements.

    compute(ClickHouse(run), period)

`run` sends one statement to one session (temporary tables live as long as it does) and returns its rows:

    run = in_process(chdb.session.Session())        # ClickHouse in the process

    client = clickhouse_driver.Client(...)          # ClickHouse's native protocol
    def run(sql):
        rows, columns = client.execute(sql, with_column_types=True)
        return [dict(zip((name for name, _ in columns), row)) for row in rows]

`python -m xapi.reports.clickhouse` prints all of it, for analysts to paste into clickhouse-client.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

from xapi.reports.measures.acts import asked
from xapi.reports.measures.blocks import BLOCKS
from xapi.reports.measures.compute import HEADLINES, SERIES, TABLES, definitions
from xapi.reports.measures.model import Period, Query, Row
from xapi.reports.sql import Database, needed, with_views
from xapi.reports.tables import definition

Run = Callable[[str], Iterable[Row]]

SETTINGS = " SETTINGS join_use_nulls = 1"
"""An outer join gives NULL where there is nothing, as everywhere but in ClickHouse."""


@lru_cache(maxsize=512)
def translated(sql: str) -> str:
    """Return DuckDB's `sql` as ClickHouse's, with the same meaning."""
    return sqlglot.parse_one(sql, read="duckdb").transform(_exact).sql("clickhouse", pretty=True)


def _exact(node: exp.Expr) -> exp.Expr:
    """Return what ClickHouse has to be told in other words.

    It would estimate quantiles (both are Hyndman & Fan's type 7 now), keep times to the second and in its
    server's zone, and call a column `t.week` where two tables have a `week`.
    """
    if isinstance(node, exp.PercentileCont):
        return exp.ParameterizedAgg(
            this="quantileExactInclusiveOrNull", expressions=[node.expression], params=[node.this]
        )
    if isinstance(node, exp.DataType) and node.is_type("timestamp", "timestampntz"):
        return exp.DataType.build("Nullable(DateTime64(6, 'UTC'))", dialect="clickhouse")
    if isinstance(node, exp.Select):
        node.set("expressions", [_called(one) for one in node.expressions])
    return node


def _called(column: exp.Expr) -> exp.Expr:
    named = isinstance(column, exp.Column) and column.table and not column.is_star
    return exp.alias_(column, column.name) if named else column


class ClickHouse(Database):
    """A ClickHouse that has `acts`, spoken to by `run`, always in one session."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def make(self, block: str, sql: str) -> None:
        """Keep the rows of `sql` as a temporary table."""
        for statement in _making(block, sql):
            self.run(statement)

    def rows(self, sql: str) -> Iterator[Row]:
        """Yield the rows of `sql`."""
        yield from self.run(translated(with_views(sql)) + SETTINGS)


def in_process(session: Any) -> Run:
    """Return what sends statements to a `chdb.session.Session`."""

    def run(sql: str) -> list[Row]:
        answer = str(session.query(sql, "JSONEachRow"))
        return [json.loads(line) for line in answer.splitlines()]

    return run


def table() -> str:
    """Return the SQL that makes an empty `acts` in ClickHouse."""
    return translated(definition("acts")) + " ENGINE = MergeTree ORDER BY tuple()"


def script(queries: Sequence[Query], period: Period) -> str:
    """Return all that computes these queries in ClickHouse: the tables they share, then each by its name."""
    statements = _making("asked", asked(period))
    for block in needed(query.sql for query in queries):
        statements += _making(block, with_views(BLOCKS[block]))
    for query in queries:
        measures = ", ".join(measure.name for measure in query.measures)
        title = f"-- {query.name}: {measures}" if measures else f"-- {query.name}"
        statements.append(f"{title}\n{translated(with_views(query.sql))}{SETTINGS}")
    return ";\n\n".join(statements) + ";\n"


def _making(block: str, sql: str) -> list[str]:
    return [
        f"DROP TEMPORARY TABLE IF EXISTS {block}",
        f"CREATE TEMPORARY TABLE {block} AS\n{translated(sql)}{SETTINGS}",
    ]


def main(*measures: str) -> None:
    """Print the SQL of these measures, or of all, for the last thirty days (the table `asked` says for when).

    Raises SystemExit when there is no such measure.
    """
    queries = [
        query
        for query in (*HEADLINES, *TABLES, *SERIES)
        if not measures or {measure.name for measure in query.measures} & {*measures}
    ]
    if not queries:
        raise SystemExit("No such measure. They are: " + ", ".join(one.name for one in definitions()))
    until = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    print(f"-- The table that all is computed from\n{table()};\n")
    print(script(queries, Period(until - timedelta(days=30), until)))


if __name__ == "__main__":
    main(*sys.argv[1:])
