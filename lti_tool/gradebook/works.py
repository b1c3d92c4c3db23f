"""The scores of works as their reviews make them, before any penalty: kept, and brought up to date.

Averages follow at once from a work's own reviews. What hangs together over the whole activity (the model, the
scale of comparisons, how certain a score is) is made by `refits`; until then a mean stands in for the model.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from statistics import stdev
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..activities.models import Activity, ReviewType, Scoring
from ..kernel import clock
from ..reviews.aggregation import Given, Method, average
from ..reviews.models import Review, ReviewKind, ReviewState
from ..reviews.pool import counted_score
from ..reviews.steering_models import ReviewerWeight
from .models import ReviewerScale, WorkScore

COUNTED = (
    Review.kind == ReviewKind.PEER,
    Review.state == ReviewState.SENT,
    Review.discounted_at.is_(None),
)
"""The reviews that scores are made of."""

KEYS = {WorkScore: ("contribution_id",), ReviewerScale: ("activity_id", "person_id")}


def refresh(session: Session, activity: Activity, works: Collection[UUID]) -> dict[UUID, WorkScore]:
    """The scores of some works, averages brought up to date; a work without any is not there.

    Three statements, one more where weights count, and one for each kind of change.
    """
    kept = scores_of(session, works)
    if not works or activity.review_type is ReviewType.COMPARISON:
        return kept
    given = defaultdict[Hashable, list[Given]](list)
    for one in given_reviews(session, Review.contribution_id.in_(works)):
        given[one.work].append(one)
    weights = reviewer_weights(session, activity)
    changed, gone = [], list[UUID]()
    for work in works:
        row, mine = kept.get(work), given[work]
        if mine and row and activity.scoring is Scoring.MODEL and row.low is not None:
            continue  # the model has made it, and will again
        points = [one.score for one in mine]
        weighs = [weights.get(one.reviewer, 1.0) for one in mine]
        value = average(points, weighs, stand_in(activity.scoring)) if mine else None
        if value is None:
            gone += [work] if row else []
        elif row is None or (row.value, row.reviews, row.spread) != (value, len(mine), _spread(points)):
            changed.append(row_of(activity, work, value, points))
    if gone:
        session.execute(delete(WorkScore).where(WorkScore.contribution_id.in_(gone)))
    put(session, WorkScore, changed)
    if changed or gone:
        kept = scores_of(session, works)
    return kept


def scores_of(session: Session, works: Collection[UUID]) -> dict[UUID, WorkScore]:
    """The scores of some works as they were kept last. One statement."""
    query = select(WorkScore).where(WorkScore.contribution_id.in_(works))
    rows = session.scalars(query, execution_options={"populate_existing": True})
    return {row.contribution_id: row for row in rows}


def stand_in(scoring: Scoring) -> Method:
    """How one work's own reviews make its score: the mean, where all reviews together tell more."""
    return Method.MEAN if scoring is Scoring.MODEL else Method(scoring.value)


def given_reviews(session: Session, which: Any) -> Sequence[Given]:
    """The reviews that count, of works or of an activity; a second look instead of the first. One."""
    columns: Any = (Review.reviewer_id, Review.contribution_id, counted_score())
    found = session.execute(select(*columns).where(which, *COUNTED).order_by(Review.id))
    return [Given(*row) for row in found]


def reviewer_weights(session: Session, activity: Activity) -> Mapping[Any, float]:
    """What an instructor lets reviewers count, where weights make the scores. One statement, or none."""
    if activity.scoring is not Scoring.WEIGHTED:
        return {}
    query = select(ReviewerWeight.person_id, ReviewerWeight.weight)
    return dict(session.execute(query.where(ReviewerWeight.activity_id == activity.id)).all())


def row_of(
    activity: Activity,
    work: UUID,
    value: float,
    points: Sequence[float],
    low: float | None = None,
    high: float | None = None,
) -> dict[str, Any]:
    """A work's score as it is kept."""
    return {
        "contribution_id": work,
        "activity_id": activity.id,
        "value": value,
        "low": low,
        "high": high,
        "spread": _spread(points),
        "pull": None,
        "reviews": len(points),
        "made_at": clock.now(),
    }


def put(session: Session, table: type[WorkScore | ReviewerScale], rows: Iterable[dict[str, Any]]) -> None:
    """Keep rows, over those there are: whoever else writes them at the same time. One statement, or none."""
    values = list(rows)
    if not values:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = insert(table)
    keys = KEYS[table]
    new = new.on_conflict_do_update(
        index_elements=keys, set_={name: new.excluded[name] for name in values[0] if name not in keys}
    )
    session.connection().execute(new, values)


def _spread(points: Sequence[float]) -> float | None:
    return stdev(points) if len(points) > 1 else None
