"""What steers and trains reviewers: rules, weights, examples with their trials; and comparisons of works."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.database import Base


class PairRule(Base):
    """An instructor's word on who reviews whom: `must`, or must not."""

    __tablename__ = "pair_rule"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    reviewer_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    author_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    must: Mapped[bool]

    __table_args__ = (CheckConstraint("reviewer_id <> author_id", name="two_people"),)


class ReviewerWeight(Base):
    """How much an instructor lets a reviewer's scores count, beside 1 for everybody else."""

    __tablename__ = "reviewer_weight"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    weight: Mapped[float]

    __table_args__ = (CheckConstraint("weight BETWEEN 0 AND 10", name="weight"),)


class Example(Base):
    """A work scored by the instructor, on which reviewers try their eyes before they review.

    It shows a contribution, or a text of its own (`title`, `answers` by prompt). `marks`: [{"criterion",
    "points", "comment"}], the instructor's; `score` 0 to 1, `why` what they look at.
    """

    __tablename__ = "example"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    contribution_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    marks: Mapped[list[Any]]
    score: Mapped[float]
    why: Mapped[str] = mapped_column(default="")
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 1", name="score_range"),)


class Trial(Base):
    """A reviewer's scores of an example; `tries` counts them, the last one is kept. `distance`: 0 to 1.

    `first_score` was given before they saw the instructor's: it tells how strict they are.
    """

    __tablename__ = "trial"

    example_id: Mapped[UUID] = mapped_column(ForeignKey("example.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    marks: Mapped[list[Any]]
    score: Mapped[float]
    first_score: Mapped[float]
    distance: Mapped[float]
    tries: Mapped[int] = mapped_column(default=1)
    sent_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 1", name="score_range"),)


class ComparisonState(StrEnum):
    """ASSIGNED and JUDGED count in both contributions' `served`."""

    ASSIGNED = "assigned"
    JUDGED = "judged"
    SKIPPED = "skipped"
    LAPSED = "lapsed"


class Comparison(Base):
    """Two contributions before one judge. `first_id` < `second_id`, whichever is shown left.

    `winner_id` is one of the two; `choices` says it for each criterion ([{"criterion", "winner"}]; no winner:
    no difference). `because` is why; of one that is skipped, why that.
    """

    __tablename__ = "comparison"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    judge_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    first_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    second_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    second_left: Mapped[bool]
    state: Mapped[ComparisonState] = mapped_column(default=ComparisonState.ASSIGNED)
    winner_id: Mapped[UUID | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    choices: Mapped[list[Any]] = mapped_column(default=list)
    because: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=0)
    assigned_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    judged_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("judge_id", "first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="in_order"),
        CheckConstraint("winner_id IS NULL OR winner_id IN (first_id, second_id)", name="winner"),
        CheckConstraint("(state = 'judged') = (judged_at IS NOT NULL)", name="judged_at"),
        CheckConstraint("state <> 'judged' OR winner_id IS NOT NULL", name="judged"),
        Index(
            "uq_comparison_one_open",
            "activity_id",
            "judge_id",
            unique=True,
            postgresql_where=text("state = 'assigned'"),
            sqlite_where=text("state = 'assigned'"),
        ),
        Index("ix_comparison_lease", "state", "lease_until"),
        Index("ix_comparison_activity", "activity_id", "state", "judge_id"),
    )


class ComparedWork(Base):
    """Where a work stands on the scale that comparisons make, at the last fit: `score` and `se` in logits."""

    __tablename__ = "compared_work"

    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    score: Mapped[float]
    se: Mapped[float]
    compared: Mapped[int]

    __table_args__ = (Index("ix_compared_work_score", "activity_id", "score", "contribution_id"),)


class ComparisonFit(Base):
    """How far that scale can be trusted; see `judging.Scale`.

    `doubts`: their names. `misfits`: judges who often contradict the scale ([{"judge", "infit", "judged"}]),
    the worst first; at most `comparing_fit.MOST_MISFITS`.
    """

    __tablename__ = "comparison_fit"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    ssr: Mapped[float | None]
    split_half: Mapped[float | None]
    doubts: Mapped[list[Any]]
    misfits: Mapped[list[Any]]
    judgements: Mapped[int]
    made_at: Mapped[datetime]
