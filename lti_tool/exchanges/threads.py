"""What was said about a contribution, page by page. Each function is a bounded number of SQL statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import Visit
from ..people.models import Enrolment, Person
from .comments import STAFF, Speaker, speaker
from .models import Comment, Reaction
from .queries import Opened, enrolled

NO_COMMENT = N_("This comment does not exist.")
THREADS = 20  # on a page, and replies on the page of one thread
REPLIES = 5  # of each thread, on the page of all


@dataclass(slots=True)
class Said:
    """A comment as its reader sees it; `replies` are some of the `answers` there are."""

    comment: Comment
    speaker: Speaker
    mine: bool
    new: bool
    answers: int = 0
    replies: list["Said"] = field(default_factory=list)

    @property
    def gone(self) -> bool:
        """Whether a sentence stands in its place, for everybody or for most."""
        return self.comment.taken_back_at is not None or self.comment.hidden_at is not None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A page of threads, or one thread with a page of its replies.

    `total` counts the threads or the replies. The page before ends before `earlier`, the next one begins at
    `later`; both are comments.
    """

    threads: list[Said]
    total: int
    earlier: UUID | None
    later: UUID | None


def conversation(
    session: Session, visit: Visit, here: Opened, *, before: UUID | None = None, at: UUID | None = None
) -> Conversation:
    """A page of threads, the newest last, each with its first replies. Three statements.

    Args:
        session: a reading session.
        visit: who reads.
        here: what is talked about.
        before: the page ends before this thread; without it, with the newest.
        at: the page begins with this thread.

    """
    reply = aliased(Comment)
    answered = exists().where(reply.thread_id == Comment.id, _stands(reply, visit, here))
    rows, later = _window(
        session,
        before,
        at,
        Comment.contribution_id == here.id,
        Comment.thread_id.is_(None),
        or_(_stands(Comment, visit, here), answered),
    )
    replies: Sequence[Any] = []
    if rows:
        each, position, total = _numbered(
            Comment.thread_id.in_([row[0].id for row in rows]), _stands(Comment, visit, here)
        )
        query = select(each, position, total).where(position <= REPLIES).order_by(position)
        replies = session.execute(query).all()
    threads = _heard(session, visit, here, [row[0] for row in rows], replies)
    return _page(threads, rows, later)


def one_thread(
    session: Session,
    visit: Visit,
    here: Opened,
    thread: UUID,
    *,
    before: UUID | None = None,
    at: UUID | None = None,
) -> Conversation:
    """One thread with a page of its replies, the newest last; else like `conversation`. Three statements.

    Raises:
        NotFoundError: the contribution has no such thread.

    """
    root = comment_of(session, here, thread)
    rows, later = _window(session, before, at, Comment.thread_id == thread, _stands(Comment, visit, here))
    if root.thread_id is not None or not (rows or _shows(root, visit, here)):
        raise NotFoundError(NO_COMMENT)
    return _page(_heard(session, visit, here, [root], rows), rows, later)


def comment_of(session: Session, here: Opened, comment_id: UUID) -> Comment:
    """A comment on a contribution. One statement.

    Raises:
        NotFoundError: the contribution has no such comment.

    """
    query = select(Comment).where(Comment.id == comment_id, Comment.contribution_id == here.id)
    found = session.scalar(query)
    if found is None:
        raise NotFoundError(NO_COMMENT)
    return found


def _stands(comment: Any, visit: Visit, here: Opened) -> ColumnElement[bool]:
    """That a comment is there for a reader; see `_shows`."""
    stands: ColumnElement[bool] = comment.taken_back_at.is_(None)
    if here.reader.sees_all:
        return stands
    return and_(stands, or_(comment.hidden_at.is_(None), comment.author_id == visit.person_id))


def _shows(comment: Comment, visit: Visit, here: Opened) -> bool:
    """Whether a comment is there: not taken back and, but for staff and whoever wrote it, not hidden."""
    seen = comment.hidden_at is None or here.reader.sees_all or comment.author_id == visit.person_id
    return comment.taken_back_at is None and seen


def _numbered(*where: ColumnElement[bool]) -> tuple[Any, Any, Any]:
    """Comments with their place in their thread, oldest first, and how many are in it; the roots are one."""
    within = Comment.thread_id
    order = Comment.said_at, Comment.id
    rows = (
        select(
            Comment,
            func.row_number().over(partition_by=within, order_by=order).label("position"),
            func.count().over(partition_by=within).label("total"),
        )
        .where(*where)
        .subquery()
    )
    return aliased(Comment, rows), rows.c.position, rows.c.total


def _window(
    session: Session, before: UUID | None, at: UUID | None, *where: ColumnElement[bool]
) -> tuple[Sequence[Any], UUID | None]:
    """A page of comments, oldest first, and where the next begins; for the bounds see `conversation`."""
    each, position, total = _numbered(*where)
    query = select(each, position, total)
    if at:
        moment = _moment(at)
        since = or_(each.said_at > moment, and_(each.said_at == moment, each.id >= at))
        rows = session.execute(query.where(since).order_by(position).limit(THREADS + 1)).all()
        return rows[:THREADS], rows[THREADS][0].id if len(rows) > THREADS else None
    if before:
        moment = _moment(before)
        query = query.where(or_(each.said_at < moment, and_(each.said_at == moment, each.id < before)))
    rows = session.execute(query.order_by(position.desc()).limit(THREADS)).all()[::-1]
    return rows, before


def _moment(comment_id: UUID) -> Any:
    return select(Comment.said_at).where(Comment.id == comment_id).scalar_subquery()


def _page(threads: list[Said], rows: Sequence[Any], later: UUID | None) -> Conversation:
    if not rows:
        return Conversation(threads, 0, None, None)
    return Conversation(threads, rows[0].total, rows[0][0].id if rows[0].position > 1 else None, later)


def _heard(
    session: Session, visit: Visit, here: Opened, roots: Iterable[Comment], replies: Iterable[Any]
) -> list[Said]:
    """Threads as their reader sees them. One statement."""
    roots, replies = list(roots), list(replies)
    comments = [*roots, *(row[0] for row in replies)]
    speakers = _speakers(session, visit, here, {comment.author_id for comment in comments})

    def say(comment: Comment) -> Said:
        mine = comment.author_id == visit.person_id
        new = not mine and here.read_at is not None and comment.said_at > here.read_at
        return Said(comment, speakers[comment.author_id], mine, new)

    threads = {root.id: say(root) for root in roots}
    for reply, _, total in replies:
        threads[reply.thread_id].answers = total
        threads[reply.thread_id].replies.append(say(reply))
    return list(threads.values())


def _speakers(session: Session, visit: Visit, here: Opened, people: set[UUID]) -> Mapping[UUID, Speaker]:
    """How people are shown; peers by the order in which they first spoke here, taken back or not."""
    if not people:
        return {}
    author = here.contribution.author_id
    spoke = (
        select(Comment.author_id, func.min(Comment.said_at).label("first"))
        .where(Comment.contribution_id == here.id)
        .group_by(Comment.author_id)
        .subquery()
    )
    staff = and_(Enrolment.role.is_not(None), Enrolment.role.in_(STAFF))
    number = func.row_number().over(
        partition_by=or_(staff, spoke.c.author_id == author), order_by=(spoke.c.first, spoke.c.author_id)
    )
    ranked = (
        select(spoke.c.author_id, Person.name, Enrolment.role, number.label("number"))
        .join(Person, Person.id == spoke.c.author_id)
        .join(Enrolment, enrolled(visit, Person.id), isouter=True)
        .subquery()
    )
    rows = session.execute(select(ranked).where(ranked.c.author_id.in_(people)))
    return {
        row.author_id: speaker(
            is_reader=row.author_id == visit.person_id,
            is_author=row.author_id == author,
            role=row.role,
            number=row.number,
            name=row.name,
            named=here.reader.sees_all,
        )
        for row in rows
    }


def said_of(contribution_id: InstrumentedAttribute[UUID], author_id: UUID) -> ColumnElement[int]:
    """How much others said of a contribution: comments that are shown, and reactions. Part of a statement."""
    comments = select(func.count()).where(
        Comment.contribution_id == contribution_id,
        Comment.author_id != author_id,
        Comment.taken_back_at.is_(None),
        Comment.hidden_at.is_(None),
    )
    reactions = select(func.count()).where(Reaction.contribution_id == contribution_id)
    return comments.scalar_subquery() + reactions.scalar_subquery()
