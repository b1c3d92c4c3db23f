"""The model of Bradley and Terry (1952): from who beat whom to strengths. Pure arrays; see `judging`.

An item of strength a beats one of strength b with probability 1 / (1 + exp(b - a)). Strengths are in logits,
with mean 0 in each part of the items that judgements connect: parts cannot be compared with each other.

The most likely strength of an item that always or never wins is infinite. So w wins in n judgements count as
e + (n - 2e) w / n with e = 0.3, the adjustment of published comparative judgement (Bertoli-Barsotti, Lando
and Punzo 2014; `btm` of R's package sirt). Where items were judged unequally often, adjusted wins do not add
up to the number of judgements: what is over or missing is shared equally in each part.
"""

from collections.abc import Hashable, Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import cg
from scipy.special import chdtrc, expit

Reals = NDArray[np.float64]
Places = NDArray[np.intp]

ADJUSTMENT = 0.3
STEPS = 100
CLOSE = 1e-6
"""Wins by which an item's expected wins may differ from its own."""


class Graph:
    """Who beat whom among items 0 to n - 1, and which items that connects."""

    def __init__(self, winners: Places, losers: Places, n: int) -> None:
        self.winners, self.losers, self.n = winners, losers, n
        one = np.ones(len(winners))
        self.wins, self.played = self.tally(one, 0 * one), self.tally(one, one)
        links = coo_array((one, (winners, losers)), shape=(n, n))
        self.parts, self.part = connected_components(links, directed=False)

    def tally(self, of_winner: Reals, of_loser: Reals) -> Reals:
        """Per item, the sum of what its judgements give it."""
        sums: Reals = np.bincount(self.winners, of_winner, self.n).astype(float)
        return sums + np.bincount(self.losers, of_loser, self.n)

    def ahead(self, strengths: Reals) -> Reals:
        """Per judgement, by how much the winner is stronger."""
        ahead: Reals = strengths[self.winners] - strengths[self.losers]
        return ahead

    def chances(self, strengths: Reals) -> Reals:
        """Per judgement, how probable its outcome was."""
        chances: Reals = expit(self.ahead(strengths))
        return chances

    def levelled(self, values: Reals) -> Reals:
        """The values, less their mean in each part."""
        means = np.bincount(self.part, values) / np.bincount(self.part)
        level: Reals = values - means[self.part]
        return level

    def solve(self, weights: Reals, totals: Reals, precision: float) -> Reals:
        """Level values whose differences along the judgements, weighted, add up to each item's total."""
        if np.abs(totals).max() < CLOSE:
            return np.zeros(self.n)
        one, other = (self.winners, self.losers), (self.losers, self.winners)
        values = np.concatenate([weights, weights, -weights, -weights])
        places = np.concatenate([*one, *one]), np.concatenate([*one, *other])
        matrix = coo_array((values, places), shape=(self.n, self.n)).tocsr()
        scaled = diags_array(1 / np.maximum(matrix.diagonal(), 1e-12))
        found: Reals = cg(matrix, totals, rtol=precision, M=scaled)[0]
        return self.levelled(found)


def placed(names: Iterable[Hashable], among: Iterable[Hashable]) -> Places:
    """Where each name stands among all of them."""
    place = {name: at for at, name in enumerate(among)}
    return np.array([place[name] for name in names], dtype=np.intp)


def shares(graph: Graph) -> Reals:
    """Per judgement, the share of a win that its winner gets; together they are the adjusted wins.

    Each judgement first gives its loser a fair part of e. A flow along the judgements then moves items to
    their adjusted wins, or as near as keeps each share between 0 and 1: so finite strengths always exist.
    """
    played = np.maximum(graph.played, 1)
    given = ADJUSTMENT / 2 * (1 / played[graph.winners] + 1 / played[graph.losers])
    wanted = graph.levelled(ADJUSTMENT * (1 - 2 * graph.wins / played)) - graph.tally(-given, given)
    flow = graph.ahead(graph.solve(np.ones(len(given)), wanted, 1e-8))
    room = 0.9 * np.where(flow > 0, given, 1 - given) / np.maximum(np.abs(flow), 1e-12)
    fits = np.ones(graph.parts)
    np.minimum.at(fits, graph.part[graph.winners], room)
    kept: Reals = 1 - given + flow * fits[graph.part[graph.winners]]
    return kept


def strengths(graph: Graph) -> Reals:
    """Each item's strength in logits: the most likely one, by Newton's method, given the adjusted wins."""
    share = shares(graph)

    def likelihood(at: Reals) -> float:
        ahead = graph.ahead(at)
        return float((share * ahead - np.logaddexp(0, ahead)).sum())

    found = np.zeros(graph.n)
    for _ in range(STEPS):
        chances = graph.chances(found)
        missing = graph.tally(share - chances, chances - share)
        if np.abs(missing).max() < CLOSE:
            break
        step, here = graph.solve(chances * (1 - chances), missing, 1e-3), likelihood(found)
        while likelihood(found + step) < here - 1e-9 * abs(here):
            step /= 2
        found += step
    return found


def errors(graph: Graph, strengths: Reals) -> Reals:
    """Each strength's standard error, 1 / sqrt(sum of p (1 - p) over the item's judgements), in logits.

    The field's convention. It takes the strengths of the others as known, so it is a little too small.
    """
    chances = graph.chances(strengths)
    doubt = chances * (1 - chances)
    return 1 / np.sqrt(graph.tally(doubt, doubt))


def separation(strengths: Reals, errors: Reals) -> float | None:
    """The scale separation reliability: (variance - mean squared error) / variance (over n - 1 items).

    At most 1; negative where errors exceed the spread; None without any spread.
    """
    variance = strengths.var(ddof=1)
    return float(1 - (errors**2).mean() / variance) if variance > 1e-12 else None


def luck(graph: Graph) -> float:
    """How probable differences between items as large as these are if every judgement was a coin toss.

    The score test of equal strengths: chi-squared, with as many degrees of freedom as strengths are free.
    """
    surplus = graph.wins - graph.played / 2
    apart = surplus @ graph.solve(np.full(len(graph.winners), 0.25), surplus, 1e-6)
    return float(chdtrc(graph.n - graph.parts, apart))


def closeness(graph: Graph, strengths: Reals) -> float:
    """How far apart judged pairs are, against pairs drawn at random: about 1; near 0, equals were chosen."""
    spread = strengths.var()
    return float((graph.ahead(strengths) ** 2).mean() / (2 * spread)) if spread > 1e-12 else 1.0


def split_half(graph: Graph, judges: Places, splits: int, seed: int = 1) -> float | None:
    """The mean correlation between the strengths that one random half of the judges gives and the other half.

    Pearson's, over the items that both halves judged, not stepped up to full length: about 0 for coin tosses.
    The judgements of a single judge are split instead. None where no split leaves three items in both halves.
    """
    if judges.max() == 0:
        judges = np.arange(len(judges))
    random, count = np.random.default_rng(seed), judges.max() + 1
    found = []
    for _ in range(splits):
        first = (random.permutation(count) < count // 2)[judges]
        halves = [Graph(graph.winners[half], graph.losers[half], graph.n) for half in (first, ~first)]
        shared = np.minimum(*(half.played for half in halves)) > 0
        if shared.sum() >= 3:
            found.append(_correlation(*(strengths(half)[shared] for half in halves)))
    return float(np.mean(found)) if found else None


def _correlation(one: Reals, other: Reals) -> float:
    """Pearson's correlation; 0 where one has no spread, as it then says nothing of the other."""
    one, other = one - one.mean(), other - other.mean()
    length = np.sqrt((one @ one) * (other @ other))
    return float(np.clip(one @ other / length, -1, 1)) if length > 1e-9 else 0.0


def infit(graph: Graph, strengths: Reals, judges: Places) -> Reals:
    """Each judge's information-weighted mean square: squared surprise over what chance explains, about 1."""
    chances = graph.chances(strengths)
    return np.bincount(judges, (1 - chances) ** 2) / np.bincount(judges, chances * (1 - chances))
