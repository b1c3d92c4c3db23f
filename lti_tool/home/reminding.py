"""The worker's part of reminders: a date makes its own, and each reaches its people in batches."""

from datetime import datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import and_, insert, literal, select, union_all
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from xapi.statements import statement_id

from ..activities.dates import zone_named
from ..activities.models import Activity, Extension
from ..exchanges.models import News, NewsKind
from ..exchanges.news import choose_mail
from ..kernel import clock, journal
from ..kernel.database import Database
from ..kernel.journal import Event, EventType
from ..people.models import Course, Enrolment
from . import undone
from .models import Reminder, ReminderKind
from .reminders import facts

BATCH = 500  # people of one transaction
BEFORE = timedelta(hours=48)
DAWN = time(5)  # of the last day: before the mail of that morning


def remind_due(database: Database, zone: tzinfo, *, mail: bool) -> bool:
    """Make the reminders whose time has come, and tell the next people of one; whether there is more.

    Args:
        database: the tool's.
        zone: of activities that have none of their own, and in which a day of mail begins.
        mail: whether this installation sends any.

    """
    with database.write() as session:
        make_due(session, clock.now(), zone)
    with database.write() as session:
        return _tell(session, zone, mail=mail)


def occasion(deadline: datetime, opened_at: datetime, now: datetime, zone: tzinfo) -> str:
    """Which of a date's own reminders is due: "48h" before it, "day" on its last day; empty: none now. Pure.

    Where the date is in the small hours, its last day is the one before. What opened later than a reminder
    was due goes without.
    """
    here = deadline.astimezone(zone)
    dawn = datetime.combine(here.date(), DAWN, zone)
    if dawn > deadline - timedelta(hours=1):
        dawn = datetime.combine(here.date() - timedelta(days=1), DAWN, zone)
    if dawn <= now < deadline and opened_at <= dawn:
        return "day"
    if deadline - BEFORE <= now < dawn and opened_at <= deadline - BEFORE:
        return "48h"
    return ""


def make_due(session: Session, now: datetime, zone: tzinfo) -> None:
    """Make the reminders of dates that come near, each once, wherever an instructor wants them."""
    dates = session.execute(_dates(now)).all()
    ids = {activity_id for _kind, activity_id, _date in dates}
    activities = {each.id: each for each in session.scalars(select(Activity).where(Activity.id.in_(ids)))}
    made = select(Reminder.activity_id, Reminder.kind, Reminder.occasion)
    there = {tuple(row) for row in session.execute(made.where(Reminder.activity_id.in_(ids)))}
    for kind, activity_id, deadline in dates:
        activity = activities[activity_id]
        when = occasion(deadline, activity.opened_at or now, now, zone_named(activity.zone, zone))
        key = f"{when} {deadline.isoformat()}"
        if when and (activity_id, kind, key) not in there:
            _make(session, activity, Reminder(kind=kind, occasion=key, asked_at=now), when)


def _make(session: Session, activity: Activity, reminder: Reminder, when: str) -> None:
    reminder.activity_id = activity.id
    try:
        with session.begin_nested():
            session.add(reminder)
    except IntegrityError:  # another worker made it in between
        return
    journal.record(
        session,
        EventType.REMINDED,
        tenant=_tenant(session, activity),
        course=activity.course_id,
        activity=activity.id,
        person=activity.creator_id,
        entity=reminder.id,
        facts=facts(session, activity, reminder.kind, when),
    )


def _dates(now: datetime) -> Any:
    """The dates within BEFORE of what is open and reminds by itself: everybody's, and people's own."""
    here = Activity.reminders, Activity.opened_at <= now, Activity.closed_at.is_(None)
    near = []
    for kind in ReminderKind:
        of_all, own = undone.DATES[kind], undone.OWN_DATES[kind]
        named = literal(kind, Reminder.kind.type).label("kind")
        near.append(select(named, Activity.id, of_all.label("date")).where(*here, *_near(of_all, now)))
        near.append(
            select(named, Activity.id, own)
            .join(Extension, and_(Extension.activity_id == Activity.id, own > of_all))
            .where(*here, *_near(own, now))
            .distinct()
        )
    return union_all(*near)


def _near(date: Any, now: datetime) -> tuple[Any, Any]:
    return date > now, date <= now + BEFORE


def _tell(session: Session, zone: tzinfo, *, mail: bool) -> bool:
    """Tell the next people of the oldest reminder that waits; whether there may be more."""
    reminder = session.scalar(
        select(Reminder)
        .where(Reminder.sent_at.is_(None))
        .order_by(Reminder.asked_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if reminder is None:
        return False
    activity = session.get_one(Activity, reminder.activity_id)
    line = statement_id(_tenant(session, activity), EventType.REMINDED.value, reminder.id, 0)
    event = session.scalars(select(Event).where(Event.statement_id == line)).one()
    now = clock.now()
    people = session.scalars(_untold(activity, reminder, event, now).limit(BATCH)).all()
    rows = [_row(event, person, now) for person in people]
    if rows and mail:
        choose_mail(session, rows, now, zone)
    if rows:
        session.execute(insert(News), rows)
    reminder.told += len(rows)
    if len(rows) < BATCH:
        reminder.sent_at = now
    return True


def _untold(activity: Activity, reminder: Reminder, event: Event, now: datetime) -> Any:
    told = select(News.id).where(News.event_id == event.id, News.person_id == Enrolment.person_id)
    deadline = datetime.fromisoformat(reminder.occasion.split()[1]) if reminder.occasion else None
    concerned = undone.to_remind(activity, reminder.kind, now, deadline)
    return concerned.where(~told.exists()).order_by(Enrolment.person_id)


def _row(event: Event, person_id: UUID, now: datetime) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "course_id": event.course_id,
        "activity_id": event.activity_id,
        "contribution_id": None,
        "comment_id": None,
        "event_id": event.id,
        "kind": NewsKind.REMINDER,
        "told_at": now,
        "read_at": None,
        "mail_at": None,
    }


def _tenant(session: Session, activity: Activity) -> UUID:
    return session.scalars(select(Course.tenant_id).where(Course.id == activity.course_id)).one()
