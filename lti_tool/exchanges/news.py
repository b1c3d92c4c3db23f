"""Who is told what: from the journal to what is new for each person. The worker does it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from ..contributions.authors import writers
from ..kernel import clock
from ..kernel.database import Database
from ..kernel.journal import Event, EventType
from ..people.models import Enrolment, Person
from .comments import STAFF
from .mailtimes import mail_at
from .models import Comment, MailChoice, News, NewsKind

BATCH = 200  # events in one transaction
SPEAKERS = 50  # of a thread, the latest, who are told of one more reply

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
}
# The moment at which a review comes would tell who sat down to write it: these come at full hours.
BY_THE_HOUR = frozenset({EventType.REVIEWED})


@dataclass(frozen=True, slots=True)
class Around:
    """What the events of a batch are about: who wrote and said what, and who is staff, by their ids."""

    writers: Mapping[UUID, Sequence[UUID]]
    comments: Mapping[UUID, tuple[UUID, UUID | None]]  # who said it, in which thread
    speakers: Mapping[UUID, Sequence[UUID]]  # of a thread
    staff: Mapping[UUID, Sequence[UUID]]  # of a course


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
        case kind if kind in OF_WRITERS:
            found = dict.fromkeys(writers_, OF_WRITERS[kind])
    found.pop(event.person_id, None)
    return found


def news_waits(session: Session) -> bool:
    """Whether `spread` has something to do. One statement."""
    return session.scalar(_waiting(clock.now()).limit(1)) is not None


def spread(database: Database, zone: tzinfo, *, mail: bool) -> bool:
    """Tell those concerned of the oldest events that nobody was told of; whether there may be more.

    Args:
        database: the tool's.
        zone: in which a day begins, for who gets mail once a day.
        mail: whether this installation sends any.

    """
    now = clock.now()
    with database.write() as session:
        events = session.scalars(
            _waiting(now).order_by(Event.id).limit(BATCH).with_for_update(skip_locked=True)
        ).all()
        concerning = [event for event in events if event.type in TOLD]
        if concerning:
            _tell(session, concerning, now, zone, mail=mail)
        ids = [event.id for event in events]
        session.execute(update(Event).where(Event.id.in_(ids)).values(noticed_at=now))
    return len(events) == BATCH


def _waiting(now: datetime) -> Select[Event]:
    """What nobody was told of, and may be told of now."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    ripe = or_(Event.type.not_in(BY_THE_HOUR), Event.occurred_at < this_hour)
    return select(Event).where(Event.noticed_at.is_(None), ripe)


def _tell(session: Session, events: Sequence[Event], now: datetime, zone: tzinfo, *, mail: bool) -> None:
    around = _around(session, events)
    rows = [
        {
            "person_id": person,
            "course_id": event.course_id,
            "activity_id": event.activity_id,
            "contribution_id": _contribution(event, around),
            "comment_id": _comment(event, around),
            "event_id": event.id,
            "kind": kind,
            "told_at": now,
            "read_at": None,
            "mail_at": None,
        }
        for event in events
        for person, kind in told(event, around).items()
    ]
    rows = _first_of_each(_new(session, rows))
    if rows and mail:
        _choose_mail(session, rows, now, zone)
    if rows:
        session.execute(insert(News), rows)


def _around(session: Session, events: Sequence[Event]) -> Around:
    """Four statements."""
    works = {UUID(e.facts["contribution"]) if "contribution" in e.facts else e.entity for e in events}
    named = {
        UUID(e.facts[key]) for e in events for key in ("thread", "answer", "comment") if e.facts.get(key)
    }
    said = {event.entity for event in events} | named
    comments = {
        row.id: (row.author_id, row.thread_id)
        for row in session.execute(
            select(Comment.id, Comment.author_id, Comment.thread_id).where(Comment.id.in_(said))
        )
    }
    speakers: dict[UUID, list[UUID]] = defaultdict(list)
    spoke = select(Comment.id, Comment.thread_id, Comment.author_id, Comment.said_at)
    in_them = or_(Comment.thread_id.in_(named), Comment.id.in_(named)), Comment.taken_back_at.is_(None)
    for row in session.execute(spoke.where(*in_them).order_by(Comment.said_at.desc())):
        thread = speakers[row.thread_id or row.id]
        if row.author_id not in thread and len(thread) < SPEAKERS:
            thread.append(row.author_id)
    courses = {event.course_id for event in events if event.type is EventType.MODERATED}
    staff: dict[UUID, list[UUID]] = defaultdict(list)
    if courses:
        teaching = Enrolment.course_id.in_(courses), Enrolment.role.in_(STAFF), Enrolment.active.is_(True)
        for course, person in session.execute(
            select(Enrolment.course_id, Enrolment.person_id).where(*teaching)
        ):
            staff[course].append(person)
    wrote = {work: [person for person, _ in who] for work, who in writers(session, works).items()}
    return Around(wrote, comments, speakers, staff)


def _new(session: Session, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without those who left, and those who have the same unread: of a comment, or of a page's versions."""
    people = {row["person_id"] for row in rows}
    here = {
        (course, person)
        for course, person in session.execute(
            select(Enrolment.course_id, Enrolment.person_id).where(
                Enrolment.person_id.in_(people), Enrolment.active.is_(True)
            )
        )
    }
    comments = {row["comment_id"] for row in rows} - {None}
    pages = {row["contribution_id"] for row in rows if row["kind"] is NewsKind.VERSION}
    known = {
        (person, comment, None if comment else work)
        for person, comment, work in session.execute(
            select(News.person_id, News.comment_id, News.contribution_id).where(
                News.person_id.in_(people),
                News.read_at.is_(None),
                or_(
                    News.comment_id.in_(comments),
                    and_(News.kind == NewsKind.VERSION, News.contribution_id.in_(pages)),
                ),
            )
        )
    }
    return [
        row
        for row in rows
        if (row["course_id"], row["person_id"]) in here and not (row["kind"] in ONCE and _key(row) in known)
    ]


# What somebody is told once until they have read it: being named in the reply to them, a page changed again.
ONCE = frozenset({NewsKind.MENTION, NewsKind.VERSION})


def _first_of_each(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same within one batch."""
    seen: set[tuple[Any, ...]] = set()
    kept = []
    for row in rows:
        if row["kind"] in ONCE and _key(row) in seen:
            continue
        seen.add(_key(row))
        kept.append(row)
    return kept


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    comment = row["comment_id"]
    return row["person_id"], comment, None if comment else row["contribution_id"]


def _choose_mail(session: Session, rows: list[dict[str, Any]], now: datetime, zone: tzinfo) -> None:
    """When each is to be told by mail: what the person chose, the next morning where they chose nothing."""
    people = {row["person_id"] for row in rows}
    reachable = select(Person.id, MailChoice).join(MailChoice, isouter=True)
    choices = dict(session.execute(reachable.where(Person.id.in_(people), Person.email != "")).all())
    for row in rows:
        if row["person_id"] in choices:
            row["mail_at"] = mail_at(choices[row["person_id"]], row["kind"], now, zone)


def _contribution(event: Event, around: Around) -> UUID | None:
    work = UUID(event.facts["contribution"]) if "contribution" in event.facts else event.entity
    return work if work in around.writers else None


def _comment(event: Event, around: Around) -> UUID | None:
    for name in ("comment", "answer"):
        if event.facts.get(name):
            said = UUID(event.facts[name])
            return said if said in around.comments else None
    return event.entity if event.entity in around.comments else None


def _speaker(around: Around, comment: UUID) -> tuple[UUID, ...]:
    return (around.comments[comment][0],) if comment in around.comments else ()
