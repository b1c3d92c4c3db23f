"""A review against the activity's criteria: what is missing or wrong in it, and the score it gives. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from statistics import mean
from uuid import UUID

MAX_COMMENT = 2_000  # characters
MAX_OVERALL = 10_000


@dataclass(frozen=True, slots=True)
class Scale:
    """One criterion and the points its levels give, rising."""

    criterion: UUID
    name: str
    points: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reviewer said on one criterion; no points in a draft that has not come to it."""

    points: float | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reviewer has written so far."""

    overall: str = ""
    answers: Mapping[UUID, Answer] = field(default_factory=dict)


class Fault(StrEnum):
    """What is wrong with an answer or with the overall comment."""

    NOT_ASKED = "not-asked"  # a criterion of another activity
    NOT_A_LEVEL = "not-a-level"
    MISSING = "missing"
    TOO_LONG = "too-long"
    TOO_SHORT = "too-short"


def answer_faults(
    scales: Sequence[Scale], answers: Mapping[UUID, Answer], *, complete: bool
) -> dict[UUID, Fault]:
    """The faults of the answers, by criterion; a draft (not `complete`) may leave criteria open."""
    allowed = {scale.criterion: scale.points for scale in scales}
    faults = {criterion: Fault.NOT_ASKED for criterion in answers if criterion not in allowed}
    for criterion, points in allowed.items():
        answer = answers.get(criterion, Answer())
        if answer.points is None:
            if complete:
                faults[criterion] = Fault.MISSING
        elif answer.points not in points:
            faults[criterion] = Fault.NOT_A_LEVEL
        if len(answer.comment) > MAX_COMMENT:
            faults.setdefault(criterion, Fault.TOO_LONG)
    return faults


def overall_fault(text: str, words: int, minimum: int, *, complete: bool) -> Fault | None:
    """The fault of the overall comment of `words` words, where at least `minimum` are asked for."""
    if len(text) > MAX_OVERALL:
        return Fault.TOO_LONG
    return Fault.TOO_SHORT if complete and words < minimum else None


def score(scales: Sequence[Scale], points: Mapping[UUID, float]) -> float:
    """A review's score: the mean over its criteria of (points - min) / (max - min), from 0 to 1.

    Computed in fractions, so it is rounded once, to a float. A criterion whose levels are all worth the same
    counts as fully met. Every criterion must have points that one of its levels gives.

    Raises:
        KeyError: a criterion has no points.
        statistics.StatisticsError: there is no criterion.

    """
    return float(mean(_share(scale, points[scale.criterion]) for scale in scales))


def _share(scale: Scale, points: float) -> Fraction:
    low, high = Fraction(min(scale.points)), Fraction(max(scale.points))
    return (Fraction(points) - low) / (high - low) if high > low else Fraction(1)
