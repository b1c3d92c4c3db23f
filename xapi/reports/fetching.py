"""From any LRS into the cache, through nothing but the standard API, and again where it stopped.

An LRS may fail, lie, go in circles or end in the middle. What was read stays; a query that leads nowhere is
asked again from where the statements end; only when that brings nothing new is it given up, with a reason.
"""

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

from xapi import lrs
from xapi.lrs import LrsClient, LrsError
from xapi.outcomes import Paused, Retry
from xapi.pages import Page
from xapi.reports.cache import Batch, Cache
from xapi.reports.kinds import Words
from xapi.reports.positions import Position
from xapi.reports.problems import CIRCLE, Problem, problem
from xapi.reports.rows import Understood, read
from xapi.reports.tables import LeftOut
from xapi.reports.values import mapping, moment

TRIES = 7
"""Of one page, before it is given up: with their waits about a minute."""

_SALVAGE = 3  # tries, after which what can be read of a broken page is taken
_LONGEST_WAIT = 60.0  # seconds
_ROWS = 10_000  # in one transaction
_SECONDS = 5.0  # between two transactions, as a slow LRS should not lose much to a kill
_HOPELESS = frozenset({401, 403, 404, 405})

Tell = Callable[[int, datetime | None], None]


@dataclass
class Reading:
    """One run's reading: `count` statements so far, the last of them stored at `reached` (UTC, no zone)."""

    client: LrsClient
    cache: Cache
    position: Position
    words: Words
    names: bool = False
    tell: Tell = lambda count, reached: None
    waits: Callable[[Problem, float], None] = lambda reason, seconds: None
    wait: Callable[[float], None] = sleep
    count: int = 0
    reached: datetime | None = None
    _batch: Batch = field(default_factory=Batch)
    _kept_at: float = field(default_factory=monotonic)

    def run(self) -> None:
        """Bring the cache up to what the LRS has.

        Raises LrsError when the LRS cannot be read to the end: what was read until then is kept.
        """
        try:
            again = True
            while again:
                self.position.begin()
                again = self.position.until is not None  # newer ones may have come since that run began
                self._pass()
        finally:
            self._keep()

    def _pass(self) -> None:
        query = _Query(self.position)
        through: datetime | None = None
        while True:
            query, page = self._page(query)
            through = through or page.consistent_through
            known = query.knows(page)
            better = not known and self._take(page, query.filters.get("since"))
            if not (better or page.more or page.problem):
                break
            if better or known or page.more is None or not query.leads_on(page.more):
                query = query.anew(self.position, page.problem)
        self.position.end(through and through.replace(tzinfo=None))

    def _page(self, query: "_Query") -> tuple["_Query", Page]:
        """Return the next page, and the query that gave it: this one, or a new one where this broke off."""
        failures = 0
        while True:
            try:
                return query, query.ask(self.client, salvage=failures >= _SALVAGE)
            except LrsError as error:
                failures += 1
                expired = query.more is not None and error.status in {400, 404, 410}
                if not expired and (failures >= TRIES or error.status in _HOPELESS):
                    raise
                if query.more and (expired or failures == TRIES - 1):
                    query = query.anew(self.position, error)
                self._keep()
                seconds = _pause(error, failures)
                self.waits(problem(error), seconds)
                self.wait(seconds)

    def _take(self, page: Page, since: datetime | None) -> bool:
        """Take a page's statements; return whether another query would do better now."""
        now = datetime.now(UTC).replace(tzinfo=None)
        times = []
        for statement in page.statements:
            self._add(statement, now)
            told = mapping(statement)
            stored = moment(told.get("stored"))
            times.append((stored, moment(told.get("timestamp"))))
            self.reached = stored or self.reached
        self._batch.left_out.extend(LeftOut(_print_of(text), "shape") for text in page.broken)
        self.count += len(page.statements) + len(page.broken)
        better = self.position.see(times, since, now)
        if len(self._batch) >= _ROWS or monotonic() - self._kept_at >= _SECONDS:
            self._keep()
        self.tell(self.count, self.reached)
        return better

    def _add(self, statement: Any, now: datetime) -> None:
        match read(statement, self.words, now, names=self.names):
            case Understood(act, marks, people, without):
                self._batch.acts.append(act)
                self._batch.marks.extend(marks)
                self._batch.people.extend(people)
                if without:
                    self._batch.left_out.append(LeftOut(act.id, without))
            case LeftOut(identifier, reason):
                self._batch.left_out.append(LeftOut(identifier or _print_of(statement), reason))
            case voided:
                self._batch.voided.append(voided)

    def _keep(self) -> None:
        self.cache.add(self._batch, self.position)
        self._batch, self._kept_at = Batch(), monotonic()


class _Query:
    """One query, followed from page to page."""

    def __init__(self, position: Position) -> None:
        self.filters = position.filters()
        self.more: str | None = None
        self._links: set[str] = set()
        self._pages: set[tuple[str, ...]] = set()

    def ask(self, client: LrsClient, *, salvage: bool) -> Page:
        """Return the page that the query is at. Raises LrsError."""
        if self.more:
            return client.page(self.more, salvage=salvage)
        since_until: dict[str, Any] = {name: time.replace(tzinfo=UTC) for name, time in self.filters.items()}
        return client.page(salvage=salvage, ascending=True, limit=0, **since_until)

    def knows(self, page: Page) -> bool:
        """Whether this query has told the same page before: it goes in a circle, under whatever links."""
        ends = tuple(str(mapping(one).get("id"))[:64] for one in (page.statements[:1] + page.statements[-1:]))
        known = bool(ends) and ends in self._pages
        self._pages.add(ends)
        return known

    def leads_on(self, more: str) -> bool:
        """Go on to the page at `more`; return False if that is a circle, or longer than a query may be."""
        if more in self._links or len(self._links) >= lrs.MAX_PAGES:
            return False
        self._links.add(more)
        self.more = more
        return True

    def anew(self, position: Position, problem: LrsError | None = None) -> "_Query":
        """Return the query that goes on from where the statements end; raise LrsError if that is this one."""
        query = _Query(position)
        if query.filters == self.filters:
            raise problem or LrsError(Paused(CIRCLE))
        return query


def _pause(error: LrsError, failures: int) -> float:
    """Return the seconds to wait: what the LRS asks for, or twice as long each time."""
    if isinstance(error.outcome, Retry) and error.outcome.after is not None:
        return min(error.outcome.after, _LONGEST_WAIT)
    return min(2.0 ** (failures - 1), _LONGEST_WAIT) * random.uniform(0.5, 1)  # noqa: S311 - no secret


def _print_of(statement: Any) -> str:
    """Return what tells a statement without an id from others, so that it is counted once."""
    try:
        text = json.dumps(statement, sort_keys=True)
    except (ValueError, RecursionError):
        text = repr(type(statement))
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:32]}"
