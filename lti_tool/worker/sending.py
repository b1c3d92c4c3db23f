"""A load of statements sent to one store: several requests at a time, but each person's in order."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from queue import Empty, SimpleQueue
from time import monotonic
from typing import NamedTuple
from uuid import UUID

from xapi.lrs import LrsClient, LrsError, Outcome, Paused, Retry
from xapi.parts import Contents, cut

WIDTH = 4  # requests at a time
SENDING = 3.0  # seconds until no further batch is begun: what is left may go to another worker
NOTING = 0.5  # seconds between two notes of what arrived: a worker that dies leaves little in doubt
PATIENCE = 300.0  # seconds without any news: an LRS that answers byte by byte holds nobody for ever


class Parcel(NamedTuple):
    """One statement in hand."""

    event_id: int
    statement_id: UUID
    body: bytes
    whose: str = ""
    tries: int = 0


Sent = tuple[Parcel, Outcome]


def side_by_side(parcels: Sequence[Parcel], portion: int, width: int = WIDTH) -> list[list[Parcel]]:
    """Deal a load out to as many lanes as have work; what one person did stays in one lane, in order.

    Only what the store failed at before comes last, so that it holds nobody up.
    """
    lanes: list[list[Parcel]] = [[] for _ in range(min(width, -(-len(parcels) // portion)))]
    of: dict[str, list[Parcel]] = {}
    for parcel in sorted(parcels, key=lambda parcel: parcel.tries):
        lane = of.get(parcel.whose)
        if lane is None:
            lane = of[parcel.whose] = min(lanes, key=len)
        lane.append(parcel)
    return [lane for lane in lanes if lane]


def sending(
    client: LrsClient,
    lanes: Sequence[Sequence[Parcel]],
    portion: int,
    max_bytes: int,
    files: Contents | None = None,
) -> Iterator[list[Sent]]:
    """Send each lane, in batches of `portion` statements and `max_bytes`; yield what came back every NOTING.

    A lane ends with the first request that fails; all do when the store asks for a pause or needs a person,
    and after SENDING. What is never yielded was not sent, or nobody knows. Raises LrsError when the store
    keeps us waiting beyond all patience.
    """
    news: SimpleQueue[list[Sent] | Exception | None] = SimpleQueue()
    over, end = threading.Event(), monotonic() + SENDING

    def work(lane: Sequence[Parcel]) -> None:
        try:
            for batch in _batches(lane, portion, max_bytes):
                outcomes = client.send([(parcel.statement_id, parcel.body) for parcel in batch], files)
                news.put(list(zip(batch, outcomes, strict=True)))
                halts = [outcome for outcome in outcomes if isinstance(outcome, Retry | Paused)]
                if any(isinstance(halt, Paused) or halt.after is not None for halt in halts):
                    over.set()
                if halts or over.is_set() or monotonic() > end:
                    break
            news.put(None)
        except Exception as error:  # what belongs to this worker's lane is told there
            news.put(error)

    for lane in lanes:  # daemons, as a worker that ends waits for no LRS
        threading.Thread(target=work, args=(lane,), daemon=True).start()
    working, heard = len(lanes), monotonic()
    while working:
        sent: list[Sent] = []
        until = monotonic() + NOTING
        while working and (left := until - monotonic()) > 0:
            try:
                item = news.get(timeout=left)
            except Empty:
                break
            heard = monotonic()
            if isinstance(item, Exception):
                raise item
            if item is None:
                working -= 1
            else:
                sent += item
        yield sent
        if monotonic() > heard + PATIENCE:
            over.set()
            raise LrsError(Retry(None, f"nothing was heard for {PATIENCE:g} s"))


def _batches(lane: Sequence[Parcel], portion: int, max_bytes: int) -> Iterable[Sequence[Parcel]]:
    """Cut a lane; of statements that a store failed at, fewer go together each time."""
    for tries, group in groupby(lane, lambda parcel: parcel.tries):
        some = list(group)
        for part in cut([len(parcel.body) for parcel in some], max(1, portion >> 2 * tries), max_bytes):
            yield some[part.start : part.stop]
