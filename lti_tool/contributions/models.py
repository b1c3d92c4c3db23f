"""What a peer shares: one contribution for each person in an activity, and its files."""

from datetime import datetime
from enum import StrEnum
from random import random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..kernel.database import Base


class ContributionState(StrEnum):
    """A draft is seen by its author alone; what is shared enters the pool of work to review."""

    DRAFT = "draft"
    SHARED = "shared"


class Contribution(Base):
    """One person's contribution to an activity.

    `answers` holds the kind's prompts by key, as plain text. `change` is what the author writes over it after
    sharing ({"title", "answers"}): peers never read half a change. `version` grows with every save: two tabs
    cannot overwrite each other unseen. `served` counts the reviews done and under way; allocation takes the
    least served, and among equals the smallest `draw`, a number drawn once at random.
    """

    __tablename__ = "contribution"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
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

    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.position", lazy="raise")

    __table_args__ = (
        UniqueConstraint("activity_id", "author_id"),
        UniqueConstraint("id", "author_id"),  # so that a review can point at both
        CheckConstraint("(state = 'shared') = (shared_at IS NOT NULL)", name="shared_at"),
        CheckConstraint("served >= 0", name="served"),
        Index("ix_contribution_pool", "activity_id", "state", "served", "draw"),
    )


class Attachment(Base):
    """A file of a contribution, under a key of our own. The name a person's device gave it is not kept.

    `digest` is of the content as stored: the same file sent twice is one row.
    """

    __tablename__ = "attachment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    position: Mapped[int]
    media_type: Mapped[str]
    size: Mapped[int]
    storage_key: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str]
    shows: Mapped[str] = mapped_column(default="")  # "What does it show?", the text alternative
    width: Mapped[int | None]
    height: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("contribution_id", "position"),
        UniqueConstraint("contribution_id", "digest"),
    )
