"""The journal's lines, as far as they are told."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ..kernel.journal import Event, EventType

# What hands a contribution in is about the contribution itself: its event has no other entity.
HANDED_IN = frozenset({EventType.SUBMITTED, EventType.REVISED})
TAKEN_BACK = frozenset({EventType.WITHDRAWN, EventType.VOIDED})
WITHOUT_CONTRIBUTION = TAKEN_BACK | {EventType.LAUNCHED, EventType.COMPLETED, EventType.CALIBRATED}


class NotToldError(ValueError):
    """There is to be no statement of an event: whom it would name was erased. No dead letter either."""


class Line(NamedTuple):
    """One line of the journal, as far as it is told; the names are `Event`'s."""

    id: int
    statement_id: UUID
    activity_id: UUID
    person_id: UUID
    type: EventType
    entity: UUID
    revision: int
    occurred_at: datetime
    facts: dict[str, Any]


def journal_lines(session: Session, wanted: ColumnElement[bool], most: int) -> list[Line]:
    """The oldest lines of the journal that are `wanted`, at most so many. One statement."""
    columns = [getattr(Event, name) for name in Line._fields]
    rows = session.connection().execute(select(*columns).where(wanted).order_by(Event.id).limit(most))
    return [Line._make(row) for row in rows.all()]


def contribution_of(line: Line) -> str:
    """What the event is about: named in its facts, except where it is the event's own entity."""
    if line.type is EventType.COMPARED:
        return str(line.facts["winner"])
    return str(line.entity if line.type in HANDED_IN else line.facts.get("contribution", line.entity))
