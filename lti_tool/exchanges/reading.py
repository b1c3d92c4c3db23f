"""Who may read what a peer shared, and say something about it. Pure: standings in, answers out."""

from dataclasses import dataclass
from enum import StrEnum

from ..kernel.i18n import N_


class Answer(StrEnum):
    """Whether somebody may read a contribution, or why not."""

    YES = "yes"
    NOTHING_THERE = "nothing-there"  # a draft is read by nobody, and nobody learns of it
    NOT_THEIRS = "not-theirs"  # their role does not include it
    SHARE_FIRST = "share-first"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody in the activity's course."""

    sees_all: bool  # staff
    takes_part: bool
    is_author: bool
    has_shared: bool  # in this activity


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to read, and where."""

    shared: bool
    opened: bool
    closed: bool
    graded: bool
    hidden: bool = False  # by an instructor


WHY = {
    Answer.NOTHING_THERE: N_("This contribution does not exist."),
    Answer.NOT_THEIRS: N_("Your role in this course does not include this."),
    Answer.SHARE_FIRST: N_("Share your own contribution first. Then you can read those of your peers."),
}


def may_read(reader: Reader, work: Work) -> Answer:
    """Whether `reader` may open a contribution of their own activity.

    Where there is a grade, peers read each other once they have shared, so that nobody copies. Who may still
    get the work to review may read it here before: a review stays apart, and names nobody.
    """
    if not work.shared:
        return Answer.NOTHING_THERE
    if reader.sees_all:
        return Answer.YES
    if not reader.takes_part:
        return Answer.NOT_THEIRS
    if not work.opened or (work.hidden and not reader.is_author):
        return Answer.NOTHING_THERE
    if reader.is_author or reader.has_shared or work.closed or not work.graded:
        return Answer.YES
    return Answer.SHARE_FIRST


def may_speak(work: Work) -> bool:
    """Whether those who read it may also say something: from the opening to the closing, unless hidden."""
    return work.shared and work.opened and not work.closed and not work.hidden


def sees_counts(reader: Reader) -> bool:
    """Whether to show what others felt: to the author, and to who has shared: they made up their mind."""
    return reader.sees_all or reader.is_author or reader.has_shared
