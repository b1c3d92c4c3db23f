"""What reading a rubric from a text comes by, whatever its format. Pure."""

from math import isfinite

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from .criteria import LONGEST_LABEL, CriterionPlan, Level
from .models import CriterionType

LARGEST = 200_000  # characters, and bytes of a file


class UnreadableRubricError(InvalidError):
    """A text is no rubric; where it is known, `line` says which line is wrong."""

    code = "unreadable-rubric"

    def __init__(self, sentence: str, *, line: int | None = None, **values: str) -> None:
        super().__init__(sentence, field="text", code=None, **values)
        self.line = line


def number(text: str, line: int | None = None) -> float:
    """A number as people and machines write it.

    Raises:
        UnreadableRubricError: it is none.

    """
    try:
        found = float(str(text).strip().replace(",", "."))
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise UnreadableRubricError(N_("“%(value)s” is not a number."), line=line, value=str(text)[:40])
    return round(found, 2)


def labelled(points: float, text: str) -> Level:
    """A level that has one text: a name and a sentence on two lines, a name alone, or a sentence alone."""
    first, _, rest = text.strip().partition("\n")
    if rest or len(first) <= LONGEST_LABEL:
        return Level(points, first or f"{points:g}", rest.strip())
    return Level(points, f"{points:g}", first)


def rising(levels: list[Level]) -> tuple[Level, ...]:
    """Levels with the least points first."""
    return tuple(sorted(levels, key=lambda level: level.points))


def as_levels(plan: CriterionPlan) -> tuple[Level, ...]:
    """A criterion's levels for those who know of nothing else: of a number its two ends, the best last."""
    if plan.type is CriterionType.ERRORS:
        most = plan.points[-1]
        return Level(0.0, f"{most:g}"), Level(most, "0")
    return tuple(Level(each.points, each.label or f"{each.points:g}", each.sentence) for each in plan.levels)
