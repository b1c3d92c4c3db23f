"""What a contribution did for somebody: what each reaction needs, and what event it is. Pure."""

from dataclasses import dataclass
from datetime import date

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from .comments import kept
from .models import ReactionKind

BECAUSE_MOST = 500  # characters


@dataclass(frozen=True, slots=True)
class Felt:
    """One reaction as it is stored."""

    kind: ReactionKind
    because: str
    applied_on: date | None


def felt(kind: ReactionKind, because: str, on: date | None, today: date) -> Felt:
    """A reaction as it is stored: thanks and disagreement say why, what was applied at work says when.

    Args:
        kind: which.
        because: in the person's own words; one line where something was applied, and it may be empty.
        on: the day it was applied.
        today: where the activity is; nothing is applied later.

    Raises:
        InvalidError: something is missing or too long, or the day is to come.

    """
    if kind is not ReactionKind.APPLIED:
        return Felt(kind, kept(because, BECAUSE_MOST, "because"), None)
    if on is None:
        raise InvalidError(N_("Choose the day."), field="applied_on", code="no-day")
    if on > today:
        raise InvalidError(N_("Choose today or a day before."), field="applied_on", code="to-come")
    line = kept(" ".join(because.split()), BECAUSE_MOST, "because", required=False)
    return Felt(kind, line, on)
