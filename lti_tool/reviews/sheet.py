"""A wish in numbers, so that rules hold for many pairs at once. Pure."""

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .feasibility import Among, Pair, Wish

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

REVIEWERS, WORKS = 0, 1  # the two sides


class Sheet:
    """A wish whose reviewers and works are counted from 0, in the order they came.

    An island is what is shared out together: a group that reviews itself, or else everyone. `least` and
    `most` bound what each reviewer gives and each work receives; `must` are the pairs that are settled.
    """

    def __init__(self, wish: Wish) -> None:
        self.k, self.among = wish.k, wish.among
        self.names = list(wish.reviewers), list(wish.works)
        self.sizes = len(wish.reviewers), len(wish.works)
        groups = list(wish.reviewers.values()), list(wish.works.values())
        self.groups = list(dict.fromkeys([*groups[REVIEWERS], *groups[WORKS]]))
        codes = {group: code for code, group in enumerate(self.groups)}
        self.group_of = tuple(np.array([codes[group] for group in side], np.int64) for side in groups)
        self._nobody = codes.get(None, -1)

        self._places = tuple({name: at for at, name in enumerate(side)} for side in self.names)
        must = self._keys(wish.must)
        self.must = must // max(1, self.sizes[WORKS]), must % max(1, self.sizes[WORKS])
        self._barred = np.union1d(self._keys(wish.own | wish.must_not), must)

        apart = wish.among is Among.WITHIN
        self.island = tuple(group if apart else np.zeros_like(group) for group in self.group_of)
        count = len(self.groups) if apart else 1
        reviews = np.bincount(self.island[REVIEWERS], minlength=count) * wish.k
        works = np.maximum(np.bincount(self.island[WORKS], minlength=count), 1)
        self.left_over = reviews % works  # by island: works that receive one more than the others
        everyone = np.full(self.sizes[REVIEWERS], wish.k, np.int64)
        self.least = everyone, np.maximum(reviews // works, 1)[self.island[WORKS]]
        self.most = everyone, np.maximum(-(-reviews // works), 1)[self.island[WORKS]]

    def key(self, reviewers: Ints, works: Ints) -> Ints:
        """One number for each pair."""
        return reviewers * self.sizes[WORKS] + works

    def may(self, reviewers: Ints, works: Ints) -> Flags:
        """Whether each pair may be drawn; what is settled already is not drawn again."""
        return self.suits(reviewers, works) & ~among(self.key(reviewers, works), self._barred)

    def suits(self, reviewers: Ints, works: Ints) -> Flags:
        """Whether the groups allow each pair."""
        if self.among is Among.EVERYONE:
            return np.ones(np.broadcast(reviewers, works).shape, np.bool_)
        group = self.group_of[WORKS][works]
        same = self.group_of[REVIEWERS][reviewers] == group
        fits: Flags = same if self.among is Among.WITHIN else ~same | (group == self._nobody)
        return fits

    def settled(self, side: int) -> Ints:
        """How many pairs are settled for each on a side."""
        return np.bincount(self.must[side], minlength=self.sizes[side])

    def could(self, side: int) -> Ints:
        """How many pairs each on a side has or could have, if nobody else there took part."""
        own, others = self.group_of[side], self.group_of[1 - side]
        alike = np.bincount(others, minlength=len(self.groups))[own] if len(own) else own
        found = np.full(len(own), len(others))
        if self.among is Among.WITHIN:
            found = alike
        elif self.among is Among.ACROSS:
            found = np.where(own == self._nobody, found, found - alike)
        barred = self._barred // max(1, self.sizes[WORKS]), self._barred % max(1, self.sizes[WORKS])
        excluded = np.bincount(barred[side][self.suits(*barred)], minlength=len(own))
        return found - excluded + self.settled(side)

    def _keys(self, pairs: Iterable[Pair]) -> Ints:
        """The pairs of those who take part, sorted."""
        reviewers, works = self._places
        known = [
            (reviewers[reviewer], works[work])
            for reviewer, work in pairs
            if reviewer in reviewers and work in works
        ]
        both = np.array(known, np.int64).reshape(-1, 2)
        return np.unique(self.key(both[:, 0], both[:, 1]))


def among(values: Ints, kept: Ints) -> Flags:
    """Which of the values are among those kept, which are sorted."""
    if not len(kept):
        return np.zeros(values.shape, np.bool_)
    found: Flags = kept[np.minimum(np.searchsorted(kept, values), len(kept) - 1)] == values
    return found
