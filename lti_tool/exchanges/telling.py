"""Whom an event is news for, and as what. Pure: a line of the journal and what it is about in, people out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ..kernel.journal import EventType
from .models import NewsKind

OF_WRITERS: Mapping[EventType, NewsKind] = {
    EventType.COMMENTED: NewsKind.COMMENT,
    EventType.THANKED: NewsKind.REACTION,
    EventType.APPLIED: NewsKind.REACTION,
    EventType.DISAGREED: NewsKind.REACTION,
    EventType.REVIEWED: NewsKind.REVIEW,
    EventType.REVISED: NewsKind.VERSION,
    EventType.SHARED: NewsKind.REACTION,
}
TOLD = frozenset(OF_WRITERS) | {
    EventType.REPLIED,
    EventType.ASKED,
    EventType.ANSWERED,
    EventType.ACCEPTED,
    EventType.ENDORSED,
    EventType.MENTIONED,
    EventType.MODERATED,
    EventType.RATED,
    EventType.FLAGGED,
    EventType.SETTLED,
}
# A release concerns a whole course: the gradebook tells of it, in batches
NEWS_TO_SOMEBODY = TOLD | {EventType.RELEASED}


@dataclass(frozen=True, slots=True)
class Around:
    """What the events of a batch are about: who wrote and said what, and who is staff, by their ids."""

    writers: Mapping[UUID, Sequence[UUID]]
    comments: Mapping[UUID, tuple[UUID, UUID | None]]  # who said it, in which thread
    speakers: Mapping[UUID, Sequence[UUID]]  # of a thread
    staff: Mapping[UUID, Sequence[UUID]]  # of a course
    flagged_by: Mapping[UUID, UUID] = field(default_factory=dict)  # of a flag


def told(event: Any, around: Around) -> dict[UUID, NewsKind]:
    """Whom an event is news for, and as what; never whoever did it. Pure.

    Args:
        event: a line of the journal.
        around: what it is about.

    """
    facts = event.facts
    contribution = UUID(facts["contribution"]) if "contribution" in facts else event.entity
    writers_ = around.writers.get(contribution, ())
    found: dict[UUID, NewsKind] = {}
    match event.type:
        case EventType.REPLIED:
            thread = UUID(facts["thread"])
            found = dict.fromkeys((*writers_, *around.speakers.get(thread, ())), NewsKind.REPLY)
        case EventType.ASKED if event.entity != contribution:
            found = dict.fromkeys(writers_, NewsKind.COMMENT)
        case EventType.ANSWERED:
            asked = UUID(facts["thread"]) if facts.get("thread") else None
            to = writers_ if asked is None else _speaker(around, asked)
            found = dict.fromkeys(to, NewsKind.ANSWER)
        case EventType.ACCEPTED | EventType.ENDORSED:
            found = dict.fromkeys(_speaker(around, UUID(facts["answer"])), NewsKind.ACCEPTED)
        case EventType.MENTIONED:
            found = {UUID(facts["person"]): NewsKind.MENTION}
        case EventType.MODERATED:
            comment = UUID(facts["comment"]) if facts.get("comment") else None
            concerned = writers_ if comment is None else _speaker(around, comment)
            reported = facts["done"] == "reported"
            found = dict.fromkeys(
                around.staff.get(event.course_id, ()) if reported else concerned, NewsKind.MODERATION
            )
        case EventType.RATED:
            found = {UUID(facts["reviewer"]): NewsKind.APPRAISAL}
        case EventType.FLAGGED:
            found = dict.fromkeys(around.staff.get(event.course_id, ()), NewsKind.FLAG)
        case EventType.SETTLED if event.entity in around.flagged_by:
            found = {around.flagged_by[event.entity]: NewsKind.FLAG}
        case EventType.REVIEWED if facts.get("kind") == "self":
            pass  # nobody waits for it
        case kind if kind in OF_WRITERS:
            reviewers = dict.fromkeys(map(UUID, facts.get("tell", ())), NewsKind.APPRAISAL)
            found = reviewers | dict.fromkeys(writers_, OF_WRITERS[kind])
    found.pop(event.person_id, None)
    return found


def _speaker(around: Around, comment: UUID) -> tuple[UUID, ...]:
    return (around.comments[comment][0],) if comment in around.comments else ()
