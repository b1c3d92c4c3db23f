"""How far an LRS has been read, so that the next run reads only what is new.

The specification has an LRS filter and sort by `stored`. Ralph does both by `timestamp`; others tell the
newest first whatever is asked, or keep no order. So each way is believed until the statements speak against
it, and while two are possible, the next query begins at the earlier of both.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Times = tuple[datetime | None, datetime | None]
"""When a statement was stored and when it happened, in UTC without a zone."""

OVERLAP = timedelta(minutes=5)
"""Read again at the next run: what an LRS stores may show a little later than its clock says."""

LATE = timedelta(days=7)
"""The same where an LRS goes by `timestamp`, or by nothing: statements arrive days after what they tell."""

_GRAIN = timedelta(seconds=1)  # LRSs round times differently


@dataclass
class Order:
    """What is known of an LRS's order by one of the times: what is not ruled out is possible."""

    rising: bool = True
    falling: bool = True
    newest: datetime | None = None
    _last: datetime | None = field(default=None, repr=False, compare=False)
    _lowest: datetime | None = field(default=None, repr=False, compare=False)

    @property
    def possible(self) -> bool:
        """Whether the LRS may go by this time."""
        return self.rising or self.falling

    @property
    def surely_rising(self) -> bool:
        """Whether older statements came before newer ones, and not only ones of the same second."""
        return self.rising and not self.falling

    def rule_out(self) -> None:
        """Say that the LRS does not go by this time."""
        self.rising = self.falling = False

    def anew(self) -> None:
        """Forget the last statement: another query begins."""
        self._last = self._lowest = None

    def see(self, moment: datetime, now: datetime) -> None:
        """Take the next statement's time."""
        if self._last is not None:
            self.rising = self.rising and moment >= self._last - _GRAIN
            self.falling = self.falling and moment <= self._last + _GRAIN
        self._last = moment
        self._lowest = min(self._lowest or moment, moment)
        self.newest = min(max(self.newest or moment, moment), now)  # a clock may be ahead

    @property
    def lowest(self) -> datetime | None:
        """The oldest time since the query began."""
        return self._lowest


@dataclass
class Position:
    """What is kept between runs.

    `whole` says that the last reading came to its end; else `since` is where it began, and `until` how far
    down it came where the newest comes first.
    """

    stored: Order = field(default_factory=Order)
    at: Order = field(default_factory=Order)
    whole: bool = False
    since: datetime | None = None
    until: datetime | None = None

    def begin(self) -> None:
        """Begin to read what is new, or go on where the last run stopped."""
        if self.whole:
            self._begin_at_newest()

    def filters(self) -> dict[str, datetime]:
        """Return `since` and `until` for a query that goes on from here, each where it is needed."""
        self.stored.anew()
        self.at.anew()
        since, newest = self.since, self._newest()
        if self.until is None and newest and (self.stored.surely_rising or self.at.surely_rising):
            since = max(newest - 2 * _GRAIN, since or datetime.min)  # noqa: DTZ901 - all times are UTC
        found = {"since": since, "until": self.until and self.until + _GRAIN}
        return {name: moment for name, moment in found.items() if moment}

    def see(self, read: Iterable[Times], since: datetime | None, now: datetime) -> bool:
        """Take the times of a page's statements, in their order, that a query from `since` gave.

        Returns whether another query would do better, for it is known now what the LRS filters by.
        """
        knew = self.at.possible
        for stored, at in read:
            if stored is not None:
                self.stored.see(stored, now)
            if at is not None:
                self.at.see(at, now)
            if since and stored and at and at < since - _GRAIN and stored > since:
                self.at.rule_out()
        if self.stored.newest is None and self.at.newest:
            self.stored.rule_out()  # this LRS tells nobody when it stored what
        possible = [order for order in (self.stored, self.at) if order.possible]
        if possible and not any(order.rising for order in possible):
            self.until = max((order.lowest for order in possible if order.lowest), default=None)
        if since and knew and not self.at.possible and self.stored.surely_rising:
            self._begin_at_newest()
            return self.since is not None and self.since > since
        return False

    def end(self, consistent_through: datetime | None) -> None:
        """Say that all there is has been read, as far as the LRS was consistent when it was asked first."""
        self.whole, self.until = True, None
        if consistent_through and self.stored.newest:
            self.stored.newest = min(self.stored.newest, consistent_through)

    def _begin_at_newest(self) -> None:
        newest = self._newest()
        overlap = OVERLAP if self.stored.possible else LATE
        self.since, self.until, self.whole = newest and newest - overlap, None, False

    def _newest(self) -> datetime | None:
        """Return the newest time that may be counted on, whichever of the two it is that the LRS goes by."""
        orders = [order for order in (self.stored, self.at) if order.possible] or [self.stored, self.at]
        times = [order.newest for order in orders if order.newest]
        return min(times) if len(times) == len(orders) else None
