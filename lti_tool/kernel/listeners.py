"""Who reads an open answer, and where the news come from that are written to them."""

import socket
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID


class HandedOverError(BaseException):
    """The socket has another owner: the web server forgets its copy and writes nothing. No fault."""


@dataclass(slots=True, eq=False)
class Listener:
    """Who reads an open answer: `topics` are what they hear of, `cursor` what they know (None: all)."""

    topics: frozenset[str]
    owner: UUID
    launch: str
    place: UUID | None
    cursor: Any
    socket: socket.socket
    unsent: bytes = b""


class Source(Protocol):
    """Where news come from. Only the hub's thread calls it, but for `attendance`, which may wait."""

    period: float  # s between two looks

    def start(self) -> int | None:
        """Begin to watch; the descriptor that tells of news before the period is over, if there is one."""

    def stop(self) -> None:
        """Watch no longer."""

    def look(self) -> list[Any]:
        """What is new since the last look."""

    def concerning(self, listener: Listener, news: list[Any] | None) -> set[str]:
        """The topics of the listener among the news; without any, among all that it has missed."""

    def position(self) -> tuple[Any, str]:
        """How far it has looked: a listener's cursor, and the same as text."""

    def attendance(self, here: list[tuple[str, UUID | None, UUID]]) -> tuple[set[str], dict[UUID, int]]:
        """From launches, places and owners: the launches that are over, and how many are in each place."""
