"""The statement store: how many statements a second it takes, and that reading costs the same in a large one.

ENTRAIDE_TEST_STATEMENTS says how large; a million take some minutes to prepare, and 2 GB.
"""

import base64
import itertools
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from werkzeug.test import Client

from lti_tool.kernel.database import Database
from xapi.store import create_store, schema
from xapi.store.identity import agent_key, facet, facets

SMALL, LARGE = 10_000, int(os.environ.get("ENTRAIDE_TEST_STATEMENTS", "100000"))
MOST_RATIO, ROUNDS = 1.5, 40
EACH, IN_TURN = 50, 10  # statements of one person; each tenth is of the same one
VERBS, START, APART = 12, 1_760_000_000_000_000, 1_000_000
HOME, BASE = "https://lms.example", "https://example.org"
HEADERS = {
    "X-Experience-API-Version": "2.0.0",
    "Authorization": "Basic " + base64.b64encode(b"bench:secret").decode(),
}

SERVER = """
import sys
from gunicorn.app.base import BaseApplication
from lti_tool.kernel.database import Database
from xapi.store import create_store
class Serving(BaseApplication):
    def load_config(self):
        self.cfg.set("bind", "127.0.0.1:0")
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("threads", 4)
        self.cfg.set("loglevel", "warning")
        self.cfg.set("when_ready", lambda it: print(it.LISTENERS[0].sock.getsockname()[1], flush=True))
    def load(self):
        return create_store(Database(sys.argv[1]).engine, lambda name, word: name)
Serving().run()
"""


def person(number: int, people: int) -> str:
    return "busy" if number % IN_TURN == 0 else f"person {number % people}"


def statement(number: int, size: int) -> dict[str, Any]:
    """One of the statements of a store of `size`: a review of a work in an activity of a course."""
    people, works, activities = size // EACH, size // 10, max(1, size // 2000)
    return {
        "id": str(uuid.UUID(int=number + 1, version=4)),
        "actor": {"account": {"homePage": HOME, "name": person(number, people)}},
        "verb": {"id": f"{BASE}/verbs/{number % VERBS}", "display": {"en": "reviewed", "fr": "a relu"}},
        "object": {"id": f"{BASE}/works/{number % works}", "definition": {"type": f"{BASE}/types/work"}},
        "result": {"score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10}, "duration": "PT4M3.5S"},
        "context": {
            "registration": str(uuid.UUID(int=number % people + 2**64, version=4)),
            "platform": "Entraide",
            "language": "en",
            "contextActivities": {
                "parent": [{"id": f"{BASE}/activities/{number % activities}"}],
                "grouping": [{"id": f"{BASE}/courses/{number % activities // 10}"}],
                "category": [{"id": f"{BASE}/profile"}],
            },
            "extensions": {f"{BASE}/words": 120},
        },
        "timestamp": "2026-03-01T09:30:00.000Z",
        "version": "2.0.0",
        "authority": {"objectType": "Agent", "account": {"homePage": "http://localhost/", "name": "bench"}},
        "stored": "2026-03-01T09:30:00.000000Z",
    }


def filled(database: Database, size: int) -> Engine:
    """Put statements into an empty store, the rows of each index in its order: as fast as a database can."""
    engine = database.engine
    schema.metadata.create_all(engine)
    found: dict[bytes, list[int]] = {}

    def rows() -> Iterator[tuple[int, uuid.UUID, None, bool, bool, str]]:
        for number in range(size):
            one, stored = statement(number, size), START + number * APART
            for key in facets(one) | {facet("authority", agent_key(one["authority"]) or "")}:
                found.setdefault(key, []).append(stored)
            yield stored, uuid.UUID(one["id"]), None, False, False, json.dumps(one)

    put(engine, schema.statements, rows())
    put(engine, schema.facets, ((key, at, at) for key in sorted(found) for at in found[key]))
    put(engine, schema.clock, iter([(1, START + size * APART)]))
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    return engine


def put(engine: Engine, table: Any, rows: Iterator[tuple[Any, ...]]) -> None:
    names = ", ".join(column.name for column in table.columns)
    with engine.begin() as connection:
        driver = connection.connection.driver_connection
        if engine.dialect.name == "postgresql":
            with driver.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(table.columns))
            plain = (tuple(v.hex if isinstance(v, uuid.UUID) else v for v in row) for row in rows)
            driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", plain)


def agent(name: str) -> str:
    return json.dumps({"account": {"homePage": HOME, "name": name}})


def queries(size: int) -> dict[str, dict[str, str]]:
    """What is asked, with as many answers in a store of any size."""
    middle = statement(size // 2 + 1, size)
    name, work = middle["actor"]["account"]["name"], middle["object"]["id"]
    moments = [f"2025-10-{day:02}T00:00:00Z" for day in (9, 10)]
    return {
        "by id": {"statementId": middle["id"]},
        "latest": {"limit": "50"},
        "agent": {"agent": agent(name), "limit": "100"},
        "agent of every tenth": {"agent": agent("busy"), "limit": "100"},
        "verb and activity": {"verb": middle["verb"]["id"], "activity": work},
        "frequent verb of a frequent agent": {
            "verb": f"{BASE}/verbs/0", "agent": agent("busy"), "limit": "50",
        },
        "rare activity of a frequent agent": {"activity": f"{BASE}/works/10", "agent": agent("busy")},
        "registration": {"registration": middle["context"]["registration"], "limit": "100"},
        "related activity": {
            "activity": f"{BASE}/activities/1", "related_activities": "true", "limit": "50",
        },
        "agent, since and until": {
            "agent": agent("busy"), "since": moments[0], "until": moments[1], "limit": "50",
        },
        "all since, ascending": {"since": moments[0], "ascending": "true", "limit": "50"},
        "canonical": {"agent": agent(name), "format": "canonical", "limit": "50"},
    }  # fmt: skip


class Reader:
    """Asks a store of `size` in this process."""

    def __init__(self, engine: Engine, size: int) -> None:
        self.client = Client(create_store(engine, lambda name, word: name))
        self.queries = queries(size)

    def ask(self, name: str) -> float:
        """Return the seconds that an answer takes."""
        start = time.perf_counter()
        answer = self.client.get("/statements", query_string=self.queries[name], headers=HEADERS)
        seconds = time.perf_counter() - start
        assert answer.status_code == 200
        assert answer.json.get("statements") or answer.json.get("id"), name
        return seconds

    def pages(self) -> float:
        """Return the seconds that the quickest takes of the ten pages after the first."""
        query = {"agent": agent("busy"), "limit": "50"}
        first = self.client.get("/statements", query_string=query, headers=HEADERS)
        address, taken = first.json["more"], []
        for _ in range(10):
            start = time.perf_counter()
            answer = self.client.get(address, headers=HEADERS)
            taken.append(time.perf_counter() - start)
            address = answer.json["more"]
        return min(taken)


@pytest.fixture
def two_stores(database_server: Any) -> Iterator[list[Reader]]:
    with ExitStack() as stack:
        readers = []
        for size in (SMALL, LARGE):
            database = Database(stack.enter_context(database_server.fresh()))
            stack.callback(database.dispose)
            start = time.perf_counter()
            readers.append(Reader(filled(database, size), size))
            print(f"\n{size:,} statements prepared in {time.perf_counter() - start:.0f} s")
        yield readers


@pytest.mark.every_database
def test_reading_costs_the_same_in_a_large_store(two_stores):
    slow = {}
    for name in [*two_stores[0].queries, "ten pages by more"]:
        asked = [
            [reader.pages() if name == "ten pages by more" else reader.ask(name) for reader in two_stores]
            for _ in range(ROUNDS if name != "ten pages by more" else ROUNDS // 5)
        ]
        small, large = (min(each[n] for each in asked) for n in (0, 1))  # others use the machine too
        print(
            f"{name}: {small * 1e3:.1f} ms of {SMALL:,}, {large * 1e3:.1f} ms of {LARGE:,}, "
            f"ratio {large / small:.2f}"
        )
        if large > MOST_RATIO * small:
            slow[name] = round(large / small, 2)
    assert slow == {}


@contextmanager
def serving(url: str) -> Iterator[str]:
    """The address of a store that serves by gunicorn, as the tool does."""
    with subprocess.Popen([sys.executable, "-c", SERVER, url], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


@pytest.mark.every_database
@pytest.mark.parametrize("size", [1, 50])
def test_statements_a_second_over_http(database_server, size):
    with database_server.fresh() as url:
        database = Database(url)
        schema.metadata.create_all(database.engine)
        numbers = itertools.count()
        with serving(url) as address, httpx.Client(base_url=address, headers=HEADERS) as client:

            def batch() -> list[dict[str, Any]]:
                ours = ("authority", "stored")
                new = [statement(next(numbers), SMALL) for _ in range(size)]
                return [{name: part for name, part in one.items() if name not in ours} for one in new]

            assert client.post("/statements", json=batch()).status_code == 200
            batches = [batch() for _ in range(400 if size == 1 else 60)]
            start = time.perf_counter()
            for one in batches:
                assert client.post("/statements", json=one).status_code == 200
            seconds = time.perf_counter() - start
        database.dispose()
    print(
        f"\n{database.engine.dialect.name}, batches of {size}: "
        f"{size * len(batches) / seconds:.0f} statements/s, {seconds / len(batches) * 1e3:.1f} ms a request"
    )
