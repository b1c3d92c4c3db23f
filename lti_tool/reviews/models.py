"""A review: one person reads one contribution, on a lease, and says by the criteria what they think.

The constraints here are what makes the promises true whatever two tabs or two workers do at once: nobody
reviews their own work, nobody the same work twice, nobody holds two open reviews in one activity.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..activities.models import Criterion
from ..kernel.database import Base


class ReviewState(StrEnum):
    """ALLOCATED, ASSIGNED and SENT count in the contribution's `served`; LAPSED does not.

    ALLOCATED: it is somebody's to give, by a draw or by an instructor, and not begun. ASSIGNED: in hand, on a
    lease. LAPSED: run out or given back.
    """

    ALLOCATED = "allocated"
    ASSIGNED = "assigned"
    SENT = "sent"
    LAPSED = "lapsed"


class ReviewKind(StrEnum):
    """Whose eyes: a peer's, the author's own, or an instructor's (a spot check). PEER alone is served."""

    PEER = "peer"
    SELF = "self"
    STAFF = "staff"


class Origin(StrEnum):
    """How a review came to its reviewer."""

    PULLED = "pulled"
    PUSHED = "pushed"
    CHOSEN = "chosen"  # by an instructor


class Review(Base):
    """One person's review of one contribution. `leases` counts how often it was assigned.

    `team`: the group that gives it together. `revision`: the version of the work that was read. It may be
    changed after it was sent, until its author can read it; `changed_at` is when it last was, `sends` how
    often it was sent. One that is `discounted_at` stays readable and counts in no score; one that is
    `hidden_at` is not shown to its author either.
    """

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
    kind: Mapped[ReviewKind] = mapped_column(default=ReviewKind.PEER)
    origin: Mapped[Origin] = mapped_column(default=Origin.PULLED)
    team: Mapped[str] = mapped_column(default="")
    revision: Mapped[int | None]
    sends: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime | None]
    discounted_at: Mapped[datetime | None]
    discounted_because: Mapped[str] = mapped_column(default="")
    hidden_at: Mapped[datetime | None]

    marks: Mapped[list["Mark"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    __table_args__ = (
        ForeignKeyConstraint(
            ["contribution_id", "author_id"],
            ["contribution.id", "contribution.author_id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("contribution_id", "reviewer_id"),
        CheckConstraint("author_id <> reviewer_id OR kind = 'self'", name="not_ones_own"),
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
        Index(
            "uq_review_team",
            "contribution_id",
            "team",
            unique=True,
            postgresql_where=text("team <> ''"),
            sqlite_where=text("team <> ''"),
        ),
    )


class Mark(Base):
    """A review's answer to one criterion: its points (empty in a draft, and to a question) and a comment."""

    __tablename__ = "mark"

    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    criterion_id: Mapped[UUID] = mapped_column(
        ForeignKey("criterion.id", ondelete="CASCADE"), primary_key=True
    )
    points: Mapped[float | None]
    comment: Mapped[str] = mapped_column(default="")

    criterion: Mapped[Criterion] = relationship(lazy="joined", innerjoin=True, viewonly=True)


class Annotation(Base):
    """A remark at one place of the work: a passage of an answer, a spot of a picture, a moment of a video.

    `prompt` is the answer's key ("title" for the title); `start` and `end` are character positions in it,
    `quote` what stood there. `x` and `y` are shares of a picture's width and height, `seconds` a video's or
    sound's time (W3C Web Annotation: TextPositionSelector, FragmentSelector).
    """

    __tablename__ = "annotation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    prompt: Mapped[str] = mapped_column(default="")
    start: Mapped[int | None]
    end: Mapped[int | None]
    quote: Mapped[str] = mapped_column(default="")
    attachment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("attachment.id", ondelete="CASCADE"), index=True
    )
    x: Mapped[float | None]
    y: Mapped[float | None]
    seconds: Mapped[float | None]
    text: Mapped[str]
    said_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("(prompt <> '') <> (attachment_id IS NOT NULL)", name="place"),
        CheckConstraint('start >= 0 AND "end" > start', name="passage"),
        CheckConstraint("x BETWEEN 0 AND 1 AND y BETWEEN 0 AND 1", name="spot"),
        CheckConstraint("seconds >= 0", name="moment"),
    )


class Rescore(Base):
    """A review's second look, at a later version of the work. `marks`: [{"criterion", "points"}]."""

    __tablename__ = "rescore"

    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int]
    marks: Mapped[list[Any]]
    score: Mapped[float]
    text: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 1", name="score_range"),)


class Uptake(Base):
    """A version of a work that answers a review of an earlier one."""

    __tablename__ = "uptake"

    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    said_at: Mapped[datetime]


class Appraisal(Base):
    """What an author says of a review they received: how useful it was (1 to 5), thanks, a reply."""

    __tablename__ = "appraisal"

    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    useful: Mapped[int | None]
    thanks: Mapped[str] = mapped_column(default="")
    reply: Mapped[str] = mapped_column(default="")
    said_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)  # how often it was said, each a revision of its events

    __table_args__ = (CheckConstraint("useful BETWEEN 1 AND 5", name="useful"),)


class FlagReason(StrEnum):
    """What is wrong. RECOGNISED and CONFLICT are what a reviewer says, UNFAIR what an author says."""

    EMPTY = "empty"
    ABUSIVE = "abusive"
    PLAGIARISED = "plagiarised"
    RECOGNISED = "recognised"
    CONFLICT = "conflict"
    UNFAIR = "unfair"
    OTHER = "other"


class FlagOutcome(StrEnum):
    """What an instructor made of it."""

    LEFT = "left"
    DISCOUNTED = "discounted"  # the review counts no more
    HIDDEN = "hidden"  # nor is it shown
    CORRECTED = "corrected"  # the score was set by hand


class Flag(Base):
    """Somebody asks the instructor to look: at the work they review, or at a review they received.

    `review_id` is the review flagged, or the one in which the work is. `of_review`: which of the two it is.
    """

    __tablename__ = "flag"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), index=True
    )
    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    of_review: Mapped[bool]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    reason: Mapped[FlagReason]
    because: Mapped[str] = mapped_column(default="")
    flagged_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    outcome: Mapped[FlagOutcome | None]
    answer: Mapped[str] = mapped_column(default="")  # the instructor's, to who flagged

    __table_args__ = (
        CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name="settled"),
        Index(
            "uq_flag_open",
            "review_id",
            "of_review",
            "person_id",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index(
            "ix_flag_open",
            "activity_id",
            "flagged_at",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )
