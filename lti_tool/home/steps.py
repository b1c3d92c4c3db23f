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


def next_step(at: Standing) -> Step:
    """The next step: finish what is open, share before reviewing, review before reading."""
    if at.shared and at.reviewing and lets_in(at.reviews):
        return Step.CONTINUE_REVIEW
    if not at.shared:
        if not lets_in(at.sharing):
            return Step.NOTHING
        return Step.CONTINUE if at.drafted else Step.SHARE
    if at.given < at.asked and at.work_waits and lets_in(at.reviews):
        return Step.REVIEW
    return Step.READ if at.received else Step.NOTHING
