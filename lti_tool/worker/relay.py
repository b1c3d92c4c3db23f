"""From the journal to what is to be delivered: each event's statement, once, and one delivery for each store.

In the same transaction the scores of the people it touches are brought up to date, so that nothing is lost
and nothing is done twice whenever a worker dies.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from xapi import statements as xapi

from ..gradebook.actions import settle
from ..kernel import clock
from ..kernel.database import Database
from ..kernel.journal import Event, EventType
from ..reviews.models import Review
from .models import Delivery, DeliveryState, Lrs, Statement
from .translate import translate

BATCH = 100  # events in one transaction, which holds SQLite's write lock for some 50 ms
VERSIONS: tuple[xapi.Version, ...] = ("1.0.3", "2.0.0")


def relay(database: Database, base_url: str, profile: str) -> int:
    """Relay the oldest waiting events; return how many there were.

    Args:
        database: the tool's.
        base_url: the tool's address, under which its IRIs stand.
        profile: the base IRI of our xAPI profile.

    """
    with database.read() as session:
        if session.scalar(_waiting().limit(1)) is None:
            return 0
    with database.write() as session:
        events = session.scalars(_waiting().limit(BATCH).with_for_update(skip_locked=True)).all()
        _deliver(session, events, base_url, profile)
        for activity_id, person_id in sorted(_touched(session, events)):  # always in this order: no deadlocks
            settle(session, activity_id, person_id)
        session.execute(
            update(Event).where(Event.id.in_([e.id for e in events])).values(relayed_at=clock.now())
        )
    return len(events)


def _waiting() -> Select[Event]:
    return select(Event).where(Event.relayed_at.is_(None)).order_by(Event.id)


def _deliver(session: Session, events: Sequence[Event], base_url: str, profile: str) -> None:
    """Make the statements in every version that some store speaks or may speak, and queue them."""
    stores = session.scalars(select(Lrs)).all()
    if not stores:
        return
    versions = spoken(stores)
    statements: list[dict[str, Any]] = []
    deliveries: list[dict[str, Any]] = []
    for event, told in zip(events, translate(session, events, base_url), strict=True):
        fate: dict[str, Any] = {"state": DeliveryState.WAITING, "reason": "", "settled_at": None}
        try:
            if isinstance(told, ValueError):
                raise told
            bodies = {version: xapi.to_bytes(told, version, profile) for version in versions}
        except ValueError as error:  # one bad event must not hold up the others
            bodies = {}
            fate = {"state": DeliveryState.DEAD, "reason": str(error), "settled_at": clock.now()}
        statements += ({"event_id": event.id, "version": v, "body": body} for v, body in bodies.items())
        deliveries += ({"event_id": event.id, "lrs_id": store.id, **fate} for store in stores)
    if statements:
        session.execute(insert(Statement), statements)
    session.execute(insert(Delivery), deliveries)


def spoken(stores: Iterable[Lrs]) -> Collection[xapi.Version]:
    """The versions of xAPI that statements are needed in; both while a store has not said which it speaks."""
    known = {store.speaks or store.version for store in stores}
    return [version for version in VERSIONS if version in known or "auto" in known]


def _touched(session: Session, events: Iterable[Event]) -> set[tuple[UUID, UUID]]:
    """Whose scores these events change: (activity, person)."""
    touched = {
        (event.activity_id, event.person_id)
        for event in events
        if event.type in {EventType.SUBMITTED, EventType.REVIEWED}
    }
    reviews = [event.entity for event in events if event.type is EventType.REVIEWED]
    authors = session.execute(select(Review.activity_id, Review.author_id).where(Review.id.in_(reviews)))
    return touched | set(authors)
