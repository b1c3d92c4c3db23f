"""The hub of open answers: who is told, who is let go, and that it rests when nobody listens."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from uuid import UUID, uuid4

import pytest

from lti_tool.kernel import streams
from lti_tool.kernel.listeners import Listener
from lti_tool.kernel.streams import Hub

PATIENCE = 5  # s
PLACE = uuid4()


class Source:
    """News as a test tells them: each a topic."""

    period = 0.005

    def __init__(self) -> None:
        self.coming: SimpleQueue[str] = SimpleQueue()
        self.past: list[str] = []
        self.over: set[str] = set()
        self.started, self.stopped = threading.Semaphore(0), threading.Event()
        self.fails = 0

    def start(self) -> None:
        if self.fails:
            self.fails -= 1
            raise OSError("no database")
        self.stopped.clear()
        self.started.release()

    def stop(self) -> None:
        self.stopped.set()

    def look(self) -> list[str]:
        found = []
        while not self.coming.empty():
            found.append(self.coming.get())
        self.past += found
        return found

    def concerning(self, listener: Listener, news: list[str] | None) -> set[str]:
        return listener.topics & set(self.past[listener.cursor :] if news is None else news)

    def position(self) -> tuple[int, str]:
        return len(self.past), str(len(self.past))

    def attendance(self, here: list[tuple[str, UUID | None, UUID]]) -> tuple[set[str], dict[UUID, int]]:
        return self.over, {place: len(here) for _, place, _ in here if place}


class Ear:
    """The browser's end."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self.text = b""

    def until(self, mark: str) -> str:
        while mark.encode() not in self.text:
            more = self.end.recv(65536)
            assert more, f"it ended after {self.text!r}"
            self.text += more
        return self.text.decode()

    def ended(self) -> str:
        while more := self.end.recv(65536):
            self.text += more
        return self.text.decode()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def hub(source: Source) -> Iterator[Hub]:
    hub = Hub(source, 100)
    yield hub
    hub.stop()


@contextmanager
def listening(hub: Hub, *topics: str, owner: UUID | None = None, cursor: int = 0, launch: str = "l"):
    theirs, ours = socket.socketpair()
    theirs.settimeout(PATIENCE)
    listener = Listener(frozenset(topics), owner or uuid4(), launch, PLACE, cursor, ours)
    with theirs:
        hub.join(listener, b"head\r\n\r\n")
        ear = Ear(theirs)
        assert ear.until("retry: ").startswith("head\r\n\r\n")
        yield ear


def test_who_listens_is_told_and_nobody_else(hub: Hub, source: Source) -> None:
    with listening(hub, "a", "b") as one, listening(hub, "c") as other:
        source.coming.put("a")
        assert 'data: {"at": ["a"], "within": 12}\n\n' in one.until("within")
        source.coming.put("c")
        assert '"a"' not in other.until("within")


def test_who_comes_back_hears_what_they_missed(hub: Hub, source: Source) -> None:
    source.past = ["a", "b", "a"]
    with listening(hub, "a", cursor=1) as one:
        assert "id: 3\n" in one.until('["a"]')
    with listening(hub, "b", cursor=2) as other:
        source.coming.put("b")
        assert "id: 4\n" in other.until('["b"]')


def test_it_watches_only_while_somebody_listens(hub: Hub, source: Source) -> None:
    for _ in range(2):
        with listening(hub, "a"):
            assert source.started.acquire(timeout=PATIENCE)
        assert source.stopped.wait(PATIENCE)
    assert not source.started.acquire(blocking=False)


def test_who_does_not_read_is_let_go_and_holds_nobody_up(hub: Hub, source: Source, monkeypatch) -> None:
    monkeypatch.setattr(streams, "MOST_UNSENT", 5000)
    owner = uuid4()
    long = "x" * 4000
    with listening(hub, long, owner=owner) as slow, listening(hub, "y") as quick:
        for _ in range(300):  # more than a socket's buffers hold
            source.coming.put(long)
        for _ in range(300):
            source.coming.put(long)
            source.coming.put("y")
            quick.text = b""
            quick.until('["y"]')
            if not hub._owners[owner]:
                break
        assert slow.ended().count("retry: ") == 1


def test_one_person_has_only_so_many(hub: Hub, source: Source) -> None:
    owner = uuid4()
    for _ in range(2):
        with ExitStack() as stack:
            for _ in range(streams.OF_ONE):
                assert hub.has_room(owner)
                stack.enter_context(listening(hub, "a", owner=owner))
            assert not hub.has_room(owner)
            assert hub.has_room(uuid4())
        assert source.stopped.wait(PATIENCE)  # those who left count no longer


def test_whose_visit_is_over_hears_no_more(hub: Hub, source: Source, monkeypatch) -> None:
    monkeypatch.setattr(streams, "GATHER", 0.2)
    source.over = {"old"}
    with listening(hub, "a", launch="old") as old, listening(hub, "a", launch="good") as good:
        old.ended()
        assert 'event: here\ndata: {"here": 2}\n\n' in good.until("here")


def test_a_source_that_fails_is_tried_again(hub: Hub, source: Source, monkeypatch) -> None:
    monkeypatch.setattr(streams, "AGAIN", 0.01)
    monkeypatch.setattr(streams.log, "exception", lambda *_: None)
    source.fails = 3
    with listening(hub, "a") as one:
        source.coming.put("a")
        one.until('["a"]')


def test_at_the_end_all_are_told_when_to_come_back(hub: Hub, source: Source) -> None:
    with listening(hub, "a") as one, listening(hub, "b") as other:
        hub.stop()
        assert [ear.ended().count("retry: ") for ear in (one, other)] == [2, 2]
        assert not hub.has_room(uuid4())
