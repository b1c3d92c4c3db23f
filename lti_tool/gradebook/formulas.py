"""How a person's scores were made, in numbers, for the page that shows it in words. Each number is of 100."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from ..activities.models import Activity, Grading, ReviewType, Scoring
from ..people.models import Person
from ..reviews.models import Review
from ..reviews.pool import counted_score
from ..reviews.steering_models import ReviewerWeight
from .actions import is_held
from .earning import Earned, earned_by, values
from .models import Column, Override, ReviewerScale, Score, SyncState, WorkScore
from .works import COUNTED


@dataclass(frozen=True, slots=True)
class Line:
    """A review's line: (score - lenient) x weight = part. `who` is named to instructors alone."""

    score: float
    lenient: float
    weight: float
    part: float
    who: str = ""


@dataclass(frozen=True, slots=True)
class Formula:
    """All that a person's page says of their scores.

    `method`: how the work's score was made; "comparison" where works are compared. `rest`: what the model
    takes from elsewhere. `scores`: what is kept, by column.
    """

    earned: Earned
    method: str
    lines: Sequence[Line]
    rest: float
    scores: Mapping[Column, Score] = field(default_factory=dict)

    def override(self, column: Column) -> Override | None:
        """What an instructor set by hand."""
        return self.earned.overrides.get(column)


def formula(
    session: Session, activity: Activity, person_id: UUID, *, named: bool = False, held: bool = False
) -> Formula | None:
    """How a person's scores were made; None while they have none. Seven statements.

    Args:
        session: a reading session.
        activity: where.
        person_id: whose.
        named: with the names of reviewers, for who may see them.
        held: also those that are not released.

    """
    if activity.grading is Grading.NONE:
        return None
    rows = select(Score).where(Score.activity_id == activity.id, Score.person_id == person_id)
    scores = {each.column: each for each in session.scalars(rows)}
    shown = {column: each for column, each in scores.items() if held or not is_held(activity, each)}
    earned = earned_by(session, activity, [person_id], fresh=False).get(person_id) if shown else None
    if earned is None:
        return None
    shown = {column: each for column, each in shown.items() if column in values(activity, earned)}
    lines, rest = _lines(session, activity, earned, named) if shown else ([], 0.0)
    return Formula(earned, method_of(activity, earned.reviewed), lines, rest, shown) if shown else None


def shown_score(session: Session, activity: Activity, person_id: UUID) -> Score | None:
    """A person's one score, of the work or of all, if it is released. One statement at most."""
    if activity.grading is Grading.NONE:
        return None
    column = Column.TOTAL if activity.grading is Grading.ONE_COLUMN else Column.WORK
    score = session.get(Score, (activity.id, person_id, column))
    return None if score is None or is_held(activity, score) or score.state is SyncState.HELD else score


def method_of(activity: Activity, reviewed: WorkScore | None = None) -> str:
    """How a work was scored: a name of a `Scoring`, or "comparison"; a mean stands in for the model."""
    if activity.review_type is ReviewType.COMPARISON:
        return ReviewType.COMPARISON.value
    if activity.scoring is Scoring.MODEL and reviewed is not None and reviewed.pull is None:
        return Scoring.MEAN.value
    return activity.scoring.value


def _lines(session: Session, activity: Activity, earned: Earned, named: bool) -> tuple[list[Line], float]:
    """A work's reviews, the lowest first: so their order tells nothing. One statement."""
    reviewed = earned.reviewed
    if reviewed is None or activity.review_type is ReviewType.COMPARISON:
        return [], 0.0
    columns: Any = (counted_score().label("score"), Person.name, ReviewerWeight.weight, ReviewerScale)
    weight = ReviewerWeight.activity_id == activity.id, ReviewerWeight.person_id == Review.reviewer_id
    scale = ReviewerScale.activity_id == activity.id, ReviewerScale.person_id == Review.reviewer_id
    rows = session.execute(
        select(*columns)
        .join(Person, Person.id == Review.reviewer_id)
        .join(ReviewerWeight, and_(*weight), isouter=True)
        .join(ReviewerScale, and_(*scale), isouter=True)
        .where(Review.contribution_id == earned.contribution_id, *COUNTED)
    ).all()
    modelled = activity.scoring is Scoring.MODEL and reviewed.pull is not None
    lines = []
    for score, name, weighs, of in rows:
        raw, lenient = 1.0, 0.0
        if modelled:
            raw, lenient = (of.precision or 0.0, of.bias or 0.0) if of else (0.0, 0.0)
        elif activity.scoring is Scoring.WEIGHTED:
            raw = 1.0 if weighs is None else weighs
        lines.append((score, lenient, raw, name if named else ""))
    whole = sum(raw for _, _, raw, _ in lines) or 1.0
    own = 1 - (reviewed.pull or 0.0) if modelled else 1.0
    found = [
        Line(score, lenient, raw / whole * own, (score - lenient) * raw / whole * own, who)
        for score, lenient, raw, who in sorted(lines)
    ]
    return found, reviewed.value - sum(line.part for line in found) if modelled else 0.0
