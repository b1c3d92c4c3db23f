"""What an administrator's page does by itself: names and checks. The rest are actions of the rooms below."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..kernel import audit
from ..kernel.errors import ConflictError
from ..kernel.i18n import N_
from ..lti import checks
from ..people.models import Platform
from ..records.letters import queue_again
from ..records.models import Lrs
from ..records.stores import go_on
from .models import AdminSession


def rename(session: Session, admin: AdminSession, platform: Platform, name: str) -> None:
    """Call a platform otherwise. Raises ConflictError when another one is called so."""
    before, platform.name = platform.name, name
    try:
        session.flush()
    except IntegrityError:
        raise ConflictError(
            N_("A platform is already called %(name)s. Choose another name."), code="name-taken", name=name
        ) from None
    audit.note(session, admin.name, "platform.renamed", name, before=before)


def check(session: Session, admin: AdminSession, platform: Platform) -> None:
    """Ask the worker to check a platform."""
    checks.ask(session, platform)
    audit.note(session, admin.name, "platform.checked", platform.name)


def send_again(
    session: Session, admin: AdminSession, store: Lrs, *, reason: str | None, event_id: int | None
) -> int:
    """Queue again what a store refused: all, what has one `reason`, or one event; return how many.

    A store that is paused goes on when all is sent again.
    """
    if reason is None and event_id is None:
        go_on(session, store, admin.name)
    queued = queue_again(session, store, reason=reason, event_id=event_id)
    audit.note(session, admin.name, "lrs.retried", store.name, queued=queued)
    return queued
