"""Reading any LRS, whatever it does: each statement is in the cache once, and the next run reads the news."""

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from services.paging_lrs import BEGAN, PagingLrs, body, viewed, z
from services.scripted_lrs import HTML, Reply, Seen, Server

from xapi import lrs as lrs_module
from xapi.lrs import LrsClient, LrsError
from xapi.reports.cache import Cache, CacheError, Source
from xapi.reports.fetching import Reading
from xapi.reports.kinds import Words
from xapi.reports.problems import problem


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.stopped.set()
        server.shutdown()
        thread.join()


@contextmanager
def opened(folder: Path, server: Server, **options) -> Iterator[Reading]:
    """A reading, about to run, that does not wait between tries."""
    with Cache(folder) as cache, closing(LrsClient(server.endpoint, "u", "p", timeout=5)) as client:
        source = Source(server.endpoint, "u", **options)
        waited: list[float] = []
        reading = Reading(client, cache, cache.open_for(source), Words(), source.names, wait=waited.append)
        reading.waited = waited
        yield reading


@pytest.fixture
def read(running: Server, tmp_path: Path) -> Callable[..., list[int]]:
    """Read an LRS into the test's cache; the numbers of the statements there, each as often as it is."""

    def run(lrs: Callable[[Seen], Reply], **options) -> list[int]:
        running.behaviour = lrs
        with opened(tmp_path, running, **options) as reading:
            reading.run()
            return numbers(reading.cache)

    return run


def numbers(cache: Cache) -> list[int]:
    cache.settle()
    ids = cache.connection.execute("SELECT id FROM acts ORDER BY id").fetchall()
    return sorted(int(identifier.replace("-", "")[20:], 16) - 1 for [identifier] in ids)


def all_of(lrs: PagingLrs) -> list[int]:
    return list(range(len(lrs.statements)))


def since(moment: datetime, statements: list[dict]) -> int:
    return sum(one["stored"] > z(moment) for one in statements)


WAYS = {
    "by stored": {},
    "by timestamp, as Ralph": {"by": "timestamp"},
    "newest first": {"falling": True},
    "newest first by timestamp": {"by": "timestamp", "falling": True},
}


def paging(count: int, way: str = "by stored") -> PagingLrs:
    lrs = PagingLrs(map(viewed, range(count)), by=WAYS[way].get("by", "stored"))
    lrs.falling = WAYS[way].get("falling", False)
    return lrs


@pytest.mark.parametrize("way", WAYS)
def test_tops_up_with_what_is_new(read, way):
    lrs = paging(45, way)
    assert read(lrs) == all_of(lrs)
    lrs.statements += map(viewed, range(45, 60))
    lrs.asked.clear()
    assert read(lrs) == all_of(lrs)
    [first, *_] = lrs.asked
    assert first["since"] > z(BEGAN)


@pytest.mark.parametrize(("way", "page"), list(zip(WAYS, (1, 5, 5, 1), strict=True)))
def test_goes_on_where_it_was_stopped(read, way, page):
    lrs = paging(65, way)

    def stop(seen: Seen, before: int) -> Reply | None:
        return Reply(403) if before >= page else None

    lrs.spoil = stop
    with pytest.raises(LrsError):
        read(lrs)
    lrs.spoil = lambda seen, before: None
    lrs.statements += map(viewed, range(65, 70))
    lrs.asked.clear()
    assert read(lrs) == all_of(lrs)
    assert len(lrs.asked) <= 8 - page + 3


def test_goes_by_stored_where_all_was_stored_long_after_it_happened(read):
    late = [viewed(n, timestamp=z(BEGAN - timedelta(days=300, minutes=-n))) for n in range(45)]
    lrs = PagingLrs(late)
    assert read(lrs) == all_of(lrs)
    assert read(lrs) == all_of(lrs)
    lrs.asked.clear()
    assert read(lrs) == all_of(lrs)
    assert len(lrs.asked) == 1


def test_reads_an_lrs_without_any_order(read):
    statements = list(map(viewed, range(45)))
    lrs = PagingLrs(statements)
    lrs.matching = lambda query: [
        one for one in statements[::2] + statements[1::2] if one["stored"] > query.get("since", "")
    ]
    assert read(lrs) == all_of(lrs)
    statements.append(viewed(45))
    assert read(lrs) == list(range(46))


def test_statements_that_show_late_are_read_at_the_next_run(read):
    lrs = paging(30)
    late = lrs.statements.pop(27)
    lrs.headers = {"X-Experience-API-Consistent-Through": z(BEGAN + timedelta(minutes=26))}
    assert len(read(lrs)) == 29
    lrs.statements.append(late)
    assert read(lrs) == list(range(30))


def test_a_clock_in_the_future_hides_nothing(read):
    lrs = PagingLrs([viewed(0), viewed(1, stored="3000-01-01T00:00:00Z")])
    assert read(lrs) == [0, 1]
    lrs.statements.append(viewed(2, stored=z(datetime.now(UTC))))
    assert read(lrs) == [0, 1, 2]


@pytest.mark.parametrize("voiding_first", [True, False])
def test_what_is_voided_is_not_there(read, voiding_first):
    target = viewed(3)["id"].upper()
    voiding = viewed(9, verb={"id": "http://adlnet.gov/expapi/verbs/voided"}) | {
        "object": {"objectType": "StatementRef", "id": target}
    }
    if voiding_first:
        voiding["stored"] = z(BEGAN - timedelta(minutes=1))
    statements = list(map(viewed, range(5)))
    lrs = PagingLrs([voiding] if voiding_first else statements)
    read(lrs)
    lrs.statements = [*statements, voiding]
    assert read(lrs) == ([0, 1, 2, 4])


# LRSs that fail


FAILURES = [
    Reply(503, b"", {"Retry-After": "7"}),
    Reply(429),
    Reply(200, b"<html>Sign in</html>", HTML),
    Reply(200, body([viewed(0)])[:60]),  # half a body
    Reply(200, body([viewed(0)]), length=9999, reset=True),  # cut off
    Reply(200, b"", reset=True),
    Reply(200, {"statements": {}}),
    Reply(200, [1]),
    Reply(200, b"\x1f\x8bnot gzip", {"Content-Encoding": "gzip"}),
]


def test_tries_again_where_an_answer_is_not_one(running, tmp_path):
    """Each page is answered wrongly first, in another way."""
    lrs = paging(10 * len(FAILURES))
    lrs.spoil = lambda seen, before: None if before % 2 else FAILURES[before // 2]
    running.behaviour = lrs
    with opened(tmp_path, running) as reading:
        reading.run()
        assert numbers(reading.cache) == all_of(lrs)
        assert len(reading.waited) == len(FAILURES) - 1  # when a connection ends at once, another is tried
        assert reading.waited[0] == 7


@pytest.mark.parametrize(
    ("failure", "asked", "what"),
    [
        (Reply(401), 1, "refused"),
        (Reply(404), 2, "nowhere"),
        (Reply(429), 7, "busy"),
        (Reply(302, b"", {"Location": "https://elsewhere.example/"}), 7, "elsewhere"),
        (Reply(500), 7, "failing"),
        (Reply(200, raw=b""), 14, "silent"),  # each try is two
        (Reply(200, b"<html>Sign in</html>", HTML), 7, "web page"),
        (Reply(200, [1]), 8, "no json"),
        (Reply(200, {"statements": {}}), 7, "no list"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_gives_up_and_keeps_what_was_read(running, tmp_path, failure, asked, what):
    lrs = paging(45)
    lrs.spoil = lambda seen, before: failure if before >= 2 else None
    running.behaviour = lrs
    with opened(tmp_path, running) as reading:
        with pytest.raises(LrsError) as raised:
            reading.run()
        assert problem(raised.value).what == what
        assert numbers(reading.cache) == list(range(20))
        assert len(lrs.asked) == 2 + asked
    assert not any("elsewhere" in seen.path for seen in running.seen)


def test_a_cursor_that_is_worth_nothing_any_more_is_replaced(read):
    lrs = paging(45)
    lrs.spoil = lambda seen, before: Reply(404) if before == 2 else None
    assert read(lrs) == all_of(lrs)


@pytest.mark.parametrize(
    "more",
    ["/xapi/statements?round=1", "/xapi/statements?page=%d", "", None, 7, "https://elsewhere.example/?%d"],
    ids=["in a circle", "for ever", "empty", "null", "a number", "on another host"],
)
def test_more_that_leads_nowhere_ends(running, tmp_path, monkeypatch, more):
    """And what can be reached is read: a query from where the statements end goes on in place of `more`."""
    monkeypatch.setattr(lrs_module, "MAX_PAGES", 20)
    count = iter(range(10**6))

    def lrs(seen: Seen) -> Reply:
        if seen.path.endswith("/about"):
            return Reply(200, {"version": ["1.0.3"]})
        link = more % next(count) if isinstance(more, str) and "%" in more else more
        return Reply(200, {"statements": list(map(viewed, range(5))), "more": link})

    running.behaviour = lrs
    running.seen.clear()
    with opened(tmp_path, running) as reading:
        if more:
            with pytest.raises(LrsError):
                reading.run()
        else:
            reading.run()
        assert numbers(reading.cache) == list(range(5))
    assert len(running.seen) < 200
    assert not any("elsewhere" in seen.path for seen in running.seen)


def test_pages_in_a_circle_are_passed_by_asking_again(read):
    """`more` leads back to the same page, but `since` works."""
    lrs = paging(45)

    def circle(seen: Seen, before: int) -> Reply | None:
        reply = lrs.page({name: value for name, value in seen.query.items() if name != "from"})
        if reply.body["more"]:
            reply.body["more"] = "/xapi/statements?" + "&".join(
                f"{n}={v}" for n, v in seen.query.items() if n != "x"
            )
        return reply

    lrs.spoil = circle
    assert read(lrs) == all_of(lrs)


def test_a_bomb_does_not_fill_the_memory(running, tmp_path, monkeypatch):
    monkeypatch.setattr(lrs_module, "_PAGE", 1_000_000)
    bomb = gzip.compress(body([viewed(0)]) + b" " * 5_000_000)
    lrs = paging(5)
    lrs.spoil = lambda seen, before: Reply(200, bomb, {"Content-Encoding": "gzip"})
    running.behaviour = lrs
    with opened(tmp_path, running) as reading:
        with pytest.raises(LrsError):
            reading.run()
        assert numbers(reading.cache) == [0]


def test_one_broken_statement_among_many_costs_only_itself(running, tmp_path):
    lrs = paging(45)

    def broken(seen: Seen, before: int) -> Reply:
        page = json.dumps(lrs.page(seen.query).body)
        return Reply(200, page.replace('"verb"', "'verb'", 1 if viewed(22)["id"] in page else 0).encode())

    bad = viewed(20)["id"]
    lrs.spoil = broken
    running.behaviour = lrs
    with opened(tmp_path, running) as reading:
        reading.run()
        assert numbers(reading.cache) == [n for n in range(45) if viewed(n)["id"] != bad]
        assert reading.cache.left_out() == {"shape": 1}


# Whose cache it is


def test_a_cache_is_of_one_lrs_and_one_reader(read, running, tmp_path):
    read(paging(5))
    with Cache(tmp_path) as cache, pytest.raises(CacheError, match="Name another folder"):
        cache.open_for(Source(running.endpoint, "somebody else"))


def test_a_cache_of_an_older_version_is_filled_again(read, tmp_path):
    lrs = paging(5)
    read(lrs)
    with Cache(tmp_path) as cache:
        cache.connection.execute("UPDATE source SET format = 0")
        cache.connection.execute("ALTER TABLE acts DROP COLUMN skill")
    assert read(lrs) == all_of(lrs)


def test_a_file_that_is_no_cache_is_not_touched(tmp_path):
    (tmp_path / "statements.duckdb").write_bytes(b"somebody's " * 1000)
    with pytest.raises(CacheError):
        Cache(tmp_path)


def test_names_are_there_while_they_are_asked_for(read, running, tmp_path):
    named = [viewed(n, actor={"name": "Awa", "mbox": f"mailto:awa{n}@example.org"}) for n in range(3)]
    lrs = PagingLrs(named)

    def people() -> list[tuple[str, ...]]:
        with Cache(tmp_path) as cache:
            return cache.connection.execute("SELECT name FROM people").fetchall()

    for names, found in ((False, []), (True, [("Awa",)] * 3), (False, [])):
        assert read(lrs, names=names) == all_of(lrs)
        assert people() == found
    assert b"awa0@" not in (tmp_path / "statements.duckdb").read_bytes()


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, "tests")
from xapi.lrs import LrsClient
from xapi.reports import fetching
from xapi.reports.cache import Cache, Source
from xapi.reports.kinds import Words
fetching._SECONDS = 0.0  # every page is kept
folder, endpoint, pages = sys.argv[1:]
count = 0
def tell(*_):
    global count
    count += 1
    if count == int(pages):
        os.kill(os.getpid(), signal.SIGKILL)
cache = Cache(Path(folder))
client = LrsClient(endpoint, "u", "p")
fetching.Reading(client, cache, cache.open_for(Source(endpoint, "u")), Words(), tell=tell).run()
"""


@pytest.mark.processes
def test_goes_on_after_a_kill(running, tmp_path, read):
    lrs = paging(60)
    running.behaviour = lrs
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), running.endpoint, "4"], check=False)
    assert killed.returncode == -signal.SIGKILL
    lrs.asked.clear()
    assert read(lrs) == all_of(lrs)
    assert lrs.asked[0]["since"] > z(BEGAN + timedelta(minutes=37))
    assert len(lrs.asked) == 3
    assert os.listdir(tmp_path)
