"""Scores as we hold them, and how far each one got on its way to the LMS."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..activities.models import Grading
from ..kernel.database import Base

WORK_SHARE = 0.8  # of the work in a total; the rest is the reviewing's


class Column(StrEnum):
    """What may be a column of an activity in the LMS's gradebook. TOTAL stands in for the two others."""

    WORK = "work"
    REVIEWING = "reviewing"
    TOTAL = "total"

    @property
    def coupled(self) -> bool:
        """Whether it is the resource link's own column, rather than one beside it."""
        return self is not Column.REVIEWING

    @property
    def tag(self) -> str:
        """The line item's tag: a link's own column stays the same, whatever we put there."""
        return (Column.WORK if self.coupled else self).value


COLUMNS = {
    Grading.NONE: frozenset[Column](),
    Grading.TWO_COLUMNS: frozenset({Column.WORK, Column.REVIEWING}),
    Grading.ONE_COLUMN: frozenset({Column.TOTAL}),
}


class SyncState(StrEnum):
    """WAITING: to be sent (again). SENT: the LMS has it. REFUSED: the LMS said no, and why is in `problem`.

    NOWHERE: the platform offers no gradebook for this link. KEPT: the activity wants no such column. HELD: it
    is not released yet.
    """

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    NOWHERE = "nowhere"
    KEPT = "kept"
    HELD = "held"


class LineItem(Base):
    """A column of the LMS's gradebook that is ours; `url` is empty until it is found or made there.

    One worker at a time has a column in hand, until `claimed_until`: so no column is made twice, and a
    person's scores arrive in order. It rests until `next_try_at` when the LMS cannot take its scores, after
    `tries` in a row. `label` is the name we gave it, empty if the LMS named it. One that is `unwanted` is to
    be deleted there at `next_try_at`; without that, the LMS keeps it. `problem` is written as a score's.
    """

    __tablename__ = "line_item"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    column: Mapped[Column] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(default="")
    score_maximum: Mapped[float] = mapped_column(default=100.0)
    label: Mapped[str] = mapped_column(default="")
    unwanted: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")
    claimed_until: Mapped[datetime | None]


class Score(Base):
    """One person's score in one column: what it is, and what the LMS has of it.

    `value` is a share, 0 to 1, unrounded; `basis` counts the reviews it rests on. `revision` grows with every
    change of the value. `problem` is a sentence of our catalogue and, from its second line, the LMS's own
    words. `sent_at_lms` is the timestamp of the last score posted, in whole seconds: the next one must be
    later (AGS 2.0, section 3.4.9).
    """

    __tablename__ = "score"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    column: Mapped[Column] = mapped_column(primary_key=True)
    value: Mapped[float]
    basis: Mapped[int]
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    state: Mapped[SyncState] = mapped_column(default=SyncState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    problem: Mapped[str] = mapped_column(default="")
    sent_revision: Mapped[int | None]
    sent_at_lms: Mapped[datetime | None]
    withheld: Mapped[bool] = mapped_column(default=False)  # this one waits, whatever is released
    read_at: Mapped[datetime | None]  # when the person first saw it

    __table_args__ = (
        CheckConstraint("value BETWEEN 0 AND 1", name="value"),
        Index("ix_score_sync", "state", "next_try_at"),
    )


class Override(Base):
    """A score that an instructor set by hand, and why. `value` is a share, 0 to 1."""

    __tablename__ = "override"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    column: Mapped[Column] = mapped_column(primary_key=True)
    value: Mapped[float]
    because: Mapped[str]
    set_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    set_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("value BETWEEN 0 AND 1", name="value"),)


class WorkScore(Base):
    """The score of one work as its reviews make it, before any override or penalty: shares, 0 to 1.

    `low` and `high` bound it (90 %), once all reviews of the activity were looked at; `pull` is the part of
    the model's score that comes from other works and from the instructor's check. `spread` is the standard
    deviation of its reviews, empty below two. The worker brings it up to date; instructors find the most
    uncertain and most disputed works by it.
    """

    __tablename__ = "work_score"

    contribution_id: Mapped[UUID] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    value: Mapped[float]
    low: Mapped[float | None]
    high: Mapped[float | None]
    spread: Mapped[float | None]
    pull: Mapped[float | None]
    reviews: Mapped[int]
    made_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_work_score_spread", "activity_id", "spread"),
        CheckConstraint("value BETWEEN 0 AND 1", name="value"),
    )


class ReviewerScale(Base):
    """What all reviews of an activity together tell of one reviewer; the worker brings it up to date.

    Of the model, where it makes the scores. `bias`: how far above the others they score, as a share of the
    scale; `precision`: 1 over the variance of their scores around it. For the grade for reviewing, 0 to 1:
    how `useful` authors find their reviews, their `agreement` with an instructor's scores; empty: nothing
    tells.
    """

    __tablename__ = "reviewer_scale"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    bias: Mapped[float | None]
    precision: Mapped[float | None]
    useful: Mapped[float | None]
    agreement: Mapped[float | None]
    reviews: Mapped[int]
    made_at: Mapped[datetime]


class Refit(Base):
    """An activity whose scores all hang together is to be computed anew, at `due_at`."""

    __tablename__ = "refit"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
