"""Voiding what record stores were sent of somebody who was erased: page by page, never in a request.

Each statement that names them gets one that voids it, with an id that is the same at every try, by the tool's
own account. What was not sent is not sent any more, and the bytes that name them go. A statement that voids
cannot itself be voided (xAPI 1.0.3, Part Two, 2.3.2): those of the tool name nobody.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from xapi import statements as xapi
from xapi.statements import statement_id

from ..kernel import clock, journal
from ..kernel.bulk import fill, numbers
from ..kernel.database import Database
from ..kernel.journal import Event, EventType
from ..people.models import Enrolment, Erasure
from ..records.models import Delivery, DeliveryState, Lrs, Statement
from ..records.removing import present
from .around import Around, look_around
from .lines import TAKEN_BACK, Line
from .relay import spoken
from .translate import journal_lines, voiding

PAGE = 500  # lines of the journal in one transaction

_THESE = select(numbers("these").c.value)
_FIRST = frozenset({EventType.SUBMITTED, EventType.ASKED})  # what WITHDRAWN voids


def erasures_wait(session: Session) -> bool:
    """Whether `void_due` has something to do. One statement."""
    return session.scalar(select(Erasure.person_id).where(_due()).limit(1)) is not None


def void_due(database: Database, base_url: str, profile: str) -> bool:
    """Void a page of what names somebody erased; whether there may be more.

    Args:
        database: the tool's.
        base_url: the tool's address.
        profile: the base IRI of our xAPI profile.

    """
    with database.read() as session:
        erasure = session.scalar(select(Erasure).where(_due()).order_by(Erasure.due_at).limit(1))
        if erasure is None:
            return False
        theirs = select(Enrolment.course_id).where(Enrolment.person_id == erasure.person_id)
        lines = journal_lines(session, Event.course_id.in_(theirs) & (Event.id > erasure.next_event), PAGE)
        around = look_around(session, lines, base_url, None)
    naming = [line for line in lines if _names(line, erasure.person_id, around)]
    with database.write() as session:
        if _took(session, erasure, lines) and naming:
            _void(session, erasure.person_id, naming, around, base_url, profile)
    return len(lines) == PAGE


def _due() -> ColumnElement[bool]:
    return Erasure.due_at <= clock.now()


def _took(session: Session, erasure: Erasure, lines: Sequence[Line]) -> bool:
    """Go on after these lines, or end with them; whether no other worker did."""
    same = Erasure.person_id == erasure.person_id, Erasure.next_event == erasure.next_event
    on = update(Erasure).values(next_event=lines[-1].id) if len(lines) == PAGE else delete(Erasure)
    return session.scalar(on.where(*same).returning(Erasure.person_id)) is not None


def _names(line: Line, person_id: UUID, around: Around) -> bool:
    try:
        return person_id in (line.person_id, around.whose(line)) or line.facts.get("written_by") == str(
            person_id
        )
    except (LookupError, ValueError):  # it could not be told
        return line.person_id == person_id


def _void(
    session: Session, person_id: UUID, lines: Sequence[Line], around: Around, base_url: str, profile: str
) -> None:
    stores = {store.id: store for store in session.scalars(present())}
    sent = _sent(session, [line.id for line in lines], stores)
    _forget(session, [line.id for line in lines], stores)
    voided = _voided(session, lines, around)
    events = {
        line.id: _record(session, person_id, line)
        for line in lines
        if line.id in sent and line.type not in TAKEN_BACK and line.statement_id not in voided
    }
    if not events:
        return
    session.flush()
    places = {line.id: around.places[line.activity_id] for line in lines}
    versions = spoken(stores.values())
    told = {
        event.id: voiding(Line._make(getattr(event, name) for name in Line._fields), places[line], base_url)
        for line, event in events.items()
    }
    rows = [
        (event, version, xapi.to_bytes(statement, version, profile))
        for event, statement in told.items()
        for version in versions
    ]
    fill(session.connection(), Statement, rows)
    session.execute(
        insert(Delivery),
        [{"lrs_id": store, "event_id": event.id} for line, event in events.items() for store in sent[line]],
    )


def _sent(
    session: Session, events: Sequence[int], stores: Mapping[UUID, Lrs]
) -> Mapping[int, Collection[UUID]]:
    """Which stores may have the statement of which event: what is in doubt counts as sent."""
    in_doubt = [key for key, store in stores.items() if store.failures or store.paused]
    query = select(Delivery.event_id, Delivery.lrs_id).where(
        Delivery.lrs_id.in_(stores),
        Delivery.event_id.in_(_THESE),
        or_(
            Delivery.state == DeliveryState.DELIVERED,
            (Delivery.state == DeliveryState.WAITING)
            & (Delivery.claimed_until.is_not(None) | (Delivery.tries > 0) | Delivery.lrs_id.in_(in_doubt)),
        ),
    )
    found: dict[int, list[UUID]] = {}
    for event, store in session.execute(query, {"these": events}):
        found.setdefault(event, []).append(store)
    return found


def _forget(session: Session, events: Sequence[int], stores: Collection[UUID]) -> None:
    """Drop the bytes, what still waits, and what stores said when they refused one: they quote it."""
    these = {"these": events}
    session.connection().execute(delete(Statement).where(Statement.event_id.in_(_THESE)), these)
    session.connection().execute(
        delete(Delivery).where(
            Delivery.lrs_id.in_(stores),
            Delivery.event_id.in_(_THESE),
            Delivery.state != DeliveryState.DELIVERED,
        ),
        these,
    )


def _voided(session: Session, lines: Sequence[Line], around: Around) -> Collection[UUID]:
    """Which of these statements were voided before: when their contribution was withdrawn, say."""
    ours = {
        statement_id(
            around.places[line.activity_id].tenant.id, EventType.VOIDED.value, line.statement_id, 0
        ): line.statement_id
        for line in lines
    }
    known = {
        ours[each] for each in session.scalars(select(Event.statement_id).where(Event.statement_id.in_(ours)))
    }
    first = [line for line in lines if line.type in _FIRST]
    query = select(Event.facts["statement"].as_string()).where(
        Event.activity_id.in_({line.activity_id for line in first}),
        Event.type == EventType.WITHDRAWN,
        Event.entity.in_({line.entity for line in first}),
    )
    return known | {UUID(statement) for statement in session.scalars(query)} if first else known


def _record(session: Session, person_id: UUID, line: Line) -> Event:
    """The event of a voiding: it goes to the stores that were sent the statement, so nobody relays it."""
    voided = session.get_one(Event, line.id)
    event = journal.record(
        session,
        EventType.VOIDED,
        tenant=voided.tenant_id,
        course=voided.course_id,
        activity=voided.activity_id,
        person=person_id,
        entity=voided.statement_id,
        facts={"statement": str(voided.statement_id)},
    )
    # Later than it happened: only a test user's is relayed then, and those are in no store
    event.relayed_at = event.noticed_at = event.occurred_at + timedelta(milliseconds=1)
    return event
