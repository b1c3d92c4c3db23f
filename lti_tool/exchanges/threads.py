"""What was said about a contribution, page by page. Each function is a bounded number of SQL statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.markup import formatted
from ..kernel.permissions import Visit
from .comments import Speaker
from .mentions import highlighted
from .models import Comment, CommentRole, Reaction
from .queries import Opened
from .voices import Names, voices
from .windows import Row, Votes, Window, numbered, read, voted, votes, window

NO_COMMENT = N_("This comment does not exist.")
REPLIES = 5  # of each thread, on the page of all


@dataclass(slots=True)
class Said:
    """A comment as its reader sees it; `replies` are some of the `answers` there are."""

    comment: Comment
    speaker: Speaker
    mine: bool
    new: bool
    names: Names
    votes: Votes
    answers: int = 0
    replies: list["Said"] = field(default_factory=list)

    @property
    def gone(self) -> bool:
        """Whether a sentence stands in its place, for everybody or for most."""
        return self.comment.taken_back_at is not None or self.comment.hidden_at is not None

    @property
    def html(self) -> Markup:
        """What was said, as it is read."""
        return highlighted(formatted(self.comment.text), self.names.mentioned)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A page of threads, or one thread with a page of its replies.

    `total` counts the threads or the replies, `first` is when the earliest was said. The page before ends
    before `earlier`, the next one begins at `later`; both are comments.
    """

    threads: list[Said]
    total: int
    first: datetime | None
    earlier: UUID | None
    later: UUID | None


def conversation(
    session: Session, visit: Visit, here: Opened, *, before: UUID | None = None, at: UUID | None = None
) -> Conversation:
    """A page of threads, the newest last, each with its first replies; of a question, its best answers first.

    Three statements.

    Args:
        session: a reading session.
        visit: who reads.
        here: what is talked about.
        before: the page ends before this thread; without it, with the newest.
        at: the page begins with this thread.

    """
    reply = aliased(Comment)
    answered = exists().where(reply.thread_id == Comment.id, _stands(reply, visit, here))
    found = window(
        session,
        visit,
        before,
        at,
        Comment.contribution_id == here.id,
        Comment.thread_id.is_(None),
        or_(_stands(Comment, visit, here), answered),
        ranked=here.is_question,
    )
    replies: Sequence[Row] = []
    if found.rows:
        within = Comment.thread_id.in_([row.comment.id for row in found.rows])
        of_it = Comment.contribution_id == here.id
        each = numbered(visit.person_id, of_it, within, _stands(Comment, visit, here), ranked=True)
        query = select(*each.columns).where(each.position <= REPLIES)
        replies = read(session, query.order_by(each.position))
    return _page(_heard(session, visit, here, found.rows, replies), found)


def one_thread(
    session: Session,
    visit: Visit,
    here: Opened,
    thread: UUID,
    *,
    before: UUID | None = None,
    at: UUID | None = None,
) -> Conversation:
    """One thread with a page of its replies, the newest last; else like `conversation`.

    Raises:
        NotFoundError: the contribution has no such thread.

    """
    of_it = Comment.id == thread, Comment.contribution_id == here.id
    helped = votes(Comment), voted(Comment, visit.person_id)
    row = session.execute(select(Comment, *helped).where(*of_it)).one_or_none()
    if row is None:
        raise NotFoundError(NO_COMMENT)
    root: Comment = row[0]
    found = window(
        session,
        visit,
        before,
        at,
        Comment.contribution_id == here.id,
        Comment.thread_id == thread,
        _stands(Comment, visit, here),
        ranked=root.role is CommentRole.QUESTION,
    )
    if root.thread_id is not None or not (found.rows or _shows(root, visit, here)):
        raise NotFoundError(NO_COMMENT)
    roots = [Row(root, 1, 1, root.said_at, Votes(*row[1:]))]
    return _page(_heard(session, visit, here, roots, found.rows), found)


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


def shown_comment(session: Session, visit: Visit, here: Opened, comment_id: UUID) -> Comment:
    """A comment on a contribution that its reader sees. One statement.

    Raises:
        NotFoundError: there is none.

    """
    found = comment_of(session, here, comment_id)
    if not _shows(found, visit, here):
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


def _page(threads: list[Said], found: Window) -> Conversation:
    if not found.rows:
        return Conversation(threads, 0, None, None, None)
    start = found.rows[0]
    earlier = start.comment.id if start.position > 1 else None
    return Conversation(threads, start.total, start.first, earlier, found.later)


def _heard(
    session: Session, visit: Visit, here: Opened, roots: Sequence[Row], replies: Sequence[Row]
) -> list[Said]:
    """Threads as their reader sees them. One statement."""
    heard = voices(session, visit, here, [row.comment for row in (*roots, *replies)])

    def say(row: Row) -> Said:
        comment = row.comment
        mine = comment.author_id == visit.person_id
        new = not mine and here.read_at is not None and comment.said_at > here.read_at
        names = heard.names.get(comment.id) or Names()
        return Said(comment, heard.speakers[comment.author_id], mine, new, names, row.votes)

    threads: dict[UUID | None, Said] = {root.comment.id: say(root) for root in roots}
    for reply in replies:
        thread = threads[reply.comment.thread_id]
        thread.answers = reply.total
        thread.replies.append(say(reply))
    return list(threads.values())


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
