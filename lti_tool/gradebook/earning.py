"""What people have earned in an activity, and the scores of it: of the work, of the reviewing, the total."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from ..activities.models import Activity, Extension, Grading, ReviewType
from ..contributions.authors import shared_by
from ..contributions.models import Contribution
from ..kernel.markup import count_words
from ..people.models import Enrolment, GroupMember
from ..reviews.models import Review
from ..reviews.reviewing_grade import WEIGHTS, Reviewing, Share, grade
from ..reviews.steering_models import Comparison, ComparisonState
from .models import Column, Override, ReviewerScale, WorkScore
from .penalties import days_late, lost
from .works import COUNTED, refresh, scores_of


class Value(NamedTuple):
    """A score, 0 to 1, and the number of reviews it rests on."""

    value: float
    basis: int


@dataclass(frozen=True, slots=True)
class Earned:
    """What a person's scores rest on.

    `reviewed`: the score of the shared work as its reviews make it. `days`: how late it was shared. `given`:
    the reviews they gave. `overrides`: what an instructor set by hand.
    """

    contribution_id: UUID | None
    reviewed: WorkScore | None
    days: int
    lost: float
    given: int
    reviewing: Reviewing | None
    overrides: Mapping[Column, Override]

    @property
    def work(self) -> float | None:
        """The score of the work with its penalty, 0 to 1, before any override; None without a review."""
        return self.reviewed.value * (1 - self.lost) if self.reviewed else None


def values(activity: Activity, earned: Earned) -> dict[Column, Value]:
    """The scores that there are: an override wins over everything."""
    found: dict[Column, Value] = {}
    if earned.reviewed is not None and earned.work is not None:
        found[Column.WORK] = Value(earned.work, earned.reviewed.reviews)
    if earned.reviewing is not None:
        found[Column.REVIEWING] = Value(earned.reviewing.grade, earned.given)
    _override(found, earned, Column.WORK, Column.REVIEWING)
    if Column.WORK in found and activity.grading is Grading.ONE_COLUMN:
        work, reviewing = found[Column.WORK], found.get(Column.REVIEWING, Value(0.0, 0))
        whole = total(work.value, reviewing.value, activity.work_share)
        found[Column.TOTAL] = Value(whole, work.basis + reviewing.basis)
    if activity.grading is Grading.ONE_COLUMN:
        _override(found, earned, Column.TOTAL)
    return found


def total(work: float, reviewing: float, work_share: float) -> float:
    """The one score that stands in for two, 0 to 1."""
    return min(1.0, work_share * work + (1 - work_share) * reviewing)


def _override(found: dict[Column, Value], earned: Earned, *columns: Column) -> None:
    for column in columns:
        if column in earned.overrides:
            basis = found[column].basis if column in found else 0
            found[column] = Value(earned.overrides[column].value, basis)


def earned_by(
    session: Session, activity: Activity, people: Collection[UUID], *, fresh: bool = True
) -> dict[UUID, Earned]:
    """What some people of the course have earned. Four statements; more where averages are made `fresh`."""
    rows = _theirs(session, activity, people)
    shared = {row.work for row in rows.values() if row.work}
    works = refresh(session, activity, shared) if fresh else scores_of(session, shared)
    words = _given(session, activity, people)
    overrides: dict[UUID, dict[Column, Override]] = defaultdict(dict)
    for each in session.scalars(
        select(Override).where(Override.activity_id == activity.id, Override.person_id.in_(people))
    ):
        overrides[each.person_id][each.column] = each
    found = {}
    for person, row in rows.items():
        days = days_late(row.shared_at, row.share_by or activity.share_by)
        found[person] = Earned(
            row.work,
            works.get(row.work) if row.work else None,
            days,
            lost(days, activity.late_penalty, activity.late_penalty_most),
            len(words[person]),
            _reviewing(activity, words[person], row.useful, row.agreement),
            overrides[person],
        )
    return found


def reviewing_weights(activity: Activity) -> Mapping[Share, float]:
    """What each term of the grade for reviewing counts: as chosen, or our own where that makes no sense."""
    chosen = {Share(name): float(weight) for name, weight in (activity.reviewing_weights or {}).items()}
    return chosen if any(chosen.values()) and min(chosen.values()) >= 0 else WEIGHTS


def _reviewing(
    activity: Activity, words: list[int], useful: float | None, agreement: float | None
) -> Reviewing | None:
    if not words:
        return None
    # A review that was not given has no words: who gives half of them makes half of the effort.
    missing = [0] * (activity.given - len(words))
    least = activity.minimum_words if activity.review_type is ReviewType.CRITERIA else 0
    weights = reviewing_weights(activity)
    return grade(len(words), activity.given, words + missing, least, useful, agreement, weights)


def _theirs(session: Session, activity: Activity, people: Collection[UUID]) -> dict[UUID, Any]:
    """By person: their shared work, its date and their own, what reviews tell of them. One statement."""
    own = Extension.activity_id == activity.id, Extension.person_id == Enrolment.person_id
    scale = ReviewerScale.activity_id == activity.id, ReviewerScale.person_id == Enrolment.person_id
    rows = session.execute(
        select(
            Enrolment.person_id,
            Contribution.id.label("work"),
            Contribution.shared_at,
            Extension.share_by,
            ReviewerScale.useful,
            ReviewerScale.agreement,
        )
        .select_from(Enrolment)
        .join(Contribution, Contribution.id == shared_by(activity.id, Enrolment.person_id), isouter=True)
        .join(Extension, and_(*own), isouter=True)
        .join(ReviewerScale, and_(*scale), isouter=True)
        .where(Enrolment.course_id == activity.course_id, Enrolment.person_id.in_(people))
    )
    return {row.person_id: row for row in rows}


def _given(session: Session, activity: Activity, people: Collection[UUID]) -> dict[UUID, list[int]]:
    """By person: how many words each review has that they gave; none for a comparison.

    What a group gave together, each of it gave. One statement, two where groups review.
    """
    words: dict[UUID, list[int]] = defaultdict(list)
    if activity.review_type is ReviewType.COMPARISON:
        judged = Comparison.activity_id == activity.id, Comparison.state == ComparisonState.JUDGED
        for judge in session.scalars(
            select(Comparison.judge_id).where(*judged, Comparison.judge_id.in_(people))
        ):
            words[judge].append(0)
        return words
    teams = _teams(session, people) if activity.as_group else {}
    theirs = or_(Review.reviewer_id.in_(people), Review.team.in_(teams))
    reviews = select(Review.reviewer_id, Review.team, Review.overall)
    given = reviews.where(Review.activity_id == activity.id, theirs, *COUNTED)
    for reviewer, team, overall in session.execute(given):
        for person in teams.get(team, set()) | {reviewer}.intersection(people):
            words[person].append(count_words(overall))
    return words


def _teams(session: Session, people: Collection[UUID]) -> dict[str, set[UUID]]:
    """Which of these people are in a group, by the group as `Review.team` names it. One statement."""
    members = select(GroupMember.group_id, GroupMember.person_id).where(GroupMember.person_id.in_(people))
    teams: dict[str, set[UUID]] = defaultdict(set)
    for group, person in session.execute(members):
        teams[group.hex].add(person)
    return teams
