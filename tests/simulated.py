"""Simulated assignments: works of known value, reviewed by people of known bias and noise."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np

from lti_tool.reviews.aggregation import Given, Scored

ENDS = {"low": -80.0, "high": 220.0}  # wide enough to cut no score: a cut would hide part of the biases


@dataclass
class Crowd:
    """People as reviewers: biases are normal, precisions come from a gamma distribution."""

    bias: np.ndarray
    noise: np.ndarray

    @classmethod
    def drawn(cls, rng, people=120, bias=6.0, shape=3.0, noise=8.0, leniency=0.0):
        """`noise` is the root of the mean squared error of a review, its bias apart."""
        precision = rng.gamma(shape, 1 / ((shape - 1) * noise**2), people)
        return cls(leniency + rng.normal(0, bias, people), precision**-0.5)

    def reviews(self, rng, k=5, middle=70.0, spread=12.0) -> tuple[list[Given], np.ndarray]:
        """Everyone's work reviewed by k others drawn at random; the reviews, and the true values."""
        people = len(self.bias)
        truth = rng.normal(middle, spread, people)
        order, steps = rng.permutation(people), rng.choice(np.arange(1, people), k, replace=False)
        given = [
            Given(int(r), int(w), float(truth[w] + self.bias[r] + rng.normal() * self.noise[r]))
            for step in steps
            for r, w in zip(order, np.roll(order, step), strict=True)
        ]
        return given, truth


def error(scored: Mapping[Hashable, Scored], truth) -> float:
    """The root mean squared error."""
    return float(np.sqrt(np.mean([(one.score - truth[work]) ** 2 for work, one in scored.items()])))


def covered(scored: Mapping[Hashable, Scored], truth) -> float:
    """The share of works whose interval holds their value."""
    return float(np.mean([one.low <= truth[work] <= one.high for work, one in scored.items()]))


def root_mean_square(errors) -> float:
    return float(np.sqrt(np.mean(np.square(errors))))
