"""LRSs that answer as they are told to, or as real ones do, over real HTTP on the loopback."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid5

from xapi.lrs import LrsClient

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
    drip: float | None = None  # seconds between two bytes of the body, or two pieces of `raw`
    raw: bytes | Iterable[bytes] | None = None  # all that is said, status line and all; then an end


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
        if reply.raw is not None:
            for piece in [reply.raw] if isinstance(reply.raw, bytes) else reply.raw:
                self.wfile.write(piece)
                self.server.stopped.wait(reply.drip or 0)
            self.close_connection = True
            return
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

    do_GET = do_POST = do_PUT = answer  # noqa: N815 - http.server's names

    def log_message(self, *_: object) -> None: ...


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
