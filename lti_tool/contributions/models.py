"""What peers share: contributions, those who wrote them, every version shared, and their files."""

from datetime import datetime
from enum import StrEnum
from random import random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..kernel.database import Base


class ContributionState(StrEnum):
    """A draft is seen by its author alone; what is shared enters the pool of work to review."""

    DRAFT = "draft"
    SHARED = "shared"


class Contribution(Base):
    """What one person, or several, share in an activity.

    `answers` holds the prompts' answers by key, as plain text, and a gesture's steps under "steps"
    ([{"id", "text", "watch_out"}]). Each person has one contribution, `number` 0; of questions, any number.
    `team` is what those who write together share: a group's id, or "course"; empty: `author_id` wrote it,
    with those who have an `Authorship`. `written_by_id`: the instructor who wrote it for its author.
    `by_staff`: an instructor's own, read by peers and neither reviewed nor scored.

    `change` is what the author writes over it after
    sharing ({"title", "answers"}): peers never read half a change. `version` grows with every save: two tabs
    cannot overwrite each other unseen. `served` counts the reviews done and under way; allocation takes the
    least served, and among equals the smallest `draw`, a number drawn once at random. `revision` counts what
    was shared: 1 is the first time; `revised_at` is when what peers read now was shared. `answered_at`: when
    a question's answer was accepted or endorsed.
    """

    __tablename__ = "contribution"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    number: Mapped[int] = mapped_column(default=0)
    team: Mapped[str] = mapped_column(default="")
    by_staff: Mapped[bool] = mapped_column(default=False)
    written_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    state: Mapped[ContributionState] = mapped_column(default=ContributionState.DRAFT)
    title: Mapped[str] = mapped_column(default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    change: Mapped[dict[str, Any] | None]
    language: Mapped[str]
    words: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]
    shared_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=False)
    served: Mapped[int] = mapped_column(default=0)
    draw: Mapped[float] = mapped_column(default=random)
    revision: Mapped[int] = mapped_column(default=0)
    revised_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]
    exemplary_at: Mapped[datetime | None]
    exemplary_because: Mapped[str] = mapped_column(default="")
    hidden_at: Mapped[datetime | None]
    hidden_because: Mapped[str] = mapped_column(default="")
    hidden_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.position", lazy="raise")

    __table_args__ = (
        UniqueConstraint("activity_id", "author_id", "number"),
        UniqueConstraint("id", "author_id"),  # so that a review can point at both
        CheckConstraint("(state = 'shared') = (shared_at IS NOT NULL)", name="shared_at"),
        CheckConstraint("served >= 0", name="served"),
        Index("ix_contribution_pool", "activity_id", "state", "served", "draw"),
        Index(
            "ix_contribution_open",  # questions that wait for an answer
            "activity_id",
            "shared_at",
            "id",
            sqlite_where=text("answered_at IS NULL AND state = 'shared'"),
            postgresql_where=text("answered_at IS NULL AND state = 'shared'"),
        ),
        Index(
            "ix_contribution_pinned",
            "activity_id",
            "pinned_at",
            sqlite_where=text("pinned_at IS NOT NULL"),
            postgresql_where=text("pinned_at IS NOT NULL"),
        ),
        Index(
            "ix_contribution_exemplary",
            "activity_id",
            sqlite_where=text("exemplary_at IS NOT NULL"),
            postgresql_where=text("exemplary_at IS NOT NULL"),
        ),
        Index(
            "uq_contribution_team",
            "activity_id",
            "team",
            unique=True,
            sqlite_where=text("team <> ''"),
            postgresql_where=text("team <> ''"),
        ),
    )


class Authorship(Base):
    """Somebody who writes a contribution with its author. One for each person, as for authors."""

    __tablename__ = "authorship"

    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    joined_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("person_id", "activity_id"),)


class Revision(Base):
    """A version of a contribution as it was shared, kept. `merged`: it holds another one's edit too.

    `form` is the form it came in, of a page written together: one sent twice makes one version.
    """

    __tablename__ = "revision"

    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    title: Mapped[str]
    answers: Mapped[dict[str, Any]]
    words: Mapped[int]
    why: Mapped[str] = mapped_column(default="")
    merged: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]
    form: Mapped[UUID | None]

    __table_args__ = (UniqueConstraint("contribution_id", "form"),)


class Attachment(Base):
    """A file of a contribution, under a key of our own. The name a person's device gave it is not kept.

    `digest` is of the content as stored: the same file sent twice is one row. `step` is the id of a gesture's
    step. `captions` are a video's or a sound's, as WebVTT; `transcript` is what is said in it.
    """

    __tablename__ = "attachment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    position: Mapped[int]
    media_type: Mapped[str]
    size: Mapped[int]
    storage_key: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(index=True)  # SHA-256, in hex
    shows: Mapped[str] = mapped_column(default="")  # "What does it show?", the text alternative
    width: Mapped[int | None]
    height: Mapped[int | None]
    step: Mapped[UUID | None]
    captions: Mapped[str] = mapped_column(default="")
    transcript: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        UniqueConstraint("contribution_id", "position"),
        UniqueConstraint("contribution_id", "digest"),
    )


class Upload(Base):
    """A file on its way, in parts that may come hours apart (tus 1.0.0).

    What is `received` waits in the storage, under the keys `parts`, in their order.
    """

    __tablename__ = "upload"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    parts: Mapped[list[Any]] = mapped_column(default=list)
    step: Mapped[UUID | None]
    attachment_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id", ondelete="SET NULL"))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (CheckConstraint("received BETWEEN 0 AND size", name="received"),)
