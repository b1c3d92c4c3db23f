"""What the pages need about what statements say of people."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.models import Attachment, Contribution, ContributionState
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..people.models import Course, Deployment, Platform


def has_pseudonyms(session: Session, platform_id: UUID) -> bool:
    """Whether a platform's people have pseudonyms, whose key can be destroyed. One statement."""
    keys = exists().where(Deployment.platform_id == platform_id, Deployment.pseudonym_key != "")
    return bool(session.scalar(select(keys)))


def told_file(session: Session, attachment_id: UUID) -> Attachment:
    """A file that statements tell of, as long as its work is shared and texts are told. One statement.

    Raises:
        NotFoundError: it is none of those.

    """
    found = session.scalar(
        select(Attachment)
        .join(Contribution, Contribution.id == Attachment.contribution_id)
        .join(Activity, Activity.id == Contribution.activity_id)
        .join(Course, Course.id == Activity.course_id)
        .join(Deployment, Deployment.id == Course.tenant_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(
            Attachment.id == attachment_id,
            Contribution.state == ContributionState.SHARED,
            Contribution.hidden_at.is_(None),
            Platform.texts_told.is_(True),
        )
    )
    if found is None:
        raise NotFoundError(N_("This file does not exist."))
    return found
