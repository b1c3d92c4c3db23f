"""Where a learner stands, for their first screen. Each is a bounded number of SQL statements."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from ..activities.models import Activity, Feedback, Kind
from ..contributions.authors import wrote
from ..contributions.models import Contribution, ContributionState
from ..exchanges.models import News, NewsKind
from ..exchanges.threads import said_of
from ..gradebook.models import Column, Score
from ..kernel import clock
from ..reviews import self_reviews
from ..reviews.allocation import Because
from ..reviews.editing import to_change_again
from ..reviews.queries import ReviewProgress, progress
from ..reviews.rescoring import to_look_again
from .steps import Standing
from .undone import shared


@dataclass(frozen=True, slots=True)
class LearnerHome:
    """A learner's first screen."""

    contribution: Contribution | None
    progress: ReviewProgress
    standing: Standing
    score: float | None
    said: int = 0  # what peers said of the contribution: comments and reactions
    asked: int = 0  # questions that the person shared
    open_questions: int = 0  # of others, in the activity
    change_again: int = 0  # reviews that are to be changed for other criteria
    answers: int = 0  # of the instructor, to what they flagged, which are news


def learner_home(session: Session, activity: Activity, person_id: UUID) -> LearnerHome:
    """Where a learner stands. Nine statements at most."""
    row = session.execute(
        select(Contribution, Score.value, said_of(Contribution.id, person_id))
        .join(
            Score,
            and_(
                Score.activity_id == Contribution.activity_id,
                Score.person_id == person_id,
                Score.column == Column.WORK,
            ),
            isouter=True,
        )
        .where(wrote(person_id, activity_id=activity.id))
        .order_by(Contribution.author_id == person_id, Contribution.number)
        .limit(1)
    ).first()
    contribution, score, said = row if row else (None, None, 0)
    at = progress(session, activity, person_id)
    asked = open_questions = 0
    if activity.kind is Kind.QUESTION:
        asked, open_questions = _questions(session, activity, person_id)
    now, dates = clock.now(), at.dates
    own = self_reviews.own_review(session, activity, person_id) if activity.self_review else None
    improved = len(to_look_again(session, activity, person_id)) if activity.revising else 0
    standing = Standing(
        drafted=contribution is not None,
        shared=contribution is not None and contribution.state is ContributionState.SHARED,
        reviewing=at.open_review_id is not None,
        given=at.given,
        asked=at.asked,
        work_waits=at.can_pull,
        received=at.received if at.unlocked else 0,
        sharing=dates.sharing(now),
        reviews=dates.reviewing(now),
        asks=activity.kind is Kind.QUESTION,
        helps=open_questions > 0
        if activity.kind is Kind.QUESTION
        else activity.feedback is Feedback.COMMENTS,
        calibrates=at.because is Because.CALIBRATE,
        judges_own=activity.self_review and (own is None or own.sent_at is None),
        look_again=improved,
        revising=dates.revising(now),
    )
    return LearnerHome(
        contribution, at, standing, score, said, asked, open_questions,
        to_change_again(session, activity, person_id), _answers(session, activity, person_id),
    )  # fmt: skip


def _answers(session: Session, activity: Activity, person_id: UUID) -> int:
    """How many answers of the instructor to the person's flags they have not read. One statement."""
    mine = News.person_id == person_id, News.course_id == activity.course_id, News.activity_id == activity.id
    return (
        session.scalar(select(func.count()).where(*mine, News.kind == NewsKind.FLAG, News.read_at.is_(None)))
        or 0
    )


def _questions(session: Session, activity: Activity, person_id: UUID) -> tuple[int, int]:
    """How many questions the person asked, and how many of others wait for an answer. One statement."""
    there = (*shared(activity), Contribution.hidden_at.is_(None))
    mine = select(func.count()).where(*there, Contribution.author_id == person_id).scalar_subquery()
    waiting = Contribution.author_id != person_id, Contribution.answered_at.is_(None)
    others = select(func.count()).where(*there, *waiting).scalar_subquery()
    asked, open_questions = session.execute(select(mine, others)).one()
    return asked, open_questions
