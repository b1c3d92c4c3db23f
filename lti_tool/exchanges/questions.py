"""Questions of a course that wait for an answer: contributions that are one, and those asked about another.

Each function is a bounded number of SQL statements, and costs the same however many were answered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, cast, func, literal, null, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from ..activities.models import Activity, Kind
from ..contributions.models import Contribution, ContributionState
from ..kernel.permissions import May, Visit
from ..people.models import Enrolment
from .filters import Place
from .gallery import places
from .models import Comment

PAGE = 20
COUNTED = 100  # at most, where only their number is told


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question: its contribution, and the comment that asks it if it is one about that."""

    contribution: Contribution
    comment: Comment | None
    activity: Activity
    asked_at: datetime
    answers: int

    @property
    def id(self) -> UUID:
        """Of the contribution or of the comment."""
        return self.comment.id if self.comment else self.contribution.id


class Page(NamedTuple):
    """Some open questions, the newest first, and the one after which the next page begins."""

    questions: Sequence[OpenQuestion]
    after: UUID | None


def open_questions(session: Session, visit: Visit, here: Sequence[Place], after: UUID | None = None) -> Page:
    """A page of the questions that wait where the visitor may read. Two statements.

    Args:
        session: a reading session.
        visit: who looks.
        here: `gallery.places`.
        after: the last one of the page before.

    """
    activities = {place.activity.id: place.activity for place in here if place.open}
    waiting = union_all(*_waiting(visit, activities, after)).subquery()
    replies = aliased(Comment)
    of_it = and_(
        replies.contribution_id == waiting.c.contribution_id,
        replies.thread_id.is_not_distinct_from(waiting.c.comment_id),
    )
    shown = replies.taken_back_at.is_(None), replies.hidden_at.is_(None)
    answers = select(func.count()).where(of_it, *shown).scalar_subquery()
    rows = session.execute(
        select(Contribution, Comment, waiting.c.asked_at, answers)
        .select_from(waiting)
        .join(Contribution, Contribution.id == waiting.c.contribution_id)
        .join(Comment, Comment.id == waiting.c.comment_id, isouter=True)
        .order_by(waiting.c.asked_at.desc(), waiting.c.id.desc())
        .limit(PAGE + 1)
    ).all()
    found = [
        OpenQuestion(work, comment, activities[work.activity_id], asked_at, count)
        for work, comment, asked_at, count in rows[:PAGE]
    ]
    return Page(found, found[-1].id if len(rows) > PAGE else None)


def count_open(session: Session, visit: Visit, activity: Activity) -> int:
    """How many questions wait where the visitor may read, COUNTED at most. Two statements."""
    return count_open_in(session, visit, places(session, visit, activity))


def count_open_in(session: Session, visit: Visit, here: Iterable[Place]) -> int:
    """How many questions wait in some places, COUNTED at most. One statement."""
    activities = {place.activity.id: place.activity for place in here if place.open}
    waiting = union_all(*_waiting(visit, activities, None, most=COUNTED)).limit(COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(waiting)) or 0


def _waiting(
    visit: Visit, activities: dict[UUID, Activity], after: UUID | None, most: int = PAGE + 1
) -> list[Select[*tuple[Any, ...]]]:
    """The newest of each form that wait after one, as (contribution_id, comment_id, asked_at, id)."""
    asking = [each.id for each in activities.values() if each.kind is Kind.QUESTION]
    works = select(
        Contribution.id.label("contribution_id"),
        cast(null(), Uuid).label("comment_id"),
        Contribution.shared_at.label("asked_at"),
        Contribution.id.label("id"),
    ).where(
        Contribution.activity_id.in_(asking),
        Contribution.state == ContributionState.SHARED,
        Contribution.answered_at.is_(None),
        Contribution.hidden_at.is_(None),
    )
    comments = (
        select(Comment.contribution_id, Comment.id, Comment.said_at, Comment.id)
        .join(Contribution, Contribution.id == Comment.contribution_id)
        .where(
            Comment.open_in_id.in_(list(activities)),
            Contribution.state == ContributionState.SHARED,
            Contribution.hidden_at.is_(None),
        )
    )
    works = _of_peers(works, visit, Contribution.author_id)
    comments = _of_peers(comments, visit, Comment.author_id)
    return [
        _page(works, (Contribution.shared_at, Contribution.id), after, most),
        _page(comments, (Comment.said_at, Comment.id), after, most),
    ]


def _of_peers(query: Any, visit: Visit, asker: Any) -> Any:
    """Test users stay among themselves, but for staff."""
    if visit.may(May.SEE_ALL_WORK):
        return query
    at_home = and_(Enrolment.course_id == visit.course(), Enrolment.person_id == asker)
    return query.join(Enrolment, at_home).where(Enrolment.test_user == visit.test_user)


def _page(query: Any, key: tuple[Any, Any], after: UUID | None, most: int) -> Any:
    """The newest of a query, as a part of a union."""
    if after:
        asked = select(Contribution.shared_at).where(Contribution.id == after).scalar_subquery()
        said = select(Comment.said_at).where(Comment.id == after).scalar_subquery()
        query = query.where(tuple_(*key) < tuple_(func.coalesce(said, asked), literal(after)))
    part = query.order_by(key[0].desc(), key[1].desc()).limit(most).subquery()
    return select(part)
