"""What comparative judgements tell: a scale, how far to trust it, and why not. Pure.

The arithmetic, and with it numpy and scipy, is loaded when a scale is made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ..kernel.i18n import N_

if TYPE_CHECKING:
    from .bradley_terry import Graph, Places

SPLITS = 50
FEW = 10
"""Judgements of an item that published scales of reliability 0.7 needed (Verhavert and others 2019)."""
AGREEMENT = 0.7
"""A split-half correlation at which few judgements were enough."""
LUCK = 0.01
"""A chance of coin tosses that is small enough."""
TOSSED = 0.3
"""A split-half correlation that coin tosses seldom reach."""
WEAK = 0.4
"""One that they still reach now and then if pairs were chosen by their scores."""
CHOSEN = 0.5
"""A closeness of pairs (see `bradley_terry.closeness`) that pairs drawn at random do not reach."""

Id = int | str


class Judgement(NamedTuple):
    """A judge found the winner better than the loser."""

    judge: Id
    winner: Id
    loser: Id


class Strength(NamedTuple):
    """An item's place on the scale and its standard error, in logits."""

    score: float
    se: float


class Doubt(StrEnum):
    """Why a scale should not be trusted as it is."""

    NOISE = "noise"
    WEAK = "weak"
    CHOSEN = "chosen"
    APART = "apart"
    FEW = "few"


WHY: dict[Doubt, str] = {
    Doubt.NOISE: N_("The judges hardly agree: coin tosses can give such scores. Do not use them."),
    Doubt.WEAK: N_("The judges agree little. Ask for more comparisons before you use these scores."),
    Doubt.CHOSEN: N_(
        "Most pairs were of nearly equal scores. So reliability looks higher than it is: "
        "even coin tosses can look reliable."
    ),
    Doubt.APART: N_("Some items were never linked by comparisons. Compare scores only among those that are."),
    Doubt.FEW: N_(
        "There are fewer than 10 judgements for each item on average. The scores can still change."
    ),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """What judgements tell.

    `items` has the strongest first. `ssr` is the scale separation reliability: at most 1, negative where
    errors exceed the spread, too high where pairs were chosen by their scores. `split_half` is the mean
    correlation of the scores from two random halves of the judges: about 0 for coin tosses. Either is None
    where nothing can be told. `parts` is how many groups of items no comparison links.
    """

    items: dict[Id, Strength]
    ssr: float | None
    split_half: float | None
    parts: int
    doubts: tuple[Doubt, ...]


def scale(judgements: Iterable[Judgement], splits: int = SPLITS) -> Scale:
    """The scale that judgements make; the order of the judgements does not matter.

    Raises:
        ValueError: there are no judgements, or one compares an item with itself.

    """
    from . import bradley_terry as model

    judgements = _checked(judgements)
    items = _names(judgements, "winner", "loser")
    graph, judges = _arranged(judgements)
    strengths = model.strengths(graph)
    errors = model.errors(graph, strengths)
    split_half = model.split_half(graph, judges, splits)
    halves = 1.0 if split_half is None else split_half
    noise = model.luck(graph) > LUCK or halves < TOSSED
    doubts = {
        Doubt.NOISE: noise,
        Doubt.WEAK: not noise and halves < WEAK,
        Doubt.CHOSEN: model.closeness(graph, strengths) < CHOSEN,
        Doubt.APART: graph.parts > 1,
        Doubt.FEW: 2 * len(judgements) < FEW * len(items) and (split_half or 0) < AGREEMENT,
    }
    found = zip(items, map(Strength, strengths.tolist(), errors.tolist()), strict=True)
    return Scale(
        items=dict(sorted(found, key=lambda pair: -pair[1].score)),
        ssr=model.separation(strengths, errors),
        split_half=split_half,
        parts=graph.parts,
        doubts=tuple(doubt for doubt, holds in doubts.items() if holds),
    )


def misfit(judgements: Iterable[Judgement]) -> dict[Id, float]:
    """Each judge's infit mean square: about 1; above, they often contradict the scale; below, seldom.

    The squared surprise of a judge's judgements over what the model expects of them. Studies look at judges
    above the mean plus two standard deviations (Pollitt 2012).

    Raises:
        ValueError: as `scale`.

    """
    from . import bradley_terry as model

    judgements = _checked(judgements)
    graph, judges = _arranged(judgements)
    found = model.infit(graph, model.strengths(graph), judges)
    return dict(zip(_names(judgements, "judge"), found.tolist(), strict=True))


def _checked(judgements: Iterable[Judgement]) -> Sequence[Judgement]:
    judgements = sorted(judgements, key=lambda one: [str(each) for each in one])
    if not judgements:
        raise ValueError("no judgements make no scale")
    if any(one.winner == one.loser for one in judgements):
        raise ValueError("an item cannot be better than itself")
    return judgements


def _names(judgements: Sequence[Judgement], *parts: str) -> list[Id]:
    return sorted({getattr(one, part) for one in judgements for part in parts}, key=str)


def _arranged(judgements: Sequence[Judgement]) -> "tuple[Graph, Places]":
    """The judgements as a graph of items, and the judge of each, in the order of `_names`."""
    from . import bradley_terry as model

    judges, winners, losers = zip(*judgements, strict=True)
    items = _names(judgements, "winner", "loser")
    graph = model.Graph(model.placed(winners, items), model.placed(losers, items), len(items))
    return graph, model.placed(judges, _names(judgements, "judge"))
