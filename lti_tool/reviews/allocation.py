"""Who may review what, and why not. Pure: counts, flags and moments in, answers out.

A willing reviewer is refused only when nothing eligible exists. Within the quota everything unread that
others share is eligible; beyond it only what is still short of reviews, so that extra effort goes where it is
missing. Who wants to give more than that may say so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..activities.phases import Door, lets_in
from ..kernel.i18n import N_
from . import pairing
from .pairing import NoPair

KEPT = timedelta(days=14)  # a review that nobody begins, where there is no date


class Because(StrEnum):
    """Why somebody who wants to review cannot, now."""

    NOT_OPEN = "not-open"
    CLOSED = "closed"
    SHARE_FIRST = "share-first"
    NOBODY_ELSE = "nobody-else"
    READ_ALL = "read-all"
    ALL_SERVED = "all-served"
    CALIBRATE = "calibrate"
    TOO_FEW = "too-few"  # where works are compared
    ALL_JUDGED = "all-judged"
    ALL_COMPARED = "all-compared"


WHY: dict[Because, str] = {
    Because.NOT_OPEN: N_("Reviewing has not started yet."),
    Because.CLOSED: N_("Reviewing is closed."),
    Because.SHARE_FIRST: N_("Share your own contribution first. Then you can review."),
    Because.NOBODY_ELSE: N_("Nobody else has shared yet."),
    Because.READ_ALL: N_("You have read everything that is shared so far."),
    Because.ALL_SERVED: N_("Everyone who has shared has enough reviews for now."),
    Because.CALIBRATE: N_("First score the examples. Then you can review."),
    Because.TOO_FEW: pairing.WHY[NoPair.TOO_FEW],
    Because.ALL_JUDGED: pairing.WHY[NoPair.ALL_JUDGED],
    Because.ALL_COMPARED: N_("All works have been compared often enough for now."),
}


@dataclass(frozen=True, slots=True)
class Pool:
    """What one person finds: is there work of others, is some unread, is some of that short of reviews?

    `certain`: some is theirs whatever else there is, by a draw, an instructor's choice, or a rule.
    """

    others: bool
    unread: bool
    short: bool
    certain: bool = False


def beyond_quota(given: int, asked: int) -> bool:
    """Whether the reviews given already fill what the activity asks for."""
    return given >= asked


def refusal(door: Door, shared: bool, given: int, asked: int, pool: Pool) -> Because | None:
    """Why a willing reviewer gets nothing, or None when there is something for them.

    Args:
        door: may one review now?
        shared: whether they shared their own contribution.
        given: reviews they sent.
        asked: reviews the activity asks of each person.
        pool: what they could read.

    """
    if not lets_in(door):
        return Because.NOT_OPEN if door is Door.NOT_YET else Because.CLOSED
    if pool.certain:
        return None
    if not shared:
        return Because.SHARE_FIRST
    if not pool.others:
        return Because.NOBODY_ELSE
    if not pool.unread:
        return Because.READ_ALL
    if beyond_quota(given, asked) and not pool.short:
        return Because.ALL_SERVED
    return None


def unlocked(door: Door, given: int, asked: int, pool: Pool, reviewing: bool) -> bool:
    """Whether an author sees the reviews of their work: they gave theirs, or can give no more.

    `reviewing` tells of a review in hand, which is one they can still give.
    """
    return beyond_quota(given, asked) or door is Door.CLOSED or not (pool.unread or pool.certain or reviewing)


def lease_end(now: datetime, hours: int) -> datetime:
    """Until when a review assigned (or kept longer) now is kept for its reviewer."""
    return now + timedelta(hours=hours)


def kept_until(now: datetime, review_by: datetime | None) -> datetime:
    """Until when a review that is drawn or chosen is kept for its reviewer, not begun: the date, or KEPT."""
    return review_by if review_by and review_by > now else now + KEPT


def expired(lease_until: datetime, now: datetime) -> bool:
    """Whether a lease has run out; its last moment still belongs to the reviewer."""
    return now > lease_until


def coming_hour(moment: datetime) -> datetime:
    """The next full hour: what may be said of somebody else's lease without telling when they took it."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
