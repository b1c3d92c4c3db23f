"""The grade for reviewing, and what it is made of. Pure; scores and ratings run from 0 to 1.

Agreement with other reviewers plays no part: two who collude would sink a third who is right, and with two
reviews everybody agrees with the best. Only a score that a teacher gave (an anchor) can be agreed with.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum
from statistics import mean

from .aggregation import Given, share_given


class Share(StrEnum):
    """What a grade for reviewing is made of."""

    COMPLETION = "completion"
    EFFORT = "effort"
    USEFULNESS = "usefulness"
    AGREEMENT = "agreement"


WEIGHTS: Mapping[Share, float] = {
    Share.COMPLETION: 0.4,
    Share.EFFORT: 0.2,
    Share.USEFULNESS: 0.2,
    Share.AGREEMENT: 0.2,
}
"""What each counts for unless an instructor says else. What has no data leaves its weight to the others."""

RATING_BAND = 0.25
"""How far from the usual rating one rating may take a reviewer: all authors together no further than that."""

USUAL_RATINGS = 2
"""Everyone starts with so many usual ratings, so that the first one says little."""

TOLERANCE = 0.5
"""A score this far from a teacher's agrees with nothing."""


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the grade: value x weight = part."""

    share: Share
    value: float
    weight: float
    part: float


@dataclass(frozen=True, slots=True)
class Reviewing:
    """A grade for reviewing, 0 to 1, and its terms: their weights add up to 1, their parts to the grade."""

    grade: float
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Rating:
    """What an author thinks of a review: how useful it was, and the score it gave their work."""

    reviewer: Hashable
    author: Hashable
    useful: float
    received: float


def grade(
    given: int,
    asked: int,
    words: Sequence[int] = (),
    least_words: int = 0,
    usefulness: float | None = None,
    agreement: float | None = None,
    weights: Mapping[Share, float] = WEIGHTS,
) -> Reviewing | None:
    """The grade of one reviewer; None where all that has data weighs nothing.

    Args:
        given: reviews given.
        asked: reviews asked for, 1 or more.
        words: how long each of them is.
        least_words: how long each ought to be; 0: effort does not count.
        usefulness: from `usefulness`, if anybody rated them.
        agreement: from `agreement`, if they reviewed an anchor.
        weights: of each share, 0 or more; a missing one is 0.

    Raises:
        ValueError: nothing is asked for; a weight is negative, or all are 0.

    """
    if min(weights.values(), default=0) < 0 or not any(weights.values()):
        raise ValueError("weights are 0 or more, and one of them above 0")
    values = {
        Share.COMPLETION: share_given(given, asked),
        Share.EFFORT: effort(words, least_words),
        Share.USEFULNESS: usefulness,
        Share.AGREEMENT: agreement,
    }
    counted = {share: value for share, value in values.items() if value is not None and weights.get(share)}
    whole = fsum(weights[share] for share in counted)
    if not whole:
        return None
    terms = tuple(
        Term(share, value, weights[share] / whole, value * weights[share] / whole)
        for share, value in counted.items()
    )
    return Reviewing(min(fsum(term.part for term in terms), 1.0), terms)


def effort(words: Sequence[int], least: int) -> float | None:
    """How far the reviews given reach the least length, on average; more words count for nothing."""
    return mean([min(count / least, 1.0) for count in words]) if words and least > 0 else None


def agreement(
    given: Iterable[Given], anchors: Mapping[Hashable, float], tolerance: float = TOLERANCE
) -> dict[Hashable, float]:
    """How near each reviewer came to the teacher's scores; who reviewed no anchor is not there."""
    apart: dict[Hashable, list[float]] = {}
    for one in given:
        if one.work in anchors:
            apart.setdefault(one.reviewer, []).append(abs(one.score - anchors[one.work]))
    return {reviewer: max(0.0, 1 - mean(distances) / tolerance) for reviewer, distances in apart.items()}


def usefulness(ratings: Sequence[Rating]) -> dict[Hashable, float]:
    """How useful authors found each reviewer, damped against tit-for-tat; who was not rated is not there.

    A rating is compared with the others of its author, and so is the score it answers; what follows from that
    score alone is taken away (regression over all authors). What remains moves a reviewer away from the usual
    rating by at most `RATING_BAND` x n / (n + `USUAL_RATINGS`) with n ratings, whatever the authors agree on.
    """
    if not ratings:
        return {}
    usual = mean([one.useful for one in ratings])
    compared = _compared(ratings)
    spread = fsum(score**2 for _, _, score in compared)
    # Ratings may rise with the score received. They do not fall with it; what looks so is chance.
    slope = (
        max(0.0, fsum(useful * score for _, useful, score in compared) / spread) if spread > 1e-12 else 0.0
    )
    moves: dict[Hashable, list[float]] = {}
    for reviewer, useful, score in compared:
        move = useful - slope * score
        moves.setdefault(reviewer, []).append(min(max(move, -RATING_BAND), RATING_BAND))
    return {
        reviewer: min(max(usual + fsum(mine) / (len(mine) + USUAL_RATINGS), 0.0), 1.0)
        for reviewer, mine in moves.items()
    }


def _compared(ratings: Sequence[Rating]) -> list[tuple[Hashable, float, float]]:
    """Each rating, and the score it answers, against its author's mean; everybody's if it is alone."""
    authors: dict[Hashable, list[Rating]] = {}
    for one in ratings:
        authors.setdefault(one.author, []).append(one)
    compared = []
    for mine in authors.values():
        others = mine if len(mine) > 1 else ratings
        useful, received = mean([one.useful for one in others]), mean([one.received for one in others])
        compared += [(one.reviewer, one.useful - useful, one.received - received) for one in mine]
    return compared
