"""The versions of a contribution: one for each time it was shared, and who may look at which."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, defer, undefer

from ..kernel import clock
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..people.models import Person
from .models import Contribution, Revision

GRACE = timedelta(minutes=15)  # after sharing: what is corrected then is no new version
PAGE = 50


class Listed(NamedTuple):
    """A version in the list, with its author's name: for those who may see it."""

    revision: Revision
    author: str


class Versions(NamedTuple):
    """Some versions, the newest first, and the number below which the next page begins."""

    listed: Sequence[Listed]
    below: int | None


def in_grace(mine: Contribution, now: datetime) -> bool:
    """Whether what peers read was shared so lately that its author may still correct it."""
    return mine.revised_at is not None and now - mine.revised_at < GRACE


def keep_version(session: Session, mine: Contribution, author_id: UUID, why: str) -> bool:
    """Keep what is being shared as a version; False when it corrects the one shared just before.

    A correction is of the same author, within the time of grace that began with the version.
    """
    now = clock.now()
    last = session.get(Revision, (mine.id, mine.revision))
    if last and in_grace(mine, now) and last.author_id == author_id:
        last.title, last.answers, last.words = mine.title, mine.answers, mine.words
        last.why = why or last.why
        return False
    mine.revision += 1
    mine.revised_at = now
    session.add(
        Revision(
            contribution_id=mine.id,
            number=mine.revision,
            author_id=author_id,
            title=mine.title,
            answers=mine.answers,
            words=mine.words,
            why=why,
            saved_at=now,
        )
    )
    return True


def first_shared(session: Session, mine: Contribution) -> int:
    """The number of the version that was shared first, since it was last taken back. One statement."""
    since = select(func.min(Revision.number)).where(
        Revision.contribution_id == mine.id, Revision.saved_at >= mine.shared_at
    )
    return session.scalar(since) or 1


def versions(
    session: Session, contribution: Contribution, *, everything: bool, below: int | None = None
) -> Versions:
    """A page of versions, without their texts. One statement.

    Args:
        session: a reading session.
        contribution: one that the visitor may read.
        everything: for its authors and for staff; others see what was shared since it last became readable.
        below: the number of the last version of the page before.

    """
    query = (
        select(Revision, Person.name)
        .join(Person, Person.id == Revision.author_id, isouter=True)
        .where(*_seen(contribution, everything=everything))
        .options(defer(Revision.answers, raiseload=True))
        .order_by(Revision.number.desc())
        .limit(PAGE + 1)
    )
    if below:
        query = query.where(Revision.number < below)
    rows = [Listed(revision, name or "") for revision, name in session.execute(query)]
    return Versions(rows[:PAGE], rows[PAGE - 1].revision.number if len(rows) > PAGE else None)


def pair(
    session: Session, contribution: Contribution, old: int, new: int, *, everything: bool
) -> tuple[Revision, Revision]:
    """Two versions with their texts, the older first. One statement.

    Raises:
        NotFoundError: one of them is not there, or not for this visitor; see `versions`.

    """
    found = {
        each.number: each
        for each in session.scalars(
            select(Revision)
            .where(Revision.number.in_((old, new)), *_seen(contribution, everything=everything))
            .options(undefer(Revision.answers))
        )
    }
    if old not in found or new not in found:
        raise NotFoundError(N_("This version does not exist."))
    return found[min(old, new)], found[max(old, new)]


def _seen(contribution: Contribution, *, everything: bool) -> list[ColumnElement[bool]]:
    its = Revision.contribution_id == contribution.id
    return [its] if everything else [its, Revision.saved_at >= contribution.shared_at]
