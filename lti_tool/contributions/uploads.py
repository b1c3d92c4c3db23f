"""A large file on its way: begun, gone on with after each cut, and ended. Its parts wait in the storage."""

from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..activities.queries import schedule_of
from ..kernel import clock
from ..kernel.database import Database
from ..kernel.errors import ConflictError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import Visit
from ..kernel.storage import BLOCK, Storage
from .actions import refuse_settled
from .attachments import refuse_over_quota
from .authors import MINE, Which, own
from .models import Attachment, Contribution, Upload

KEPT = timedelta(hours=24)  # after the last part
SWEPT = 100  # uploads at a time


def begin(
    session: Session,
    visit: Visit,
    activity: Activity,
    size: int,
    *,
    step: UUID | None = None,
    which: Which = MINE,
) -> Upload:
    """Make room for a file of `size` bytes that will come in parts.

    Raises:
        NotAllowedError: the visitor does not share.
        ConflictError: the activity's quota does not allow it, or a peer reads the contribution already.

    """
    mine = own(session, visit, activity, which)
    refuse_settled(mine, schedule_of(session, visit, activity))
    now = clock.now()
    upload = Upload(
        contribution_id=mine.id,
        person_id=visit.person_id,
        size=size,
        received=0,
        parts=[],
        step=step,
        started_at=now,
        expires_at=now + KEPT,
    )
    session.add(upload)
    session.flush()
    refuse_over_quota(session, visit, activity)
    return upload


def own_upload(session: Session, visit: Visit, activity: Activity, upload_id: UUID) -> Upload:
    """The visitor's upload to this activity. One statement.

    Raises:
        NotFoundError: there is none, it is another person's, or its time is over.

    """
    upload = session.scalar(
        select(Upload)
        .join(Contribution, Contribution.id == Upload.contribution_id)
        .where(
            Upload.id == upload_id,
            Upload.person_id == visit.person_id,
            Upload.expires_at > clock.now(),
            Contribution.activity_id == activity.id,
        )
    )
    if upload is None:
        raise NotFoundError(N_("This upload is over. Choose the file again."), code="no-upload")
    return upload


def advance(session: Session, upload: Upload, key: str, length: int) -> Upload:
    """Count a part that is stored under `key`; `upload` is as it was read before the part came.

    Raises:
        ConflictError: another part came to the same place in between.

    """
    moved = session.execute(
        update(Upload)
        .where(Upload.id == upload.id, Upload.received == upload.received)
        .values(
            received=upload.received + length,
            parts=[*upload.parts, key],
            expires_at=clock.now() + KEPT,
        )
        .returning(Upload)
    ).scalar()
    if moved is None:
        raise other_offset()
    return moved


def end(session: Session, upload_id: UUID, attachment: Attachment | None) -> list[str]:
    """Let go of an upload's parts: it has become `attachment`, or is given up.

    Returns:
        their storage keys, to be deleted after the commit.

    """
    upload = session.get(Upload, upload_id, with_for_update=True)
    if upload is None:
        return []
    keys = list(upload.parts)
    if attachment is None:
        session.delete(upload)
    else:  # who asks again is told again
        upload.attachment_id, upload.parts = attachment.id, []
    session.flush()
    return keys


def abandon(session: Session, person_id: UUID) -> list[str]:
    """Give up all that somebody has on its way; their parts' keys, to be deleted after the commit."""
    rows = delete(Upload).where(Upload.person_id == person_id).returning(Upload.parts)
    return [key for parts in session.scalars(rows) for key in parts]


def sweep(database: Database, storage: Storage) -> bool:
    """Forget uploads whose time is over, and their parts; whether there may be more of them."""
    with database.write() as session:
        over = list(
            session.scalars(
                select(Upload)
                .where(Upload.expires_at <= clock.now())
                .order_by(Upload.expires_at)
                .limit(SWEPT)
                .with_for_update(skip_locked=True)
            )
        )
        keys = [key for upload in over for key in upload.parts]
        for upload in over:
            session.delete(upload)
    for key in keys:
        storage.delete(key)
    return len(over) == SWEPT


def blocks(storage: Storage, upload: Upload) -> Iterator[bytes]:
    """What has come so far, from its beginning.

    Raises:
        NotFoundError: the storage has lost a part.

    """
    for key in upload.parts:
        try:
            part: BinaryIO = storage.open(key)
        except FileNotFoundError:
            raise NotFoundError(N_("This upload is over. Choose the file again."), code="no-upload") from None
        with part:
            while block := part.read(BLOCK):
                yield block


def other_offset() -> ConflictError:
    """The refusal of a part that does not go on where the last one ended."""
    return ConflictError(N_("This part of the file came already, or is being sent elsewhere."), code="offset")
