"""What an instructor puts forward: contributions pinned above the others, and those to learn from."""

from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.models import Contribution
from ..kernel import clock, journal
from ..kernel.errors import ConflictError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.permissions import May, Visit
from .comments import reason
from .queries import opened

MOST_PINNED = 3  # in an activity


def pin(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, *, pinned: bool
) -> Contribution:
    """Let a contribution come first in the gallery, or no longer. Twice is once.

    Raises:
        NotAllowedError: the visitor is no instructor.
        NotFoundError: there is no such contribution.
        ConflictError: there are MOST_PINNED already.

    """
    work = _work(session, visit, activity, contribution_id)
    if pinned == (work.pinned_at is not None):
        return work
    session.execute(select(Activity.id).where(Activity.id == activity.id).with_for_update())
    others = select(func.count()).where(
        Contribution.activity_id == activity.id, Contribution.pinned_at.is_not(None)
    )
    if pinned and (session.scalar(others) or 0) >= MOST_PINNED:
        sentence = N_("%(most)d contributions are pinned already. Take one down first.")
        raise ConflictError(sentence, code="many-pinned", most=MOST_PINNED)
    work.pinned_at = clock.now() if pinned else None
    return work


def highlight(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, because: str
) -> Contribution:
    """Say what can be learnt from a contribution; peers read it with the instructor's line.

    An instructor's first time is an event, however often the line is changed or taken back.

    Raises:
        NotAllowedError: the visitor is no instructor.
        NotFoundError: there is no such contribution.
        InvalidError: there is no line, or too long a one.

    """
    work = _work(session, visit, activity, contribution_id)
    work.exemplary_because = reason(because)
    work.exemplary_at = work.exemplary_at or clock.now()
    entity = uuid5(work.id, visit.person_id.hex)
    if not journal.recorded(session, visit.tenant_id, EventType.SHARED, entity):
        facts = {"contribution": str(work.id)}
        journal.record_act(session, visit, EventType.SHARED, activity.id, entity, facts=facts)
    return work


def stop_highlighting(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID
) -> Contribution:
    """Take the line back. Raises what `highlight` raises."""
    work = _work(session, visit, activity, contribution_id)
    work.exemplary_at, work.exemplary_because = None, ""
    return work


def _work(session: Session, visit: Visit, activity: Activity, contribution_id: UUID) -> Contribution:
    visit.require(May.SEE_ALL_WORK)
    visit.require(May.SET_UP)
    return opened(session, visit, activity, contribution_id).contribution
