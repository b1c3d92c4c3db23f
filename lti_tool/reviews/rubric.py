"""A review against the activity's criteria: what is missing or wrong in it, and the score it gives. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from ..activities.criteria import LONGEST_COMMENT, SCORED
from ..activities.models import Criterion, CriterionType

MAX_COMMENT, MAX_OVERALL = LONGEST_COMMENT, 10_000  # characters


class NothingCountsError(ValueError):
    """No criterion has a weight: there is no score."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One criterion and the points it gives, rising: its levels', or the lowest and the highest number.

    A question gives none. `weight`: its part of the score, beside the other criteria's.
    """

    criterion: UUID
    name: str
    points: tuple[float, ...]
    type: CriterionType = CriterionType.LEVELS
    weight: float = 1.0
    comment_required: bool = False

    @classmethod
    def of(cls, criterion: Criterion) -> "Scale":
        """As a row has it."""
        points = tuple(float(level["points"]) for level in criterion.levels)
        return cls(
            criterion.id, criterion.name, points, criterion.type, criterion.weight, criterion.comment_required
        )

    @property
    def counts(self) -> bool:
        """Whether it is a part of the score."""
        return self.type in SCORED and self.weight > 0

    def takes(self, points: float) -> bool:
        """Whether these points can be given: a level's, or a whole number between the two ends."""
        if self.type is CriterionType.LEVELS:
            return points in self.points
        if self.type not in SCORED:
            return False
        return float(points).is_integer() and self.points[0] <= points <= self.points[-1]


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
    NO_COMMENT = "no-comment"
    TOO_LONG = "too-long"
    TOO_SHORT = "too-short"


def answer_faults(
    scales: Sequence[Scale], answers: Mapping[UUID, Answer], *, complete: bool
) -> dict[UUID, Fault]:
    """The faults of the answers, by criterion; a draft (not `complete`) may leave criteria open."""
    asked = {scale.criterion for scale in scales}
    faults = {criterion: Fault.NOT_ASKED for criterion in answers if criterion not in asked}
    for scale in scales:
        fault = _fault(scale, answers.get(scale.criterion, Answer()), complete=complete)
        if fault:
            faults[scale.criterion] = fault
    return faults


def overall_fault(text: str, words: int, minimum: int, *, complete: bool) -> Fault | None:
    """The fault of the overall comment of `words` words, where at least `minimum` are asked for."""
    if len(text) > MAX_OVERALL:
        return Fault.TOO_LONG
    return Fault.TOO_SHORT if complete and words < minimum else None


def score(scales: Sequence[Scale], points: Mapping[UUID, float]) -> float:
    """A review's score, from 0 to 1: the mean of its criteria's shares of what they give, by their weights.

    A share is (points - lowest) / (highest - lowest); of errors, what is left of 1. Computed in fractions, so
    it is rounded once, to a float. A criterion whose levels are all worth the same counts as fully met.

    Args:
        scales: the criteria; what does not count may be among them.
        points: by criterion, of those that count at least; each such as its criterion takes.

    Raises:
        KeyError: a criterion that counts has no points.
        NothingCountsError: there is no criterion that counts.

    """
    return float(_mean(scales, points))


def tally(scales: Sequence[Scale], points: Mapping[UUID, float]) -> dict[str, float]:
    """A review's score in points: `raw` between `min` and `max`, the sums of what its criteria give.

    With equal criteria, `raw` is the sum of the points. Raises what `score` does.
    """
    low = sum(Fraction(min(scale.points)) for scale in scales if scale.counts)
    high = sum(Fraction(max(scale.points)) for scale in scales if scale.counts)
    raw = low + _mean(scales, points) * (high - low)
    return {"raw": float(raw), "min": float(low), "max": float(high)}


def _fault(scale: Scale, answer: Answer, *, complete: bool) -> Fault | None:
    if answer.points is not None and not scale.takes(answer.points):
        return Fault.NOT_A_LEVEL
    if len(answer.comment) > MAX_COMMENT:
        return Fault.TOO_LONG
    if not complete:
        return None
    if answer.points is None and scale.type in SCORED:
        return Fault.MISSING
    return Fault.NO_COMMENT if scale.comment_required and not answer.comment else None


def _mean(scales: Sequence[Scale], points: Mapping[UUID, float]) -> Fraction:
    counted = [(Fraction(scale.weight), scale) for scale in scales if scale.counts]
    if not counted:
        raise NothingCountsError("no criterion counts")
    shares = (weight * _share(scale, points[scale.criterion]) for weight, scale in counted)
    return sum(shares, Fraction()) / sum((weight for weight, _ in counted), Fraction())


def _share(scale: Scale, points: float) -> Fraction:
    low, high = Fraction(min(scale.points)), Fraction(max(scale.points))
    share = (Fraction(points) - low) / (high - low) if high > low else Fraction(1)
    return 1 - share if scale.type is CriterionType.ERRORS else share
