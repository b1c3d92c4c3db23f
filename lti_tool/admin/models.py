"""An administrator's way in: a one-time link, then a short session. Both are kept as digests."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.database import Base


class SignInLink(Base):
    """A one-time address that `entraide admin link` prints, and the name of whom it is for."""

    __tablename__ = "sign_in_link"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AdminSession(Base):
    """One administrator's browser, until it has been idle or at work too long. `name` stands in the log."""

    __tablename__ = "admin_session"

    secret: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
