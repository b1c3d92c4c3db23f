"""How an administrator comes in and goes: a link is used once, a session ends by itself."""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from ..kernel import audit, clock
from ..kernel.database import Database
from ..kernel.errors import NotSignedInError
from ..kernel.i18n import N_
from ..kernel.secrets import digest, random_token
from .models import AdminSession, SignInLink

LINK_LIFE = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
_SEEN_AGAIN = timedelta(minutes=1)  # so many requests of a minute are written down once


class SignInError(NotSignedInError):
    """Nobody is signed in here: a new link is needed."""

    code = "admin-sign-in"


def make_link(session: Session, name: str, actor: str) -> str:
    """Make a one-time code for somebody whom the log shall call `name`; only its digest is kept."""
    code, now = random_token(), clock.now()
    session.add(
        SignInLink(code=digest(code), name=name, created_at=now, expires_at=now + LINK_LIFE, used_at=None)
    )
    audit.note(session, actor, "admin.invited", name)
    return code


def check_link(session: Session, code: str) -> None:
    """Look at a link without using it up. Raises SignInError when it is used, too old or unknown."""
    if session.scalar(select(SignInLink.name).where(*_usable(code))) is None:
        raise _spent()


def enter(session: Session, code: str) -> str:
    """Use a link up; return the secret of the session that it opens, of which only the digest is kept.

    Raises:
        SignInError: the link is used, too old or unknown.

    """
    now = clock.now()
    name = session.scalar(
        update(SignInLink).where(*_usable(code)).values(used_at=now).returning(SignInLink.name)
    )
    if name is None:
        raise _spent()
    session.execute(delete(AdminSession).where(_ended()))
    session.execute(delete(SignInLink).where(SignInLink.expires_at < now - LONGEST))
    secret = random_token()
    session.add(
        AdminSession(secret=digest(secret), name=name, created_at=now, seen_at=now, expires_at=now + LONGEST)
    )
    audit.note(session, name, "admin.entered", name)
    return secret


def find_session(db: Database, secret: str) -> AdminSession:
    """The session of a cookie's secret, seen again now. Raises SignInError when there is none, or no more."""
    with db.read() as reading:
        found = reading.scalar(select(AdminSession).where(AdminSession.secret == digest(secret), ~_ended()))
    if found is None:
        raise SignInError(N_("You are not signed in, or your session has ended."))
    if found.seen_at < clock.now() - _SEEN_AGAIN:
        with db.write() as writing:
            writing.execute(
                update(AdminSession).where(AdminSession.secret == found.secret).values(seen_at=clock.now())
            )
    return found


def leave(session: Session, admin: AdminSession) -> None:
    """End a session."""
    session.execute(delete(AdminSession).where(AdminSession.secret == admin.secret))
    audit.note(session, admin.name, "admin.left", admin.name)


def _usable(code: str) -> tuple[ColumnElement[bool], ...]:
    return SignInLink.code == digest(code), SignInLink.used_at.is_(None), SignInLink.expires_at > clock.now()


def _ended() -> ColumnElement[bool]:
    now = clock.now()
    return or_(AdminSession.expires_at <= now, AdminSession.seen_at <= now - IDLE)


def _spent() -> SignInError:
    return SignInError(N_("This link was used already, or is older than 15 minutes."))
