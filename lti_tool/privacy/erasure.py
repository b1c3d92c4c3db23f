"""Erasing a person: what they wrote and what names them goes; what others did stays whole.

Their contributions and comments lose every word and file, and keep their place, so that the reviews and
answers of others still stand where they stood. Reviews they gave keep their levels: others' scores need them.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from ..activities.models import Extension
from ..contributions.authors import written_by
from ..contributions.index import SearchEntry
from ..contributions.models import (
    Attachment,
    Authorship,
    Contribution,
    ContributionState,
    Revision,
)
from ..contributions.uploads import abandon
from ..exchanges.models import (
    Bookmark,
    Comment,
    MailChoice,
    Mention,
    News,
    Presence,
    Reaction,
    Reading,
    Report,
    Vote,
)
from ..gradebook.models import Override, ReviewerScale, Score
from ..kernel import clock
from ..kernel.audit import note
from ..lti.models import Launch
from ..people.models import Enrolment, Erasure, GroupMember, Person
from ..reviews.steering_models import PairRule, ReviewerWeight, Trial
from .reviewing import empty_comparisons, empty_remarks, empty_reviews, forget_works

BEFORE_VOIDING = timedelta(minutes=1)  # statements that a worker was making of them are kept by then

# Rows that are about the person alone.
THEIRS: tuple[Any, ...] = (
    Authorship.person_id,
    Bookmark.person_id,
    Extension.person_id,
    GroupMember.person_id,
    Launch.person_id,
    Launch.about_person_id,
    MailChoice.person_id,
    Mention.person_id,
    News.person_id,
    Override.person_id,
    PairRule.author_id,
    PairRule.reviewer_id,
    Presence.person_id,
    Reaction.person_id,
    Reading.person_id,
    Report.reporter_id,
    ReviewerScale.person_id,
    ReviewerWeight.person_id,
    Score.person_id,
    Trial.person_id,
    Vote.person_id,
)


def erase(session: Session, person: Person, actor: str) -> list[str]:
    """Erase what is personal of somebody; give back the storage keys of their files, to be deleted after.

    Their acts stay in the journal, by nobody's name. The worker voids the statements that record stores were
    sent of them; what those stores and the LMS still hold is theirs to erase. A second time finds nothing.

    Args:
        session: the transaction.
        person: who is erased, in one tenant; elsewhere they are somebody else.
        actor: who erases, for the audit log.

    """
    files = abandon(session, person.id)  # first: they go with their contributions
    files += _empty_contributions(session, person.id)
    _empty_comments(session, person)
    empty_reviews(session, person.id)
    empty_comparisons(session, person.id)
    empty_remarks(session, person.id)
    for column in THEIRS:
        session.execute(delete(column.class_).where(column == person.id))
    session.execute(update(Enrolment).where(Enrolment.person_id == person.id).values(active=False))
    if person.erased_at is None:
        person.erased_at = clock.now()
        person.name = person.locale = person.email = person.sourcedid = ""
        person.sub = f"erased:{person.id}"  # who comes back with the old one is somebody new
        session.add(Erasure(person_id=person.id, due_at=clock.now() + BEFORE_VOIDING))
        note(session, actor, "person.erased", str(person.id))
    return files


def _empty_contributions(session: Session, person_id: UUID) -> list[str]:
    """Delete drafts, and empty what is shared; what others wrote with them is theirs and stays."""
    others = select(Authorship.contribution_id).where(Authorship.person_id != person_id)
    alone = (
        Contribution.author_id == person_id,
        Contribution.team == "",
        Contribution.id.not_in(others),
    )
    ids = session.scalars(select(Contribution.id).where(*alone)).all()
    files = _delete_files(session, ids)
    session.execute(delete(Revision).where(Revision.contribution_id.in_(ids)))
    session.execute(update(Revision).where(Revision.author_id == person_id).values(author_id=None))
    session.execute(delete(SearchEntry).where(SearchEntry.contribution_id.in_(ids)))
    session.execute(
        delete(Contribution).where(Contribution.id.in_(ids), Contribution.state == ContributionState.DRAFT)
    )
    now = clock.now()
    session.execute(
        update(Contribution)
        .where(Contribution.id.in_(ids))
        .values(
            title="",
            answers={},
            change=None,
            words=0,
            exemplary_at=None,
            exemplary_because="",
            pinned_at=None,
            hidden_at=now,
            hidden_because="",
        )
    )
    forget_works(session, list(ids))
    return files


def _delete_files(session: Session, contributions: Iterable[UUID]) -> list[str]:
    rows = delete(Attachment).where(Attachment.contribution_id.in_(contributions))
    return list(session.scalars(rows.returning(Attachment.storage_key)))


def _empty_comments(session: Session, person: Person) -> None:
    """Take their comments back, and their name out of what others said to them."""
    mine = Comment.author_id == person.id
    gone = {"text": "", "taken_back_at": func.coalesce(Comment.taken_back_at, clock.now())}
    session.execute(update(Comment).where(mine).values(gone))
    session.execute(
        update(Report).where(Report.comment_id.in_(select(Comment.id).where(mine))).values(then="")
    )
    session.execute(
        update(Report)
        .where(Report.comment_id.is_(None), Report.contribution_id.in_(written_by(person.id)))
        .values(then="")
    )
    if person.name:
        naming = select(Mention.comment_id).where(Mention.person_id == person.id)
        nameless = func.replace(Comment.text, f"@{person.name}", "@…")
        session.execute(update(Comment).where(Comment.id.in_(naming)).values(text=nameless))
