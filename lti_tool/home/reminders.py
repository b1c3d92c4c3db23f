"""Reminders that an instructor asks for: whom they reach, what they say, and when the last one went."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..exchanges.reminder_words import reminded
from ..kernel import clock, journal
from ..kernel.errors import ConflictError
from ..kernel.i18n import LANGUAGES, N_, catalogue
from ..kernel.journal import EventType
from ..kernel.permissions import May, Visit
from ..people.models import Person
from . import undone
from .models import Reminder, ReminderKind

PAGE = 50  # people on a page of a preview
TWICE = timedelta(minutes=1)  # one asked for again so soon is the same


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom a reminder reaches, by name and a page of them, and its words by language."""

    count: int
    people: list[tuple[UUID, str]]
    after: tuple[str, UUID] | None
    words: dict[str, str]
    last: Reminder | None


def preview(
    session: Session,
    visit: Visit,
    activity: Activity,
    kind: ReminderKind,
    after: tuple[str, UUID] | None = None,
) -> Preview:
    """What a reminder would be now. Four statements.

    Args:
        session: a reading session.
        visit: an instructor.
        activity: theirs.
        kind: of what people are reminded.
        after: the key (name, id) of the last person of the page before.

    Raises:
        NotAllowedError: the visitor does not see all work.

    """
    visit.require(May.SEE_ALL_WORK)
    concerned = undone.to_remind(activity, kind, clock.now())
    query = (
        select(Person.id, Person.name)
        .where(Person.id.in_(concerned))
        .order_by(Person.name, Person.id)
        .limit(PAGE + 1)
    )
    if after:
        name, last_id = after
        query = query.where(or_(Person.name > name, and_(Person.name == name, Person.id > last_id)))
    people = [(row.id, row.name) for row in session.execute(query)]
    more = (people[PAGE - 1][1], people[PAGE - 1][0]) if len(people) > PAGE else None
    said = facts(session, activity, kind)
    words = {language: reminded(said, catalogue(language).gettext) for language in LANGUAGES}
    return Preview(
        count(session, activity, kind), people[:PAGE], more, words, last(session, activity.id, kind)
    )


def remind(session: Session, visit: Visit, activity: Activity, kind: ReminderKind) -> Reminder:
    """Have the worker remind those who have not done it. Asked for twice in a moment it is done once.

    Raises:
        NotAllowedError: the visitor does not see all work.
        ConflictError: there is nobody to remind.

    """
    visit.require(May.SEE_ALL_WORK)
    session.scalar(select(Activity.id).where(Activity.id == activity.id).with_for_update())
    now = clock.now()
    same = select(Reminder).where(
        Reminder.activity_id == activity.id,
        Reminder.kind == kind,
        Reminder.occasion == "",
        or_(Reminder.sent_at.is_(None), Reminder.asked_at > now - TWICE),
    )
    if there := session.scalar(same.limit(1)):
        return there
    if not count(session, activity, kind):
        raise ConflictError(N_("There is nobody to remind now."), code="nobody-to-remind")
    reminder = Reminder(activity_id=activity.id, kind=kind, by_id=visit.person_id, asked_at=now)
    session.add(reminder)
    session.flush()
    said = facts(session, activity, kind)
    journal.record_act(session, visit, EventType.REMINDED, activity.id, reminder.id, facts=said)
    return reminder


def count(session: Session, activity: Activity, kind: ReminderKind) -> int:
    """How many people a reminder reaches now. One statement."""
    concerned = undone.to_remind(activity, kind, clock.now()).subquery()
    return session.scalar(select(func.count()).select_from(concerned)) or 0


def last(session: Session, activity_id: UUID, kind: ReminderKind) -> Reminder | None:
    """The last reminder that reached somebody, or that is under way. One statement."""
    some = or_(Reminder.told > 0, Reminder.sent_at.is_(None))
    return session.scalar(
        select(Reminder)
        .where(Reminder.activity_id == activity_id, Reminder.kind == kind, some)
        .order_by(Reminder.asked_at.desc())
        .limit(1)
    )


def facts(session: Session, activity: Activity, kind: ReminderKind, when: str = "") -> dict[str, Any]:
    """What a reminder tells everybody, as a line of the journal keeps it. One statement at most."""
    waiting = session.scalar(select(undone.waiting(activity))) if kind is ReminderKind.REVIEW else 0
    return {"what": kind.value, "waiting": waiting or 0, "when": when}


def of(text: str) -> ReminderKind | None:
    """The kind that an address names, if there is one."""
    return ReminderKind(text) if text in set(ReminderKind) else None
