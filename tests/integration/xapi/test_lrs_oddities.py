"""Sending to LRSs, or what stands in front of them, that speak HTTP as nobody should."""

import gzip
import json
import zlib
from itertools import chain, repeat
from time import monotonic

import pytest
from services.scripted_lrs import AdlLrs, Handler, Reply, Seen, always, batch_of, client, send, stored

from lti_tool.kernel.outgoing import GuardedTransport
from xapi.lrs import Delivered, LrsClient, Outcome, Paused, Retry
from xapi.unpacking import unpacked

BOMB = gzip.compress(bytes(5_000_000))
TRANSPORTS = (lambda: None, lambda: GuardedTransport(private=True, packed=True))  # elsewhere, and in the tool


@pytest.fixture(params=TRANSPORTS, ids=["httpx", "guarded"])
def lrs(request, server):
    with client(server, transport=request.param()) as one:
        yield one


def packed(body: bytes, how: str) -> Reply:
    return Reply(200, body, {"Content-Encoding": how})


def raw(*pieces: bytes) -> Reply:
    return Reply(0, raw=pieces)


def outcome_of(server, lrs: LrsClient, reply: Reply) -> Outcome:
    server.behaviour = lambda seen: reply
    outcomes = lrs.send(batch_of(2))
    assert outcomes[0] == outcomes[1]
    return outcomes[0]


RECEIPTS = [
    Reply(202, b"queued"),
    raw(b"HTTP/1.0 200 OK\r\n\r\n[]"),
    raw(b"HTTP/1.1 200\r\ncontent-length:2\r\n\r\n[]"),
    raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"),
    raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n1;x=y\r\n]\r\n0\r\nA: b\r\n\r\n"),
    raw(b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"),
    Reply(200, b"[\xff\xfe]", {"Content-Type": "application/json; charset=klingon"}),
    packed(gzip.compress(b"[]"), "gzip"),
    packed(gzip.compress(b"[]"), "X-GZIP"),
    packed(zlib.compress(b"[]"), "deflate"),
    packed(b"", "gzip"),
    packed(b"[]", "identity"),
    packed(b"[]", "utf-8"),
]


def test_an_odd_receipt_is_one(server, lrs):
    assert [outcome_of(server, lrs, reply) for reply in RECEIPTS] == [Delivered()] * len(RECEIPTS)


NONSENSE = [
    raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
    raw(b"HTTP/1.1 0 No\r\n\r\n"),
    raw(b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n[]"),
    raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n[]"),
    raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]"),
    raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n["),
    raw(b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 500_000),
    packed(BOMB, "gzip"),
    packed(gzip.compress(BOMB), "gzip, gzip"),
    packed(b"[]", "gzip"),
    packed(gzip.compress(b"[]")[:-4], "gzip"),
    packed(b"\x8b\x02\x80[]\x03", "br"),
]


def test_nobody_knows_what_became_of_it(server, lrs):
    outcomes = [outcome_of(server, lrs, reply) for reply in NONSENSE]
    assert [type(outcome) for outcome in outcomes] == [Retry] * len(NONSENSE), outcomes
    assert outcome_of(server, lrs, Reply(204)) == Delivered()


ENDLESS = {
    "headers": (b"HTTP/1.1 200 OK\r\nA:", b"b"),
    "interim answers": (b"HTTP/1.1 100 Continue\r\n\r\n",),
    "body": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n[\r\n"),
}


@pytest.mark.parametrize("transport", TRANSPORTS, ids=["httpx", "guarded"])
@pytest.mark.parametrize("what", ENDLESS)
def test_what_never_ends_ends(server, what, transport):
    *begin, more = ENDLESS[what]
    server.behaviour = lambda seen: Reply(0, raw=chain(begin, repeat(more)), drip=0.02)
    began = monotonic()
    [outcome] = send(server, batch_of(1), timeout=0.1, transport=transport())
    assert isinstance(outcome, Retry)
    assert monotonic() - began < 10


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(200, b"\n <!doctype html><p>Please sign in", {"Content-Type": "application/json"}), "sign in"),
        (Reply(200, b"\xef\xbb\xbf<html>Please sign in", {"Content-Type": "text/plain"}), "sign in"),
        (Reply(308, b"", {"Location": "/xapi/statements/"}), "/xapi/statements/"),
        (Reply(300, b""), "nowhere"),
        (Reply(400, b"Invalid or missing xAPI version"), "version"),
        (Reply(400, b'{"error": "Unsupported version: 2.0.0"}'), "version"),
    ],
)
def test_it_is_not_about_the_statements(server, reply, words):
    with client(server) as one:
        outcome = outcome_of(server, one, reply)
    assert isinstance(outcome, Paused)
    assert words in outcome.reason
    assert len(server.seen) == 1


def test_connections_that_end_without_a_word_cost_no_try(server, lrs, monkeypatch):
    def once(handler: Handler) -> None:
        handler.answer()
        handler.close_connection = True

    monkeypatch.setattr(Handler, "do_POST", once)
    server.behaviour = always(204)
    assert [lrs.send(batch_of(1)) for _ in range(30)] == [[Delivered()]] * 30


def test_a_reset_is_tried_once_more_at_once(server, lrs):
    server.behaviour = lambda seen: Reply(204) if len(server.seen) > 1 else raw()
    assert lrs.send(batch_of(1)) == [Delivered()]
    server.seen.clear()
    assert isinstance(outcome_of(server, lrs, raw()), Retry)
    assert len(server.seen) == 2


def test_no_cookie_comes_back(server, lrs):
    server.behaviour = lambda seen: Reply(204, b"", {"Set-Cookie": f"c{len(server.seen)}=1; Path=/"})
    for _ in range(3):
        lrs.send(batch_of(1))
    assert not any("cookie" in seen.headers for seen in server.seen)


class Compressing(AdlLrs):
    """Always compresses; writes ids, null and times in ways of its own."""

    def __call__(self, seen: Seen) -> Reply:
        reply = super().__call__(seen)
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        return Reply(reply.status, gzip.compress(body), {"Content-Encoding": "gzip"})

    def found(self, one: dict) -> Reply:
        odd = {"id": one["id"].upper(), "timestamp": one["timestamp"].lower(), "result": None}
        return super().found(one | odd)


def test_an_lrs_that_always_compresses(server, lrs):
    server.behaviour = store = Compressing(holding=[stored(0)])
    assert lrs.send(batch_of(3)) == [Delivered()] * 3
    assert sorted(store.arrivals) == [1, 2]
    assert server.seen[0].headers["accept-encoding"] == "identity"


def test_pieces_are_small_however_much_is_in_them():
    sizes = [len(piece) for piece in unpacked([BOMB[:100], b"", BOMB[100:]], "gzip")]
    assert sum(sizes) == 5_000_000
    assert max(sizes) <= 64 * 1024
