"""Pages that listen: `entraide web` in processes of its own, and the ears of those who look at a page."""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from services import free_port

from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.permissions import Visit
from lti_tool.kernel.secrets import Sealer, digest
from lti_tool.lti.models import Launch

SECRET_KEY = "0" * 48
START_SECONDS, PATIENCE = 120, 30  # s
ADDRESS_SECRET = "5" * 48


@dataclass
class Web:
    """Web processes on one database."""

    port: int
    database: Database
    process: subprocess.Popen
    sealer: Sealer = field(default_factory=lambda: Sealer(SECRET_KEY))
    ears: list["Ear"] = field(default_factory=list)

    def hush(self) -> None:
        """Nobody listens any more."""
        for ear in self.ears:
            ear.socket.close()
        self.ears.clear()

    @property
    def workers(self) -> list[int]:
        """The numbers of the web processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(child) for child in children.split()]

    def enter(self, visit: Visit, *, by_address: bool = False, minutes: float = 480) -> "Entered":
        """Let somebody in, with a cookie or with the secret in the address."""
        secret = ADDRESS_SECRET if by_address else "key"
        now = clock.now()
        with self.database.write() as rows:
            rows.add(
                Launch(
                    id=visit.launch_id, cookie=digest(secret), by_address=by_address,
                    tenant_id=visit.tenant_id, purpose=visit.purpose, resource_link_id=visit.resource_link_id,
                    course_id=visit.course_id, person_id=visit.person_id, role=visit.role, locale="en",
                    created_at=now, expires_at=now + timedelta(minutes=minutes),
                )
            )  # fmt: skip
        if by_address:
            return Entered(self, f"/l/{visit.launch_id}-{secret}", "")
        app = Flask(__name__)
        app.secret_key = SECRET_KEY
        signed = SecureCookieSessionInterface().get_signing_serializer(app).dumps({"key": secret})
        return Entered(self, f"/l/{visit.launch_id}", f"entraide={signed}")


@dataclass
class Entered:
    """Somebody's visit."""

    web: Web
    prefix: str
    cookie: str

    def get(self, path: str) -> httpx.Response:
        """A page."""
        url = f"http://127.0.0.1:{self.web.port}{self.prefix}{path}"
        return httpx.get(url, headers={"Cookie": self.cookie}, timeout=PATIENCE)

    def listen(self, *topics: str, since: str = "", last: str = "") -> "Ear":
        """Listen from the cursor `since` on; `last` is what a browser that comes back says."""
        query = urlencode([("on", topic) for topic in topics] + [("since", since)])
        lines = [
            f"GET {self.prefix}/live?{query} HTTP/1.1", f"Host: 127.0.0.1:{self.web.port}",
            "Accept: text/event-stream", f"Cookie: {self.cookie}", *([f"Last-Event-ID: {last}"] * bool(last)),
        ]  # fmt: skip
        ear = Ear(socket.create_connection(("127.0.0.1", self.web.port), PATIENCE))
        self.web.ears.append(ear)
        ear.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        return ear


@dataclass
class Ear:
    """One open answer, read as a browser does."""

    socket: socket.socket
    heard: bytes = b""

    def until(self, mark: bytes = b"\n\n") -> str:
        """What comes up to a mark; fails when it does not come, or the answer ends before."""
        while mark not in self.heard:
            more = self.socket.recv(65536)
            assert more, f"it ended: {self.heard!r}"
            self.heard += more
        part, _, self.heard = self.heard.partition(mark)
        return part.decode()

    def opened(self) -> "Ear":
        """Read the head and the first block, which says when to come back."""
        head = self.until(b"\r\n\r\n")
        assert head.startswith("HTTP/1.1 200 "), head
        assert "text/event-stream" in head
        assert self.until().startswith("retry: ")
        return self

    def next(self) -> dict[str, Any]:
        """The next news, with its id and, if it has one, its event's name."""
        while True:
            fields = dict(line.split(": ", 1) for line in self.until().splitlines())
            if "data" in fields:
                named = {"event": fields["event"]} if "event" in fields else {"id": fields["id"]}
                return json.loads(fields["data"]) | named

    def is_quiet(self, seconds: float) -> bool:
        """Whether nothing comes in this time."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.socket, selectors.EVENT_READ)
            return not selector.select(seconds)

    def ended(self) -> str:
        """What comes until the answer ends."""
        while more := self.socket.recv(65536):
            self.heard += more
        return self.heard.decode()


@contextmanager
def web(database: Database, folder: Path, *, processes: int = 1, **settings: Any) -> Iterator[Web]:
    """`entraide web` on a database that has its tables."""
    port = free_port()
    url = database.engine.url.render_as_string(hide_password=False)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ENTRAIDE_")}
    environment = inherited | {
        "ENTRAIDE_BASE_URL": f"http://localhost:{port}",
        "ENTRAIDE_DATABASE_URL": url,
        "ENTRAIDE_DATA_DIR": str(folder),
        "ENTRAIDE_SECRET_KEY": SECRET_KEY,
        **{f"ENTRAIDE_{name.upper()}": str(value) for name, value in settings.items()},
    }
    line = [sys.executable, "-m", "lti_tool", "web", "--port", str(port), "--processes", str(processes)]
    with subprocess.Popen(line, env=environment, cwd=folder) as process:
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _answers(port):
                assert time.monotonic() < deadline, "it does not start"
                assert process.poll() is None, "it has stopped"
                time.sleep(0.1)
            yield Web(port, database, process)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
