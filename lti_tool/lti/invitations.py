"""Invitations: a one-time permission to register a learning platform, handed over as an address."""

from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import update
from sqlalchemy.orm import Session

from ..kernel import audit, clock
from ..kernel.secrets import digest, random_token
from .models import Invitation
from .refusals import RegistrationRefusedError

DAYS = 7


def invite(
    session: Session, name: str, *, base_url: str, days: int = DAYS, actor: str = audit.COMMAND_LINE
) -> str:
    """Make an invitation; return its address, to be pasted into a platform's registration page.

    Args:
        session: a transaction.
        name: what the platform will be called here; empty: its host.
        base_url: the tool's own address.
        days: how long the invitation holds.
        actor: who invites, for the audit log.

    """
    token, now = random_token(), clock.now()
    expires_at = now + timedelta(days=days)
    session.add(
        Invitation(
            token=digest(token),
            name=name,
            created_at=now,
            expires_at=expires_at,
            used_at=None,
            platform_id=None,
        )
    )
    audit.note(session, actor, "platform.invited", name, until=expires_at.isoformat())
    return f"{base_url}/lti/register?{urlencode({'invitation': token})}"


def find(session: Session, token: str) -> Invitation:
    """An invitation that can still be used.

    Raises:
        RegistrationRefusedError: invitation-unknown, invitation-used or invitation-expired.

    """
    found = session.get(Invitation, digest(token))
    if found is None:
        raise RegistrationRefusedError("invitation-unknown")
    if found.used_at is not None:
        raise RegistrationRefusedError("invitation-used", found.name)
    if found.expires_at <= clock.now():
        raise RegistrationRefusedError("invitation-expired", found.name)
    return found


def use(session: Session, token: str) -> Invitation:
    """Use an invitation up; of two registrations at once, one succeeds.

    Raises:
        RegistrationRefusedError: registration-lost, for by now the platform has registered us.

    """
    used: Invitation | None = session.scalar(
        update(Invitation)
        .where(Invitation.token == digest(token), Invitation.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(Invitation)
    )
    if used is None:
        raise RegistrationRefusedError("registration-lost")
    return used
