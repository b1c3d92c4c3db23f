"""Works crossed with reviewers: what each score says of both at once. Pure, and sparse.

A score is its work's value, plus its reviewer's bias, plus noise of a known precision. All three are normal,
so the answer is a linear system of as many unknowns as there are works and reviewers. Messages along the
reviews solve it (Gaussian belief propagation): the system is diagonally dominant, therefore they converge,
the means are exact, and the variances all but exact where reviews do not go in small circles (Weiss &
Freeman 2001; Malioutov, Johnson & Willsky 2006). A round costs the same for each review, of few or many.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Side:
    """What is believed of the works, or of the reviewers, before a review is read: one row each.

    `pull` is precision times mean, in three columns: what is known, and how much of it moves with the centre
    of the works and with the centre of the reviewers, both of which are found last.
    """

    precision: Numbers
    pull: Numbers


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of one side afterwards: its precision, and its mean in the same three columns."""

    precision: Numbers
    mean: Numbers


class Crossed:
    """The reviews of some works, and the messages along them. Kept warm from one call to the next."""

    def __init__(self, works: Places, reviewers: Places, scores: Numbers) -> None:
        self.ends = works, reviewers
        self.sizes = int(works.max()) + 1, int(reviewers.max()) + 1
        self.scores = np.column_stack([scores, np.zeros((len(scores), 2))])
        self._messages = [(np.zeros(len(scores)), np.zeros((len(scores), 3))) for _ in self.ends]
        self.spread = np.zeros(len(scores))  # of work plus bias, as all other reviews tell them; a variance

    def total(self, side: int, values: Numbers) -> Numbers:
        """The sum of a value of each review, for each work (side 0) or reviewer (side 1)."""
        return np.bincount(self.ends[side], values, self.sizes[side]).astype(np.float64, copy=False)

    def settle(self, prior: tuple[Side, Side], precision: Numbers, rounds: int) -> tuple[Belief, Belief]:
        """What is believed of works and of reviewers, after each side has heard the other so often.

        Args:
            prior: of works, of reviewers.
            precision: of each review: one over the variance of its noise.
            rounds: how often; the messages of earlier calls still count.

        """
        noise = 1 / precision
        for _ in range(rounds):
            self.spread = np.zeros_like(noise)
            for side, other in ((1, 0), (0, 1)):  # reviewers tell works, then works tell reviewers
                _, silent, mean = self._heard(side, prior[side])
                weight = 1 / (silent + noise)
                self._messages[other] = weight, weight[:, None] * (self.scores - mean)
                self.spread += silent
        return self._heard(0, prior[0])[0], self._heard(1, prior[1])[0]

    def _heard(self, side: int, prior: Side) -> tuple[Belief, Numbers, Numbers]:
        """The belief of one side; and for each review the variance and mean that all but this one give."""
        weight, pull = self._messages[side]
        at = self.ends[side]
        precision = prior.precision + self.total(side, weight)
        pulls = prior.pull + np.column_stack([self.total(side, column) for column in pull.T])
        silent = 1 / np.maximum(precision[at] - weight, prior.precision[at])  # no less, but for rounding
        return Belief(precision, pulls / precision[:, None]), silent, silent[:, None] * (pulls[at] - pull)
