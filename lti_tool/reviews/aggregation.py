"""From reviews to a score: plain means, never rounded before they are shown. Pure.

On real data nothing was found better than the mean, and the median is worse at five reviews or fewer.
"""

from collections.abc import Iterable
from statistics import mean


def work_score(scores: Iterable[float]) -> float | None:
    """The score of a work, 0 to 1: the mean of its reviews' scores; None before the first.

    The sum is exact, so the order of the reviews does not matter and equal scores give that very score.
    """
    scores = list(scores)
    return mean(scores) if scores else None


def share_given(given: int, asked: int) -> float:
    """The score for reviewing, 0 to 1: reviews given of those asked for; more than asked count as all.

    Raises:
        ValueError: nothing is asked for.

    """
    if asked < 1:
        raise ValueError("a share of no reviews says nothing")
    return min(given / asked, 1.0)
