"""What last passed between us and each platform: for the administrator, who asks whether it still works."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from ..kernel import clock
from .models import Contact, ContactKind

FRESH = timedelta(minutes=1)  # a success is not written again so soon: a class that arrives is one contact


def succeeded(session: Session, platform_id: UUID, kind: ContactKind) -> None:
    """Note that something went well."""
    now = clock.now()
    contact = session.get(Contact, (platform_id, kind))
    if contact is None:
        session.add(Contact(platform_id=platform_id, kind=kind, succeeded_at=now, failed_at=None))
    elif contact.succeeded_at is None or contact.succeeded_at < now - FRESH or _failing(contact):
        contact.succeeded_at = now


def failed(session: Session, platform_id: UUID, kind: ContactKind, problem: str) -> None:
    """Note that something failed, and in whose words: a sentence of ours, or what the platform says."""
    contact = session.get(Contact, (platform_id, kind))
    if contact is None:
        contact = Contact(platform_id=platform_id, kind=kind, succeeded_at=None)
        session.add(contact)
    contact.failed_at, contact.problem = clock.now(), problem[:1000]


def _failing(contact: Contact) -> bool:
    return contact.failed_at is not None and (
        contact.succeeded_at is None or contact.succeeded_at < contact.failed_at
    )
