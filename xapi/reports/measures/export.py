"""What a report knows of each person, as files: streamed, since there may be very many people."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import duckdb

from xapi.reports.measures.compute import PEOPLE, prepared
from xapi.reports.measures.model import LEAST, Period, Query, Row
from xapi.reports.sql import DuckDB, with_views

_FORMULA = r"^[=+\-@\t\r]"  # OWASP, CSV injection
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, 2.2

_PERSON = Query(
    "people",
    """
    SELECT c.person, d.given, d.received, d.outgoing, d.incoming, t.contributions, t.reviews,
        s.shrunk AS severity
    FROM degrees AS d
    JOIN called AS c ON c.actor = d.actor
    LEFT JOIN severity AS s ON s.actor = d.actor
    LEFT JOIN (
        SELECT t.actor, sum(CASE WHEN t.act = 'submitted' THEN 1 ELSE 0 END) AS contributions,
            sum(CASE WHEN t.act IN ('reviewed', 'looked-again') THEN 1 ELSE 0 END) AS reviews
        FROM told AS t GROUP BY t.actor
    ) AS t ON t.actor = d.actor
    ORDER BY length(c.person), c.person""",
)
_LINK = Query(
    "links",
    """
    SELECT f.person, t.person AS to_person, l.times, l.helps
    FROM links AS l JOIN called AS f ON f.actor = l.actor JOIN called AS t ON t.actor = l.recipient
    ORDER BY length(f.person), f.person, length(t.person), t.person""",
)
_ATTRIBUTES = {
    "node": {"given": "long", "received": "long", "outgoing": "long", "incoming": "long"},
    "edge": {"times": "long", "helps": "long"},
}


def export(
    connection: duckdb.DuckDBPyConnection,
    period: Period,
    folder: Path,
    least: int = LEAST,
    names: bool = False,
) -> list[Path]:
    """Write people and their links of `period` into `folder`, made if needed, and return the files.

    `people` and `links` as CSV and Parquet, and `network.graphml`. Without `names` people are n1, n2, ...:
    numbers drawn anew each time, the same in all these files. With them come the lists of those who are
    missing, of reviewers, and of disputed contributions. Of fewer than `least` people nothing is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    queries = [_PERSON, _LINK, *([query for query in PEOPLE if query.name != "people"] if names else [])]
    with DuckDB(connection) as database:
        prepared(database, period, least, queries)
        database.make("called", _called(names))
        if next(database.rows("SELECT count(*) AS people FROM called"))["people"] < least:
            return []
        files = [file for query in queries for file in _copied(database, query, folder)]
        return [*files, _graphml(database, folder / "network.graphml")]


def _called(names: bool) -> str:
    if names:
        return """
            SELECT d.actor, coalesce(p.name || ' (' || d.actor || ')', d.actor) AS person
            FROM degrees AS d LEFT JOIN people AS p ON p.actor = d.actor"""
    secret = secrets.token_hex()  # forgotten at once: the order of the numbers tells nothing
    return f"""
        SELECT d.actor, 'n' || row_number() OVER (ORDER BY sha256('{secret}' || d.actor)) AS person
        FROM degrees AS d"""


def _copied(database: DuckDB, query: Query, folder: Path) -> list[Path]:
    """Write the rows as CSV, in which no cell is a formula, and as Parquet; who has a row has a name too."""
    database.make("unnamed", with_views(query.sql))
    listed = {name for name, *_ in database.cursor.execute("DESCRIBE unnamed").fetchall()}
    named = "SELECT u.*, p.name FROM unnamed AS u LEFT JOIN people AS p ON p.actor = u.actor"
    chosen = named if "actor" in listed else "SELECT u.* FROM unnamed AS u"
    database.make("copied", f"{chosen} ORDER BY u.rowid")
    columns = [
        f"CASE WHEN regexp_matches({name}, '{_FORMULA}') THEN '''' || {name} ELSE {name} END AS {name}"
        if kind == "VARCHAR"
        else name
        for name, kind, *_ in database.cursor.execute("DESCRIBE copied").fetchall()
    ]
    files = []
    for ending, sql, options in (
        ("csv", f"SELECT {', '.join(columns)} FROM copied", "FORMAT csv, HEADER"),
        ("parquet", "FROM copied", "FORMAT parquet"),
    ):
        files.append(file := folder / f"{query.name}.{ending}")
        path = str(file).replace("'", "''")
        database.cursor.execute(f"COPY ({sql}) TO '{path}' ({options})")
    return files


def _graphml(database: DuckDB, file: Path) -> Path:
    """Write the network by the GraphML specification 1.0, node by node and edge by edge."""
    with file.open("w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        out.write('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
        for element, attributes in _ATTRIBUTES.items():
            for name, kind in attributes.items():
                out.write(f'<key id="{name}" for="{element}" attr.name="{name}" attr.type="{kind}"/>\n')
        out.write('<graph edgedefault="directed">\n')
        for row in database.rows(_PERSON.sql):
            out.writelines(_element("node", {"id": row["person"]}, row))
        for row in database.rows(_LINK.sql):
            out.writelines(_element("edge", {"source": row["person"], "target": row["to_person"]}, row))
        out.write("</graph>\n</graphml>\n")
    return file


def _element(name: str, identifiers: dict[str, str], row: Row) -> Iterator[str]:
    told = " ".join(f"{key}={quoteattr(_NOT_XML.sub('', value))}" for key, value in identifiers.items())
    yield f"<{name} {told}>"
    for attribute in _ATTRIBUTES[name]:
        yield f'<data key="{attribute}">{escape(str(row[attribute] or 0))}</data>'
    yield f"</{name}>\n"
