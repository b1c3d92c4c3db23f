"""An LRS that does everything wrong that real ones do, at random."""

import gzip
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from random import Random

from services.scripted_lrs import HTML, Reply, Seen, Server

Fault = Callable[["ChaoticLrs", Seen], Reply]


@dataclass
class ChaoticLrs:
    """Keeps statements by id, and answers a `share` of the requests with a fault, as `seed` has it.

    Without a fault it is, from request to request, an LRS that refuses a whole batch for one known id (as
    ADL's does), one that takes the new ones and lists those (Ralph), and one that lists all (Learning
    Locker). Statements that `bad` has words against are refused in these, with their whole batch.
    """

    seed: int = 1
    share: float = 0.25
    bad: Callable[[dict], str] = lambda _: ""
    most: int = 40  # statements in one request, or it is too large
    kept: dict[str, dict] = field(default_factory=dict)
    stored: Counter = field(default_factory=Counter)  # how often each id was stored
    faults: Counter = field(default_factory=Counter)  # what went wrong, by name
    requests: int = 0

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        self._lock = threading.Lock()
        self._until: dict[int, float] = {}  # a status that every request gets, until a moment

    def __call__(self, seen: Seen) -> Reply:
        """Answer one request."""
        with self._lock:
            self.requests += 1
            if seen.path.endswith("/about"):
                return Reply(200, {"version": ["1.0.3"]})
            if "x-experience-api-version" not in seen.headers:
                return Reply(400, b"X-Experience-API-Version header missing")
            for status, until in self._until.items():
                if time.monotonic() < until:
                    return Reply(status, b"not now")
            fault = self._fault()
            if fault:
                self.faults[fault.__name__] += 1
                return fault(self, seen)
            return self.rightly(seen)

    def _fault(self) -> Fault | None:
        if self._random.random() >= self.share:
            return None
        if self._random.random() < 0.02:
            return self._random.choice(SELDOM)
        return self._random.choice(FAULTS)

    def rightly(self, seen: Seen, kind: str = "") -> Reply:
        """What an LRS of some kind says."""
        if seen.method == "GET":
            found = self.kept.get(seen.query.get("statementId", ""))
            return Reply(200, found) if found else Reply(404, b"no such statement")
        batch = batch_of(seen)
        if len(batch) > self.most:
            return Reply(413, b"too large")
        if words := next(filter(None, map(self.bad, batch)), ""):
            return Reply(self._random.choice([400, 422]), {"detail": words})
        kind = kind or self._random.choice(["adl", "ralph", "locker"])
        known = [one for one in batch if one["id"] in self.kept]
        if known and kind == "adl":
            return Reply(409, b"A statement with this ID already exists")
        new = self.keep(batch)
        if kind == "locker":
            return Reply(200, [one["id"] for one in batch])
        return Reply(200, new) if new else Reply(204)

    def keep(self, batch: list[dict]) -> list[str]:
        """Store what is new; return its ids."""
        new = [one["id"] for one in batch if one["id"] not in self.kept]
        self.stored.update(new)
        self.kept |= {one["id"]: one for one in batch if one["id"] not in self.kept}
        return new

    def wrong_for(self, status: int, seconds: float) -> Reply:
        """Answer everything with a status for a while."""
        self._until[status] = time.monotonic() + seconds
        return Reply(status, b"not now")


def batch_of(seen: Seen) -> list[dict]:
    """The statements of a POST, or the one of a PUT."""
    return seen.statements if isinstance(seen.statements, list) else [seen.statements]


def _good(lrs: ChaoticLrs, seen: Seen) -> Reply | None:
    """None when the request could be done, and was; else the refusal."""
    done = lrs.rightly(seen, "locker")
    return None if done.status == 200 else done


def refused_for_a_while(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """Credentials, rights or addresses that are wrong, and right again a little later."""
    return lrs.wrong_for(lrs._random.choice([401, 403, 404, 405]), 1.0)


def redirected(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """To a login elsewhere, or to another place here."""
    where = lrs._random.choice(["https://elsewhere.example/login", seen.path + "/"])
    return Reply(lrs._random.choice([301, 302, 307, 308]), b"", {"Location": where})


def web_page(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """A proxy's notice in place of an answer, by its type or not; nothing is stored."""
    return Reply(200, b"<html><title>Maintenance</title></html>", lrs._random.choice([HTML, {}]))


def hanging(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """Nothing for a long while, then the end."""
    lrs._lock.release()
    try:
        time.sleep(2)
    finally:
        lrs._lock.acquire()
    return Reply(0, raw=b"")


def passing(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """What comes and goes."""
    return Reply(lrs._random.choice([408, 425, 500, 502, 503, 504]), b"<h1>Oops</h1>", HTML)


def too_many(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """Come again later: in seconds, at a moment, a moment ago, or at none."""
    moments = [formatdate(time.time() + later, usegmt=True) for later in (1, -9999)]
    later = lrs._random.choice(["1", *moments, "soon", "-1"])
    return Reply(429, b"slow down", {"Retry-After": later})


def reset_before(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """Nothing was done, nothing is said."""
    return Reply(0, raw=b"")


def reset_after(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """All was done, nothing is said."""
    return _good(lrs, seen) or Reply(0, raw=b"")


def failed_after(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """All was done, but it says that it failed."""
    return _good(lrs, seen) or Reply(lrs._random.choice([500, 503, 504]), b"broker down")


def failed_half_way(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """Half of a batch was stored."""
    if seen.method != "GET":
        batch = [one for one in batch_of(seen) if not lrs.bad(one)]
        lrs.keep(batch[: len(batch) // 2])
    return Reply(500, b"half way")


def half_an_answer(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """The connection breaks in the middle of the answer."""
    return _good(lrs, seen) or Reply(200, b'["', length=1000, reset=True)


def wrong_ids(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """A receipt of something else, or in another order, twice, or in capitals."""
    ids = [one["id"] for one in batch_of(seen)] if seen.body else []
    lies = [[], ["a", "b"], {}, None, "thanks", ids[::-1], ids * 2, [one.upper() for one in ids]]
    status = lrs._random.choice([200, 202])
    return _good(lrs, seen) or Reply(status, json.dumps(lrs._random.choice(lies)).encode())


def duplicates(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """Everything is a duplicate, it says; nothing is stored."""
    return Reply(404) if seen.method == "GET" else Reply(409, b"duplicate")


def gzip_bomb(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """A few bytes that become many."""
    refusal = _good(lrs, seen)
    return refusal or Reply(200, gzip.compress(bytes(3_000_000)), {"Content-Encoding": "gzip"})


def bomb_before(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """The same, and nothing was stored."""
    return Reply(200, gzip.compress(bytes(3_000_000)), {"Content-Encoding": "gzip"})


def compressed(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """What nobody asked to be compressed."""
    reply = lrs.rightly(seen)
    body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
    return Reply(reply.status, gzip.compress(body), {"Content-Encoding": "gzip"})


def not_http(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """Some other protocol, and nothing was stored."""
    return Reply(0, raw=lrs._random.choice([b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 20", b"\0" * 99]))


def another_clothing(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """A copy as an LRS may write it, with its own additions."""
    reply = lrs.rightly(seen)
    if seen.method != "GET" or reply.status != 200:
        return reply
    odd = {"id": reply.body["id"].upper(), "stored": "2031-01-01T00:00:00Z", "result": None}
    odd["timestamp"] = reply.body["timestamp"].replace("Z", "000+00:00")
    return Reply(200, {"statements": [reply.body | odd], "more": ""})


def old_protocol(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """HTTP/1.0, without a length."""
    return _good(lrs, seen) or Reply(0, raw=b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n[]")


def in_chunks(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """Piece by piece, and the connection closed."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    return _good(lrs, seen) or Reply(0, raw=head + b"1\r\n[\r\n1\r\n]\r\n0\r\n\r\n")


def slowly(lrs: ChaoticLrs, seen: Seen) -> Reply:
    """Byte by byte."""
    return _good(lrs, seen) or Reply(200, b"[     ]", drip=0.05)


FAULTS: tuple[Fault, ...] = (
    passing, too_many, reset_before, reset_after, failed_after, failed_half_way, half_an_answer, wrong_ids,
    duplicates, gzip_bomb, bomb_before, compressed, not_http, another_clothing, old_protocol, in_chunks,
    slowly,
)  # fmt: skip
SELDOM: tuple[Fault, ...] = (refused_for_a_while, redirected, web_page, hanging)  # they cost a pause


@contextmanager
def serving(lrs: Callable[[Seen], Reply]) -> Iterator[Server]:
    """An LRS on a port of its own."""
    with Server() as server:
        server.behaviour = lrs
        server.seen = Forgetful()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            server.shutdown()
            thread.join()


class Forgetful(list):
    """Remembers no requests: there will be many."""

    def append(self, _: object) -> None:
        """Forget it."""
