"""Outside servers on 127.0.0.1 that behave, and misbehave, as real ones do: an LRS, an LMS's services."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import jwt

Answer = tuple[int, dict[str, str], bytes]
AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"


class Outside:
    """A server that answers what `answer` says; what `next_answers` holds comes first, one per request."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.next_answers: deque[Answer | str] = deque()
        self.hanging = threading.Event()  # set: requests are taken, and never answered
        self.lock = threading.Lock()
        self._over = threading.Event()
        outside = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_one(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with outside.lock:
                    outside.requests.append((self.command, self.path, dict(self.headers), body))
                    planned = outside.next_answers.popleft() if outside.next_answers else None
                while outside.hanging.is_set() and not outside._over.is_set():
                    time.sleep(0.02)
                if planned == "reset" or outside._over.is_set():
                    self.close_connection = True
                    return
                if isinstance(planned, tuple):
                    status, headers, content = planned
                else:
                    status, headers, content = outside.answer(
                        self.command, self.path, dict(self.headers), body
                    )
                if planned == "reset after":  # done, but nobody hears of it
                    self.close_connection = True
                    return
                self.send_response_only(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = handle_one  # noqa: N815  (http.server's names)

            def log_message(self, *_: object) -> None:
                pass

        class Threads(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 50

            def handle_error(self, *_: object) -> None:  # a client that went away
                pass

        self._server = Threads(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """What the server says."""
        raise NotImplementedError

    @contextmanager
    def running(self) -> Iterator[Any]:
        """The server, until the end of the `with`."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def seen(self, method: str, part: str) -> list[tuple[str, str, dict[str, str], bytes]]:
        """The requests of this method whose address has this part."""
        with self.lock:
            return [request for request in self.requests if request[0] == method and part in request[1]]


def wait_until(true: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until it is so; fail the test if it takes longer."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


def _json(status: int, document: Any, **headers: str) -> Answer:
    return status, {"Content-Type": "application/json", **headers}, json.dumps(document).encode()


class Lrs(Outside):
    """Keeps statements by id; refuses a batch as a whole when one of its ids is known, as ADL's does."""

    def __init__(
        self, versions: tuple[str, ...] = ("1.0.3",), bad: Callable[[dict[str, Any]], bool] = lambda _: False
    ):
        super().__init__()
        self.versions = versions
        self.bad = bad
        self.kept: dict[str, dict[str, Any]] = {}
        self.times_stored = 0

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if path.endswith("/about"):
            return _json(200, {"version": list(self.versions)})
        if not headers.get("Authorization", "").startswith("Basic "):
            return _json(401, {"message": "who are you?"})
        if method == "GET":
            wanted = parse_qs(urlsplit(path).query).get("statementId", [""])[0]
            found = self.kept.get(wanted)
            return _json(200, found) if found else _json(404, {"message": "not found"})
        batch = json.loads(body)
        with self.lock:
            if any(self.bad(one) for one in batch):
                return _json(400, {"message": "a statement that this LRS does not like"})
            if any(one["id"] in self.kept for one in batch):
                return _json(409, {"message": "an id that is known"})
            self.kept |= {one["id"]: one for one in batch}
            self.times_stored += len(batch)
        return _json(200, [one["id"] for one in batch])


class Lms(Outside):
    """Tokens, line items and scores, with the rules of Moodle 5.1."""

    def __init__(self, public_key: Any, kid: str, learners: set[str]) -> None:
        super().__init__()
        self.public_key, self.kid, self.learners = public_key, kid, learners
        self.tokens: set[str] = set()
        self.expires_in: Any = 3600
        self.assertions: set[str] = set()
        self.items: dict[int, dict[str, Any]] = {}
        self.numbers = count(1)
        self.grades: dict[tuple[int, str], dict[str, Any]] = {}
        self.skew = 0.0  # seconds that its clock is ahead

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    @property
    def items_url(self) -> str:
        return f"{self.url}/lineitems?type_id=3"

    def add_item(self, **fields: Any) -> str:
        """A column; its address has a query."""
        number = next(self.numbers)
        self.items[number] = {"id": f"{self.url}/lineitems/{number}/lineitem?type_id=3", **fields}
        return self.items[number]["id"]

    def grade(self, column: str, who: str) -> dict[str, Any] | None:
        """What stands in the column whose tag, or link, this is."""
        number = next(n for n, i in self.items.items() if column in (i.get("tag"), i.get("resourceLinkId")))
        return self.grades.get((number, who))

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        url = urlsplit(path)
        with self.lock:
            if url.path == "/token":
                return self._token(parse_qs(body.decode()))
            if headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
                return _json(401, {"reason": "no such token"})
            steps = url.path.strip("/").split("/")
            if steps == ["lineitems"]:
                return self._items(method, parse_qs(url.query), headers, body)
            item = self.items.get(int(steps[1]))
            if item is None:
                return _json(404, {"reason": "no such line item"})
            if steps[-1] == "scores" and method == "POST":
                return self._score(int(steps[1]), item, json.loads(body))
            return _json(200, item)

    def _token(self, form: dict[str, list[str]]) -> Answer:
        try:
            assertion = form["client_assertion"][0]
            assert jwt.get_unverified_header(assertion)["kid"] == self.kid
            claims = jwt.decode(
                assertion, self.public_key, algorithms=["RS256"], audience=self.token_url, issuer="client",
                options={"require": ["exp", "iat", "jti", "sub"]},
            )  # fmt: skip
            assert claims["jti"] not in self.assertions
            self.assertions.add(claims["jti"])
        except (jwt.PyJWTError, KeyError, AssertionError) as error:
            return _json(400, {"error": "invalid_client", "error_description": repr(error)})
        token = uuid4().hex
        self.tokens.add(token)
        return _json(200, {"access_token": token, "expires_in": self.expires_in, "scope": form["scope"][0]})

    def _items(
        self, method: str, query: dict[str, list[str]], headers: dict[str, str], body: bytes
    ) -> Answer:
        if method == "POST":
            assert headers["Content-Type"] == "application/vnd.ims.lis.v2.lineitem+json"
            self.add_item(**json.loads(body))
            return _json(201, self.items[max(self.items)])
        names = {"resource_link_id": "resourceLinkId", "resource_id": "resourceId", "tag": "tag"}
        wanted = {names[key]: values[0] for key, values in query.items() if key in names}
        return _json(200, [i for i in self.items.values() if all(i.get(k) == v for k, v in wanted.items())])

    def _score(self, number: int, item: dict[str, Any], score: dict[str, Any]) -> Answer:
        at = datetime.fromisoformat(score["timestamp"]).replace(microsecond=0)
        if score["userId"] not in self.learners:
            return _json(400, {"reason": "Incorrect score received"})
        before = self.grades.get((number, score["userId"]))
        if before and at <= before["at"]:
            date = formatdate(time.time() + self.skew, usegmt=True)
            return _json(409, {"reason": "Refusing score with an earlier timestamp"}, Date=date)
        value = score["scoreGiven"] * item["scoreMaximum"] / score["scoreMaximum"]
        if score["gradingProgress"] != "FullyGraded":
            value = None
        self.grades[number, score["userId"]] = {"at": at, "value": value, **score}
        return 200, {}, b""
