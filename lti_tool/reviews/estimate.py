"""The explained estimate: scores corrected for each reviewer's bias and reliability, with an interval. Pure.

The model is PG1 of Piech et al. 2013 (Tuned models of peer assessment in MOOCs): a score is the work's value,
plus the reviewer's bias, plus noise that is the reviewer's own. Nothing is drawn at random: values and biases
are solved together (`crossed`), each reviewer's noise follows from what that leaves (variational updates),
and how far works, biases and noises spread follows from all of them (empirical Bayes), until nothing moves
(`fitting`).

A leniency that all reviewers share cannot be seen in reviews; works whose true score a teacher gave (anchors)
show it. Every estimate is a weighted mean, and `Fitted.explain` says of what.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from scipy.special import stdtrit

from .aggregation import CERTAINTY, Given, Scored
from .crossed import Numbers
from .fitting import PRIOR_COUNT, Anchors, Fit, Habits

ANCHOR = 25.0
"""A teacher's score counts as this many reviews of the usual reliability."""

FADING = 0.85
"""What an assignment's evidence about a reviewer's noise is worth at the next one."""
USUAL_SPREAD = 0.15
"""How far scores usually lie from their mean, of the length of the scale."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What is known of a reviewer, in the points of the scale. The next assignment starts from it."""

    bias: float
    """What they give above (lenient) or below (severe) a work's value."""
    variance: float
    """How uncertain that is."""
    shape: float
    rate: float
    """The precision of their scores follows a gamma distribution of this shape and rate."""

    @property
    def noise(self) -> float:
        """How far their scores scatter, bias apart: a standard deviation in points."""
        return float(np.sqrt(self.rate / self.shape))


class Part(StrEnum):
    """What a part of an estimate comes from."""

    REVIEW = "review"
    TEACHER = "teacher"
    OTHERS = "others"
    SCALE = "scale"


@dataclass(frozen=True, slots=True)
class Term:
    """One line of an estimate: (score - bias) x weight = part. Weights add up to 1, parts to the estimate.

    A review, the teacher's score, or the usual score of the other works (which counts the more, the less the
    reviews say); and what keeps the sum within the scale, where that is needed, with a weight of 0.
    """

    kind: Part
    reviewer: Hashable | None
    score: float
    bias: float
    weight: float
    part: float


@dataclass(frozen=True)
class Fitted:
    """What `fit` found out."""

    works: Mapping[Hashable, Scored]
    reviewers: Mapping[Hashable, Habit]
    centre: float
    """The usual value of a work."""
    between: float
    """How far the values of works differ: a standard deviation."""
    leniency: float
    """What all reviewers give above the works' values; 0 where no anchor tells."""
    _reviews: Mapping[Hashable, list[tuple[Hashable, float, float]]] = field(repr=False)
    _anchored: Mapping[Hashable, tuple[float, float]] = field(repr=False)

    def reliability(self, reviewer: Hashable) -> float:
        """How much of the spread of a reviewer's scores is the works' own, 0 to 1."""
        noise = self.reviewers[reviewer].noise
        return self.between**2 / (self.between**2 + noise**2) if self.between else 0.0

    def explain(self, work: Hashable) -> list[Term]:
        """What a work's estimate is made of: its reviews in their order, then what else counts.

        Raises:
            KeyError: nobody reviewed the work.

        """
        lines = [
            (Part.REVIEW, reviewer, score, self.reviewers[reviewer].bias, precision)
            for reviewer, score, precision in self._reviews[work]
        ]
        if work in self._anchored:
            score, precision = self._anchored[work]
            lines.append((Part.TEACHER, None, score, 0.0, precision))
        lines.append((Part.OTHERS, None, self.centre, 0.0, 1 / self.between**2))
        whole = sum(precision for *_, precision in lines)
        terms = [
            Term(kind, reviewer, score, bias, precision / whole, (score - bias) * precision / whole)
            for kind, reviewer, score, bias, precision in lines
        ]
        excess = self.works[work].score - sum(term.part for term in terms)
        if abs(excess) > 1e-9 * max(1.0, abs(self.works[work].score)):
            terms.append(Term(Part.SCALE, None, excess, 0.0, 0.0, excess))
        return terms


def fit(
    given: Sequence[Given],
    *,
    anchors: Mapping[Any, float] | None = None,
    history: Mapping[Any, Habit] | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Fitted:
    """The values of the works and the habits of the reviewers that explain the scores best.

    Args:
        given: the reviews, on any scale; finite.
        anchors: true scores of some works, such as a teacher's; works without a review are passed over.
        history: `Fitted.reviewers` of an earlier assignment, on the same scale.
        low: lower end of the scale; None: no end.
        high: upper end of the scale; None: no end.

    Raises:
        ValueError: no review.

    """
    if not given:
        raise ValueError("no review, nothing to fit")
    works, reviewers = _places(one.work for one in given), _places(one.reviewer for one in given)
    at_work = np.array([works[one.work] for one in given])
    at_reviewer = np.array([reviewers[one.reviewer] for one in given])
    scores = np.array([one.score for one in given], dtype=float)
    anchored = {work: value for work, value in (anchors or {}).items() if work in works}

    past = {reviewer: habit for reviewer, habit in (history or {}).items() if reviewer in reviewers}
    span = high - low if low is not None and high is not None else 0.0
    middle, unit = _standard(scores, anchored.values(), past.values(), span)
    fitted = Fit(
        at_work,
        at_reviewer,
        (scores - middle) / unit,
        _anchors(works, anchored, middle, unit),
        _past(reviewers, past, unit),
    )
    values = fitted.value * unit + middle
    freedom = PRIOR_COUNT + len(given) - len(works)
    reach = -stdtrit(freedom, (1 - CERTAINTY) / 2) * np.sqrt(fitted.variance) * unit
    after = fitted.after
    precision = fitted.precision / unit**2
    reviews: dict[Hashable, list[tuple[Hashable, float, float]]] = {work: [] for work in works}
    for one, place in zip(given, at_reviewer, strict=True):
        reviews[one.work].append((one.reviewer, one.score, float(precision[place])))

    def kept(value: float, work: Hashable) -> float:
        """The value on the scale, which an anchor beyond its end stretches."""
        known = [anchored[work]] if work in anchored else []
        least = -np.inf if low is None else min(low, *known, low)
        most = np.inf if high is None else max(high, *known, high)
        return float(min(max(value, least), most))

    return Fitted(
        works={
            work: Scored(
                kept(values[place], work),
                kept(values[place] - reach[place], work),
                kept(values[place] + reach[place], work),
                len(reviews[work]),
            )
            for work, place in works.items()
        },
        reviewers={
            reviewer: Habit(
                float(after.bias[place] * unit),
                float(after.variance[place] * unit**2),
                float(after.shape[place]),
                float(after.rate[place] * unit**2),
            )
            for reviewer, place in reviewers.items()
        },
        centre=float(fitted.centre[0] * unit + middle),
        between=float(np.sqrt(fitted.between) * unit),
        leniency=float(fitted.centre[1] * unit),
        _reviews=reviews,
        _anchored={
            work: (value, float(fitted.anchor_precision[works[work]] / unit**2))
            for work, value in anchored.items()
        },
    )


def _places(names: Iterable[Hashable]) -> dict[Hashable, int]:
    """A place for each name, in order of first appearance."""
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


def _standard(
    scores: Numbers, anchors: Iterable[float], history: Iterable[Habit], span: float
) -> tuple[float, float]:
    """What scores are measured from, and in what unit: their mean, and about their standard deviation.

    Anchors count too, what reviewers did before, and the scale as one more score at a usual distance: where
    scores are few or all equal, something still tells how far another might lie.
    """
    middle = float(scores.mean())
    before = [points for habit in history for points in (habit.bias, habit.noise)]
    rest = [*(anchor - middle for anchor in anchors), *before, USUAL_SPREAD * span]
    every = np.append(scores - middle, rest)
    variance = float((every**2).sum()) / len(every)
    return middle, float(np.sqrt(variance)) or max(abs(middle), 1.0) * 1e-9


def _anchors(
    works: Mapping[Hashable, int], anchored: Mapping[Hashable, float], middle: float, unit: float
) -> Anchors:
    known, value = np.zeros(len(works)), np.zeros(len(works))
    for work, true in anchored.items():
        known[works[work]], value[works[work]] = 1.0, (true - middle) / unit
    return Anchors(known, value, ANCHOR)


def _past(reviewers: Mapping[Hashable, int], history: Mapping[Hashable, Habit], unit: float) -> Habits:
    """What earlier assignments say of these reviewers; who is new is taken to be like those who are not."""
    habits = {reviewers[name]: habit for name, habit in history.items()}
    usual = sum(habit.bias for habit in habits.values()) / len(habits) if habits else 0.0
    past = Habits(*(np.full(len(reviewers), start) for start in (usual / unit, 0.0, 1.0, 1.0, False)))
    for place, habit in habits.items():
        past.bias[place], past.variance[place] = habit.bias / unit, habit.variance / unit**2
        past.shape[place], past.rate[place] = FADING * habit.shape, FADING * habit.rate / unit**2
        past.known[place] = True
    return past
