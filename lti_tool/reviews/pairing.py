"""Which two contributions a judge compares next. Pure: what a bounded query found in, a pair out.

Every contribution is shown as often as every other, with ever new opponents, so that all are soon linked.
Pairs are not chosen by their scores, or not before each of the two was shown ten times: that makes noise
look reliable.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from random import Random
from typing import NamedTuple

from ..kernel.i18n import N_

WINDOW = 20
"""Contributions to choose from that are enough: they make 190 pairs, more than one judge ever compares."""
EARLY = 10
"""Times that a contribution is shown before its score may choose its opponents."""


class NoPair(StrEnum):
    """Why a willing judge gets no pair, now."""

    TOO_FEW = "too-few"
    ALL_JUDGED = "all-judged"


WHY: dict[NoPair, str] = {
    NoPair.TOO_FEW: N_("Comparing starts when two other people have shared."),
    NoPair.ALL_JUDGED: N_("You have compared all there is so far."),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contribution a judge may see: neither theirs nor of their team.

    `shown` counts the pairs it is in, judged or in a judge's hands, and `left` those that show it first;
    `score` is known where opponents may be chosen by it.
    """

    id: int
    shown: int
    left: int = 0
    score: float | None = None


class Pair(NamedTuple):
    """Two contributions, in the order in which they are shown."""

    left: int
    right: int


def key(one: int, other: int) -> frozenset[int]:
    """A pair in either order."""
    return frozenset((one, other))


def next_pair(
    candidates: Sequence[Candidate],
    judged: Collection[frozenset[int]],
    met: Mapping[frozenset[int], int],
    random: Random,
) -> Pair | NoPair:
    """The next pair for a judge, or why there is none.

    Args:
        candidates: the least shown contributions the judge may see; `WINDOW` of them are enough.
        judged: pairs of candidates (`key`) that this judge compared before or has in hand.
        met: how often pairs of candidates were shown to anybody; pairs that never were may be left out.
        random: decides among equals.

    """
    if len(candidates) < 2:
        return NoPair.TOO_FEW
    fresh = [pair for pair in combinations(candidates, 2) if key(pair[0].id, pair[1].id) not in judged]
    if not fresh:
        return NoPair.ALL_JUDGED

    def rank(pair: tuple[Candidate, Candidate]) -> tuple[float, ...]:
        one, other = pair
        seldom = min(one.shown, other.shown), max(one.shown, other.shown)
        return *seldom, met.get(key(one.id, other.id), 0), _distance(one, other), random.random()

    one, other = min(fresh, key=rank)
    return _placed(one, other, random)


def _distance(one: Candidate, other: Candidate) -> float:
    if one.score is None or other.score is None or min(one.shown, other.shown) < EARLY:
        return 0
    return abs(one.score - other.score)


def _placed(one: Candidate, other: Candidate, random: Random) -> Pair:
    """Who was shown first less often than second is shown first; chance decides among equals."""
    behind = (2 * one.left - one.shown) - (2 * other.left - other.shown)
    if behind < 0 or (behind == 0 and random.random() < 0.5):
        return Pair(one.id, other.id)
    return Pair(other.id, one.id)
