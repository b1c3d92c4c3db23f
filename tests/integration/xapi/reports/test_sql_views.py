"""The views for other LRSs' databases say of a statement what the reports say of it."""

import json
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import chdb.session
import psycopg
import pytest
from peers import Peers
from sqlalchemy import make_url

from xapi import vocabulary
from xapi.reports.kinds import _FOREIGN, Words
from xapi.reports.rows import Understood, read
from xapi.reports.tables import ACTS, MARKS
from xapi.statements import to_bytes

EXAMPLES = Path(__file__).parents[4] / "examples"
STORED = datetime(2026, 11, 1, tzinfo=UTC)
LRSQL = """
    CREATE TABLE xapi_statement (
        id UUID PRIMARY KEY, statement_id UUID NOT NULL UNIQUE, registration UUID,
        verb_iri VARCHAR(255) NOT NULL, is_voided BOOLEAN DEFAULT FALSE NOT NULL, payload JSON NOT NULL,
        timestamp TIMESTAMPTZ, stored TIMESTAMPTZ
    )
"""
RALPH = """
    CREATE TABLE xapi.xapi_events_all (event_id UUID, emission_time DateTime64(6), event String)
    ENGINE MergeTree ORDER BY (emission_time, event_id) PRIMARY KEY (emission_time, event_id)
"""


def foreign(number: int, verb: str, **more) -> dict:
    return {
        "id": f"00000000-0000-4000-8000-{number:012x}",
        "actor": {"mbox": f"mailto:p{number}@example.org"},
        "verb": {"id": verb},
        "object": {
            "id": "https://lms.example/page",
            "definition": {"type": "http://activitystrea.ms/article"},
        },
        "timestamp": "2026-03-02T10:00:00+02:00",
    } | more


def statements() -> list[dict]:
    """One of each of our kinds in both versions, and others' verbs upon others' things."""
    versions = cycle(("1.0.3", "2.0.0"))
    told = [json.loads(to_bytes(event, next(versions))) for event in Peers(people=6).everything()]
    verbs = [*_FOREIGN, *vocabulary.VERBS, "https://example.org/verbs/danced/"]
    types = ["http://activitystrea.ms/review", "http://activitystrea.ms/comment", Words().example, None]
    for number, verb in enumerate(verb for verb in verbs if verb != vocabulary.VOIDED.iri):
        things = {"id": "https://lms.example/thing", "definition": {"type": types[number % 4]}}
        told += [foreign(number, verb), foreign(1000 + number, verb, object=things)]
    course = {
        "id": "https://lms.example/c",
        "definition": {"type": "http://adlnet.gov/expapi/activities/course"},
    }
    told += [
        foreign(
            2001, "http://id.tincanapi.com/verb/viewed", context={"contextActivities": {"parent": course}}
        ),
        foreign(
            2002, "http://id.tincanapi.com/verb/reviewed", result={"score": {"raw": 3, "min": 1, "max": 4}}
        ),
        foreign(
            2003,
            "http://id.tincanapi.com/verb/reviewed",
            result={"response": " well  done ", "duration": "P1DT2M"},
        ),
    ]
    return [statement | {"stored": STORED.isoformat()} for statement in told]


def voided() -> list[dict]:
    """A statement, and the one that takes it back."""
    target = foreign(3001, "http://id.tincanapi.com/verb/viewed")
    reference = {"objectType": "StatementRef", "id": target["id"]}
    return [target, foreign(3002, "http://adlnet.gov/expapi/verbs/voided", object=reference)]


@pytest.fixture(scope="module")
def rows() -> dict[str, list[tuple]]:
    found = [read(one, Words(), datetime.fromisoformat("2026-11-02")) for one in statements()]
    assert all(isinstance(one, Understood) for one in found)
    return {
        "acts": sorted(tuple(one.act) for one in found),
        "marks": sorted(tuple(mark) for one in found for mark in one.marks),
    }


def of(table: str) -> str:
    return ", ".join(f'"{name}"' for name in (ACTS if table == "acts" else MARKS))


@pytest.mark.postgres
def test_sql_lrs(postgres_server, rows):
    with postgres_server.fresh() as url:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as connection:
            connection.execute(LRSQL)
            connection.cursor().executemany(
                "INSERT INTO xapi_statement VALUES (%s, %s, NULL, %s, false, %s, %s, %s)",
                [
                    (one["id"], one["id"], one["verb"]["id"], json.dumps(one), one["timestamp"], STORED)
                    for one in statements()
                ],
            )
            connection.execute((EXAMPLES / "sql-lrs.sql").read_text("utf-8"))
            for table, expected in rows.items():
                found = connection.execute(f"SELECT {of(table)} FROM entraide.{table}").fetchall()
                assert sorted(found) == expected


def told(table: str, values: list) -> tuple:
    """A row as ClickHouse writes it in JSON, as DuckDB would give it."""
    columns = (ACTS if table == "acts" else MARKS).values()
    return tuple(
        datetime.fromisoformat(value) if kind == "TIMESTAMP" and value else value
        for kind, value in zip(columns, values, strict=True)
    )


def test_ralph_on_clickhouse(rows, tmp_path):
    session = chdb.session.Session(str(tmp_path))

    def run(sql: str) -> list[list]:
        return [json.loads(line) for line in session.query(sql, "JSONCompactEachRow").bytes().splitlines()]

    try:
        run("CREATE DATABASE IF NOT EXISTS xapi")
        run(RALPH)
        events = "\n".join(
            json.dumps([one["id"], one["timestamp"], json.dumps(one)]) for one in [*statements(), *voided()]
        )
        settings = "SETTINGS date_time_input_format = 'best_effort'"
        run(f"INSERT INTO xapi.xapi_events_all {settings} FORMAT JSONCompactEachRow {events}")
        for statement in (EXAMPLES / "ralph-clickhouse.sql").read_text("utf-8").split(";\n"):
            if statement.strip():
                run(statement)
        for table, expected in rows.items():
            found = run(f"SELECT {of(table)} FROM entraide.{table}")
            assert sorted(told(table, one) for one in found) == expected
    finally:
        session.close()
