"""What a criterion is, and what is wrong in a set of them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isfinite
from typing import Any, NamedTuple, Protocol

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..kernel.markup import plain
from .models import CriterionType

MOST = 12  # criteria
FEWEST_LEVELS, MOST_LEVELS = 2, 5
LONGEST_NAME, LONGEST_DESCRIPTION = 100, 300  # characters
LONGEST_LABEL, LONGEST_SENTENCE = 60, 300
LONGEST_COMMENT = 2_000  # characters of what a reviewer says on a criterion
HIGHEST = 1000.0  # points, and weight; two decimals count
MOST_CHOICES = 11  # steps of a scale that are shown as choices; a longer one is a number to be written
SCORED = frozenset({CriterionType.LEVELS, CriterionType.SCALE, CriterionType.ERRORS})


class Asks(Protocol):
    """What a row, and a wish for one, both say of a criterion."""

    name: str
    description: str
    type: CriterionType
    levels: Any
    weight: float
    comment_required: bool


@dataclass(frozen=True, slots=True)
class Level:
    """What one may say on a criterion, and what it is worth."""

    points: float
    label: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class CriterionPlan:
    """A criterion as an instructor wants it. `levels`: rising; of a scale and of errors the two ends."""

    name: str
    description: str = ""
    type: CriterionType = CriterionType.LEVELS
    levels: tuple[Level, ...] = ()
    weight: float = 1.0
    comment_required: bool = False

    @classmethod
    def of(cls, criterion: Asks) -> "CriterionPlan":
        """As a row has it."""
        levels = tuple(Level(**level) for level in criterion.levels)
        return cls(
            criterion.name,
            criterion.description,
            CriterionType(criterion.type),
            levels,
            criterion.weight,
            criterion.comment_required,
        )

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "CriterionPlan":
        """As `stored` keeps it."""
        levels = tuple(Level(**level) for level in stored["levels"])
        return cls(**{**stored, "type": CriterionType(stored["type"]), "levels": levels})

    @property
    def stored(self) -> dict[str, Any]:
        """As `Rubric.criteria` keeps it; its names are those of a `Criterion`'s columns."""
        return {**asdict(self), "type": self.type, "levels": [asdict(level) for level in self.levels]}

    @property
    def points(self) -> tuple[float, ...]:
        """What its levels are worth."""
        return tuple(level.points for level in self.levels)

    @property
    def counts(self) -> bool:
        """Whether it is a part of the score."""
        return self.type in SCORED and self.weight > 0

    def asks_as(self, other: "CriterionPlan") -> bool:
        """Whether what was answered to one is an answer to the other."""
        return (self.type, self.points) == (other.type, other.points)

    def scores_as(self, other: "CriterionPlan") -> bool:
        """Whether, moreover, it is worth as much in both."""
        return self.asks_as(other) and (self.weight == other.weight or self.type not in SCORED)


class Fault(NamedTuple):
    """What is wrong with a criterion: in which part of it, at which level, and a catalogue's sentence."""

    key: str
    part: str
    sentence: str
    most: int = 0
    level: int | None = None


class FaultyRubricError(InvalidError):
    """The criteria do not hold; `faults` says where."""

    code = "faulty-rubric"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0].sentence, most=faults[0].most)
        self.faults = faults


def checked(plans: Mapping[str, CriterionPlan]) -> dict[str, CriterionPlan]:
    """The criteria with plain texts.

    Args:
        plans: by any keys, which the faults are told by; in their order.

    Raises:
        FaultyRubricError: a text is missing or too long, a number out of bounds, or nothing counts.

    """
    tidied = {key: _tidied(plan) for key, plan in plans.items()}
    faults = [fault for key, plan in tidied.items() for fault in _faults(key, plan)]
    if len(tidied) > MOST:
        faults.append(Fault("", "", N_("Keep %(most)d criteria at most."), MOST))
    if not tidied:
        faults.append(Fault("", "", N_("Add at least one criterion.")))
    elif not any(plan.counts for plan in tidied.values()):
        faults.append(Fault("", "", N_("At least one criterion must count. Give it a scale and a weight.")))
    if faults:
        raise FaultyRubricError(faults)
    return tidied


def sound(plan: CriterionPlan) -> bool:
    """Whether a criterion by itself could be used as it is."""
    return not list(_faults("", _tidied(plan)))


def matched(plans: Iterable[CriterionPlan], known: Mapping[str, str]) -> list[tuple[str, CriterionPlan]]:
    """Criteria, each with the key that is `known` by its name; an empty key where there is none."""
    left = {name.casefold(): key for name, key in known.items()}
    return [(left.pop(plan.name.casefold(), ""), plan) for plan in plans]


def _tidied(plan: CriterionPlan) -> CriterionPlan:
    levels = (Level(each.points, _line(each.label), _line(each.sentence)) for each in plan.levels)
    name, description = _line(plan.name), _line(plan.description)
    return replace(plan, name=name, description=description, levels=tuple(levels))


def _line(text: str) -> str:
    return " ".join(plain(text).split())


def _faults(key: str, plan: CriterionPlan) -> Iterable[Fault]:
    if not plan.name:
        yield Fault(key, "name", N_("Give the criterion a name."))
    texts: list[tuple[str, str, int, int | None]] = [
        ("name", plan.name, LONGEST_NAME, None),
        ("description", plan.description, LONGEST_DESCRIPTION, None),
    ]
    for number, level in enumerate(plan.levels):
        texts.append(("label", level.label, LONGEST_LABEL, number))
        texts.append(("sentence", level.sentence, LONGEST_SENTENCE, number))
    for part, text, most, at in texts:
        if len(text) > most:
            yield Fault(key, part, N_("Shorten this to %(most)d characters."), most, at)
    if not _is_worth(plan.weight):
        yield Fault(key, "weight", N_("Write a number from 0 to %(most)d."), int(HIGHEST))
    if plan.type is CriterionType.LEVELS:
        yield from _faults_of_levels(key, plan.levels)
    elif plan.type in SCORED:
        yield from _faults_of_ends(key, plan)


def _faults_of_levels(key: str, levels: Sequence[Level]) -> Iterable[Fault]:
    if not FEWEST_LEVELS <= len(levels) <= MOST_LEVELS:
        yield Fault(key, "type", N_("Describe two to %(most)d levels."), MOST_LEVELS)
    before = -1.0
    for number, level in enumerate(levels):
        if not level.label:
            yield Fault(key, "label", N_("Give the level a name."), level=number)
        if not _is_worth(level.points):
            yield Fault(key, "points", N_("Write a number from 0 to %(most)d."), int(HIGHEST), number)
        elif level.points <= before:
            yield Fault(key, "points", N_("Each level needs more points than the one before."), level=number)
        before = level.points


def _faults_of_ends(key: str, plan: CriterionPlan) -> Iterable[Fault]:
    ends = dict(zip(("lowest", "highest"), plan.points, strict=False))
    whole = {part: _is_worth(points) and points.is_integer() for part, points in ends.items()}
    for part, holds in whole.items():
        if not holds:
            yield Fault(key, part, N_("Write a whole number from 0 to %(most)d."), int(HIGHEST))
    if len(ends) < len(plan.points) or len(ends) < 2:
        yield Fault(key, "type", N_("A scale has a lowest and a highest number."))
    elif all(whole.values()) and ends["lowest"] >= ends["highest"]:
        yield Fault(key, "highest", N_("The highest number must be above the lowest."))
    elif plan.type is CriterionType.ERRORS and ends["lowest"] != 0:
        yield Fault(key, "lowest", N_("Errors are counted from 0."))


def _is_worth(number: float) -> bool:
    return isfinite(number) and 0 <= number <= HIGHEST and round(number, 2) == number
