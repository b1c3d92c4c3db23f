"""A push: everyone is told at once what to review, at random, each as much as everyone else. Pure.

Where it is possible at all, everyone gives exactly k and every contribution receives its equal share, under
any groups and rules: chance deals, swaps mend, and what they leave open is searched for to the end. Small
circles that review only each other come up as seldom as chance has it: they would make a reviewer's severity
inseparable from the quality of what they read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from . import switching
from .augmenting import Cut, Search
from .feasibility import Among, Key, Obstacle, Pair, Why, Wish, contradiction
from .sheet import REVIEWERS, WORKS, Ints, Sheet


@dataclass(frozen=True, slots=True)
class Plan:
    """Who reviews what; or why the wish is not possible, and then, if it was asked for, as much as is."""

    pairs: list[Pair]
    obstacle: Obstacle | None = None


def push(wish: Wish, seed: int | None = None, anyway: bool = False) -> Plan:
    """Draw who reviews what.

    Args:
        wish: who takes part, how many reviews, groups and rules.
        seed: the same wish and seed give the same pairs; None: drawn anew.
        anyway: allocate as many reviews as possible where the wish is not. Then nobody gives more than k,
            no contribution receives more than its share, and nobody could have one more without another
            who has no more than they losing it.

    """
    rng = np.random.default_rng(seed)
    sheet = Sheet(wish)
    obstacle = contradiction(wish) or _too_many(sheet) or _alone(wish, sheet) or _too_large(wish, sheet)
    if obstacle and not anyway:
        return Plan([], obstacle)
    reviewers, works = switching.mend(sheet, *switching.deal(sheet, rng), rng)
    lacking = _lacking(sheet, reviewers, works)
    if len(lacking):
        here = np.isin(sheet.island[REVIEWERS][reviewers], lacking)
        search = Search(sheet, reviewers[here], works[here], rng)
        cut = _complete(sheet, search, lacking, anyway)
        if cut and not obstacle:
            obstacle = _because(sheet, cut)
        if obstacle and not anyway:
            return Plan([], obstacle)
        added = search.pairs()
        reviewers = np.concatenate([reviewers[~here], added[REVIEWERS]])
        works = np.concatenate([works[~here], added[WORKS]])
    works = switching.mix(sheet, reviewers, works, rng)
    both = np.concatenate([reviewers, sheet.must[REVIEWERS]]), np.concatenate([works, sheet.must[WORKS]])
    order = np.lexsort(both[::-1])
    people, contributions = sheet.names
    pairs = zip(both[REVIEWERS][order].tolist(), both[WORKS][order].tolist(), strict=True)
    return Plan([(people[one], contributions[work]) for one, work in pairs], obstacle)


def _lacking(sheet: Sheet, reviewers: Ints, works: Ints) -> Ints:
    """The islands where somebody gives or a work receives other than is wished."""
    found = []
    for side, drawn in ((REVIEWERS, reviewers), (WORKS, works)):
        count = sheet.settled(side) + np.bincount(drawn, minlength=sheet.sizes[side])
        found.append(sheet.island[side][(count < sheet.least[side]) | (count > sheet.most[side])])
    return np.unique(np.concatenate(found))


def _complete(sheet: Sheet, search: Search, islands: Ints, anyway: bool) -> Cut | None:
    """Add what is missing on some islands; why it is not possible, if it is not."""
    first: Cut | None = None
    for members in _members(sheet, islands):
        cut = None
        for side in (REVIEWERS, WORKS):
            level = int(sheet.least[side][members[side]].max(initial=0))
            cut = cut or search.fill(side, members[side], members[1 - side], level)
        if cut and not anyway:
            return cut
        if cut:
            for side in (WORKS, REVIEWERS):
                for level in range(1, int(sheet.least[side][members[side]].max(initial=0)) + 1):
                    search.fill(side, members[side], members[1 - side], level)
        first = first or cut
    return first


def _members(sheet: Sheet, islands: Ints) -> Iterator[tuple[Ints, Ints]]:
    """The reviewers and the works of each of some islands."""
    bounds, orders = [], []
    for island in sheet.island:
        order = np.argsort(island, kind="stable")
        ends = [np.searchsorted(island[order], islands, end).tolist() for end in ("left", "right")]
        bounds.append(zip(*ends, strict=True))
        orders.append(order)
    for here, there in zip(*bounds, strict=True):
        yield orders[REVIEWERS][slice(*here)], orders[WORKS][slice(*there)]


def _too_many(sheet: Sheet) -> Obstacle | None:
    """Somebody whom the rules alone give more than their share."""
    for side, why in ((REVIEWERS, Why.MUST_GIVE_TOO_MANY), (WORKS, Why.MUST_GET_TOO_MANY)):
        settled, most = sheet.settled(side), sheet.most[side]
        for place in np.flatnonzero(settled > most).tolist():
            return _of(sheet, why, side, np.array([place]), int(most[place]), int(settled[place]))
    return None


def _because(sheet: Sheet, cut: Cut) -> Obstacle:
    """What a cut means."""
    why = Why.CANNOT_GIVE_TOGETHER if cut.side == REVIEWERS else Why.CANNOT_GET_TOGETHER
    return _of(sheet, why, cut.side, cut.short, cut.wanted, cut.possible)


def _alone(wish: Wish, sheet: Sheet) -> Obstacle | None:
    """Somebody, or a work, that could not have enough even if nobody else took part."""
    for side, why in ((REVIEWERS, Why.CANNOT_GIVE), (WORKS, Why.CANNOT_GET)):
        wanted, possible = sheet.least[side], sheet.could(side)
        for place in np.flatnonzero(possible < wanted).tolist():
            numbers = int(wanted[place]), int(possible[place])
            group: Key | None = sheet.groups[sheet.group_of[side][place]]
            ruled = wish.must or wish.must_not
            if side == REVIEWERS and not ruled and wish.among is Among.EVERYONE:
                return Obstacle(Why.TOO_FEW, *numbers)
            if side == REVIEWERS and not ruled and wish.among is Among.WITHIN and group is not None:
                return Obstacle(Why.GROUP_TOO_SMALL, *numbers, group)
            return _of(sheet, why, side, np.array([place]), *numbers)
    return None


def _too_large(wish: Wish, sheet: Sheet) -> Obstacle | None:
    """A group that has more to give, or to get, across groups than all the others together have room for."""
    if wish.among is not Among.ACROSS or wish.must:
        return None
    for side in (REVIEWERS, WORKS):
        group, others = sheet.group_of[side], sheet.group_of[1 - side]
        wanted = np.bincount(group, sheet.least[side], minlength=len(sheet.groups))
        room = sheet.most[1 - side].sum() - np.bincount(
            others, sheet.most[1 - side], minlength=len(sheet.groups)
        )
        for at in np.flatnonzero(wanted > room).tolist():
            if sheet.groups[at] is not None:
                return Obstacle(Why.GROUP_TOO_LARGE, int(wanted[at]), int(room[at]), sheet.groups[at])
    return None


def _of(sheet: Sheet, why: Why, side: int, places: Ints, wanted: int, possible: int) -> Obstacle:
    """An obstacle that names some on a side."""
    names = tuple(sheet.names[side][place] for place in places.tolist())
    both = {"reviewers": names} if side == REVIEWERS else {"works": names}
    return Obstacle(why, wanted, possible, **both)
