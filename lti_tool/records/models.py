"""Record stores, the statements made for them, and how far each delivery got."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, false, text
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.database import Base, Sequence


class DeliveryState(StrEnum):
    """DEAD is a statement that an LRS refused for good; the reason is kept, and it can be queued again."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


class Carrying(StrEnum):
    """What is carried to a store beside what happens from now on.

    BACKFILL: what happened before it was added. RESEND: what it had, and lost. REWRITE: what waits, made anew
    in the version that the store speaks now. FORWARD: what others wrote into the local store.
    """

    BACKFILL = "backfill"
    RESEND = "resend"
    REWRITE = "rewrite"
    FORWARD = "forward"


REMOVED = "removed"  # the version of a store that is being removed: it speaks none any more


class Lrs(Base):
    """A learning record store that statements go to. The local store is one of them, reached in-process."""

    __tablename__ = "lrs"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    username: Mapped[str]
    password: Mapped[str]  # sealed
    username2: Mapped[str] = mapped_column(default="", server_default="")  # a second pair, tried when
    password2: Mapped[str] = mapped_column(default="", server_default="")  # the first is refused; sealed
    version: Mapped[str]  # auto, 1.0.3 or 2.0.0; or REMOVED
    batch: Mapped[int] = mapped_column(default=50)
    max_bytes: Mapped[int] = mapped_column(default=1_000_000, server_default="1000000")  # of one request
    files: Mapped[bool] = mapped_column(default=False, server_default=false())  # it takes their contents too
    local: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    speaks: Mapped[str] = mapped_column(default="")  # the version, once it is known
    paused: Mapped[str] = mapped_column(default="")  # why, when it is
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    problem: Mapped[str] = mapped_column(default="")  # of the last failure
    next_try_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(default="", server_default="")  # of LRS, as far as it tells
    test_asked_at: Mapped[datetime | None]
    tested_at: Mapped[datetime | None]
    findings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # of the last test
    # How many of its deliveries are DELIVERED, so that no page counts them all; see `progress.recount`
    delivered: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    # For whoever watches: all statements that ever arrived or were refused, tries that failed, and pauses
    arrived: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    refused: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    failed: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    halted: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


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
    tries: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # that the statement may be to blame for
    reason: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None]
    seen_in: Mapped[UUID | None]  # the last reconciliation that found it in the LRS

    __table_args__ = (Index("ix_delivery_queue", "lrs_id", "state", "event_id"),)


class Backfill(Base):
    """One thing that is carried to a store piece by piece; at most one of a kind at a time.

    FORWARD counts the statements of the local store, the others lines of the journal: `total` of them (-1
    until they are counted), `done` so far. It goes on after the line `next_event`, or after the moment
    `cursor` of the local store; a RESEND of what a reconciliation found missing has that one's id there.
    `samples` are the first that were refused, each with its reason.
    """

    __tablename__ = "backfill"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    lrs_id: Mapped[UUID] = mapped_column(ForeignKey("lrs.id", ondelete="CASCADE"))
    kind: Mapped[Carrying]
    since: Mapped[datetime | None]
    from_event: Mapped[int] = mapped_column(Sequence, default=0)
    until_event: Mapped[int] = mapped_column(Sequence, default=0)
    next_event: Mapped[int] = mapped_column(Sequence, default=0)
    cursor: Mapped[str] = mapped_column(default="")
    keep: Mapped[bool] = mapped_column(default=False)  # go on with what others write later
    total: Mapped[int] = mapped_column(BigInteger, default=-1)
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    sent: Mapped[int] = mapped_column(BigInteger, default=0)
    refused: Mapped[int] = mapped_column(BigInteger, default=0)
    samples: Mapped[list[Any]] = mapped_column(default=list)
    problem: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    next_try_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    cancelled: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index(
            "ix_backfill_running",
            "lrs_id",
            "kind",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )


class Reconciliation(Base):
    """What was produced, what became of it on the way to a store, and what the LRS itself lists of it.

    All counts are of what was settled when it was asked for. `missing` should be there and is not, `unknown`
    is there and bears our address, but nothing here knows it; of both a few ids are kept.
    """

    __tablename__ = "reconciliation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    lrs_id: Mapped[UUID] = mapped_column(ForeignKey("lrs.id", ondelete="CASCADE"))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    next_try_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    problem: Mapped[str] = mapped_column(default="")
    cursor: Mapped[str] = mapped_column(default="")  # the list that was read, and up to which moment
    broad: Mapped[bool] = mapped_column(default=False)  # it cannot look for related activities: all was read
    listed: Mapped[int] = mapped_column(BigInteger, default=0)  # statements read, some of them twice
    produced: Mapped[int] = mapped_column(BigInteger, default=0)
    delivered: Mapped[int] = mapped_column(BigInteger, default=0)
    refused: Mapped[int] = mapped_column(BigInteger, default=0)
    waiting: Mapped[int] = mapped_column(BigInteger, default=0)
    counted: Mapped[int] = mapped_column(BigInteger, default=0)
    voided: Mapped[int] = mapped_column(BigInteger, default=0)
    missing: Mapped[int] = mapped_column(BigInteger, default=0)
    unknown: Mapped[int] = mapped_column(BigInteger, default=0)
    missing_ids: Mapped[list[Any]] = mapped_column(default=list)
    unknown_ids: Mapped[list[Any]] = mapped_column(default=list)

    __table_args__ = (
        Index(
            "ix_reconciliation_running",
            "lrs_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
        Index("ix_reconciliation_latest", "lrs_id", "asked_at"),
    )
