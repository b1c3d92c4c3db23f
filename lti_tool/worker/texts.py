"""What people wrote, for statements that may hold it: the words of the moment, and the files.

What was written over, taken back, hidden or erased since is not told any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from xapi.statements import Attachment

from ..contributions.models import Contribution, ContributionState, Revision
from ..contributions.texts import Text
from ..exchanges.models import Comment
from ..kernel.journal import EventType
from ..reviews.models import Rescore, Review, ReviewState
from .lines import HANDED_IN, Line, contribution_of

_SAID = frozenset({EventType.COMMENTED, EventType.REPLIED, EventType.ASKED, EventType.ANSWERED})


class Written(NamedTuple):
    """What goes along with a statement."""

    response: str
    title: str = ""
    files: tuple[Attachment, ...] = ()


def written(session: Session, lines: Sequence[Line], base_url: str) -> Mapping[int, Written]:
    """What was written in some events, by event; without those of which nothing is left.

    Args:
        session: a reading session. Six statements at most.
        lines: of places that let texts be told.
        base_url: the tool's address.

    """
    handed_in = [line for line in lines if line.type in HANDED_IN | {EventType.ASKED}]
    reviewed = [line for line in lines if line.type is EventType.REVIEWED]
    said = [line for line in lines if line.type in _SAID]
    found: dict[int, Written] = {}
    if said:
        found |= _comments(session, said)
    if handed_in:
        found |= _works(session, handed_in, base_url)
    if reviewed:
        found |= _reviews(session, reviewed)
    return found


def _works(session: Session, lines: Sequence[Line], base_url: str) -> dict[int, Written]:
    ids = {UUID(contribution_of(line)) for line in lines if str(line.entity) == contribution_of(line)}
    works = {
        work.id: work
        for work in session.scalars(
            select(Contribution)
            .where(
                Contribution.id.in_(ids),
                Contribution.state == ContributionState.SHARED,
                Contribution.hidden_at.is_(None),
            )
            .options(selectinload(Contribution.attachments))
        )
    }
    versions: dict[UUID, list[Revision]] = {}
    query = select(Revision).where(Revision.contribution_id.in_(works))
    for version in session.scalars(query.order_by(Revision.number)):
        versions.setdefault(version.contribution_id, []).append(version)
    found = {}
    for line in lines:
        then = [each for each in versions.get(line.entity, ()) if each.saved_at <= line.occurred_at]
        if then:
            text = Text.read(then[-1].title, then[-1].answers)
            current = then[-1].number == works[line.entity].revision
            files = _files(works[line.entity], base_url) if current else ()
            found[line.id] = Written("\n\n".join(text.passages), text.title, files)
    return found


def _files(work: Contribution, base_url: str) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            each.shows or each.media_type,
            each.media_type,
            each.size,
            each.digest,
            f"{base_url}/admin/files/{each.id}",
        )
        for each in work.attachments
    )


def _reviews(session: Session, lines: Sequence[Line]) -> dict[int, Written]:
    ids = {line.entity for line in lines}
    query = select(Review).where(
        Review.id.in_(ids), Review.state == ReviewState.SENT, Review.hidden_at.is_(None)
    )
    reviews = {each.id: each for each in session.scalars(query.options(selectinload(Review.marks)))}
    again = {
        each.review_id: each for each in session.scalars(select(Rescore).where(Rescore.review_id.in_(ids)))
    }
    found = {}
    for line in lines:
        review, second = reviews.get(line.entity), again.get(line.entity)
        if review is None:
            continue
        passages: Iterable[str] = ()
        if line.facts.get("again"):
            if second and line.revision == review.sends + second.revision:
                passages = [second.text]
        elif line.revision == review.sends - 1 and (review.saved_at or line.occurred_at) <= line.occurred_at:
            passages = [review.overall, *(mark.comment for mark in review.marks)]
        if text := "\n\n".join(filter(None, passages)):
            found[line.id] = Written(text)
    return found


def _comments(session: Session, lines: Sequence[Line]) -> dict[int, Written]:
    query = select(Comment).where(
        Comment.id.in_({line.entity for line in lines}),
        Comment.taken_back_at.is_(None),
        Comment.hidden_at.is_(None),
    )
    comments = {each.id: each for each in session.scalars(query)}
    return {
        line.id: Written(comments[line.entity].text)
        for line in lines
        if line.entity in comments
        and (comments[line.entity].edited_at or line.occurred_at) <= line.occurred_at
    }
