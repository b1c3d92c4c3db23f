"""Who is told what: from the journal to what is new for each person. The worker does it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from xapi.statements import statement_id

from ..activities.models import Activity
from ..contributions.authors import writers
from ..kernel import clock
from ..kernel.database import Database
from ..kernel.journal import Event, EventType
from ..people.models import Enrolment, Person
from .comments import STAFF
from .mailtimes import mail_at
from .models import Comment, MailChoice, News, NewsKind
from .telling import TOLD, Around, told

BATCH = 200  # events in one transaction
SPEAKERS = 50  # of a thread, the latest, who are told of one more reply

# The moment at which a review, or the answer to it, comes would tell who sat down to write it: these come at
# full hours. So does a new version that reviewers are told of.
BY_THE_HOUR = frozenset({EventType.REVIEWED, EventType.RATED})
CHANGEABLE = timedelta(minutes=15)  # so long a review may still be changed: who is told finds the last word
FOR_STAFF = frozenset({EventType.MODERATED, EventType.FLAGGED})


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
        held = _held(session, events, now)
        concerning = [event for event in events if event.id not in held]
        if concerning:
            _tell(session, concerning, now, zone, mail=mail)
        ids = [event.id for event in events]
        session.execute(update(Event).where(Event.id.in_(ids)).values(noticed_at=now))
    return len(events) == BATCH


def _waiting(now: datetime) -> Select[Event]:
    """What nobody was told of, and may be told of now."""
    this_hour = (now - CHANGEABLE).replace(minute=0, second=0, microsecond=0)
    at_once = Event.type.not_in(BY_THE_HOUR), Event.facts["tell"].as_string().is_(None)
    ripe = or_(and_(*at_once), Event.occurred_at < this_hour)
    return select(Event).where(Event.noticed_at.is_(None), Event.type.in_(TOLD), ripe)


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
        choose_mail(session, rows, now, zone)
    if rows:
        session.execute(insert(News), rows)


def _around(session: Session, events: Sequence[Event]) -> Around:
    """Five statements at most."""
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
    courses = {event.course_id for event in events if event.type in FOR_STAFF}
    staff: dict[UUID, list[UUID]] = defaultdict(list)
    if courses:
        teaching = Enrolment.course_id.in_(courses), Enrolment.role.in_(STAFF), Enrolment.active.is_(True)
        for course, person in session.execute(
            select(Enrolment.course_id, Enrolment.person_id).where(*teaching)
        ):
            staff[course].append(person)
    wrote = {work: [person for person, _ in who] for work, who in writers(session, works).items()}
    return Around(wrote, comments, speakers, staff, _flagged_by(session, events))


def _held(session: Session, events: Iterable[Event], now: datetime) -> set[int]:
    """The reviews among the events that may not be read yet: their release is told. One statement at most."""
    reviews = [event for event in events if event.type is EventType.REVIEWED]
    if not reviews:
        return set()
    waits = or_(Activity.feedback_held, Activity.feedback_from > now)
    places = set(
        session.scalars(select(Activity.id).where(Activity.id.in_({e.activity_id for e in reviews}), waits))
    )
    return {event.id for event in reviews if event.activity_id in places}


def _flagged_by(session: Session, events: Iterable[Event]) -> dict[UUID, UUID]:
    """Who raised the flags that were settled, by the journal. One statement, none where none was."""
    settled = [event for event in events if event.type is EventType.SETTLED]
    raised = [statement_id(each.tenant_id, EventType.FLAGGED.value, each.entity, 0) for each in settled]
    if not raised:
        return {}
    query = select(Event.entity, Event.person_id).where(Event.statement_id.in_(raised))
    return dict(session.execute(query).all())


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
    works = {row["contribution_id"] for row in rows if row["kind"] in ONCE_FOR_A_WORK}
    known = {
        _key({"person_id": person, "comment_id": comment, "contribution_id": work, "kind": kind})
        for person, comment, work, kind in session.execute(
            select(News.person_id, News.comment_id, News.contribution_id, News.kind).where(
                News.person_id.in_(people),
                News.read_at.is_(None),
                or_(
                    News.comment_id.in_(comments),
                    and_(News.kind.in_(ONCE_FOR_A_WORK), News.contribution_id.in_(works)),
                ),
            )
        )
    }
    return [
        row
        for row in rows
        if (row["course_id"], row["person_id"]) in here and not (row["kind"] in ONCE and _key(row) in known)
    ]


# What somebody is told once until they have read it: being named in the reply to them, a page changed again,
# an author who says one more thing of one's review.
ONCE_FOR_A_WORK = frozenset({NewsKind.VERSION, NewsKind.APPRAISAL})
ONCE = ONCE_FOR_A_WORK | {NewsKind.MENTION}


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
    return row["person_id"], comment, None if comment else (row["contribution_id"], row["kind"])


def choose_mail(session: Session, rows: list[dict[str, Any]], now: datetime, zone: tzinfo) -> None:
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
