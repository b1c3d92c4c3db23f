"""An activity's dates: their order, a copy's, and what a clock on the wall means. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

# Offered where this machine knows them; any other name of the IANA database is taken too.
COMMON_ZONES = (
    "Europe/Paris", "Europe/Brussels", "Europe/Zurich", "Europe/London", "Europe/Lisbon", "Europe/Athens",
    "America/Toronto", "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Sao_Paulo",
    "America/Guadeloupe", "America/Martinique", "America/Cayenne", "America/Port-au-Prince", "Africa/Dakar",
    "Africa/Abidjan", "Africa/Casablanca", "Africa/Algiers", "Africa/Tunis", "Africa/Kinshasa",
    "Africa/Nairobi", "Indian/Antananarivo", "Indian/Reunion", "Asia/Beirut", "Asia/Kolkata",
    "Asia/Ho_Chi_Minh", "Asia/Tokyo", "Australia/Sydney", "Pacific/Noumea", "Pacific/Tahiti", "UTC",
)  # fmt: skip


class Dates(NamedTuple):
    """The dates of an activity, or of one person; empty for what has none. The first five in their order."""

    share_by: datetime | None = None
    review_from: datetime | None = None
    review_by: datetime | None = None
    revise_by: datetime | None = None
    closes_at: datetime | None = None
    feedback_from: datetime | None = None
    scores_from: datetime | None = None

    def out_of_order(self) -> Iterator[tuple[str, str]]:
        """The dates that come before one that they should follow, each with the name of that one."""
        given = [(name, date) for name, date in zip(self._fields[:5], self, strict=False) if date]
        for (earlier, before), (later, after) in pairwise(given):
            if after < before:
                yield later, earlier

    def moved(self, *, since: datetime, to: datetime, zone: tzinfo) -> "Dates":
        """A copy's dates: as many days after `to` as these are after `since`, at the same time of day.

        Dates that would be past at `to` are left out.
        """
        days = to.astimezone(zone).date() - since.astimezone(zone).date()

        def move(date: datetime | None) -> datetime | None:
            return date and moment_of(wall_of(date, zone) + days, zone).astimezone(zone)

        dates = Dates(*map(move, self))
        return Dates() if any(date and date <= to for date in dates) else dates


class Odd(StrEnum):
    """What is unusual about a time of day, in a night when the clocks change."""

    SKIPPED = "skipped"
    TWICE = "twice"


def moment_of(wall: datetime, zone: tzinfo) -> datetime:
    """The moment at which a clock in `zone` shows `wall`, in UTC.

    Of a time that comes twice it is the first; one that is skipped counts from before the clocks change, so
    that 2:30 is what they then show as 3:30 (PEP 495, fold=0).
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def wall_of(moment: datetime, zone: tzinfo) -> datetime:
    """What a clock in `zone` shows at a moment, as the browser's picker takes it."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def odd(wall: datetime, zone: tzinfo) -> Odd | None:
    """Whether a time of day is skipped or comes twice; None for all others."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if first == second:
        return None
    return Odd.TWICE if wall_of(moment_of(wall, zone), zone) == wall else Odd.SKIPPED


def zone_named(name: str, default: tzinfo) -> tzinfo:
    """The zone of an IANA name; the `default` for no name, and for one that is known no more."""
    return ZoneInfo(name) if name in zones() else default


def common_zones() -> list[str]:
    """The names that are offered, as far as this machine knows them."""
    return [name for name in COMMON_ZONES if name in zones()]


@cache
def zones() -> frozenset[str]:
    """The names of all zones, as the IANA database of this machine has them."""
    return frozenset(available_timezones())
