"""What chance leaves open is searched for: chains of swaps that give one more review, where there are any.

This is the search for augmenting paths of a maximum flow, on pairs that are never written out (there are n²).
When it finds none, the people and works that it reached are the minimum cut: the reason why. Pure.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from .sheet import REVIEWERS, WORKS, Flags, Ints, Sheet


@dataclass(frozen=True, slots=True)
class Cut:
    """Those on one side who together have too little, and all whom they could have it from."""

    side: int
    short: Ints
    others: Ints
    wanted: int
    possible: int


class Search:
    """Pairs of one island, to which reviews are added until no more are possible."""

    def __init__(self, sheet: Sheet, reviewers: Ints, works: Ints, rng: np.random.Generator) -> None:
        self._sheet, self._rng = sheet, rng
        self.count = sheet.settled(REVIEWERS), sheet.settled(WORKS)
        self._links: tuple[dict[int, set[int]], ...] = {}, {}
        for reviewer, work in zip(reviewers.tolist(), works.tolist(), strict=True):
            self._link(REVIEWERS, reviewer, work)

    def pairs(self) -> tuple[Ints, Ints]:
        """Everything that is drawn now, settled pairs left out."""
        both = [
            (one, work) for one, works in sorted(self._links[REVIEWERS].items()) for work in sorted(works)
        ]
        drawn = np.array(both, np.int64).reshape(-1, 2)
        return drawn[:, REVIEWERS], drawn[:, WORKS]

    def fill(self, side: int, members: Ints, others: Ints, level: int) -> Cut | None:
        """Bring everyone of an island's side up to a level, as far as that is possible.

        Chains end with somebody on the other side who has room, or on this side with one who has more than
        the level. What a vain search reached leads nowhere later either, so nobody is looked at twice.

        Returns:
            The first vain search, if any was.

        """
        first: Cut | None = None
        fresh = self._rng.permutation(others)
        reached = set[int]()
        for start in self._rng.permutation(members[self.count[side][members] < level]).tolist():
            while self.count[side][start] < level and start not in reached:
                found, starts, fresh_then = self._chain(side, start, level, fresh, reached)
                if found:
                    continue
                reached |= starts
                short = np.array(sorted(starts), np.int64)
                first = first or Cut(
                    side,
                    short,
                    np.setdiff1d(fresh, fresh_then),
                    level * len(short),
                    int(self.count[side][short].sum()),
                )
                fresh = fresh_then
        return first

    def _chain(
        self, side: int, start: int, level: int, fresh: Ints, dead: set[int]
    ) -> tuple[bool, set[int], Ints]:
        """Find a chain from `start` and follow it; else tell who was reached, and what of `fresh` was not."""
        other = 1 - side
        came: dict[
            int, int
        ] = {}  # from a member of the other side to the one of this side that would take it
        left: dict[int, int] = {start: -1}  # from a member of this side to the one that it would lose
        waiting = deque[int]()
        done = set[int]()

        def ask(one: int) -> int | None:
            """Look at all that `one` may have and nobody asked for yet; the first that has room."""
            nonlocal fresh
            group = int(self._sheet.group_of[side][one])
            if group in done:
                return None
            may, suits = self._may(side, one, fresh)
            if np.array_equal(may, suits):
                done.add(group)  # nobody else of the group would find more
            asked, fresh = fresh[may], fresh[~may]
            came.update(dict.fromkeys(asked.tolist(), one))
            room = asked[self.count[other][asked] < self._sheet.most[other][asked]]
            if len(room):
                return int(room[0])
            waiting.extend(asked.tolist())
            return None

        end = ask(start)
        while end is None and waiting:
            between = waiting.popleft()
            for one in sorted(self._links[other].get(between, ())):
                if one in left or one in dead:
                    continue
                left[one] = between
                if self.count[side][one] > level:
                    self._unlink(side, one, between)
                    end = between
                    break
                if (end := ask(one)) is not None:
                    break
        if end is None:
            return False, set(left), fresh
        while end != -1:
            one = came[end]
            self._link(side, one, end)
            if (end := left[one]) != -1:
                self._unlink(side, one, end)
        return True, set(), fresh

    def _link(self, side: int, one: int, other: int) -> None:
        for here, this, that in ((side, one, other), (1 - side, other, one)):
            self._links[here].setdefault(this, set()).add(that)
            self.count[here][this] += 1

    def _unlink(self, side: int, one: int, other: int) -> None:
        for here, this, that in ((side, one, other), (1 - side, other, one)):
            self._links[here][this].remove(that)
            self.count[here][this] -= 1

    def _may(self, side: int, one: int, others: Ints) -> tuple[Flags, Flags]:
        """Which of the others may be added to what `one` has, and which its group alone would allow."""
        pair = np.array([one]), others
        suits = self._sheet.suits(*pair[:: 1 if side == REVIEWERS else -1])
        fits = others[suits]
        pair = np.array([one]), fits
        may = suits.copy()
        may[suits] = self._sheet.may(*pair[:: 1 if side == REVIEWERS else -1])
        for taken in self._links[side].get(one, ()):
            may &= others != taken
        return may, suits
