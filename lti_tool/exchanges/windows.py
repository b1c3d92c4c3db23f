"""A page of comments out of however many there are, each with its place among its siblings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, exists, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from ..kernel.permissions import Visit
from .models import Comment, CommentRole, Vote

THREADS = 20  # on a page, and replies on the page of one thread


class Votes(NamedTuple):
    """How many an answer helps, and whether the visitor is one of them."""

    total: int = 0
    mine: bool = False


class Row(NamedTuple):
    """A comment, its place among its siblings, how many there are, and when the earliest of them was said."""

    comment: Comment
    position: int
    total: int
    first: datetime
    votes: Votes


class Numbered(NamedTuple):
    """Comments with what they are sorted by, and what a `Row` is made of."""

    key: Any
    position: Any
    columns: tuple[Any, ...]


class Window(NamedTuple):
    """Comments in their order, and where the next page begins."""

    rows: Sequence[Row]
    later: UUID | None


def numbered(me: UUID, *where: ColumnElement[bool], ranked: bool) -> Numbered:
    """Comments, oldest first; `ranked`, answers come as `_rank` says. The roots are siblings."""
    key = _key(ranked)
    within = Comment.thread_id
    rows = (
        select(
            Comment,
            *(part.label(f"key{n}") for n, part in enumerate(key)),
            func.row_number().over(partition_by=within, order_by=key).label("position"),
            func.count().over(partition_by=within).label("total"),
            func.min(Comment.said_at).over(partition_by=within).label("first"),
        )
        .where(*where)
        .subquery()
    )
    keys = tuple_(*(rows.c[f"key{n}"] for n in range(len(key))))
    comment = aliased(Comment, rows)
    columns = comment, rows.c.position, rows.c.total, rows.c.first, votes(comment), voted(comment, me)
    return Numbered(keys, rows.c.position, columns)


def read(session: Session, query: Select[*tuple[Any, ...]]) -> list[Row]:
    """The rows of a query of `Numbered.columns`."""
    return [Row(row[0], row[1], row[2], row[3], Votes(*row[4:])) for row in session.execute(query)]


def window(
    session: Session,
    visit: Visit,
    before: UUID | None,
    at: UUID | None,
    *where: ColumnElement[bool],
    ranked: bool = False,
) -> Window:
    """A page of comments: it ends before one, or begins at one; else the newest, or the best where `ranked`.

    A page that would begin among the first ones begins with the first. One statement, or two then.
    """
    found = numbered(visit.person_id, *where, ranked=ranked)
    query = select(*found.columns)
    forwards = query.order_by(found.position).limit(THREADS + 1)
    if before:
        backwards = query.where(found.key < _key_of(before, ranked)).order_by(found.position.desc())
        return Window(read(session, backwards.limit(THREADS))[::-1], before)
    if not (at or ranked):
        return Window(read(session, query.order_by(found.position.desc()).limit(THREADS))[::-1], None)
    rows = read(session, forwards.where(found.key >= _key_of(at, ranked)) if at else forwards)
    if ranked and at and (not rows or rows[0].position <= THREADS):
        rows = read(session, forwards)
    return Window(rows[:THREADS], rows[THREADS].comment.id if len(rows) > THREADS else None)


def votes(comment: Any = Comment) -> ColumnElement[int]:
    """How many find an answer helpful. Part of a statement."""
    return select(func.count()).where(Vote.comment_id == comment.id).correlate(comment).scalar_subquery()


def voted(comment: Any, person_id: UUID) -> ColumnElement[bool]:
    """That somebody finds an answer helpful. Part of a statement."""
    return exists().where(Vote.comment_id == comment.id, Vote.person_id == person_id).correlate(comment)


def _key(ranked: bool) -> tuple[ColumnElement[Any], ...]:
    return (*(_rank() if ranked else ()), Comment.said_at, Comment.id)


def _rank() -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The accepted answer first, then the others by how many they help; what is no answer stays in order."""
    fewer = case((Comment.role == CommentRole.ANSWER, -votes()), else_=0)
    return case((Comment.accepted_at.is_(None), 1), else_=0), fewer


def _key_of(comment_id: UUID, ranked: bool) -> Any:
    return select(*_key(ranked)).where(Comment.id == comment_id).scalar_subquery()
