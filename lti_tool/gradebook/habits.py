"""What all reviews of an activity together tell: scores of works with intervals, and of reviewers.

Only the worker comes here: the arithmetic loads numpy and scipy.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..activities.models import Activity, ReviewType, Scoring
from ..kernel import clock
from ..reviews import comparing_fit
from ..reviews.aggregation import Given, scores
from ..reviews.comparing_fit import Fit
from ..reviews.models import Appraisal, Review, ReviewKind, ReviewState
from ..reviews.pool import counted_score
from ..reviews.reviewing_grade import Rating, agreement, usefulness
from ..reviews.steering_models import Example, Trial
from .models import ReviewerScale
from .works import COUNTED, given_reviews, reviewer_weights, row_of, stand_in

USEFUL_MOST = 5  # a rating runs from 1 to this


@dataclass(frozen=True, slots=True)
class Whole:
    """The rows that all reviews together make: of works by contribution, of reviewers by person.

    `compared`: the scale they stand on, where works are compared.
    """

    works: dict[Any, dict[str, Any]]
    reviewers: dict[Any, dict[str, Any]]
    compared: Fit | None = None


@dataclass(slots=True)
class Anchored:
    """The instructor's scores of works and of examples, and what reviewers first gave the examples."""

    scores: dict[Hashable, float] = field(default_factory=dict)
    trials: list[Given] = field(default_factory=list)


def whole(session: Session, activity: Activity) -> Whole:
    """Make them anew. Seven statements."""
    if activity.review_type is ReviewType.COMPARISON:
        compared = comparing_fit.fit(session, activity)
        return Whole(_compared(activity, compared), {}, compared)
    given = given_reviews(session, Review.activity_id == activity.id)
    anchored = _anchors(session, activity)
    works, model = (
        _fitted(session, activity, given, anchored)
        if activity.scoring is Scoring.MODEL and given
        else (_averaged(session, activity, given), {})
    )
    useful = usefulness(_ratings(session, activity))
    agrees = agreement([*given, *anchored.trials], anchored.scores)
    counts = Counter(one.reviewer for one in given)
    reviewers = {
        person: {
            "activity_id": activity.id,
            "person_id": person,
            "bias": None,
            "precision": None,
            "useful": useful.get(person),
            "agreement": agrees.get(person),
            "reviews": counts[person],
            "made_at": clock.now(),
            **model.get(person, {}),
        }
        for person in counts.keys() | useful.keys() | agrees.keys()
    }
    return Whole(works, reviewers)


def _averaged(session: Session, activity: Activity, given: Sequence[Given]) -> dict[Any, dict[str, Any]]:
    weights = reviewer_weights(session, activity)
    try:
        found = scores(given, stand_in(activity.scoring), weights=weights)
    except ValueError:  # all weigh nothing: then there is no score
        return {}
    points = _points(given)
    return {
        work: row_of(activity, work, each.score, points[work], each.low, each.high)  # type: ignore[arg-type]  # ids
        for work, each in found.items()
    }


def _fitted(
    session: Session, activity: Activity, given: Sequence[Given], anchored: Anchored
) -> tuple[dict[Any, dict[str, Any]], dict[Any, dict[str, Any]]]:
    from ..reviews.estimate import Part, fit

    # What somebody gave an example tells of them only where they review as well.
    here = {one.reviewer for one in given}
    trials = [one for one in anchored.trials if one.reviewer in here]
    found = fit(
        [*given, *trials],
        anchors=anchored.scores,
        history=_history(session, activity),
        low=0.0,
        high=1.0,
    )
    points = _points(given)
    works = {
        work: row_of(activity, work, each.score, points[work], each.low, each.high)  # type: ignore[arg-type]  # ids
        | {"pull": 1 - sum(term.weight for term in found.explain(work) if term.kind is Part.REVIEW)}
        for work, each in found.works.items()
        if work in points
    }
    reviewers = {
        person: {"bias": habit.bias, "precision": habit.shape / habit.rate}
        for person, habit in found.reviewers.items()
    }
    return works, reviewers


def _history(session: Session, activity: Activity) -> dict[Any, Any]:
    """What the model found of people in the earlier activities of the course, the last one counts. One."""
    from ..reviews.estimate import Habit

    rows = session.scalars(
        select(ReviewerScale)
        .join(Activity, Activity.id == ReviewerScale.activity_id)
        .where(
            Activity.course_id == activity.course_id,
            Activity.created_at < activity.created_at,
            ReviewerScale.bias.is_not(None),
            ReviewerScale.reviews > 0,
        )
        .order_by(Activity.created_at)
    )
    # A bias is a mean of so many reviews; the precision has half a degree of freedom of each.
    return {
        row.person_id: Habit(
            row.bias,
            1 / (row.precision * row.reviews),
            1 + row.reviews / 2,
            (1 + row.reviews / 2) / row.precision,
        )
        for row in rows
        if row.bias is not None and row.precision
    }


def _anchors(session: Session, activity: Activity) -> Anchored:
    """Spot checks, and examples with the trials on them. Three statements."""
    found = Anchored()
    checks = Review.activity_id == activity.id, Review.kind == ReviewKind.STAFF
    for work, score in session.execute(
        select(Review.contribution_id, counted_score())
        .where(*checks, Review.state == ReviewState.SENT, Review.discounted_at.is_(None))
        .order_by(Review.sent_at)
    ):
        found.scores[work] = score  # type: ignore[assignment]  # sent, so it has one
    examples = session.scalars(select(Example).where(Example.activity_id == activity.id)).all()
    for example in examples:
        found.scores[example.id] = example.score
        if example.contribution_id:
            found.scores.setdefault(example.contribution_id, example.score)
    if examples:
        rows = select(Trial.person_id, Trial.example_id, Trial.first_score)
        tried = rows.where(Trial.example_id.in_([each.id for each in examples]))
        found.trials = [Given(*row) for row in session.execute(tried)]
    return found


def _ratings(session: Session, activity: Activity) -> list[Rating]:
    """How useful authors found reviews that count. One statement."""
    columns: Any = (Review.reviewer_id, Review.contribution_id, Appraisal.useful, counted_score())
    rows = session.execute(
        select(*columns)
        .join(Appraisal, Appraisal.review_id == Review.id)
        .where(Review.activity_id == activity.id, *COUNTED, Appraisal.useful.is_not(None))
        .order_by(Review.id)
    )
    return [
        Rating(reviewer, work, (useful - 1) / (USEFUL_MOST - 1), score)
        for reviewer, work, useful, score in rows
    ]


def _compared(activity: Activity, found: Fit) -> dict[Any, dict[str, Any]]:
    """The works on the scale that comparisons make: how probably each beats an average work."""
    return {
        work: row_of(activity, work, at.value, ()) | {"low": at.low, "high": at.high, "reviews": at.compared}
        for work, at in found.works.items()
    }


def _points(given: Sequence[Given]) -> Mapping[Hashable, list[float]]:
    points: dict[Hashable, list[float]] = defaultdict(list)
    for one in given:
        points[one.work].append(one.score)
    return points
