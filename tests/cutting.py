"""A line that breaks, and somebody who sends a large file over it in parts (tus 1.0.0)."""

import http.client
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from factories import browser_of
from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from lti_tool.kernel.database import Database
from lti_tool.kernel.permissions import Visit
from lti_tool.lti.sessions import launch_path

PART = 5 << 20  # bytes, as the page's own script sends them
BLOCK = 1 << 16
PAUSE = 0.3  # seconds after a cut
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: no farewell


@dataclass
class Line:
    """A port that leads to another one, and breaks each time that so many bytes in all have gone up."""

    target: tuple[str, int]
    cuts: list[int]
    up: int = 0
    broken: int = 0
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        """Where it begins."""
        return int(self.listener.getsockname()[1])

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        with near, socket.create_connection(self.target) as far:
            threading.Thread(target=self._down, args=(near, far), daemon=True).start()
            with suppress(OSError):
                while block := near.recv(BLOCK):
                    self.up += len(block)
                    far.sendall(block)
                    if self.cuts and self.up >= self.cuts[0]:
                        del self.cuts[0]
                        self.broken += 1
                        near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                        near.shutdown(socket.SHUT_RDWR)
                        break
            with suppress(OSError):
                far.shutdown(socket.SHUT_RDWR)

    def _down(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while block := far.recv(BLOCK):
                near.sendall(block)


@contextmanager
def line(target: tuple[str, int], cuts: list[int]) -> Iterator[Line]:
    """A line to `target` that breaks after each of `cuts` bytes."""
    made = Line(target, sorted(cuts))
    threading.Thread(target=made.serve, daemon=True).start()
    with made.listener:
        yield made


class Answer(NamedTuple):
    """What came back."""

    headers: Any
    text: str


class Sender:
    """A browser's part in an upload, with what the door gave somebody."""

    def __init__(self, app: Flask, database: Database, visit: Visit) -> None:
        browser = browser_of(app, database, visit)
        prefix = launch_path(visit.launch_id)
        cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"], path=prefix)
        assert cookie is not None
        token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps("token")  # type: ignore[arg-type]
        self.address = f"{prefix}/uploads"
        self.headers = {
            "Cookie": f"{cookie.key}={cookie.value}",
            "X-CSRFToken": token,
            "X-Requested-With": "fetch",
            "Tus-Resumable": "1.0.0",
        }

    def send(self, file: Path, port: int) -> str:
        """Send a file, going on after each cut where the server is; the list's new item."""
        size = file.stat().st_size
        begun = self._ask(port, "POST", self.address, {"Upload-Length": str(size)})
        address = urlsplit(begun.headers["Location"]).path
        with file.open("rb") as content:
            while (at := self._offset(port, address)) < size:
                try:
                    self._parts(port, address, content, at, size)
                except (OSError, http.client.HTTPException):
                    time.sleep(PAUSE)
        return self._ask(port, "POST", f"{address}/done", {}).text

    def _parts(self, port: int, address: str, content: Any, at: int, size: int) -> None:
        while at < size:
            content.seek(at)
            part = content.read(PART)
            headers = {"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
            at = int(self._ask(port, "PATCH", address, headers, part).headers["Upload-Offset"])

    def _offset(self, port: int, address: str) -> int:
        with suppress(OSError, http.client.HTTPException):
            return int(self._ask(port, "HEAD", address, {}).headers["Upload-Offset"])
        return 0

    def _ask(
        self, port: int, method: str, address: str, headers: dict[str, str], body: bytes = b""
    ) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
            connection.request(method, address, body, self.headers | headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        if answer.status == http.client.CONFLICT:
            raise http.client.HTTPException("the part came already")
        assert answer.status < 300, (answer.status, text)
        return Answer(answer.headers, text)
