"""Reminders: what an instructor asks the worker to tell many people, and what it tells them by itself."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.database import Base


class ReminderKind(StrEnum):
    """What people are reminded of: those who have not done it are told."""

    SHARE = "share"
    REVIEW = "review"
    REVISE = "revise"


class Reminder(Base):
    """One reminder of an activity. `by_id` is empty where its date made it; `told` counts people.

    `occasion`: of a date's own, when it was due and the date ("48h" or "day", a space, ISO 8601), so that
    each is sent once.
    """

    __tablename__ = "reminder"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ReminderKind]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    told: Mapped[int] = mapped_column(default=0)
    occasion: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        Index(
            "uq_reminder_occasion",
            "activity_id",
            "kind",
            "occasion",
            unique=True,
            sqlite_where=text("occasion <> ''"),
            postgresql_where=text("occasion <> ''"),
        ),
        Index(
            "ix_reminder_waiting",
            "asked_at",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )
