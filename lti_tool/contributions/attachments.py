"""What a person can do with the files of their contribution: add one, remove it, say what it holds."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..activities.queries import schedule_of
from ..kernel import clock
from ..kernel.errors import ConflictError
from ..kernel.i18n import N_
from ..kernel.permissions import Visit
from . import texts
from .actions import describe, refuse_settled
from .authors import MINE, Which, own, wrote
from .files import SafeFile
from .models import Attachment, Contribution, Upload
from .queries import attachment_of

MOST_FILES = 40  # a gesture has up to thirty steps, each with its picture


def add_attachment(
    session: Session,
    visit: Visit,
    activity: Activity,
    file: SafeFile,
    storage_key: str,
    *,
    step: UUID | None = None,
    which: Which = MINE,
) -> Attachment:
    """Add a file, already stored under `storage_key`, to the visitor's contribution or to a step of it.

    The same file again is the attachment that is there: compare its `storage_key` with the one given.

    Raises:
        NotAllowedError: the visitor does not share.
        ConflictError: there are MOST_FILES already, or a peer reads the contribution already.

    """
    mine = own(session, visit, activity, which)
    refuse_settled(mine, schedule_of(session, visit, activity))
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
        step=step,
    )
    session.add(attachment)
    session.flush()
    return attachment


def refuse_over_quota(session: Session, visit: Visit, activity: Activity) -> None:
    """Hold the visitor to what the activity allows each person: files, and those that are on their way.

    Call it last, before the commit: what it refuses is rolled back.

    Raises:
        ConflictError: together they have more bytes.

    """
    files = (
        select(func.coalesce(func.sum(Attachment.size), 0))
        .join(Contribution, Contribution.id == Attachment.contribution_id)
        .where(wrote(visit.person_id, activity_id=activity.id))
    )
    coming = (
        select(func.coalesce(func.sum(Upload.size), 0))
        .join(Contribution, Contribution.id == Upload.contribution_id)
        .where(
            Upload.person_id == visit.person_id,
            Upload.attachment_id.is_(None),
            Upload.expires_at > clock.now(),
            Contribution.activity_id == activity.id,
        )
    )
    if (
        session.scalars(select(files.scalar_subquery() + coming.scalar_subquery())).one()
        > activity.quota_mb << 20
    ):
        raise ConflictError(
            N_("Your files here may have %(limit)d MB together. Remove one, or send a smaller one."),
            code="quota",
            limit=activity.quota_mb,
        )


def remove_attachment(
    session: Session, visit: Visit, activity: Activity, attachment_id: UUID, which: Which = MINE
) -> str:
    """Take a file off the visitor's contribution; give back its storage key, to be deleted after the commit.

    Raises:
        NotAllowedError: the visitor does not share.
        NotFoundError: their contribution has no such file.
        ConflictError: a peer reads the contribution already.

    """
    mine = own(session, visit, activity, which)
    attachment = attachment_of(session, mine.id, attachment_id)
    refuse_settled(mine, schedule_of(session, visit, activity))
    session.delete(attachment)
    session.flush()
    return attachment.storage_key


def caption(
    session: Session,
    visit: Visit,
    activity: Activity,
    attachment_id: UUID,
    captions: str | None,
    transcript: str,
    which: Which = MINE,
) -> None:
    """Give a video or a sound its captions, as WebVTT (None: they stay), and what is said in it.

    Raises:
        NotAllowedError: the visitor does not share.
        NotFoundError: their contribution has no such file.
        InvalidError: the transcript is too long.

    """
    mine = own(session, visit, activity, which)
    attachment = attachment_of(session, mine.id, attachment_id)
    attachment.transcript = texts.transcribed(transcript)
    if captions is not None:
        attachment.captions = captions


def describe_attachment(
    session: Session, visit: Visit, activity: Activity, attachment_id: UUID, shows: str
) -> None:
    """Say what a file of the visitor's contribution shows, for those who do not see it.

    Raises:
        NotAllowedError: the visitor does not take part.
        InvalidError: it is too long.

    """
    describe(session, own(session, visit, activity), {attachment_id: shows})
