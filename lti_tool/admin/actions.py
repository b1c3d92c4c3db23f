"""What an administrator's page does by itself: names and checks. The rest are actions of the rooms below."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..kernel import audit
from ..kernel.errors import ConflictError, NotFoundError
from ..kernel.i18n import N_
from ..lti import checks
from ..people.models import Platform
from ..records.progress import StoreError, named, queue_again
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


def send_again(session: Session, admin: AdminSession, store: str) -> int:
    """Queue again what a store refused; return how many. Raises NotFoundError."""
    try:
        queued = queue_again(session, named(session, store).name)
    except StoreError:
        raise NotFoundError(N_("This record store does not exist any more.")) from None
    audit.note(session, admin.name, "lrs.retried", store, queued=queued)
    return queued
