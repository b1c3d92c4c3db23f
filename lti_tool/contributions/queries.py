"""What pages need to know of contributions. Each is a bounded number of SQL statements."""

from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ..activities.models import Activity, Placement
from ..activities.phases import Schedule, lets_in
from ..activities.queries import here
from ..kernel import clock
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Visit
from .authors import wrote
from .models import Attachment, Contribution, ContributionState
from .revisions import in_grace
from .texts import Text


def visible_attachment(session: Session, visit: Visit, attachment_id: UUID) -> Attachment:
    """A file as its author may open it, or who may see all work: they see what is shared. One statement.

    Raises:
        NotFoundError: there is none, or it is not for this visitor.

    """
    author = wrote(visit.person_id)
    everyone = Contribution.state == ContributionState.SHARED
    attachment = session.scalar(
        select(Attachment)
        .join(Contribution, Contribution.id == Attachment.contribution_id)
        .join(Activity, Activity.id == Contribution.activity_id)
        .join(Placement)
        .where(
            Attachment.id == attachment_id,
            here(visit),
            or_(author, everyone) if visit.may(May.SEE_ALL_WORK) else author,
        )
    )
    if attachment is None:
        raise NotFoundError(N_("This file does not exist."))
    return attachment


def attachment_of(session: Session, contribution_id: UUID, attachment_id: UUID) -> Attachment:
    """A file of a contribution that the visitor is already known to be allowed to read. One statement.

    Raises:
        NotFoundError: that contribution has no such file.

    """
    attachment = session.scalar(
        select(Attachment).where(
            Attachment.id == attachment_id, Attachment.contribution_id == contribution_id
        )
    )
    if attachment is None:
        raise NotFoundError(N_("This file does not exist."))
    return attachment


def submitted_count(session: Session, activity_id: UUID) -> int:
    """How many contributions are shared in an activity, without those of staff."""
    shared = select(func.count()).where(
        Contribution.activity_id == activity_id,
        Contribution.state == ContributionState.SHARED,
        Contribution.by_staff.is_(False),
    )
    return session.scalar(shared) or 0


def text_in_hand(contribution: Contribution | None) -> Text:
    """What the author is writing: the change under way, else the text as it stands."""
    if contribution is None:
        return Text("", {})
    if contribution.change is not None:
        return Text.read(contribution.change["title"], contribution.change["answers"])
    return Text.read(contribution.title, contribution.answers)


def why_in_hand(contribution: Contribution | None) -> str:
    """What the author says they changed in the change under way."""
    change = contribution.change if contribution else None
    return str(change.get("why", "")) if change else ""


def settled(contribution: Contribution | None, dates: Schedule | None = None) -> bool:
    """Whether a peer holds or has given a review of it, so that it stays as it is once the grace is over.

    Where the author's `dates` let them revise after the reviews, it does not.
    """
    now = clock.now()
    if contribution is None or contribution.served == 0 or in_grace(contribution, now):
        return False
    return dates is None or not lets_in(dates.revising(now))
