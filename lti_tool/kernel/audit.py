"""The audit log: what administrators did, by page or by command. Rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, Session, mapped_column

from . import clock
from .database import Base, Sequence

COMMAND_LINE = "command line"


class AuditEntry(Base):
    """One act: when, by whom, what, on what, and the details that matter later (never a secret)."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(Sequence, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    act: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]]


def note(session: Session, actor: str, act: str, subject: str, **details: Any) -> None:
    """Write an act into the log, in the transaction of the act itself.

    Args:
        session: the act's transaction.
        actor: an administrator's session name, or COMMAND_LINE.
        act: a stable name, as in "platform.confirmed".
        subject: what it was done to, by the name people know.
        details: what else matters, as JSON.

    """
    session.add(AuditEntry(at=clock.now(), actor=actor, act=act, subject=subject, details=details))
