"""What a person can do with their contribution: write it, add files, share it, change it until it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..activities.kinds import KINDS
from ..activities.models import Activity
from ..activities.phases import Door
from ..activities.queries import schedule
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, InvalidError, NotFoundError
from ..kernel.i18n import N_, choose_language
from ..kernel.journal import EventType
from ..kernel.permissions import May, Visit
from . import texts
from .files import SafeFile
from .index import keep_findable
from .models import Attachment, Contribution, ContributionState
from .queries import settled, text_in_hand

MOST_FILES = 10
NOT_SHARING = {
    Door.NOT_YET: N_("This activity is not open yet. Your text is kept as a draft."),
    Door.CLOSED: N_("Sharing has closed. Your text is kept as a draft that only you see."),
}


@dataclass(frozen=True, slots=True)
class Written:
    """What a form brings: the text by prompt, what each file shows, and the version it was written over."""

    title: str
    answers: Mapping[str, str]
    shows: Mapping[UUID, str]
    version: int


def save_draft(session: Session, visit: Visit, activity: Activity, written: Written) -> Contribution:
    """Keep what the visitor wrote, whatever the dates; after sharing it is kept beside what peers see.

    Raises:
        NotAllowedError: the visitor does not take part.
        InvalidError: a part is too long.
        ConflictError: another tab saved another text in between.

    """
    text = texts.kept(KINDS[activity.kind], written.title, written.answers)
    mine = _own(session, visit, activity)
    changed = text != text_in_hand(mine)
    changed |= _describe(session, mine, written.shows)
    if not changed and mine.version > 0:
        return mine
    if written.version != mine.version:
        raise ConflictError(
            N_("Another tab or device saved another text here. Save again to keep this one."), code="two-tabs"
        )
    if mine.state is ContributionState.DRAFT:
        mine.title, mine.answers, mine.words = text.title, text.answers, text.words
    else:
        mine.change = {"title": text.title, "answers": text.answers}
    mine.version += 1
    mine.saved_at = clock.now()
    return mine


def share(session: Session, visit: Visit, activity: Activity) -> Contribution:
    """Share the visitor's draft with their peers, or the change they wrote after sharing. Twice is once.

    Raises:
        NotAllowedError: the visitor does not take part.
        InvalidError: something required is not written; `texts.gaps` says everything that is.
        ConflictError: sharing is closed, or a peer reads the contribution already.

    """
    mine = _own(session, visit, activity)
    text = text_in_hand(mine)
    if mine.state is ContributionState.SHARED and mine.change is None:
        return mine
    door = schedule(activity).sharing(clock.now())
    if door in NOT_SHARING:
        raise ConflictError(NOT_SHARING[door], code="closed")
    for gap in texts.gaps(KINDS[activity.kind], text):
        raise InvalidError(gap.sentence, field=gap.field, code="incomplete")
    refuse_settled(mine)
    mine.title, mine.answers, mine.words, mine.change = text.title, text.answers, text.words, None
    mine.version += 1
    if mine.state is ContributionState.DRAFT:
        mine.state, mine.shared_at, mine.late = ContributionState.SHARED, clock.now(), door is Door.LATE
        facts = {"words": mine.words, "late": mine.late, "revision": 0}
        journal.record_act(session, visit, EventType.SUBMITTED, activity.id, mine.id, facts=facts)
    keep_findable(session, activity, mine)
    session.flush()
    return mine


def add_attachment(
    session: Session, visit: Visit, activity: Activity, file: SafeFile, storage_key: str
) -> Attachment:
    """Add a file, already stored under `storage_key`, to the visitor's contribution.

    The same file again is the attachment that is there: compare its `storage_key` with the one given.

    Raises:
        NotAllowedError: the visitor does not take part.
        ConflictError: there are MOST_FILES already, or a peer reads the contribution already.

    """
    mine = _own(session, visit, activity)
    refuse_settled(mine)
    there = list(session.scalars(select(Attachment).where(Attachment.contribution_id == mine.id)))
    for attachment in there:
        if attachment.digest == file.digest:
            return attachment
    if len(there) >= MOST_FILES:
        raise ConflictError(
            N_("There are %(most)d files already. Remove one to add another."),
            code="many-files",
            most=MOST_FILES,
        )
    attachment = Attachment(
        contribution_id=mine.id,
        position=1 + max((each.position for each in there), default=0),
        media_type=file.media_type,
        size=file.size,
        storage_key=storage_key,
        digest=file.digest,
        shows="",
        width=file.width,
        height=file.height,
    )
    session.add(attachment)
    session.flush()
    return attachment


def remove_attachment(session: Session, visit: Visit, activity: Activity, attachment_id: UUID) -> str:
    """Take a file off the visitor's contribution; give back its storage key, to be deleted after the commit.

    Raises:
        NotAllowedError: the visitor does not take part.
        NotFoundError: their contribution has no such file.
        ConflictError: a peer reads the contribution already.

    """
    mine = _own(session, visit, activity)
    attachment = session.scalar(
        select(Attachment).where(Attachment.id == attachment_id, Attachment.contribution_id == mine.id)
    )
    if attachment is None:
        raise NotFoundError(N_("This file does not exist."))
    refuse_settled(mine)
    session.delete(attachment)
    session.flush()
    return attachment.storage_key


def describe_attachment(
    session: Session, visit: Visit, activity: Activity, attachment_id: UUID, shows: str
) -> None:
    """Say what a file of the visitor's contribution shows, for those who do not see it.

    Raises:
        NotAllowedError: the visitor does not take part.
        InvalidError: it is too long.

    """
    _describe(session, _own(session, visit, activity), {attachment_id: shows})


def refuse_settled(contribution: Contribution) -> None:
    """Raise ConflictError when a peer holds or has given a review of the contribution."""
    if settled(contribution):
        raise ConflictError(
            N_("A peer is reading your contribution, so it stays as it is. Your text is kept for you."),
            code="in-review",
        )


def _describe(session: Session, mine: Contribution, shows: Mapping[UUID, str]) -> bool:
    """Keep what files show; whether anything is new."""
    if not shows:
        return False
    files = session.scalars(
        select(Attachment).where(Attachment.contribution_id == mine.id, Attachment.id.in_(shows))
    )
    changed = False
    for attachment in files:
        line = texts.described(shows[attachment.id])
        changed |= line != attachment.shows
        attachment.shows = line
    return changed


def _own(session: Session, visit: Visit, activity: Activity) -> Contribution:
    """The visitor's contribution, locked until the end of the transaction; made when there is none."""
    visit.require(May.TAKE_PART)
    query = (
        select(Contribution)
        .where(Contribution.activity_id == activity.id, Contribution.author_id == visit.person_id)
        .with_for_update()
    )
    if mine := session.scalar(query):
        return mine
    try:
        with session.begin_nested():
            mine = Contribution(
                activity_id=activity.id,
                author_id=visit.person_id,
                state=ContributionState.DRAFT,
                title="",
                answers={},
                language=choose_language([visit.locale, activity.language]),
                version=0,
                saved_at=clock.now(),
                served=0,
            )
            session.add(mine)
    except IntegrityError:  # another tab made it in between
        return session.scalars(query).one()
    return mine
