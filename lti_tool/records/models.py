"""Record stores, the statements made for them, and how far each delivery got."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.database import Base, Sequence


class DeliveryState(StrEnum):
    """DEAD is a statement that an LRS refused for good; the reason is kept, and it can be queued again."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


class Lrs(Base):
    """A learning record store that statements go to. The local store is one of them, reached in-process."""

    __tablename__ = "lrs"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    username: Mapped[str]
    password: Mapped[str]  # sealed
    version: Mapped[str]  # auto, 1.0.3 or 2.0.0
    batch: Mapped[int] = mapped_column(default=50)
    local: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    speaks: Mapped[str] = mapped_column(default="")  # the version, once it is known
    paused: Mapped[str] = mapped_column(default="")  # why, when it is
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    problem: Mapped[str] = mapped_column(default="")  # of the last failure
    next_try_at: Mapped[datetime]


class Statement(Base):
    """The bytes of an event's statement, made once: an LRS compares them as text."""

    __tablename__ = "statement"

    event_id: Mapped[int] = mapped_column(
        Sequence, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    version: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Delivery(Base):
    """One event's way to one LRS."""

    __tablename__ = "delivery"

    lrs_id: Mapped[UUID] = mapped_column(ForeignKey("lrs.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(
        Sequence, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.WAITING)
    claimed_until: Mapped[
        datetime | None
    ]  # a worker has it in hand; if that worker dies, it is free again then
    reason: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_delivery_queue", "lrs_id", "state", "event_id"),)
