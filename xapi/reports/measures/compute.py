"""From acts to a report's numbers."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

import duckdb
import numpy as np

from xapi.reports import keeping, network, reliability
from xapi.reports.measures import exchange, participation, quality, speed, structure, trust, use
from xapi.reports.measures.acts import asked
from xapi.reports.measures.model import (
    LEAST,
    NOTHING,
    Figure,
    Headline,
    Measure,
    Network,
    Node,
    Period,
    Query,
    Results,
    Row,
)
from xapi.reports.sql import Database, DuckDB

HEADLINES = (
    participation.HEADLINE, speed.HEADLINE, quality.HEADLINE, trust.HEADLINE, use.HEADLINE, exchange.HEADLINE,
    structure.HEADLINE,
)  # fmt: skip
TABLES = (*participation.TABLES, *quality.TABLES, *trust.TABLES, *use.TABLES, *exchange.TABLES)
PEOPLE = (*participation.PEOPLE, *trust.PEOPLE, *exchange.PEOPLE, keeping.WORTH_KEEPING)
SERIES = (participation.SERIES, speed.SERIES, quality.SERIES, use.SERIES, structure.SERIES)
"""The five of the first page: reach, speed, quality, use, links."""

LISTED = 1000
"""Rows of a table in `Results`; an export has them all."""

DRAWN = 2000
"""People in the picture: those with the most links."""

SEARCHED = 50_000
"""Pairs up to which communities are looked for."""

_HIDDEN = Query(
    "hidden", "SELECT kind, count(*) AS hidden FROM groups WHERE visible = 0 GROUP BY kind ORDER BY kind"
)
_WHOLE = Query(
    "whole",
    """
    SELECT (SELECT count(*) FROM present) AS people, (SELECT count(*) FROM links) AS links,
        (SELECT count(*) FROM pairs) AS pairs""",
)
_PAIRS = Query(
    "pairs", "SELECT least(actor, recipient) AS one, greatest(actor, recipient) AS another, times FROM links"
)


def definitions() -> tuple[Measure, ...]:
    """Return every measure, in the order in which a reader meets them."""
    return (
        *participation.MEASURES,
        *speed.MEASURES,
        *quality.MEASURES,
        quality.SKILLS,
        *trust.MEASURES,
        *use.MEASURES,
        *exchange.MEASURES,
        *structure.MEASURES,
        structure.COMMUNITIES,
    )


def compute(
    connection: duckdb.DuckDBPyConnection | Database, period: Period, least: int = LEAST, names: bool = False
) -> Results:
    """Return the numbers of `period` from `connection`: a DuckDB cache, or another Database that has `acts`.

    Groups of fewer than `least` people are not shown. Only with `names` do tables list people, and does the
    picture name them. Raises ValueError where `least` is under 2.
    """
    if least < 2:
        raise ValueError("a group is two people at least")
    if isinstance(connection, Database):
        return _computed(connection, period, least, names)
    with DuckDB(connection) as database:
        return _computed(database, period, least, names)


def prepared(database: Database, period: Period, least: int, queries: Sequence[Query]) -> Period:
    """Make what these queries need, and return the period: of real courses or of invented ones."""
    if period.synthetic is None:
        real = database.rows("SELECT 1 AS one FROM acts AS a WHERE NOT coalesce(a.synthetic, FALSE) LIMIT 1")
        period = replace(period, synthetic=not list(real))
    database.prepare(asked(period, least, bool(period.synthetic)), [query.sql for query in queries])
    return period


def _computed(database: Database, period: Period, least: int, names: bool) -> Results:
    prepared(database, period.before, least, HEADLINES)
    before = _figures(database)
    listed = (*TABLES, *(PEOPLE if names else ()))
    period = prepared(
        database,
        period,
        least,
        (*HEADLINES, *listed, *SERIES, _HIDDEN, _WHOLE, structure.NODES, structure.EDGES, trust.DRAWS),
    )
    now = _figures(database)
    _sure(database, now)
    known = _named(database) if names else {}
    return Results(
        period=period,
        least=least,
        names=names,
        headline={
            measure.name: Headline(measure, now.get(measure.name, NOTHING), before.get(measure.name, NOTHING))
            for query in HEADLINES
            for measure in query.measures
        },
        tables={query.name: _table(database, query, known) for query in listed},
        series={query.name: _table(database, query, known) for query in SERIES},
        network=_network(database, least, known if names else None),
        hidden={row["kind"]: row["hidden"] for row in database.rows(_HIDDEN.sql)},
    )


def _figures(database: Database) -> dict[str, Figure]:
    return {
        row["measure"]: Figure(
            row["value"],
            row["people"],
            row["cases"],
            row["undone"],
            row["low"],
            row["high"],
            bool(row["hidden"]),
        )
        for query in HEADLINES
        for row in database.rows(query.sql)
    }


def _sure(database: Database, figures: dict[str, Figure]) -> None:
    """Put the bootstrap's intervals beside the coefficients of agreement."""
    lots = [[float(row[name]) for name in reliability.SUMS] for row in database.rows(trust.DRAWS.sql)]
    for name, (low, high) in reliability.intervals(np.array(lots)).items():
        if figures[name].value is not None:
            figures[name] = replace(figures[name], low=low, high=high)


def _table(database: Database, query: Query, known: Mapping[str, str]) -> list[Row]:
    rows = list(islice(database.rows(query.sql), LISTED))
    for row in rows:
        if isinstance(week := row.get("week"), str):
            row["week"] = date.fromisoformat(week)
        if "actor" in row:
            row["name"] = known.get(row["actor"])
    return rows


def _named(database: Database) -> dict[str, str]:
    """Names of people: as many as there are of them, which is why they were asked for."""
    return {row["actor"]: row["name"] for row in database.rows("SELECT p.actor, p.name FROM people AS p")}


def _network(database: Database, least: int, known: Mapping[str, str] | None) -> Network | None:
    whole = next(database.rows(_WHOLE.sql))
    if whole["people"] < least:
        return None
    shown = [row["actor"] for row in islice(database.rows(structure.NODES.sql), DRAWN)]
    groups: list[set[str]] = []
    modularity = None
    searched = whole["pairs"] <= SEARCHED
    if searched:
        pairs = ((row["one"], row["another"], row["times"]) for row in database.rows(_PAIRS.sql))
        groups, modularity = network.communities(network.graph((), pairs))
    inside = set(shown)
    edges = [
        (row["actor"], row["recipient"], row["times"])
        for row in database.rows(structure.EDGES.sql)
        if row["actor"] in inside and row["recipient"] in inside
    ]
    drawn = network.graph(shown, [(min(a, b), max(a, b), times) for a, b, times in edges])
    places = network.layout(drawn, groups)
    told = [members for members in groups if len(members) >= least]
    home = {person: number for number, members in enumerate(told) for person in members}
    names = called(shown, known)
    return Network(
        people=whole["people"],
        links=whole["links"],
        # In an order that tells no more than the names do
        nodes=sorted(
            (Node(names[one], *places[one], home.get(one, -1), drawn.degree(one)) for one in shown),
            key=lambda node: (len(node.name), node.name),
        ),
        edges=sorted((names[one], names[another], times) for one, another, times in edges),
        communities=len(groups) if searched else None,
        modularity=modularity,
        sizes=[len(members) for members in told],
    )


def called(people: Sequence[str], known: Mapping[str, str] | None) -> dict[str, str]:
    """What to call people: by name where names were asked for, else by numbers that tell nothing of them."""
    if known is not None:
        return {person: known.get(person, person) for person in people}
    numbers: list[Any] = list(range(1, len(people) + 1))
    random.SystemRandom().shuffle(numbers)
    return {person: f"n{number}" for person, number in zip(people, numbers, strict=True)}
