"""From reviews to scores: what a person has earned in an activity, brought up to date after every act."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ..activities.models import Activity, Grading
from ..contributions.authors import shared_by
from ..kernel import clock, journal
from ..kernel.journal import EventType
from ..kernel.permissions import May, Role, Visit
from ..people.models import Course, Enrolment
from ..reviews.aggregation import share_given, work_score
from ..reviews.models import Review, ReviewState
from .models import COLUMNS, WORK_SHARE, Column, LineItem, Score, SyncState

POINTS = 100.0  # the scale on which a score is told in statements, and in the columns we make


@dataclass(frozen=True, slots=True)
class Earned:
    """What a learner's scores rest on: the shared work, the scores of its reviews, how many they gave."""

    contribution_id: UUID | None
    received: Sequence[float]
    given: int

    @property
    def work(self) -> float | None:
        """The score of the work, 0 to 1; None before the first review."""
        return work_score(self.received) if self.contribution_id else None


def settle(session: Session, activity_id: UUID, person_id: UUID) -> None:
    """Bring a person's scores in an activity up to date, and record what is new in the journal.

    Only learners have scores, and test users have none. A score is there from the first review on. Completion
    is recorded once, when the person has shared and given all the reviews asked for.
    """
    # While this lock lasts, nobody switches the columns.
    activity = session.get_one(Activity, activity_id, with_for_update={"read": True, "key_share": True})
    earned = rescore(session, activity, [person_id]).get(person_id)
    if earned and earned.contribution_id and earned.given >= activity.asked:
        _record_completion(session, activity, person_id, earned.work)


def rescore(session: Session, activity: Activity, people: Collection[UUID]) -> dict[UUID, Earned]:
    """Bring the scores of people up to date; return what each learner among them has earned. Five statements.

    There are none in an ungraded activity.
    """
    # The lock makes two workers take turns with one person, so that no older mean overwrites a newer one.
    learners = session.scalars(
        select(Enrolment.person_id)
        .where(
            Enrolment.course_id == activity.course_id,
            Enrolment.person_id.in_(people),
            Enrolment.role == Role.LEARNER,
            Enrolment.test_user.is_(False),
        )
        .order_by(Enrolment.person_id)
        .with_for_update()
    ).all()
    earned = _earned(session, activity, learners)
    if activity.grading is Grading.NONE or not learners:
        return earned
    scores = {
        (score.person_id, score.column): score
        for score in session.scalars(
            select(Score).where(Score.activity_id == activity.id, Score.person_id.in_(learners))
        )
    }
    for person_id, each in earned.items():
        for column, (value, basis) in _values(activity, each).items():
            revision = _put(
                session, activity, person_id, column, scores.get((person_id, column)), value, basis
            )
            if revision is not None and column is Column.WORK and each.contribution_id:
                _record_score(session, activity, person_id, revision, value, each.contribution_id)
    return earned


def _earned(session: Session, activity: Activity, learners: Collection[UUID]) -> dict[UUID, Earned]:
    sent = Review.activity_id == activity.id, Review.state == ReviewState.SENT
    shared = dict(
        session.execute(
            select(Enrolment.person_id, shared_by(activity.id, Enrolment.person_id)).where(
                Enrolment.course_id == activity.course_id, Enrolment.person_id.in_(learners)
            )
        ).all()
    )
    scores: dict[UUID | None, list[float]] = defaultdict(list)
    for contribution_id, score in session.execute(
        select(Review.contribution_id, Review.score).where(
            Review.contribution_id.in_(set(shared.values()) - {None}), Review.state == ReviewState.SENT
        )
    ):
        if score is not None:
            scores[contribution_id].append(score)
    given = dict(
        session.execute(
            select(Review.reviewer_id, func.count())
            .where(*sent, Review.reviewer_id.in_(learners))
            .group_by(Review.reviewer_id)
        ).all()
    )
    return {who: Earned(shared.get(who), scores[shared.get(who)], given.get(who, 0)) for who in learners}


def _values(activity: Activity, earned: Earned) -> dict[Column, tuple[float, int]]:
    """The scores that there are, each with the number of reviews it rests on."""
    work, given, received = earned.work, earned.given, len(earned.received)
    reviewing = share_given(given, activity.given)
    values: dict[Column, tuple[float, int]] = {}
    if work is not None:
        values[Column.WORK] = work, received
    if given:
        values[Column.REVIEWING] = reviewing, given
    if work is not None and activity.grading is Grading.ONE_COLUMN:
        values[Column.TOTAL] = total(work, reviewing), received + given
    return values


def total(work: float, reviewing: float) -> float:
    """The one score that stands in for two, 0 to 1."""
    return min(1.0, WORK_SHARE * work + (1 - WORK_SHARE) * reviewing)


def send_again(
    session: Session, visit: Visit, activity: Activity, person_id: UUID | None = None, *, sent: bool = False
) -> int:
    """Queue the scores that the LMS refused, had no place for or makes wait; return how many.

    Args:
        session: the transaction.
        visit: who wants it.
        activity: whose scores.
        person_id: this person's alone.
        sent: also those that the LMS has.

    Raises:
        NotAllowedError: the visitor may not see people's work.

    """
    visit.require(May.SEE_ALL_WORK)
    states = {SyncState.REFUSED, SyncState.NOWHERE, SyncState.WAITING} | ({SyncState.SENT} if sent else set())
    chosen = [Score.activity_id == activity.id, Score.state.in_(states)]
    if person_id is not None:
        chosen.append(Score.person_id == person_id)
    again = update(Score).where(*chosen).values(state=SyncState.WAITING, tries=0, next_try_at=clock.now())
    resting = LineItem.activity_id == activity.id, LineItem.unwanted.is_(False)
    session.execute(update(LineItem).where(*resting).values(tries=0, next_try_at=None))
    return len(session.scalars(again.returning(Score.person_id)).all())


def _put(
    session: Session,
    activity: Activity,
    person_id: UUID,
    column: Column,
    score: Score | None,
    value: float,
    basis: int,
) -> int | None:
    """Store a score, over the one there was; return its new revision, or None when its value is the same."""
    now = clock.now()
    if score is None:
        score = Score(activity_id=activity.id, person_id=person_id, column=column, revision=0)
        session.add(score)
    elif (score.value, score.basis) == (value, basis):
        return None
    changed = score.revision == 0 or score.value != value
    score.value, score.basis = value, basis
    score.state = SyncState.WAITING if column in COLUMNS[activity.grading] else SyncState.KEPT
    score.tries, score.next_try_at, score.problem = 0, now, ""
    if not changed:  # one more review with the same mean: the LMS's comment changes, the score does not
        return None
    score.revision += 1
    score.changed_at = now
    return score.revision


def _record_score(
    session: Session, activity: Activity, person_id: UUID, revision: int, value: float, contribution_id: UUID
) -> None:
    journal.record(
        session,
        EventType.SCORED,
        tenant=_tenant(session, activity),
        course=activity.course_id,
        activity=activity.id,
        person=person_id,
        entity=uuid5(activity.id, f"{person_id}:{Column.WORK}"),
        revision=revision,
        facts={"column": Column.WORK, "contribution": str(contribution_id), "score": _points(value)},
    )


def _record_completion(session: Session, activity: Activity, person_id: UUID, value: float | None) -> None:
    tenant, entity = _tenant(session, activity), uuid5(activity.id, str(person_id))
    if journal.recorded(session, tenant, EventType.COMPLETED, entity):
        return
    journal.record(
        session,
        EventType.COMPLETED,
        tenant=tenant,
        course=activity.course_id,
        activity=activity.id,
        person=person_id,
        entity=entity,
        facts={} if value is None else {"score": _points(value)},
    )


def _tenant(session: Session, activity: Activity) -> UUID:
    return session.get_one(Course, activity.course_id).tenant_id


def _points(value: float) -> dict[str, float]:
    """A share as points; their noise of binary fractions, 1e-14, is cut off."""
    return {"raw": round(value * POINTS, 6), "min": 0.0, "max": POINTS}
