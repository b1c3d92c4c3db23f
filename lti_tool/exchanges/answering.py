"""What is done with answers: find one helpful, accept it, endorse it. It settles if a question is open."""

from itertools import count
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.models import Contribution
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, NotAllowedError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.permissions import May, Visit
from .models import Comment, CommentRole, Vote
from .queries import Opened, opened, opened_to_speak
from .threads import NO_COMMENT, comment_of


def vote(
    session: Session,
    visit: Visit,
    activity: Activity,
    contribution_id: UUID,
    comment_id: UUID,
    *,
    helps: bool,
) -> Comment:
    """Say that an answer helps, or no longer. Only the first time is an event.

    Raises:
        NotFoundError: there is no such answer for the visitor.
        NotAllowedError: it is their own, or not theirs to read.
        ConflictError: the activity is closed, or the answer is gone.

    """
    here = opened_to_speak(session, visit, activity, contribution_id)
    answer = answer_of(session, here, comment_id)
    if answer.author_id == visit.person_id:
        raise NotAllowedError(N_("This is your own answer. Others say whether it helps."))
    found = session.get(Vote, (answer.id, visit.person_id))
    if found and not helps:
        session.delete(found)
    if found or not helps:
        return answer
    try:
        with session.begin_nested():
            session.add(Vote(comment_id=answer.id, person_id=visit.person_id, voted_at=clock.now()))
    except IntegrityError:  # another tab said it in between
        return answer
    entity = uuid5(answer.id, visit.person_id.hex)
    if not journal.recorded(session, visit.tenant_id, EventType.VOTED, entity):
        journal.record_act(session, visit, EventType.VOTED, activity.id, entity, facts=_facts(answer))
    return answer


def accept(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, comment_id: UUID, *, good: bool
) -> Comment:
    """Accept an answer to one's question in place of any other, or take that back. Twice is once.

    Raises:
        NotFoundError: there is no such answer for the visitor.
        NotAllowedError: they did not ask.
        ConflictError: the activity is closed, or the answer is gone.

    """
    here = _locked(session, opened_to_speak(session, visit, activity, contribution_id))
    answer = answer_of(session, here, comment_id)
    asker = _question(session, here.contribution, answer)
    asked = asker.author_id == visit.person_id or (asker is here.contribution and here.reader.is_author)
    if not asked:
        raise NotAllowedError(N_("Only the person who asked can accept an answer."))
    if good == (answer.accepted_at is not None):
        return answer
    for other in session.scalars(select(Comment).where(_beside(answer), Comment.accepted_at.is_not(None))):
        other.accepted_at = None
    session.flush()  # there is one at any moment
    if good:
        answer.accepted_at = clock.now()
        _record_again(session, visit, EventType.ACCEPTED, activity, answer)
    settle(session, activity, answer)
    return answer


def endorse(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, comment_id: UUID, *, good: bool
) -> Comment:
    """Endorse an answer as an instructor, or take that back; in a closed activity too. Twice is once.

    Raises:
        NotAllowedError: the visitor is no instructor.
        NotFoundError: there is no such answer.
        ConflictError: the answer is gone.

    """
    visit.require(May.SEE_ALL_WORK)
    visit.require(May.SET_UP)
    here = _locked(session, opened(session, visit, activity, contribution_id))
    answer = answer_of(session, here, comment_id)
    if good == (answer.endorsed_at is not None):
        return answer
    answer.endorsed_at = clock.now() if good else None
    answer.endorsed_by_id = visit.person_id if good else None
    if good:
        _record_again(session, visit, EventType.ENDORSED, activity, answer)
    settle(session, activity, answer)
    return answer


def answer_of(session: Session, here: Opened, comment_id: UUID) -> Comment:
    """An answer that stands.

    Raises:
        NotFoundError: there is no such answer.
        ConflictError: it was taken back or hidden.

    """
    answer = comment_of(session, here, comment_id)
    if answer.role is not CommentRole.ANSWER:
        raise NotFoundError(NO_COMMENT)
    if answer.taken_back_at is not None or answer.hidden_at is not None:
        raise ConflictError(N_("This answer is gone."), code="comment-gone")
    return answer


def settle(session: Session, activity: Activity, comment: Comment) -> None:
    """Bring a question up to date after it, or an answer of it, has changed: is it still open?"""
    if comment.role is CommentRole.REMARK:
        return
    session.flush()
    contribution = session.get_one(Contribution, comment.contribution_id)
    question = _question(session, contribution, comment)
    good = exists().where(
        _of(question),
        Comment.role == CommentRole.ANSWER,
        Comment.taken_back_at.is_(None),
        Comment.hidden_at.is_(None),
        or_(Comment.accepted_at.is_not(None), Comment.endorsed_at.is_not(None)),
    )
    answered = session.scalar(select(good))
    question.answered_at = (question.answered_at or clock.now()) if answered else None
    if isinstance(question, Comment):
        stands = question.taken_back_at is None and question.hidden_at is None
        question.open_in_id = activity.id if stands and not answered else None


def _question(session: Session, contribution: Contribution, comment: Comment) -> Contribution | Comment:
    """The question that an answer is of, or that a comment is."""
    if comment.role is CommentRole.QUESTION:
        return comment
    return session.get_one(Comment, comment.thread_id) if comment.thread_id else contribution


def _of(question: Contribution | Comment) -> ColumnElement[bool]:
    """That a comment answers a question."""
    if isinstance(question, Comment):
        return Comment.thread_id == question.id
    return (Comment.contribution_id == question.id) & Comment.thread_id.is_(None)


def _beside(answer: Comment) -> ColumnElement[bool]:
    if answer.thread_id:
        return Comment.thread_id == answer.thread_id
    return (Comment.contribution_id == answer.contribution_id) & Comment.thread_id.is_(None)


def _locked(session: Session, here: Opened) -> Opened:
    """Nobody else settles a question of this contribution until the end of the transaction."""
    session.execute(select(Contribution.id).where(Contribution.id == here.id).with_for_update())
    return here


def _record_again(
    session: Session, visit: Visit, kind: EventType, activity: Activity, answer: Comment
) -> None:
    revision = next(n for n in count() if not journal.recorded(session, visit.tenant_id, kind, answer.id, n))
    journal.record_act(session, visit, kind, activity.id, answer.id, revision=revision, facts=_facts(answer))


def _facts(answer: Comment) -> dict[str, object]:
    return {"contribution": str(answer.contribution_id), "answer": str(answer.id)}
