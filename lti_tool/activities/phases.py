"""What may be done in an activity at a given moment. Pure: dates in, answers out.

Everything here is worked out from the clock, so phases move at their time by themselves. Where a clock jumps
back, doors follow it; what was shown or sent in the meantime stays so, for rows hold that.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum


class Door(StrEnum):
    """Whether something may be done now."""

    NOT_YET = "not-yet"
    OPEN = "open"
    LATE = "late"  # the date has passed, and it still counts
    CLOSED = "closed"


class Phase(StrEnum):
    """Where an activity stands. FLOW: without phases, one reviews as soon as one has shared."""

    DRAFT = "draft"
    FLOW = "flow"
    CONTRIBUTE = "contribute"
    REVIEW = "review"
    REVISE = "revise"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Schedule:
    """An activity's dates, as its row holds them. `revise_from`: when the phase of revising begins."""

    opened_at: datetime | None
    share_by: datetime | None
    review_by: datetime | None
    closed_at: datetime | None
    late_allowed: bool
    review_from: datetime | None = None
    revising_allowed: bool = False
    revise_from: datetime | None = None
    revise_by: datetime | None = None
    closes_at: datetime | None = None

    def sharing(self, now: datetime) -> Door:
        """May one share now?"""
        return self._door(None, self.share_by, now)

    def reviewing(self, now: datetime) -> Door:
        """May one review now?"""
        return self._door(self.review_from, self.review_by, now)

    def revising(self, now: datetime) -> Door:
        """May one revise, after the reviews, what one shared?"""
        return self._door(self.revise_from, self.revise_by, now) if self.revising_allowed else Door.CLOSED

    def phase(self, now: datetime) -> Phase:
        """Where everybody stands."""
        if self.opened_at is None or now < self.opened_at:
            return Phase.DRAFT
        if {self.sharing(now), self.reviewing(now), self.revising(now)} == {Door.CLOSED}:
            return Phase.CLOSED
        if self.review_from is None:
            return Phase.FLOW
        if now < self.review_from:
            return Phase.CONTRIBUTE
        if self.revising_allowed and self.revise_from and now > self.revise_from:
            return Phase.REVISE
        return Phase.REVIEW

    def closed(self, now: datetime) -> bool:
        """Whether it is closed altogether: by an instructor, or by its date. Past dates alone close doors."""
        return any(end is not None and now >= end for end in (self.closed_at, self.closes_at))

    def ended_at(self, now: datetime) -> datetime | None:
        """When the last door closed, where all are; None in an activity that never has."""
        ends = (self.closed_at, self.closes_at) if self.closed(now) else self._ends()
        past = [end for end in ends if end and end <= now]
        return (min if self.closed(now) else max)(past, default=None)

    def next_change(self, now: datetime) -> datetime | None:
        """The next moment at which something opens, is late or closes by itself."""
        moments = (self.opened_at, self.share_by, self.review_from, self.review_by, self.revise_from)
        ahead = [moment for moment in (*moments, self.revise_by, self.closes_at) if moment and moment > now]
        return None if self.closed(now) else min(ahead, default=None)

    def _door(self, since: datetime | None, until: datetime | None, now: datetime) -> Door:
        if self.opened_at is None or now < self.opened_at:
            return Door.NOT_YET
        if self.closed(now):
            return Door.CLOSED
        if since is not None and now < since:
            return Door.NOT_YET
        if until is None or now <= until:
            return Door.OPEN
        return Door.LATE if self.late_allowed else Door.CLOSED

    def _ends(self) -> tuple[datetime | None, ...]:
        return self.share_by, self.review_by, self.revise_by if self.revising_allowed else None

    def extended(
        self, share_by: datetime | None, review_by: datetime | None, revise_by: datetime | None = None
    ) -> "Schedule":
        """The dates of somebody who has later ones of their own; what has no date still has none."""
        return replace(
            self,
            share_by=self.share_by and max(self.share_by, share_by or self.share_by),
            review_by=self.review_by and max(self.review_by, review_by or self.review_by),
            revise_by=self.revise_by and max(self.revise_by, revise_by or self.revise_by),
        )

    def of_staff(self) -> "Schedule":
        """The dates of who teaches: only the closing binds them."""
        always = datetime.min.replace(tzinfo=UTC)
        return replace(
            self, opened_at=always, share_by=None, review_from=None, review_by=None, revise_from=None,
            revise_by=None,
        )  # fmt: skip


def lets_in(door: Door) -> bool:
    """Whether the act is taken, late or not."""
    return door in {Door.OPEN, Door.LATE}
