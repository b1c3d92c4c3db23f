"""The journal: one event for every act that matters, in the act's own transaction.

Everything that must then happen elsewhere (statements to the LRS, scores to the LMS) follows from these rows.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, exists, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from xapi.statements import statement_id

from . import clock
from .database import Base, Sequence
from .permissions import Visit


class EventType(StrEnum):
    """What can happen. The value is part of the statement's id: never rename one."""

    LAUNCHED = "launched"
    VIEWED = "viewed"
    SUBMITTED = "submitted"
    ASSIGNED_REVIEW = "assigned-review"
    REVIEWED = "reviewed"
    SCORED = "scored"
    COMPLETED = "completed"
    COMMENTED = "commented"
    REPLIED = "replied"
    THANKED = "thanked"
    APPLIED = "applied"
    DISAGREED = "disagreed"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"
    ASKED = "asked"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    ENDORSED = "endorsed"
    VOTED = "voted"
    MENTIONED = "mentioned"
    SHARED = "shared"  # an instructor put it forward, for all to learn from
    MODERATED = "moderated"
    RATED = "rated"  # how useful a review was, by its reader
    COMPARED = "compared"  # two contributions, one is better
    CALIBRATED = "calibrated"  # an example was scored before reviewing
    RETURNED = "returned"  # a review was given back
    FLAGGED = "flagged"  # for the instructor to look at
    SETTLED = "settled"  # what the instructor made of that
    OVERRIDDEN = "overridden"  # a score was set by hand
    RELEASED = "released"  # reviews or scores may be read now
    REMINDED = "reminded"
    VOIDED = "voided"  # a statement, beside the one that WITHDRAWN takes back, or of somebody erased


# What those concerned may be told, and no store, and why.
UNTOLD: Mapping[EventType, str] = MappingProxyType(
    {
        EventType.MODERATED: "who hid what says something of a person that no report is about",
        EventType.FLAGGED: "a complaint is between a person and their instructor",
        EventType.SETTLED: "so is what became of it",
        EventType.OVERRIDDEN: "the learner's new score is told",
        EventType.RELEASED: "the scores that it releases are told",
        EventType.REMINDED: "what the tool does by itself is nobody's learning",
    }
)


class Event(Base):
    """One line of the journal.

    `entity` and `revision` say what it is about; with the type they fix `statement_id`, so that the same act
    cannot be written twice. `facts` are what must stay true of the moment (a score, a word count), whatever
    happens to the rows afterwards.
    """

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(Sequence, primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(unique=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    type: Mapped[EventType]
    entity: Mapped[UUID]
    revision: Mapped[int]
    occurred_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    relayed_at: Mapped[datetime | None]
    noticed_at: Mapped[datetime | None]  # when those concerned were told in the page

    __table_args__ = (
        Index(
            "ix_event_waiting",
            "id",
            postgresql_where=text("relayed_at IS NULL"),
            sqlite_where=text("relayed_at IS NULL"),
        ),
        Index(
            "ix_event_unnoticed",
            "id",
            postgresql_where=text("noticed_at IS NULL"),
            sqlite_where=text("noticed_at IS NULL"),
        ),
    )


def record(
    session: Session,
    kind: EventType,
    *,
    tenant: UUID,
    course: UUID,
    activity: UUID,
    person: UUID,
    entity: UUID,
    revision: int = 0,
    facts: dict[str, Any] | None = None,
) -> Event:
    """Append one event to the journal, in the caller's transaction.

    Args:
        session: the transaction that makes the change the event tells of.
        kind: what happened.
        tenant: the deployment's id; the namespace of the statement's id.
        course: the course's id.
        activity: the activity's id.
        person: who did it (for SCORED: whose score it is).
        entity: what it is about.
        revision: which time, where the same thing can happen again to the same entity.
        facts: what must stay true of the moment, as JSON.

    Raises:
        sqlalchemy.exc.IntegrityError: at flush, when this very act is in the journal already.

    """
    event = Event(
        statement_id=statement_id(tenant, kind.value, entity, revision),
        tenant_id=tenant,
        course_id=course,
        activity_id=activity,
        person_id=person,
        type=kind,
        entity=entity,
        revision=revision,
        occurred_at=clock.now(),
        facts=facts or {},
        relayed_at=clock.now() if kind in UNTOLD else None,
        noticed_at=None,
    )
    session.add(event)
    return event


def record_act(
    session: Session,
    visit: Visit,
    kind: EventType,
    activity: UUID,
    entity: UUID,
    *,
    revision: int = 0,
    facts: dict[str, Any] | None = None,
) -> Event:
    """Append the event of what a visitor just did; see `record`. A test user's is never told to anybody."""
    event = record(
        session,
        kind,
        tenant=visit.tenant_id,
        course=visit.course(),
        activity=activity,
        person=visit.person_id,
        entity=entity,
        revision=revision,
        facts=facts,
    )
    if visit.test_user:
        event.relayed_at = event.noticed_at = event.occurred_at
    return event


def is_recorded(tenant: UUID, kind: EventType, entity: UUID, revision: int = 0) -> ColumnElement[bool]:
    """That this very act is in the journal already, as part of a query."""
    wanted = statement_id(tenant, kind.value, entity, revision)
    return exists().where(Event.statement_id == wanted)


def recorded(session: Session, tenant: UUID, kind: EventType, entity: UUID, revision: int = 0) -> bool:
    """Whether this very act is in the journal already. One statement."""
    return bool(session.scalar(select(is_recorded(tenant, kind, entity, revision))))
