"""What the door remembers: login attempts, launches, links, and its keys."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.database import Base
from ..kernel.permissions import Role


class LoginAttempt(Base):
    """One OIDC login: a state and a nonce, bound to one browser, used once. Kept only as digests."""

    __tablename__ = "login_attempt"

    state: Mapped[str] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(unique=True)
    browser: Mapped[str]
    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    target_link_uri: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class ResourceLink(Base):
    """A link in a course, and what the platform offers for it: line items, roster."""

    __tablename__ = "resource_link"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    resource_link_id: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    lineitem_url: Mapped[str] = mapped_column(default="")
    lineitems_url: Mapped[str] = mapped_column(default="")
    ags_scopes: Mapped[list[Any]] = mapped_column(default=list)
    memberships_url: Mapped[str] = mapped_column(default="")

    __table_args__ = (UniqueConstraint("course_id", "resource_link_id"),)


class Launch(Base):
    """A launch that was let in: its id is in the address, the cookie of that path proves the browser."""

    __tablename__ = "launch"

    id: Mapped[str] = mapped_column(primary_key=True)
    cookie: Mapped[str]  # digest of what the cookie holds
    resource_link_id: Mapped[UUID] = mapped_column(ForeignKey("resource_link.id", ondelete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[Role]
    test_user: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str]
    return_url: Mapped[str] = mapped_column(default="")
    embedder: Mapped[str] = mapped_column(default="")  # origins that may frame us: CSP's frame-ancestors
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ToolKey(Base):
    """A key pair of the tool; the private half is sealed. Retired keys stay published for a while."""

    __tablename__ = "tool_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    private_pem: Mapped[str]
    public_pem: Mapped[str]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
