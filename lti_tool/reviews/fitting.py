"""How the explained estimate is fitted: turns on arrays, until nothing moves. Pure.

Scores come standardised (their mean 0, their variance about 1). A turn solves works and biases together, then
learns from what is left how far works, biases and each reviewer's noise spread. See `estimate` for the model.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from .crossed import Belief, Crossed, Numbers, Places, Side

# Before any review, of the variance of all scores: what is between works, between biases, noise of a review;
# and the drift of a bias since the last assignment. They count as PRIOR_COUNT works, reviewers, reviews.
BETWEEN_WORKS, BETWEEN_BIASES, NOISE, DRIFT, PRIOR_COUNT = 0.50, 0.15, 0.35, 0.002, 2.0
# How alike the reviewers' noises are: the shape of the gamma distribution of precisions, as so many show it.
SHAPE, SHAPE_COUNT, SHAPE_RANGE = 2.5, 20.0, (1.0, 30.0)

TURNS, ROUNDS, LAST_ROUNDS, TOLERANCE, LEAP = 70, 2, 25, 5e-4, 1.8


@dataclass(slots=True)
class Habits:
    """What is known of the reviewers, a row each, and who of them has a past."""

    bias: Numbers
    variance: Numbers
    shape: Numbers
    rate: Numbers
    known: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Anchors:
    """The works with a known value: 1 or 0 for each work; the value; and what it counts for, in reviews."""

    known: Numbers
    value: Numbers
    worth: float


class Fit:
    """A fit under way, and its outcome: `value` and `variance` of works, `after` of reviewers, `centre`."""

    def __init__(
        self, works: Places, reviewers: Places, scores: Numbers, anchors: Anchors, past: Habits
    ) -> None:
        self.crossed = Crossed(works, reviewers, scores)
        self.works, self.reviewers, self.scores = works, reviewers, scores
        self.anchors, self.past = anchors, past
        self.given = self.crossed.total(1, np.ones_like(scores))
        self.between, biases, noise = self._first_guess()
        self.drift = np.array([biases, DRIFT])  # of who is new, of who has a past
        self.shape, self.rate = SHAPE, SHAPE * noise
        shape, rate = self._noise_before()
        self.after = Habits(past.bias, past.variance, shape, rate, past.known)
        self._turn(rounds=3 * ROUNDS)
        for _ in range(TURNS):
            before = self._spreads()
            self._learn()
            self._leap(before)
            self._turn(ROUNDS)
            if np.abs(np.log(self._spreads() / before)).max() < TOLERANCE:
                break
        self._turn(LAST_ROUNDS)
        self._conclude()

    def _first_guess(self) -> tuple[float, float, float]:
        """Variances between works, between biases, and of the noise, by moments."""
        of_each = self.crossed.total(0, np.ones_like(self.scores))
        mean = self.crossed.total(0, self.scores) / of_each
        freedom = len(self.scores) - len(of_each)
        if not freedom:
            return BETWEEN_WORKS, BETWEEN_BIASES, NOISE
        within = max(float(((self.scores - mean[self.works]) ** 2).sum()) / freedom, 1e-3)
        return max(0.1, 1 - within), 0.3 * within, 0.7 * within

    def _noise_before(self) -> tuple[Numbers, Numbers]:
        """Shape and rate of each reviewer's precision before this assignment's reviews."""
        past = self.past
        return np.where(past.known, past.shape, self.shape), np.where(past.known, past.rate, self.rate)

    def _spreads(self) -> Numbers:
        return np.array([self.between, *self.drift, self.shape, self.rate])

    def _leap(self, before: Numbers) -> None:
        """Go further the way the spreads went: expectation and maximisation creep where data say little."""
        leapt = before * (self._spreads() / before) ** LEAP
        self.between, self.drift, self.shape = (
            float(leapt[0]),
            leapt[1:3],
            float(np.clip(leapt[3], *SHAPE_RANGE)),
        )
        self.rate = self.shape * float(leapt[4] / leapt[3])

    def _turn(self, rounds: int) -> None:
        """Solve works and biases, given how far everything spreads; then the centres, which they imply."""
        past, anchors = self.past, self.anchors
        self.precision = self.after.shape / self.after.rate
        self.anchor_precision = anchors.known * anchors.worth * self.precision.mean()
        none, tight = np.zeros_like(anchors.known), np.full_like(anchors.known, 1 / self.between)
        self.loose = 1 / (past.variance + self.drift[past.known.astype(int)])
        prior = (
            Side(tight + self.anchor_precision,
                 np.column_stack([self.anchor_precision * anchors.value, tight, none])),
            Side(self.loose,
                 np.column_stack([self.loose * past.bias, np.zeros_like(self.loose), self.loose])),
        )  # fmt: skip
        self.belief = self.crossed.settle(prior, self.precision[self.reviewers], rounds)
        self._centre()

    def _centre(self) -> None:
        """The mean value of works, and the leniency that all share: the beliefs lie around them."""
        value, bias = (side.mean for side in self.belief)
        tight, loose, past = 1 / self.between, self.loose, self.past
        # Only an anchor tells a shared leniency from good works: about as wide as one review's error, before.
        wide = self.between * 1e-9 if not self.anchors.known.any() else self.drift[0] + self.rate / self.shape
        information = np.array([
            [tight * (1 - value[:, 1]).sum(), -tight * value[:, 2].sum()],
            [-(loose * bias[:, 1]).sum(), (loose * (1 - bias[:, 2])).sum() + 1 / wide],
        ])  # fmt: skip
        seen = np.array([tight * value[:, 0].sum(), (loose * (bias[:, 0] - past.bias)).sum()])
        self.centre_spread = np.linalg.inv(information)
        self.centre = self.centre_spread @ seen

    def _mean(self, side: int) -> Numbers:
        mean: Numbers = self.belief[side].mean @ np.array([1.0, *self.centre])
        return mean

    def _variance(self, side: int, around: bool = False) -> Numbers:
        """How uncertain each mean is: by itself, or around its side's centre."""
        belief: Belief = self.belief[side]
        moves = belief.mean[:, 1:] - np.eye(2)[side] * around
        shared: Numbers = ((moves @ self.centre_spread) * moves).sum(axis=1)
        return 1 / belief.precision + shared

    def _squares(self) -> Numbers:
        """What is left of each review, squared, as expected."""
        left = self.scores - self._mean(0)[self.works] - self._mean(1)[self.reviewers]
        return left**2 + 1 / (1 / self.crossed.spread + self.precision[self.reviewers])

    def _learn(self) -> None:
        """How far works, biases and noises spread, from what the turn left."""
        past = self.past
        squares = (self._mean(0) - self.centre[0]) ** 2 + self._variance(0, around=True)
        self.between = (PRIOR_COUNT * BETWEEN_WORKS + float(squares.sum())) / (PRIOR_COUNT + len(squares))

        drift = self.drift[past.known.astype(int)]
        share = drift / (drift + past.variance)  # of the way from the past bias to this one
        squares = (self._mean(1) - past.bias - self.centre[1]) ** 2 + self._variance(1, around=True)
        squares = share**2 * squares + share * past.variance
        for group, usual in enumerate((BETWEEN_BIASES, DRIFT)):
            mine = squares[past.known == bool(group)]
            if len(mine):
                self.drift[group] = (PRIOR_COUNT * usual + mine.sum()) / (PRIOR_COUNT + len(mine))

        shape, rate = self._noise_before()
        self.after.shape = shape + self.given / 2
        self.after.rate = rate + self.crossed.total(1, self._squares()) / 2
        self._learn_noise(self.after.shape[~past.known], self.after.rate[~past.known])

    def _learn_noise(self, shape: Numbers, rate: Numbers) -> None:
        """The gamma distribution that the precisions of new reviewers come from (Minka 2002, closed form)."""
        count = len(shape)
        if not count:
            return
        mean = shape / rate
        apart = np.log(mean.mean()) - float((digamma(shape) - np.log(rate)).mean())
        usual = np.log(SHAPE) - digamma(SHAPE)
        apart = float((count * apart + SHAPE_COUNT * usual) / (count + SHAPE_COUNT))
        self.shape = float(
            np.clip((3 - apart + np.sqrt((apart - 3) ** 2 + 24 * apart)) / (12 * apart), *SHAPE_RANGE)
        )
        self.rate = self.shape * (count + PRIOR_COUNT) / (float(mean.sum()) + PRIOR_COUNT / NOISE)

    def _conclude(self) -> None:
        """The works' values as the weighted means that `explain` shows, and how uncertain they are."""
        precision = self.precision[self.reviewers]
        bias, total = self._mean(1), self.crossed.total
        whole = 1 / self.between + self.anchor_precision + total(0, precision)
        pull = self.centre[0] / self.between + self.anchor_precision * self.anchors.value
        self.value = (pull + total(0, precision * (self.scores - bias[self.reviewers]))) / whole
        # The noises are estimates too: what their uncertainty adds, to first order (delta method).
        doubt = precision**2 / self.after.shape[self.reviewers]
        added = total(0, doubt * (self._squares() + (1 / whole)[self.works])) / whole**2
        self.variance = self._variance(0) + added
        self.after.bias, self.after.variance = bias, self._variance(1)
