"""Removing a store that got much: at once for everybody who looks, in portions for the database.

A removed store is in no list, and nothing goes there any more. Its deliveries are deleted some thousands at
a time, so that nobody who writes waits for long; when none is left, the store itself goes. Whatever ends
that in between, somebody else goes on with what is left.
"""

from collections.abc import Iterator
from threading import Event
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from ..kernel.database import Database
from .models import REMOVED, Delivery, Lrs

PORTION = 5000  # deliveries deleted in one transaction: some 50 ms
BREATH = 0.05  # seconds between two, for others who write


def present() -> Select[Lrs]:
    """The query of the stores that there are, without those that are being removed."""
    return select(Lrs).where(Lrs.version != REMOVED)


def remove_due(database: Database, stop: Event) -> bool:
    """Delete what is left of the stores that are removed, until `stop` is set; return False, for a lane."""
    with database.read() as session:
        removed = session.scalars(select(Lrs.id).where(Lrs.version == REMOVED)).all()
    for store_id in removed:
        for _ in portions(database, store_id):
            if stop.wait(BREATH):
                return False
    return False


def portions(database: Database, store_id: UUID) -> Iterator[int]:
    """Delete a removed store, portion by portion; yield how many deliveries there were in each.

    It ends when the store is gone, or when another worker has it in hand.
    """
    after = 0  # so that nobody searches among what was just deleted
    while True:
        with database.write() as session:
            if not claim(session, store_id):
                return
            ahead = Delivery.lrs_id == store_id, Delivery.event_id > after
            some = select(Delivery.event_id).where(*ahead).order_by(Delivery.event_id).limit(PORTION)
            last = session.scalar(select(func.max(some.subquery().c.event_id)))
            if last is None and after == 0:
                session.execute(delete(Lrs).where(Lrs.id == store_id))
                return
            these = delete(Delivery).where(*ahead, Delivery.event_id <= (last or 0))
            deleted = session.connection().execute(these).rowcount
        after = last or 0  # at the end once more from the beginning: something may have been queued there
        yield deleted


def claim(session: Session, store_id: UUID) -> bool:
    """Take a removed store in hand, unless it is gone, or another worker has it.

    Of the locks it is the one that lets others queue something, as that refers to the store.
    """
    mine = select(Lrs.id).where(Lrs.id == store_id, Lrs.version == REMOVED)
    return session.scalar(mine.with_for_update(skip_locked=True, key_share=True)) is not None
