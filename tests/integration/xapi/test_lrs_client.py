"""The client against LRSs that misbehave as real ones do, over real HTTP."""

import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xapi import lrs
from xapi.lrs import Dead, Delivered, LrsClient, LrsError, Paused, Retry
from xapi.statements import Actor

TENANT = UUID("11111111-1111-5111-9111-111111111111")
HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass
class Seen:
    """One request as the server received it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def statements(self) -> list[dict]:
        return json.loads(self.body)


@dataclass
class Reply:
    status: int
    body: bytes | object = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None  # a Content-Length that lies
    reset: bool = False  # the connection is reset after the body
    drip: float | None = None  # seconds between two bytes of the body


class Server(ThreadingHTTPServer):
    """Answers each request with what `behaviour` says, and remembers it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour: Callable[[Seen], Reply] = lambda seen: Reply(500)
        self.seen: list[Seen] = []
        self.stopped = threading.Event()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/xapi"

    @property
    def posts(self) -> list[list[int]]:
        return [[number(one) for one in seen.statements] for seen in self.seen if seen.method == "POST"]

    def handle_error(self, request, client_address) -> None:
        """A client that hangs up is part of these tests."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def answer(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        seen = Seen(self.command, url.path, query, headers, body)
        self.server.seen.append(seen)
        reply = self.server.behaviour(seen)
        content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(content) if reply.length is None else reply.length))
        self.end_headers()
        if reply.drip is None:
            self.wfile.write(content)
        for byte in content if reply.drip is not None else b"":
            self.wfile.write(bytes([byte]))
            self.server.stopped.wait(reply.drip)
        if reply.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            for end in (self.rfile, self.wfile, self.connection):
                end.close()

    do_GET = do_POST = answer  # noqa: N815 - http.server's names

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.stopped.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def server(running: Server) -> Server:
    running.seen.clear()
    return running


@contextmanager
def client(server: Server, **options) -> Iterator[LrsClient]:
    options = {"version": "1.0.3", "timeout": 5.0, **options}
    with LrsClient(server.endpoint, "key", "secret", **options) as one:
        yield one


def send(server: Server, batch, **options):
    with client(server, **options) as one:
        return one.send(batch)


def statement(index: int, **more) -> tuple[UUID, bytes]:
    """A statement that says its number, in bytes that no serialiser would write again."""
    statement_id = uuid5(TENANT, str(index))
    document = {
        "id": str(statement_id),
        "timestamp": "2025-03-04T08:20:30.456Z",
        "actor": {"account": {"homePage": "https://lms.example", "name": "7"}},
        "verb": {"id": "http://activitystrea.ms/submit"},
        "object": {"id": f"https://tool.example/contributions/{index}"},
        **more,
    }
    return statement_id, json.dumps(document, indent=index % 3).encode() + b" "


def number(document: dict) -> int:
    return int(document["object"]["id"].rpartition("/")[2])


def batch_of(size: int) -> list[tuple[UUID, bytes]]:
    return [statement(index) for index in range(size)]


def stored(index: int, **more) -> dict:
    return {**json.loads(statement(index)[1]), "stored": "2025-03-04T08:20:31Z", **more}


def always(status: int, body=b"", **options) -> Callable[[Seen], Reply]:
    return lambda seen: Reply(status, body, **options)


class Store:
    """An LRS that keeps statements; subclasses refuse as the LRS of their name does."""

    def __init__(self, poison=(), holding=()) -> None:
        self.poison = set(poison)
        self.kept: dict[str, dict] = {one["id"]: one for one in holding}
        self.arrivals: list[int] = []

    def __call__(self, seen: Seen) -> Reply:
        if seen.method == "GET":
            one = self.kept.get(seen.query.get("statementId", ""))
            return self.found(one) if one else Reply(404)
        if self.poison & {number(one) for one in seen.statements}:
            return Reply(self.invalid, {"detail": "actor: field required"})
        return self.store(seen.statements)

    def keep(self, statements: list[dict]) -> None:
        for one in statements:
            self.kept[one["id"]] = one
            self.arrivals.append(number(one))


class Ralph(Store):
    invalid = 422

    def found(self, one: dict) -> Reply:
        return Reply(200, {"statements": [one], "more": ""})

    def store(self, statements: list[dict]) -> Reply:
        new = [one for one in statements if one["id"] not in self.kept]
        if any(one["id"] in self.kept and self.kept[one["id"]] != one for one in statements):
            return Reply(409, {"detail": "Differing statements already exist with the same ID"})
        self.keep(new)
        return Reply(200, [one["id"] for one in new]) if new else Reply(204)


class AdlLrs(Store):
    invalid = 400

    def found(self, one: dict) -> Reply:
        return Reply(
            200, {**one, "authority": {"mbox": "mailto:lrs@example.org"}, "stored": "2025-03-04T09:00:00Z"}
        )

    def store(self, statements: list[dict]) -> Reply:
        if any(one["id"] in self.kept for one in statements):
            return Reply(409, b"A statement with this ID already exists", {"Content-Type": "text/plain"})
        self.keep(statements)
        return Reply(200, [one["id"] for one in statements])


class StoresAndAnswers500(Ralph):
    """ADL's LRS with its broker down: it stores, and says it failed."""

    failures = 1

    def store(self, statements: list[dict]) -> Reply:
        reply = super().store(statements)
        self.failures -= 1
        return Reply(500, b"Internal Server Error") if self.failures >= 0 else reply


# What is sent


def test_the_kept_bytes_are_sent_as_they_are(server):
    server.behaviour = always(200, [])
    batch = batch_of(3)
    assert send(server, batch) == [Delivered()] * 3
    [seen] = server.seen
    assert seen.body == b"[" + b",".join(kept for _, kept in batch) + b"]"
    assert (seen.method, seen.path) == ("POST", "/xapi/statements")
    assert seen.headers["x-experience-api-version"] == "1.0.3"
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["authorization"] == "Basic a2V5OnNlY3JldA=="
    assert re.match("Entraide-xAPI", seen.headers["user-agent"])


def test_nothing_to_send_asks_nothing(server):
    assert send(server, []) == []
    assert server.seen == []


def test_one_connection_serves_many_batches(server):
    server.behaviour = always(204)
    ports = set()
    handle, Handler.setup = Handler.setup, lambda self: (ports.add(self.client_address[1]), handle(self))[1]
    try:
        with client(server) as one:
            for _ in range(5):
                one.send(batch_of(1))
    finally:
        Handler.setup = handle
    assert len(ports) == 1


# Delivered


@pytest.mark.parametrize(
    "reply",
    [
        Reply(204),
        Reply(200, []),
        Reply(200, ["not", "our", "ids"]),
        Reply(200, b"not json"),
        Reply(200, b"x" * 500_000),
    ],
)
def test_a_success_is_a_success_whatever_it_lists(server, reply):
    server.behaviour = lambda seen: reply
    assert send(server, batch_of(3)) == [Delivered()] * 3
    assert len(server.seen) == 1


@pytest.mark.parametrize("kind", [Ralph, AdlLrs])
def test_sending_again_stores_once(server, kind):
    server.behaviour = store = kind()
    batch = batch_of(4)
    assert send(server, batch[:2]) == [Delivered()] * 2
    assert send(server, batch) == [Delivered()] * 4
    assert sorted(store.arrivals) == [0, 1, 2, 3]


def test_what_was_stored_with_an_error_is_stored_once(server):
    server.behaviour = store = StoresAndAnswers500()
    assert all(isinstance(one, Retry) for one in send(server, batch_of(3)))
    assert send(server, batch_of(3)) == [Delivered()] * 3
    assert sorted(store.arrivals) == [0, 1, 2]


# Conflicts


@pytest.mark.parametrize("kind", [Ralph, AdlLrs])
def test_another_statement_under_our_id_is_dead_and_the_others_go_on(server, kind):
    server.behaviour = kind(holding=[stored(1, verb={"id": "http://adlnet.gov/expapi/verbs/shared"})])
    outcomes = send(server, batch_of(3))
    assert outcomes[0] == outcomes[2] == Delivered()
    assert isinstance(outcomes[1], Dead)
    assert outcomes[1].reason.startswith("id conflict: 409 Conflict: ")
    assert "already exist" in outcomes[1].reason


def conflict(reply: Callable[[Seen], Reply]) -> Callable[[Seen], Reply]:
    return lambda seen: Reply(409, b"duplicate") if seen.method == "POST" else reply(seen)


def test_a_conflict_with_a_voided_statement_of_ours_is_delivered(server):
    server.behaviour = conflict(
        lambda seen: Reply(200, stored(0)) if "voidedStatementId" in seen.query else Reply(404)
    )
    assert send(server, batch_of(1)) == [Delivered()]


def test_a_duplicate_that_cannot_be_found_is_tried_again(server):
    server.behaviour = conflict(always(404))
    [outcome] = send(server, batch_of(1))
    assert isinstance(outcome, Retry)
    assert "not found" in outcome.reason


def test_a_conflict_that_may_not_be_read_holds_nobody_up(server):
    server.behaviour = lambda seen: (
        Reply(403) if seen.method == "GET" else Reply(409 if 0 in server.posts[-1] else 204)
    )
    outcomes = send(server, batch_of(3))
    assert isinstance(outcomes[0], Dead)
    assert outcomes[1:] == [Delivered()] * 2


@pytest.mark.parametrize(
    "body",
    [
        {"statements": [{"id": "another"}, stored(7), "junk", None]},
        {"statements": {}},
        {"statements": None},
        {"id": 5},
    ],
)
def test_an_answer_to_another_question_proves_nothing(server, body):
    server.behaviour = conflict(always(200, body))
    assert isinstance(send(server, batch_of(1))[0], Retry)


@pytest.mark.parametrize("body", [b"{", b"[]", b"[" * 100_000, b"null", b""])
def test_an_unreadable_copy_is_not_taken_for_ours(server, body):
    server.behaviour = conflict(always(200, body))
    assert isinstance(send(server, batch_of(1))[0], Dead)


def test_a_broken_copy_is_another_statement(server):
    server.behaviour = conflict(
        always(200, {"id": str(statement(0)[0]), "actor": [], "object": 1, "context": "x"})
    )
    assert isinstance(send(server, batch_of(1))[0], Dead)


# Refused


@given(size=st.integers(1, 60), data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("kind", [Ralph, AdlLrs])
def test_exactly_the_bad_ones_die(server, kind, size, data):
    poison = data.draw(st.sets(st.integers(0, size - 1)))
    server.behaviour = store = kind(poison)
    outcomes = send(server, batch_of(size))
    assert {index for index, one in enumerate(outcomes) if isinstance(one, Dead)} == poison
    assert all(isinstance(one, Dead | Delivered) for one in outcomes)
    assert sorted(store.arrivals) == [index for index in range(size) if index not in poison]


@given(size=st.integers(1, 40), data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_outage_in_the_middle_loses_nothing_and_claims_nothing(server, size, data):
    poison = data.draw(st.sets(st.integers(0, size - 1)))
    answered = data.draw(st.integers(0, 20))
    store = Ralph(poison)
    server.seen.clear()
    server.behaviour = lambda seen: store(seen) if len(server.seen) <= answered else Reply(503)
    outcomes = send(server, batch_of(size))
    delivered = [index for index, one in enumerate(outcomes) if one == Delivered()]
    assert delivered == sorted(store.arrivals)
    assert {index for index, one in enumerate(outcomes) if isinstance(one, Dead)} <= poison
    assert len(server.seen) <= answered + 1  # nothing more is asked of an LRS that is down
    server.behaviour = store
    waiting = [index for index, one in enumerate(outcomes) if isinstance(one, Retry)]
    send(server, [statement(index) for index in waiting])
    assert sorted(store.arrivals) == [index for index in range(size) if index not in poison]


def test_one_bad_statement_costs_few_requests(server):
    server.behaviour = Ralph({17})
    send(server, batch_of(50))
    assert len(server.seen) <= 13


@pytest.mark.parametrize("status", [400, 413, 422])
def test_the_reason_is_in_the_lrs_s_own_words(server, status):
    server.behaviour = always(status, {"detail": "actor: field required\x00" + "é" * 600})
    [outcome] = send(server, batch_of(1))
    assert isinstance(outcome, Dead)
    assert outcome.reason.startswith(f"{status} ")
    assert "actor: field required" in outcome.reason
    assert len(outcome.reason) == 500
    assert "\x00" not in outcome.reason


def test_a_batch_too_large_is_sent_in_smaller_ones(server):
    server.behaviour = lambda seen: Reply(413) if len(seen.statements) > 2 else Reply(204)
    assert send(server, batch_of(8)) == [Delivered()] * 8


def test_a_web_page_is_read_as_text(server):
    page = b"<html><title>Bad\nRequest</title><p>nginx\xff" + b"<" * 300_000
    server.behaviour = always(400, page, headers=HTML)
    [outcome] = send(server, batch_of(1))
    assert outcome.reason.startswith("400 Bad Request: Bad Request nginx")


# Paused


@pytest.mark.parametrize("status", [301, 302, 307, 308, 401, 402, 403, 404, 405, 406, 410, 415, 451])
def test_what_a_person_must_mend_pauses_all(server, status):
    server.behaviour = always(status, b"no", headers={"Location": "https://elsewhere.example/login"})
    outcomes = send(server, batch_of(3))
    assert outcomes == [outcomes[0]] * 3
    assert isinstance(outcomes[0], Paused)
    assert outcomes[0].reason.startswith(str(status))
    assert len(server.seen) == 1
    assert ("https://elsewhere.example/login" in outcomes[0].reason) == (status < 400)


def test_a_web_page_is_not_a_receipt(server):
    server.behaviour = always(200, b"<html><body>Please sign in</body></html>", headers=HTML)
    outcomes = send(server, batch_of(2))
    assert isinstance(outcomes[0], Paused)
    assert "Please sign in" in outcomes[0].reason


# Retry


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_what_passes_is_tried_again(server, status):
    server.behaviour = always(status, b"<h1>Gateway</h1>", headers=HTML)
    outcomes = send(server, batch_of(3))
    assert outcomes == [outcomes[0]] * 3
    assert isinstance(outcomes[0], Retry)
    assert outcomes[0].after is None
    assert outcomes[0].reason.startswith(str(status))
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        ("7", 7),
        ("0", 0),
        ("999999999999", 86400),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("9" * 5000, None),
        ("Tue, 99 Foo 2025 99:99:99 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
    ],
)
def test_retry_after_is_honoured(server, asked, after):
    server.behaviour = always(429, headers={"Retry-After": asked})
    assert send(server, batch_of(1))[0].after == after


def test_retry_after_may_be_a_date(server):
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    server.behaviour = always(503, headers={"Retry-After": date})
    assert 80 < send(server, batch_of(1))[0].after <= 90


def test_an_lrs_that_is_too_slow(server):
    server.behaviour = lambda seen: server.stopped.wait(1.5) or Reply(204)
    begun = monotonic()
    outcomes = send(server, batch_of(2), timeout=0.2)
    assert monotonic() - begun < 1.2
    assert [type(one) for one in outcomes] == [Retry] * 2
    assert "ReadTimeout" in outcomes[0].reason


def test_an_answer_that_drips(server):
    server.behaviour = always(200, b" " * 100, drip=0.05)
    begun = monotonic()
    [outcome] = send(server, batch_of(1), timeout=0.3)
    assert monotonic() - begun < 2
    assert isinstance(outcome, Retry)
    assert "longer than 0.3 s" in outcome.reason


@pytest.mark.parametrize(
    "reply", [Reply(200, b"[", length=1000, reset=True), Reply(200, b"", length=10, reset=True)]
)
def test_a_connection_reset_in_the_answer(server, reply):
    server.behaviour = lambda seen: reply
    outcomes = send(server, batch_of(2))
    assert [type(one) for one in outcomes] == [Retry] * 2
    assert re.match("ReadError|RemoteProtocolError", outcomes[0].reason)


def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with LrsClient(f"http://127.0.0.1:{port}/", "key", "secret", "1.0.3", timeout=1) as one:
        assert [type(outcome) for outcome in one.send(batch_of(2))] == [Retry] * 2


# About and the version


@pytest.mark.parametrize(
    ("reply", "version"),
    [
        (Reply(200, {"version": ["1.0.3", "2.0.0"]}), "2.0.0"),
        (Reply(200, {"version": ["2.0.1"]}), "2.0.0"),
        (Reply(200, {"version": ["1.0.0", "1.0.3"]}), "1.0.3"),
        (Reply(200, {"version": "1.0.3"}), "1.0.3"),
        (Reply(200, {"version": [None, {}, 2]}), "1.0.3"),
        (Reply(200, {}), "1.0.3"),
        (Reply(404), "1.0.3"),
        (Reply(405), "1.0.3"),
    ],
)
def test_the_version_is_asked_once(server, reply, version):
    server.behaviour = lambda seen: reply if seen.path == "/xapi/about" else Reply(204)
    with client(server, version="auto") as one:
        assert one.send(batch_of(1)) == one.send(batch_of(1)) == [Delivered()]
        assert one.negotiate() == version
    about, *posts = server.seen
    assert about.headers["x-experience-api-version"] == "1.0.3"
    assert [seen.headers["x-experience-api-version"] for seen in posts] == [version] * 2


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(503), Retry),
        (Reply(401), Paused),
        (Reply(200, b"<html>", HTML), Paused),
        (Reply(200, b"[]"), Paused),
    ],
)
def test_no_version_is_guessed_while_the_lrs_cannot_be_asked(server, reply, outcome):
    server.behaviour = lambda seen: reply
    with client(server, version="auto") as one:
        assert [type(got) for got in one.send(batch_of(2))] == [outcome] * 2
        with pytest.raises(LrsError) as error:
            one.negotiate()
        assert isinstance(error.value.outcome, outcome)
        server.behaviour = lambda seen: Reply(200, {"version": ["2.0.0"]})
        assert one.negotiate() == "2.0.0"


# Reading


def test_a_statement_is_read_by_its_id(server):
    for kind in (Ralph, AdlLrs):
        server.behaviour = kind(holding=[stored(3)])
        with client(server) as one:
            assert one.get(statement(3)[0])["object"] == stored(3)["object"]
            assert one.get(statement(4)[0]) is None


def test_reading_fails_with_the_lrs_s_words(server):
    server.behaviour = always(400, b"statementId: no")
    with client(server) as one, pytest.raises(LrsError, match="statementId: no") as error:
        one.get(statement(0)[0])
    assert error.value.status == 400


def pages(server, *mores: object) -> Callable[[Seen], Reply]:
    def page(seen: Seen) -> Reply:
        index = int(seen.query.get("page", 0))
        return Reply(
            200, {"statements": [stored(index), "junk"], "more": mores[index] if index < len(mores) else ""}
        )

    return page


def test_all_pages_are_read(server):
    port = server.server_port
    server.behaviour = pages(
        server,
        "/xapi/statements?page=1",
        f"http://127.0.0.1:{port}/xapi/statements?page=2",
        "https://127.0.0.1:1/xapi/statements?page=3",  # as an LRS behind a proxy believes to be called
        "?page=4",
    )
    with client(server) as one:
        assert [number(found) for found in one.statements(limit=1)] == [0, 1, 2, 3, 4]
    assert {seen.headers["authorization"] for seen in server.seen} == {"Basic a2V5OnNlY3JldA=="}


def test_filters_are_written_as_the_specification_wants_them(server):
    server.behaviour = pages(server)
    since = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    with client(server) as one:
        agent = Actor("https://lms.example", "7")
        list(one.statements(since=since, ascending=True, registration=TENANT, limit=5, agent=agent))
    query = server.seen[0].query
    assert json.loads(query.pop("agent")) == {"account": {"homePage": "https://lms.example", "name": "7"}}
    assert query == {
        "since": "2025-01-02T03:04:05.000Z",
        "ascending": "true",
        "registration": str(TENANT),
        "limit": "5",
    }


@pytest.mark.parametrize(
    ("mores", "words"),
    [
        (["http://localhost:1/xapi/statements?page=1"], "another host"),
        (["//evil.example/"], "another host"),
        (["http://127.0.0.1:port/", ""], "not an address"),
        (["?page=1", "?page=0"], "circle"),
        (["?page=0"], "circle"),
        ([["?page=1"]], "not an address"),
    ],
)
def test_more_that_leads_astray(server, mores, words):
    server.behaviour = pages(server, *mores)
    with client(server) as one, pytest.raises(LrsError, match=words):
        list(one.statements(page=0))


def test_more_that_never_ends(server, monkeypatch):
    monkeypatch.setattr(lrs, "MAX_PAGES", 5)
    server.behaviour = lambda seen: Reply(200, {"statements": [], "more": f"?page={len(server.seen)}"})
    with client(server) as one, pytest.raises(LrsError, match="more than 5 pages"):
        list(one.statements())
    assert len(server.seen) == 5


def test_a_page_without_end_is_not_read_to_its_end(server, monkeypatch):
    monkeypatch.setattr(lrs, "_PAGE", 1000)
    server.behaviour = always(200, b" " * 5_000_000)
    with client(server) as one, pytest.raises(LrsError, match="longer than 1000 bytes"):
        one.about()


# The address


@pytest.mark.parametrize("suffix", ["", "/", "/statements", "/statements/", "/ "])
def test_the_endpoint_as_people_paste_it(server, suffix):
    server.behaviour = always(204)
    with LrsClient(server.endpoint + suffix, "key", "secret", "1.0.3") as one:
        one.send(batch_of(1))
    assert server.seen[0].path == "/xapi/statements"


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "lrs.example",
        "ftp://lrs.example/",
        "http://",
        "http://a:b@lrs.example/",
        "http://lrs.example/?a=b",
        "http://lrs.example:port/",
    ],
)
def test_an_endpoint_that_is_none(endpoint):
    with pytest.raises(ValueError, match="address"):
        LrsClient(endpoint, "key", "secret")
