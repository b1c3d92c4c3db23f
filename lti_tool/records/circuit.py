"""Whether a store is asked for anything: the circuit that opens when it fails, and the try that closes it.

Closed, a store gets all there is. After FAILURES in a row, or once it says that a person must mend something,
the circuit is open: nothing is sent until the pause is over. Then it is half-open: two statements are sent,
and tell whether the store works again. What has passed goes on by itself, and a store in trouble is spared.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from ..kernel.outgoing import back_off

FAILURES = 5  # in a row
LONGEST_PAUSE = 300.0  # seconds between tries at a store that fails
LOOK = 5.0  # seconds until a store that needs a person is looked at again
RAREST_LOOK = 900.0  # seconds between two such looks, in the end


class Circuit(StrEnum):
    """How much a store is trusted."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Tried(Protocol):
    """How a store did lately: `records.models.Lrs`."""

    paused: str
    failures: int
    next_try_at: datetime


def circuit(store: Tried, now: datetime) -> Circuit:
    """The state of a store's circuit."""
    if not store.paused and store.failures < FAILURES:
        return Circuit.CLOSED
    return Circuit.OPEN if store.next_try_at > now else Circuit.HALF_OPEN


def portion(batch: int, failures: int) -> int:
    """How many statements to send in one request: after the first failure in a row, a quarter each time."""
    return max(1, batch >> 2 * max(0, min(failures, FAILURES) - 1))


def pause(failures: int, *, needs_a_person: bool) -> timedelta:
    """How long to leave a store alone after so many failures in a row, with jitter."""
    if needs_a_person:
        return back_off(failures, least=LOOK, most=RAREST_LOOK)
    return back_off(failures, least=1.0, most=LONGEST_PAUSE)
