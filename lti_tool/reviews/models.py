"""A review: one person reads one contribution, on a lease, and says by the criteria what they think.

The constraints here are what makes the promises true whatever two tabs or two workers do at once: nobody
reviews their own work, nobody the same work twice, nobody holds two open reviews in one activity.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..kernel.database import Base


class ReviewState(StrEnum):
    """ASSIGNED and SENT count in the contribution's `served`; LAPSED (run out or given back) does not."""

    ASSIGNED = "assigned"
    SENT = "sent"
    LAPSED = "lapsed"


class Review(Base):
    """One person's review of one contribution. `leases` counts how often it was assigned."""

    __tablename__ = "review"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    contribution_id: Mapped[UUID]
    author_id: Mapped[UUID]
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.ASSIGNED)
    leases: Mapped[int] = mapped_column(default=1)
    assigned_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    saved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)
    overall: Mapped[str] = mapped_column(default="")
    score: Mapped[float | None]  # 0 to 1, unrounded; empty until sent

    marks: Mapped[list["Mark"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    __table_args__ = (
        ForeignKeyConstraint(
            ["contribution_id", "author_id"],
            ["contribution.id", "contribution.author_id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("contribution_id", "reviewer_id"),
        CheckConstraint("author_id <> reviewer_id", name="not_ones_own"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        CheckConstraint("(state = 'sent') = (score IS NOT NULL)", name="score_when_sent"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_range"),
        Index(
            "uq_review_one_open",
            "activity_id",
            "reviewer_id",
            unique=True,
            postgresql_where=text("state = 'assigned'"),
            sqlite_where=text("state = 'assigned'"),
        ),
        Index("ix_review_lease", "state", "lease_until"),
        Index("ix_review_reviewer", "activity_id", "reviewer_id", "state"),
        Index("ix_review_author", "activity_id", "author_id", "state"),
        Index("ix_review_contribution", "contribution_id", "state"),
    )


class Mark(Base):
    """A review's answer to one criterion: a level's points (empty in a draft) and a comment."""

    __tablename__ = "mark"

    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    criterion_id: Mapped[UUID] = mapped_column(
        ForeignKey("criterion.id", ondelete="CASCADE"), primary_key=True
    )
    points: Mapped[float | None]
    comment: Mapped[str] = mapped_column(default="")
