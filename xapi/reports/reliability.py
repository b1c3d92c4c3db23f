"""How sure the agreement of reviewers is: coefficients of contributions drawn again and again. Pure.

Krippendorff's alpha and the intraclass correlations are functions of a few sums over contributions. So a
sample of contributions, drawn with replacement, is a sample of their sums, and a thousand of them are one
product of matrices (Efron 1979; ordinal ranks stay those of all the scores).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

SUMS = ("works", "n", "mm", "s", "q", "inside", "outside", "apart", "rs", "rq", "ranked_apart")
"""Contributions, scores, squared numbers of scores, sum and squares of scores, squares within and between
contributions, disagreement of pairs, and the last three but one of mid-ranks."""

DRAWN = 1000
SEED = 20_240_101
FEWEST = 10
"""Contributions, or lots of them, without which an interval would promise too much."""


def coefficients(sums: Numbers) -> dict[str, Numbers]:
    """Return each coefficient, of rows of SUMS; NaN where all the scores are the same.

    Krippendorff 2019, ch. 12; Shrout & Fleiss 1979, with Donner's k0 for unequal numbers of reviews.
    """
    works, n, mm, s, q, inside, outside, apart, rs, rq, ranked_apart = sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        varied = np.where(n * q - s * s > 1e-9 * n * n, 1.0, np.nan)
        between, within = (outside - s * s / n) / (works - 1), inside / (n - works)
        size = (n - mm / n) / (works - 1)
        return {
            "alpha_ordinal": varied * (1 - (n - 1) * ranked_apart / (n * rq - rs * rs)),
            "alpha_interval": varied * (1 - (n - 1) * apart / (n * q - s * s)),
            "icc_one": varied * (between - within) / (between + (size - 1) * within),
            "icc_mean": varied * (between - within) / between,
        }


def intervals(lots: Numbers) -> Mapping[str, tuple[float, float]]:
    """Return each coefficient's 95 % interval by the percentiles of the bootstrap; none of too few `lots`.

    `lots` has a row of SUMS for each contribution, or for as many contributions together as make some
    hundred lots.
    """
    count = len(lots)
    if count < FEWEST:
        return {}
    generator = np.random.default_rng(SEED)
    weights = generator.multinomial(count, np.full(count, 1 / count), DRAWN)
    found = {name: each[np.isfinite(each)] for name, each in coefficients(weights @ lots).items()}
    return {
        name: (float(low), float(high))
        for name, each in found.items()
        if len(each) > DRAWN / 2
        for low, high in [np.percentile(each, [2.5, 97.5])]
    }
