"""Answers that stay open: one thread of a process writes to all who listen, so that nobody holds a thread.

What is written is an event stream (HTML Living Standard, section 9.2, "Server-sent events").
"""

import json
import random
import resource
import selectors
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any
from uuid import UUID

import structlog

from .listeners import Listener, Source

log = structlog.get_logger(__name__)

QUIET = 25.0  # s: a little less than proxies wait for a word
ATTENDANCE = 30.0  # s between two calls of the roll
GATHER = 1.0  # s until it is called for those who come
GONE = 40_000  # ms in which what was sent must have arrived
AGAIN = 5.0  # s before the source is tried again when it failed
MOST_UNSENT = 64 << 10  # bytes; who reads more slowly is let go, and comes back
EACH_TAKES = 12  # ms: a page that a listener fetches when told
MOST_SPREAD = 15_000  # ms
AT_ONCE_BACK = 50  # listeners that come back in a second after a restart
OTHER_FILES = 200  # descriptors that are not listeners'
OF_ONE = 8  # streams of one person in one process


class Hub:
    """All open answers of this process. Its thread begins with the first, and watches while there are any."""

    def __init__(self, source: Source, most: int) -> None:
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most = max(0, min(most, files - OTHER_FILES))
        self._source = source
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._listeners: set[Listener] = set()
        self._owners: Counter[UUID] = Counter()
        self._here: dict[UUID, int] = {}
        self._watching = self._stopped = False
        self._descriptor: int | None = None
        self._due: dict[str, float] = {}
        self._calling = False
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def has_room(self, owner: UUID) -> bool:
        """Whether one more of this owner can listen."""
        return not self._stopped and len(self._listeners) < self._most and self._owners[owner] < OF_ONE

    def join(self, listener: Listener, head: bytes) -> None:
        """Take a listener in from any thread; `head` is the answer's. Its socket is the hub's from now on."""
        with self._lock:
            if self._thread is None:
                self._begin()
        self._ask(lambda: self._welcome(listener, head))

    def stop(self, patience: float = 2.0) -> None:
        """Close all answers and end the thread. Those who come back do so one after the other."""
        self._stopped = True
        if self._thread:
            self._ask(lambda: None)
            self._thread.join(patience)

    def _begin(self) -> None:
        self._bell, self._ring = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        for end in (self._bell, self._ring):
            end.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ, self._wake)
        self._thread = threading.Thread(target=self._run, name="streams", daemon=True)
        self._thread.start()

    def _ask(self, act: Callable[[], None]) -> None:
        self._inbox.put(act)
        with suppress(OSError):  # it is awake anyway, or has ended
            self._ring.send(b"!")

    def _run(self) -> None:
        while not self._stopped:
            try:
                for key, ready in self._selector.select(self._patience()):
                    key.data(ready) if callable(key.data) else self._attend_to(key.data, ready)
                self._do_what_is_asked()
                self._do_what_is_due()
            except Exception:
                log.exception("live")
                self._watch_no_longer()
                self._due["look"] = time.monotonic() + AGAIN
        self._end()

    def _do_what_is_asked(self) -> None:
        with suppress(Empty):
            while True:
                self._inbox.get_nowait()()

    def _end(self) -> None:
        self._do_what_is_asked()
        back = 1000 * max(3, len(self._listeners) // AT_ONCE_BACK)
        for listener in list(self._listeners):
            self._send(listener, b"retry: %d\n\n" % random.randrange(1000, 1001 + back))  # noqa: S311  (no secret)
            self._let_go(listener)
        self._watch_no_longer()
        for each in (self._selector, self._bell, self._ring):
            each.close()

    def _patience(self) -> float | None:
        if not self._listeners:
            return None
        return max(0.0, min(self._due.values()) - time.monotonic())

    def _do_what_is_due(self) -> None:
        if not self._listeners:
            self._watch_no_longer()
            return
        now = time.monotonic()
        if now >= self._due["look"]:
            self._due["look"] = now + self._source.period
            self._watch()
            self._tell(self._source.look())
        if now >= self._due["quiet"]:
            self._due["quiet"] = now + QUIET
            self._keep_awake()
        if now >= self._due["roll"]:
            self._due["roll"] = now + ATTENDANCE
            self._call_the_roll()

    def _watch(self) -> None:
        if self._watching:
            return
        self._descriptor = self._source.start()
        self._watching = True
        if self._descriptor is not None:
            self._selector.register(self._descriptor, selectors.EVENT_READ, self._look_now)
        for listener in list(self._listeners):
            self._catch_up(listener)

    def _watch_no_longer(self) -> None:
        if self._descriptor is not None:
            self._selector.unregister(self._descriptor)
            self._descriptor = None
        self._watching = False
        self._source.stop()

    def _wake(self, _ready: int) -> None:
        with suppress(BlockingIOError):
            self._bell.recv(4096)

    def _look_now(self, _ready: int) -> None:
        self._due["look"] = 0.0

    def _welcome(self, listener: Listener, head: bytes) -> None:
        now = time.monotonic()
        if not self._listeners:
            self._due = {"look": now, "quiet": now + QUIET, "roll": now + GATHER}
        self._due["roll"] = min(self._due["roll"], now + GATHER)
        self._listeners.add(listener)
        self._owners[listener.owner] += 1
        listener.socket.setblocking(False)
        with suppress(OSError):  # a machine that is gone without a word; a pair of sockets has no TCP
            listener.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE)
        self._selector.register(listener.socket, selectors.EVENT_READ, listener)
        self._send(listener, head + b"retry: %d\n\n" % random.randrange(1000, 4000))  # noqa: S311  (no secret)
        if self._watching:
            self._catch_up(listener)

    def _catch_up(self, listener: Listener) -> None:
        if listener.cursor is None:
            listener.cursor = self._source.position()[0]
        elif missed := self._source.concerning(listener, None):
            self._send(listener, _news(self._source.position()[1], missed, len(self._listeners)))

    def _tell(self, news: list[Any]) -> None:
        if not news:
            return
        cursor, text = self._source.position()
        told = [
            (listener, topics)
            for listener in self._listeners
            if (topics := self._source.concerning(listener, news))
        ]
        words = {topics: _news(text, topics, len(told)) for topics in {frozenset(each) for _, each in told}}
        for listener, topics in told:
            listener.cursor = cursor
            self._send(listener, words[frozenset(topics)])

    def _keep_awake(self) -> None:
        # A block without data reaches no script; the browser remembers where it was.
        cursor, text = self._source.position()
        for listener in list(self._listeners):
            listener.cursor = cursor
            self._send(listener, f"id: {text}\n\n".encode())

    def _call_the_roll(self) -> None:
        """Ask who may stay, in a thread of its own: the answer may wait for somebody else's writing."""
        if self._calling:
            return
        self._calling = True
        here = [(each.launch, each.place, each.owner) for each in self._listeners]

        def call() -> None:
            try:
                over, counts = self._source.attendance(here)
            except Exception:
                log.exception("live")
                over, counts = set(), self._here
            self._ask(lambda: self._called(over, counts))

        threading.Thread(target=call, name="streams-roll", daemon=True).start()

    def _called(self, over: set[str], counts: dict[UUID, int]) -> None:
        self._calling = False
        changed = {place for place, count in counts.items() if self._here.get(place) != count}
        self._here = counts
        for listener in list(self._listeners):
            if listener.launch in over:
                self._let_go(listener)
            elif listener.place in changed:
                self._send(listener, b'event: here\ndata: {"here": %d}\n\n' % counts[listener.place])

    def _attend_to(self, listener: Listener, ready: int) -> None:
        if ready & selectors.EVENT_WRITE and listener in self._listeners:
            waiting, listener.unsent = listener.unsent, b""
            self._selector.modify(listener.socket, selectors.EVENT_READ, listener)
            self._send(listener, waiting)
        if ready & selectors.EVENT_READ and listener in self._listeners:
            try:
                gone = not listener.socket.recv(4096)  # whatever else they say does not matter
            except BlockingIOError:
                gone = False
            except OSError:
                gone = True
            if gone:
                self._let_go(listener)

    def _send(self, listener: Listener, data: bytes) -> None:
        if listener not in self._listeners:
            return
        if not listener.unsent:
            try:
                data = data[listener.socket.send(data) :]
            except BlockingIOError:
                pass
            except OSError:
                self._let_go(listener)
                return
            if data:
                both = selectors.EVENT_READ | selectors.EVENT_WRITE
                self._selector.modify(listener.socket, both, listener)
        listener.unsent += data
        if len(listener.unsent) > MOST_UNSENT:
            self._let_go(listener)

    def _let_go(self, listener: Listener) -> None:
        if listener not in self._listeners:
            return
        self._listeners.remove(listener)
        self._owners[listener.owner] -= 1
        if not self._owners[listener.owner]:
            del self._owners[listener.owner]
        self._selector.unregister(listener.socket)
        listener.socket.close()


def _news(cursor: str, topics: Iterable[str], listeners: int) -> bytes:
    """What is said: where something is new, never what or by whom; and within how many ms to go and see."""
    within = min(MOST_SPREAD, listeners * EACH_TAKES)
    return f"id: {cursor}\ndata: {json.dumps({'at': sorted(topics), 'within': within})}\n\n".encode()
