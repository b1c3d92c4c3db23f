"""From reviews to scores: what a person has earned in an activity, brought up to date after every act."""

from collections.abc import Collection
from uuid import UUID, uuid5

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..activities.models import Activity, Grading
from ..kernel import clock, journal
from ..kernel.journal import EventType
from ..kernel.permissions import May, Role, Visit
from ..people.models import Course, Enrolment
from ..reviews.releasing import released
from .earning import Earned, Value, earned_by, values
from .models import COLUMNS, Column, LineItem, Score, SyncState

POINTS = 100.0  # the scale on which a score is told in statements, and in the columns we make


def settle(session: Session, activity_id: UUID, person_id: UUID) -> None:
    """Bring a person's scores in an activity up to date, and record what is new in the journal.

    Only learners have scores, and test users have none. A score is there from the first review on. Completion
    is recorded once, when the person has shared and given all the reviews asked for.
    """
    # While this lock lasts, nobody switches the columns.
    activity = session.get_one(Activity, activity_id, with_for_update={"read": True, "key_share": True})
    earned = rescore(session, activity, [person_id]).get(person_id)
    if earned and earned.contribution_id and earned.given >= activity.asked:
        _record_completion(session, activity, person_id, earned)


def rescore(session: Session, activity: Activity, people: Collection[UUID]) -> dict[UUID, Earned]:
    """Bring the scores of people up to date; return what each learner among them has earned. Nine statements.

    There are none in an ungraded activity. Those that are held back are made and go nowhere.
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
    earned = earned_by(session, activity, learners)
    if activity.grading is Grading.NONE or not learners:
        return earned
    scores = {
        (score.person_id, score.column): score
        for score in session.scalars(
            select(Score).where(Score.activity_id == activity.id, Score.person_id.in_(learners))
        )
    }
    for person_id, each in earned.items():
        made = values(activity, each)
        for column in Column:
            score = scores.get((person_id, column))
            if score and column not in made and score.state is not SyncState.KEPT:
                score.state = SyncState.HELD  # no review counts any more: the LMS hears no more of it
        for column, value in made.items():
            score = scores.get((person_id, column))
            if score is None:
                score = Score(activity_id=activity.id, person_id=person_id, column=column, revision=0)
                score.withheld = False
                session.add(score)
            if _put(activity, score, value) and column is Column.WORK:
                _record_score(session, activity, score, each.contribution_id)
    return earned


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


def is_held(activity: Activity, score: Score) -> bool:
    """Whether a score waits for an instructor or for its date."""
    return score.withheld or not released(activity.scores_held, activity.scores_from, clock.now())


def _put(activity: Activity, score: Score, new: Value) -> bool:
    """Put another value in place of a score's; return whether there is one to be told of."""
    now, held = clock.now(), is_held(activity, score)
    if (score.value, score.basis) == new and (score.state is SyncState.HELD) is held:
        return False
    # One more review with the same mean: the LMS's comment changes, the score does not.
    changed = score.revision == 0 or score.value != new.value
    freed = score.state is SyncState.HELD
    score.value, score.basis = new
    score.state = SyncState.HELD if held else _wanted(activity, score.column)
    score.tries, score.next_try_at, score.problem = 0, now, ""
    if changed:
        score.revision += 1
        score.changed_at = now
    return not held and (changed or freed)


def _wanted(activity: Activity, column: Column) -> SyncState:
    return SyncState.WAITING if column in COLUMNS[activity.grading] else SyncState.KEPT


def _record_score(session: Session, activity: Activity, score: Score, contribution_id: UUID | None) -> None:
    """Once for each value that was released; of a score without a work there is nothing to tell."""
    tenant = _tenant(session, activity)
    entity = uuid5(activity.id, f"{score.person_id}:{Column.WORK}")
    if contribution_id is None or journal.recorded(session, tenant, EventType.SCORED, entity, score.revision):
        return
    journal.record(
        session,
        EventType.SCORED,
        tenant=tenant,
        course=activity.course_id,
        activity=activity.id,
        person=score.person_id,
        entity=entity,
        revision=score.revision,
        facts={
            "column": Column.WORK,
            "contribution": str(contribution_id),
            "score": _points(score.value),
        },
    )


def _record_completion(session: Session, activity: Activity, person_id: UUID, earned: Earned) -> None:
    tenant, entity = _tenant(session, activity), uuid5(activity.id, str(person_id))
    if journal.recorded(session, tenant, EventType.COMPLETED, entity):
        return
    score = session.get(Score, (activity.id, person_id, Column.WORK))
    told = earned.work is not None and score is not None and not is_held(activity, score)
    journal.record(
        session,
        EventType.COMPLETED,
        tenant=tenant,
        course=activity.course_id,
        activity=activity.id,
        person=person_id,
        entity=entity,
        facts={"score": _points(score.value)} if told and score else {},
    )


def _tenant(session: Session, activity: Activity) -> UUID:
    return session.get_one(Course, activity.course_id).tenant_id


def _points(value: float) -> dict[str, float]:
    """A share as points; their noise of binary fractions, 1e-14, is cut off."""
    return {"raw": round(value * POINTS, 6), "min": 0.0, "max": POINTS}
