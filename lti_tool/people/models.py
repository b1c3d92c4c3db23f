"""Platforms, deployments, courses, people, enrolments and groups. All of it comes from launches and rosters.

The tenant is the deployment: (issuer, client, deployment). Nothing is shared between two deployments, and an
e-mail address is never a key.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..kernel.database import Base, Sequence
from ..kernel.permissions import Role


class ActorMode(StrEnum):
    """By what statements name people: the platform's user number, the institution's own, or a pseudonym."""

    LTI_SUB = "lti-sub"
    LIS_SOURCEDID = "lis-sourcedid"
    PSEUDONYM = "pseudonym"


class Platform(Base):
    """A registration: one client of one LMS. Security details as LTI 1.3 core, section 3.1.2 names them.

    One that registered itself is not `confirmed` until an administrator says so. `trusts_deployments`: a new
    deployment under it is approved by itself; else it waits. `actor_mode` and `texts_told`: by what
    statements name its people, and whether they hold what people write.
    """

    __tablename__ = "platform"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_url: Mapped[str]
    token_url: Mapped[str]
    jwks_url: Mapped[str]
    audience: Mapped[str | None]  # of service tokens, where it is not the token URL (D2L)
    product: Mapped[str] = mapped_column(default="")  # product_family_code, learnt at launch
    confirmed: Mapped[bool] = mapped_column(default=True)
    trusts_deployments: Mapped[bool] = mapped_column(default=False)
    synthetic: Mapped[bool] = mapped_column(default=False)  # made by `entraide seed`: never called
    actor_mode: Mapped[ActorMode] = mapped_column(default=ActorMode.LTI_SUB)
    texts_told: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    deployments: Mapped[list["Deployment"]] = relationship(
        back_populates="platform", order_by="Deployment.deployment_id"
    )

    __table_args__ = (UniqueConstraint("issuer", "client_id"),)


class Deployment(Base):
    """The tenant: one installation of the tool under a registration.

    One not approved yet was seen first at `asked_at`; `label` is what the platform calls itself there.
    `home_page` is where its people are at home, if many tenants share the issuer. `pseudonym_key`: sealed;
    empty before it is first used, and once it was destroyed.
    """

    __tablename__ = "deployment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    deployment_id: Mapped[str]
    approved: Mapped[bool] = mapped_column(default=True)
    asked_at: Mapped[datetime | None]
    label: Mapped[str] = mapped_column(default="")
    home_page: Mapped[str] = mapped_column(default="")
    pseudonym_key: Mapped[str] = mapped_column(default="")

    platform: Mapped[Platform] = relationship(back_populates="deployments")

    __table_args__ = (UniqueConstraint("platform_id", "deployment_id"),)


class Course(Base):
    """A context of a deployment. `history`: the contexts it was copied from, the newest first."""

    __tablename__ = "course"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"))
    context_id: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    history: Mapped[list[Any]] = mapped_column(default=list)

    __table_args__ = (UniqueConstraint("tenant_id", "context_id"),)


class Person(Base):
    """A user of a deployment, known by `sub`. Names are optional: a platform may keep them.

    `email` is kept only while this installation sends mail. `sourcedid` is the institution's own number of
    them, where the platform tells it. `erased_at`: what was personal is gone.
    """

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"))
    sub: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="")  # chosen in the page; else the launch says
    email: Mapped[str] = mapped_column(default="")
    sourcedid: Mapped[str] = mapped_column(default="")
    erased_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("tenant_id", "sub"),)


class Erasure(Base):
    """Somebody erased, whose statements of events after `next_event` are to be voided once it is `due_at`."""

    __tablename__ = "erasure"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    due_at: Mapped[datetime]
    next_event: Mapped[int] = mapped_column(Sequence, default=0)


class Enrolment(Base):
    """A person in a course: the role of the latest launch there or, before the first one, the roster's.

    A roster may name a non-editing teacher a learner: a launch knows better. `listed`: the roster has them;
    some who launch are on none, as managers and test students.
    """

    __tablename__ = "enrolment"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[Role]
    test_user: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    listed: Mapped[bool] = mapped_column(default=False)
    last_seen_at: Mapped[datetime | None]  # empty before the first launch

    person: Mapped[Person] = relationship()


class Roster(Base):
    """What a platform offers about a course's people and groups, and how far we are in reading it.

    `synced_at` is when it was read last, `whole_at` when it was last read from end to end: in between,
    `differences_url` tells what changed, if the platform offers that. One worker at a time reads a roster,
    until `claimed_until`. `problem`: a sentence of our catalogue and, from its second line, the LMS's words.
    """

    __tablename__ = "roster"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), primary_key=True)
    memberships_url: Mapped[str] = mapped_column(default="")
    differences_url: Mapped[str] = mapped_column(default="")
    groups_url: Mapped[str] = mapped_column(default="")
    group_sets_url: Mapped[str] = mapped_column(default="")
    synced_at: Mapped[datetime | None]
    whole_at: Mapped[datetime | None]
    members: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    claimed_until: Mapped[datetime | None]


class GroupSource(StrEnum):
    """Where a group comes from: the LMS's group service or launches, or a list that an instructor gave us."""

    LMS = "lms"
    OWN = "own"


class Group(Base):
    """A group of a course. `external_id` is the LMS's own id; `set_name` what the LMS calls its kind."""

    __tablename__ = "course_group"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    source: Mapped[GroupSource]
    external_id: Mapped[str]
    name: Mapped[str]
    set_name: Mapped[str] = mapped_column(default="")

    __table_args__ = (UniqueConstraint("course_id", "source", "external_id"),)


class GroupMember(Base):
    """A person in a group."""

    __tablename__ = "group_member"

    group_id: Mapped[UUID] = mapped_column(
        ForeignKey("course_group.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
