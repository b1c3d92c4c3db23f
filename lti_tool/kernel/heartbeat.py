"""Signs of life: when each worker was last seen. /readyz and `entraide doctor` look here."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import clock
from .database import Base

FRESH = timedelta(seconds=30)


class Heartbeat(Base):
    """When a worker was last alive."""

    __tablename__ = "heartbeat"

    worker: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def beat(session: Session, worker: str) -> None:
    """Say that this worker is alive."""
    session.merge(Heartbeat(worker=worker, at=clock.now()))


def alive(session: Session) -> bool:
    """Whether some worker was alive in the last half minute."""
    last = session.scalar(select(func.max(Heartbeat.at)))
    return last is not None and clock.now() - last < FRESH
