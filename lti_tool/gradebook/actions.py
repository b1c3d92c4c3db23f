"""From reviews to scores: what a person has earned in an activity, brought up to date after every act."""

from uuid import UUID, uuid5

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ..activities.models import Activity, Grading
from ..contributions.models import Contribution, ContributionState
from ..kernel import clock, journal
from ..kernel.journal import EventType
from ..kernel.permissions import May, Role, Visit
from ..people.models import Course, Enrolment
from ..reviews.aggregation import share_given, work_score
from ..reviews.models import Review, ReviewState
from .models import Column, Score, SyncState

POINTS = 100.0  # the scale on which a score is told in statements, and in the columns we make


def settle(session: Session, activity_id: UUID, person_id: UUID) -> None:
    """Bring a person's two scores in an activity up to date, and record what is new in the journal.

    Only learners have scores, and test users have none. A score is there from the first review on. Completion
    is recorded once, when the person has shared and given all the reviews asked for.
    """
    activity = session.get_one(Activity, activity_id)
    # The lock makes two workers take turns with one person, so that no older mean overwrites a newer one.
    learner = session.scalar(
        select(Enrolment)
        .where(
            Enrolment.course_id == activity.course_id,
            Enrolment.person_id == person_id,
            Enrolment.role == Role.LEARNER,
            Enrolment.test_user.is_(False),
        )
        .with_for_update()
    )
    if learner is None:
        return
    contribution_id = session.scalar(
        select(Contribution.id).where(
            Contribution.activity_id == activity_id,
            Contribution.author_id == person_id,
            Contribution.state == ContributionState.SHARED,
        )
    )
    received = session.scalars(
        select(Review.score).where(
            Review.contribution_id == contribution_id, Review.state == ReviewState.SENT
        )
    ).all()
    given = session.scalars(
        select(func.count()).where(
            Review.activity_id == activity_id,
            Review.reviewer_id == person_id,
            Review.state == ReviewState.SENT,
        )
    ).one()
    value = work_score(score for score in received if score is not None)
    if activity.grading is not Grading.NONE:
        if value is not None and contribution_id is not None:
            revision = _put(session, activity_id, person_id, Column.WORK, value, len(received))
            if revision is not None:
                _record_score(session, activity, person_id, revision, value, contribution_id)
        if given:
            _put(session, activity_id, person_id, Column.REVIEWING, share_given(given, activity.given), given)
    if contribution_id is not None and given >= activity.given:
        _record_completion(session, activity, person_id, value)


def send_again(session: Session, visit: Visit, activity: Activity) -> int:
    """Queue the scores that the LMS refused, or had no place for; return how many.

    Raises:
        NotAllowedError: the visitor may not see people's work.

    """
    visit.require(May.SEE_ALL_WORK)
    queued = session.scalars(
        update(Score)
        .where(Score.activity_id == activity.id, Score.state.in_([SyncState.REFUSED, SyncState.NOWHERE]))
        .values(state=SyncState.WAITING, tries=0, next_try_at=clock.now())
        .returning(Score.person_id)
    )
    return len(queued.all())


def _put(
    session: Session, activity_id: UUID, person_id: UUID, column: Column, value: float, basis: int
) -> int | None:
    """Store a score; return its new revision, or None when its value is what it was."""
    now = clock.now()
    score = session.get(Score, (activity_id, person_id, column))
    if score is None:
        score = Score(activity_id=activity_id, person_id=person_id, column=column, revision=0)
        session.add(score)
    elif (score.value, score.basis) == (value, basis):
        return None
    changed = score.revision == 0 or score.value != value
    score.value, score.basis = value, basis
    score.state, score.tries, score.next_try_at, score.problem = SyncState.WAITING, 0, now, ""
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
