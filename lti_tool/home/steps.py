"""What a learner does now. Pure: where they stand in, the one next step out."""

from dataclasses import dataclass
from enum import StrEnum

from ..activities.phases import Door, lets_in


class Step(StrEnum):
    """The one thing the page's only filled button does."""

    SHARE = "share"
    CONTINUE = "continue"  # a draft waits
    REVIEW = "review"
    CONTINUE_REVIEW = "continue-review"
    READ = "read"
    HELP = "help"  # answer, or read and say something
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a learner stands in an activity."""

    drafted: bool
    shared: bool
    reviewing: bool  # a review is open
    given: int
    asked: int
    work_waits: bool  # there is something to review
    received: int
    sharing: Door
    reviews: Door
    asks: bool = False  # sharing is asking: who has no question answers those of others
    helps: bool = False  # peers wait for answers or comments, not for reviews


def next_step(at: Standing) -> Step:
    """The next step: finish what is open, share before reviewing, review before reading, then help."""
    if at.shared and at.reviewing and lets_in(at.reviews):
        return Step.CONTINUE_REVIEW
    if not at.shared and not at.drafted and at.asks and at.helps:
        return Step.HELP
    if not at.shared:
        if not lets_in(at.sharing):
            return Step.NOTHING
        return Step.CONTINUE if at.drafted else Step.SHARE
    if at.given < at.asked and at.work_waits and lets_in(at.reviews):
        return Step.REVIEW
    if at.received:
        return Step.READ
    return Step.HELP if at.helps else Step.NOTHING
