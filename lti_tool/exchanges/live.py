"""What is new where: the journal and the news, read as topics that a page can listen to.

A topic is a place, never an act or a person: `c-<id>` a contribution's page, `a-<id>` an activity's gallery,
`p-<id>` somebody's own bell. Who hears of one goes and looks, and sees what they may see.
"""

from collections.abc import Callable, Iterable, Sequence, Set
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from ..kernel import clock, commits
from ..kernel.database import Database
from ..kernel.journal import Event, EventType
from ..kernel.listeners import Listener
from ..kernel.secrets import Sealer
from . import live_presence
from .models import News

# Acts that change what others see on a contribution's page. The rest is nobody's business.
SEEN = frozenset(
    {
        EventType.SUBMITTED,
        EventType.REVISED,
        EventType.WITHDRAWN,
        EventType.SHARED,
        EventType.COMMENTED,
        EventType.REPLIED,
        EventType.THANKED,
        EventType.APPLIED,
        EventType.DISAGREED,
        EventType.ASKED,
        EventType.ANSWERED,
        EventType.ACCEPTED,
        EventType.ENDORSED,
        EventType.VOTED,
        EventType.MODERATED,
    }
)
LISTED = frozenset({EventType.SUBMITTED, EventType.ASKED})  # what may add a card to the gallery
IN_FLIGHT = 5.0  # s: on PostgreSQL a smaller id may be committed after a larger one, within this
SETTLED = 2 * IN_FLIGHT
KEPT, AT_FIRST, BATCH = 2000, 200, 1000  # rows
BACK = 100  # rows before the cursor among which one may have been in flight


class Row(NamedTuple):
    """One line of the journal (0) or of the news (1), as the topics it concerns; `at` in epoch seconds."""

    journal: int
    id: int
    at: float
    topics: frozenset[str]


class Cursor(NamedTuple):
    """What somebody knows: the largest ids, and when that was."""

    event: int
    news: int
    at: float

    def is_before(self, row: Row) -> bool:
        """Whether a row is new after this, or may be: it was perhaps in flight then."""
        known = self[row.journal]
        return row.id > known or (row.id < known and row.at > self.at - IN_FLIGHT)


def now(session: Session, *more: ScalarSelect[Any]) -> tuple[Cursor, *tuple[Any, ...]]:
    """The present cursor, with more that is asked in the same statement.

    Taken before a page is read, nothing is lost after it.
    """
    last = [select(func.max(table.id)).scalar_subquery() for table in (Event, News)]
    events, news, *rest = session.execute(select(*last, *more)).one()
    return Cursor(events or 0, news or 0, clock.now().timestamp()), *rest


def sealed(sealer: Sealer, cursor: Cursor) -> str:
    """A cursor for the browser, which must not see how much happens elsewhere."""
    return sealer.seal(f"{cursor.event} {cursor.news} {cursor.at}")


def unsealed(sealer: Sealer, text: str) -> Cursor:
    """The cursor in a text; the very first one when it is spoilt or of another key."""
    with suppress(InvalidToken, ValueError):
        event, news, at = sealer.open(text).split()
        return Cursor(int(event), int(news), float(at))
    return Cursor(0, 0, 0.0)


def changed(session: Session, cursor: Cursor, topics: Set[str]) -> set[str]:
    """Which topics have news after a cursor; all when there is too much to tell. Two statements."""
    found: set[str] = set()
    for read, known in zip((_events, _news), cursor[:2], strict=True):
        rows = read(session, max(0, known - BACK), BATCH)
        if len(rows) == BATCH:
            return set(topics)
        found |= _topics(row for row in rows if cursor.is_before(row))
    return found & topics


class Tail:
    """The last rows of one table. `floor`: all that is larger is in `rows`."""

    def __init__(self, read: Callable[[Session, int, int], list[Row]], session: Session, table: Any) -> None:
        self._read = read
        query = select(table.id).order_by(table.id.desc()).offset(AT_FIRST).limit(1)
        self.floor: int = session.scalar(query) or 0
        self.rows: dict[int, Row] = {}
        self.look(session)

    @property
    def position(self) -> int:
        """The largest id."""
        return max(self.rows, default=self.floor)

    def look(self, session: Session) -> list[Row]:
        """The rows that were not there before, among them those that are late. One statement, as a rule."""
        past = clock.now().timestamp() - SETTLED
        low = max((row.id for row in self.rows.values() if row.at < past), default=self.floor)
        new: list[Row] = []
        while True:
            batch = self._read(session, low, BATCH)
            new += [row for row in batch if row.id not in self.rows]
            if len(batch) < BATCH:
                break
            low = batch[-1].id
        self.rows |= {row.id: row for row in new}
        if len(self.rows) > KEPT:
            for gone in sorted(self.rows)[: -KEPT // 2]:
                del self.rows[gone]
                self.floor = gone
        return new


class Live:
    """The source of the hub: see `kernel.listeners.Source`."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database, self._sealer = database, sealer
        self._commits: commits.Commits | None = None
        self._tails: Sequence[Tail] = ()
        self.period = commits.SqliteCommits.period

    def start(self) -> int | None:
        """Begin to watch."""
        self._commits = commits.watch(self._database.engine)
        self.period = self._commits.period
        self._commits.happened()
        with self._database.read() as session:
            self._tails = Tail(_events, session, Event), Tail(_news, session, News)
        return self._commits.descriptor

    def stop(self) -> None:
        """Watch no longer."""
        if self._commits:
            self._commits.close()
        self._commits, self._tails = None, ()

    def look(self) -> list[Row]:
        """New rows; without a statement while nobody commits anything."""
        if not (self._commits and self._commits.happened()):
            return []
        with self._database.read() as session:
            return [row for tail in self._tails for row in tail.look(session)]

    def concerning(self, listener: Listener, news: list[Row] | None) -> set[str]:
        """The listener's topics among the news, or among all since its cursor."""
        cursor: Cursor = listener.cursor
        if news is None:
            known = zip(self._tails, cursor[:2], strict=True)
            if any(position < tail.floor for tail, position in known):
                return set(listener.topics)
            news = [row for tail in self._tails for row in tail.rows.values()]
        return {
            topic
            for row in news
            if not listener.topics.isdisjoint(row.topics) and cursor.is_before(row)
            for topic in listener.topics & row.topics
        }

    def position(self) -> tuple[Cursor, str]:
        """How far it has looked."""
        at = clock.now().timestamp()
        events, news = (tail.position for tail in self._tails) if self._tails else (0, 0)
        cursor = Cursor(events, news, at)
        return cursor, sealed(self._sealer, cursor)

    def attendance(self, here: list[tuple[str, UUID | None, UUID]]) -> tuple[set[str], dict[UUID, int]]:
        """Which launches are over, and how many people are in each place that counts them."""
        return live_presence.attendance(self._database, here)


def contribution_topic(contribution: UUID) -> str:
    """The topic of a contribution's page."""
    return f"c-{contribution}"


def gallery_topic(activity: UUID) -> str:
    """The topic of an activity's gallery."""
    return f"a-{activity}"


def bell_topic(person: UUID) -> str:
    """The topic of what is new for somebody."""
    return f"p-{person}"


def _topics(rows: Iterable[Row]) -> set[str]:
    return {topic for row in rows for topic in row.topics}


def _events(session: Session, after: int, most: int) -> list[Row]:
    about = Event.facts["contribution"].as_string()
    query = select(Event.id, Event.occurred_at, Event.type, Event.activity_id, Event.entity, about)
    found = session.execute(query.where(Event.id > after).order_by(Event.id).limit(most))
    return [Row(0, number, at.timestamp(), _concerned(*rest)) for number, at, *rest in found]


def _concerned(kind: EventType, activity: UUID, entity: UUID, contribution: str | None) -> frozenset[str]:
    topics = {f"c-{contribution or entity}"} if kind in SEEN else set()
    if kind in LISTED:
        topics.add(gallery_topic(activity))
    return frozenset(topics)


def _news(session: Session, after: int, most: int) -> list[Row]:
    query = select(News.id, News.told_at, News.person_id).where(News.id > after)
    found = session.execute(query.order_by(News.id).limit(most))
    return [Row(1, number, at.timestamp(), frozenset({bell_topic(who)})) for number, at, who in found]
