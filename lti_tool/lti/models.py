"""What the door remembers: login attempts, launches, links, what platforms offer and say, and its keys."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.database import Base
from ..kernel.permissions import Purpose, Role
from ..people.models import Roster as Roster  # the door fills it, the people's pages show it


class LoginAttempt(Base):
    """One OIDC login: a state and a nonce, bound to one browser, used once. Kept only as digests.

    Where the browser keeps no cookie, the platform's own storage (`storage_target`, a frame's name) holds
    what binds it; `token` is then the validated token that waits for that proof.
    """

    __tablename__ = "login_attempt"

    state: Mapped[str] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(unique=True)
    browser: Mapped[str]
    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    target_link_uri: Mapped[str]
    storage_target: Mapped[str] = mapped_column(default="")
    token: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class ResourceLink(Base):
    """A link in a course, and what its launches say: line items, and where it comes from.

    `chosen` is the activity id in its custom parameters, as it was chosen by deep linking; `history` the ids
    of the links it was copied from, the newest first. Both are a platform's word: a claim, not a right.
    """

    __tablename__ = "resource_link"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    resource_link_id: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    lineitem_url: Mapped[str] = mapped_column(default="")
    lineitems_url: Mapped[str] = mapped_column(default="")
    ags_scopes: Mapped[list[Any]] = mapped_column(default=list)
    chosen: Mapped[str] = mapped_column(default="")
    history: Mapped[list[Any]] = mapped_column(default=list)

    __table_args__ = (UniqueConstraint("course_id", "resource_link_id"),)


class Launch(Base):
    """A launch that was let in: its id is in the address, the cookie of that path proves the browser.

    A privacy launch has no course, a deep linking one no link. `by_address`: the browser keeps no cookie, so
    its secret stands in the address itself.
    """

    __tablename__ = "launch"

    id: Mapped[str] = mapped_column(primary_key=True)
    cookie: Mapped[str]  # digest of what the cookie (or the address) holds
    by_address: Mapped[bool] = mapped_column(default=False)
    purpose: Mapped[Purpose] = mapped_column(default=Purpose.TAKE_PART)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"))
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    resource_link_id: Mapped[UUID | None] = mapped_column(ForeignKey("resource_link.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[Role]
    test_user: Mapped[bool] = mapped_column(default=False)
    about_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    locale: Mapped[str]
    return_url: Mapped[str] = mapped_column(default="")
    embedder: Mapped[str] = mapped_column(default="")  # origins that may frame us: CSP's frame-ancestors
    lms_origin: Mapped[str] = mapped_column(default="")  # whose window gets our messages
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class DeepLinkRequest(Base):
    """What a platform asks for in a deep linking launch (Deep Linking 2.0, section 3.4.1); answered once.

    `data` must come back as it is, and only if it came.
    """

    __tablename__ = "deep_link_request"

    launch_id: Mapped[str] = mapped_column(ForeignKey("launch.id", ondelete="CASCADE"), primary_key=True)
    return_url: Mapped[str]
    data: Mapped[str | None]
    accept_multiple: Mapped[bool]
    accept_lineitem: Mapped[bool | None]
    targets: Mapped[list[Any]] = mapped_column(default=list)  # presentation targets: iframe, window
    title: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]


class Handover(Base):
    """A one-time code that opens a launch in a window of its own; kept as a digest."""

    __tablename__ = "handover"

    code: Mapped[str] = mapped_column(primary_key=True)
    launch_id: Mapped[str] = mapped_column(ForeignKey("launch.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Invitation(Base):
    """A one-time permission to register a platform; kept as a digest."""

    __tablename__ = "invitation"

    token: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    platform_id: Mapped[UUID | None] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))


class Notice(Base):
    """A notice of a platform (Platform Notification Service 1.0), taken once."""

    __tablename__ = "notice"

    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"), primary_key=True)
    notice_id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    claims: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]


class Subscription(Base):
    """A deployment that offers notices: where to ask for them, and how far we are."""

    __tablename__ = "subscription"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[str]
    subscribed_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    problem: Mapped[str] = mapped_column(default="")


class ContactKind(StrEnum):
    """What passes between us and a platform."""

    LAUNCH = "launch"
    TOKEN = "token"  # noqa: S105  (a kind, not a secret)
    GRADE = "grade"
    ROSTER = "roster"


class Contact(Base):
    """When something last went well with a platform, when it last failed, and in whose words."""

    __tablename__ = "contact"

    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[ContactKind] = mapped_column(primary_key=True)
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")


class PlatformCheck(Base):
    """An administrator's question whether a platform still works; the worker finds the answers.

    `results`: one for each part, as `lti.checks.Result` has them. One worker at a time asks, until
    `claimed_until`.
    """

    __tablename__ = "platform_check"

    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"), primary_key=True)
    asked_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    results: Mapped[list[Any]] = mapped_column(default=list)


class ToolKey(Base):
    """A key pair of the tool; the private half is sealed. It signs until `retired_at`, if that is known.

    Its public half stays published for a while after that; the private one is erased.
    """

    __tablename__ = "tool_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    private_pem: Mapped[str]
    public_pem: Mapped[str]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
