"""What peers say about a contribution, and what each person has read and kept."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.database import Base


class Comment(Base):
    """A comment on a contribution, or a reply: `thread_id` is the comment it answers, never a reply itself.

    One that its author took back, or that was hidden, keeps its place while it has replies.
    """

    __tablename__ = "comment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    thread_id: Mapped[UUID | None]
    text: Mapped[str]
    said_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_because: Mapped[str] = mapped_column(default="")
    form: Mapped[UUID]  # of the form it came in: a form sent twice says it once

    __table_args__ = (
        UniqueConstraint("id", "contribution_id"),  # so that a reply stays with its thread's contribution
        UniqueConstraint("author_id", "form"),
        ForeignKeyConstraint(
            ["thread_id", "contribution_id"], ["comment.id", "comment.contribution_id"], ondelete="CASCADE"
        ),
        CheckConstraint("thread_id <> id", name="not_its_own"),
        Index("ix_comment_thread", "contribution_id", "thread_id", "said_at", "id"),
    )


class ReactionKind(StrEnum):
    """THANKS: because of something. APPLIED: done so at work, on a day. DISAGREE: because of something."""

    THANKS = "thanks"
    APPLIED = "applied"
    DISAGREE = "disagree"


class Reaction(Base):
    """What somebody says a contribution did for them; one of a kind for each person."""

    __tablename__ = "reaction"

    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    kind: Mapped[ReactionKind] = mapped_column(primary_key=True)
    because: Mapped[str] = mapped_column(default="")
    applied_on: Mapped[date | None]
    said_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("(kind = 'applied') = (applied_on IS NOT NULL)", name="applied_on"),
        CheckConstraint("kind = 'applied' OR because <> ''", name="because"),
    )


class Bookmark(Base):
    """A contribution that somebody keeps for later; nobody else knows."""

    __tablename__ = "bookmark"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    kept_at: Mapped[datetime]


class Reading(Base):
    """When somebody last opened a contribution: what is new since then, and what is not read yet."""

    __tablename__ = "reading"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    read_at: Mapped[datetime]
