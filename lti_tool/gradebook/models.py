"""Scores as we hold them, and how far each one got on its way to the LMS."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.database import Base


class Column(StrEnum):
    """The two columns of an activity in the LMS's gradebook. The value is the line item's tag."""

    WORK = "work"
    REVIEWING = "reviewing"


class SyncState(StrEnum):
    """WAITING: to be sent (again). SENT: the LMS has it. REFUSED: the LMS said no, and why is in `problem`.

    NOWHERE: the platform offers no gradebook for this link.
    """

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    NOWHERE = "nowhere"


class LineItem(Base):
    """A column of the LMS's gradebook that is ours; `url` is empty until it is found or made there.

    One worker at a time has a column in hand, until `claimed_until`: so no column is made twice, and a
    person's scores arrive in order.
    """

    __tablename__ = "line_item"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    column: Mapped[Column] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(default="")
    score_maximum: Mapped[float] = mapped_column(default=100.0)
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

    __table_args__ = (
        CheckConstraint("value BETWEEN 0 AND 1", name="value"),
        Index("ix_score_sync", "state", "next_try_at"),
    )
