"""What may be done in an activity at a given moment. Pure: dates in, answers out."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import NamedTuple


class Door(StrEnum):
    """Whether something may be done now."""

    NOT_YET = "not-yet"
    OPEN = "open"
    LATE = "late"  # the date has passed, and it still counts
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Schedule:
    """An activity's dates, as its row holds them."""

    opened_at: datetime | None
    share_by: datetime | None
    review_by: datetime | None
    closed_at: datetime | None
    late_allowed: bool

    def sharing(self, now: datetime) -> Door:
        """May one share now?"""
        return self._door(self.share_by, now)

    def reviewing(self, now: datetime) -> Door:
        """May one review now?"""
        return self._door(self.review_by, now)

    def _door(self, until: datetime | None, now: datetime) -> Door:
        if self.opened_at is None or now < self.opened_at:
            return Door.NOT_YET
        if self.closed_at is not None and now >= self.closed_at:
            return Door.CLOSED
        if until is None or now <= until:
            return Door.OPEN
        return Door.LATE if self.late_allowed else Door.CLOSED

    def extended(self, share_by: datetime | None, review_by: datetime | None) -> "Schedule":
        """The dates of somebody who has later ones of their own; what has no date still has none."""
        return replace(
            self,
            share_by=self.share_by and max(self.share_by, share_by or self.share_by),
            review_by=self.review_by and max(self.review_by, review_by or self.review_by),
        )

    def of_staff(self) -> "Schedule":
        """The dates of who teaches: only the closing binds them."""
        return replace(self, opened_at=datetime.min.replace(tzinfo=UTC), share_by=None, review_by=None)


def lets_in(door: Door) -> bool:
    """Whether the act is taken, late or not."""
    return door in {Door.OPEN, Door.LATE}


class Dates(NamedTuple):
    """Until when one shares and reviews; empty for what is always open."""

    share_by: datetime | None = None
    review_by: datetime | None = None

    def moved(self, *, since: datetime, to: datetime, zone: tzinfo) -> "Dates":
        """A copy's dates: as many days after `to` as these are after `since`, at the same time of day.

        Dates that would be past at `to` are left out.
        """
        days = to.astimezone(zone).date() - since.astimezone(zone).date()

        def move(date: datetime | None) -> datetime | None:
            return date and (date.astimezone(zone).replace(tzinfo=None) + days).replace(tzinfo=zone)

        dates = Dates(move(self.share_by), move(self.review_by))
        return Dates() if any(date and date <= to for date in dates) else dates
