"""What a learner does now. Pure: where they stand in, the one next step out."""

from dataclasses import dataclass
from enum import StrEnum

from ..activities.phases import Door, lets_in


class Step(StrEnum):
    """The one thing the page's only filled button does."""

    SHARE = "share"
    CONTINUE = "continue"  # a draft waits
    CALIBRATE = "calibrate"  # score the instructor's examples
    REVIEW = "review"
    CONTINUE_REVIEW = "continue-review"
    OWN_REVIEW = "own-review"
    LOOK_AGAIN = "look-again"  # at works that were improved
    IMPROVE = "improve"
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
    calibrates: bool = False  # examples are to be scored before reviewing
    judges_own: bool = False  # a review of one's own work is asked for, and not sent
    look_again: int = 0  # reviewed works that were improved since
    revising: Door = Door.CLOSED


def next_step(at: Standing) -> Step:
    """The next step: what is open, then one's own, then what others wait for, then what one received.

    One judges one's own work before reading what peers think of it. While reviews still come, they are read;
    once reviewing is over, the work is improved with them.
    """
    reviews_open = lets_in(at.reviews)
    if at.shared and at.reviewing and reviews_open:
        return Step.CONTINUE_REVIEW
    if not at.shared and not at.drafted and at.asks and at.helps:
        return Step.HELP
    if not at.shared:
        if not lets_in(at.sharing):
            return Step.NOTHING
        return Step.CONTINUE if at.drafted else Step.SHARE
    if reviews_open and (step := _for_others(at)):
        return step
    if at.received:
        return Step.IMPROVE if lets_in(at.revising) and not reviews_open else Step.READ
    return Step.HELP if at.helps else Step.NOTHING


def _for_others(at: Standing) -> Step | None:
    """What peers wait for, while reviewing is open."""
    if at.given < at.asked and at.calibrates:
        return Step.CALIBRATE
    if at.given < at.asked and at.work_waits:
        return Step.REVIEW
    if at.judges_own:
        return Step.OWN_REVIEW
    return Step.LOOK_AGAIN if at.look_again else None
