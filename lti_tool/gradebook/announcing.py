"""Who is told that reviews or scores may be read now: those who have some, in batches. The worker does it."""

from datetime import tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select, union
from sqlalchemy.orm import Session

from ..contributions.models import Authorship
from ..exchanges.models import News, NewsKind
from ..exchanges.news import choose_mail
from ..kernel import clock
from ..kernel.database import Database
from ..kernel.journal import Event, EventType
from ..people.models import Enrolment
from ..reviews.models import Review
from .models import Score
from .releases import What
from .works import COUNTED

BATCH = 500  # people of one transaction


def announce(database: Database, zone: tzinfo, *, mail: bool) -> bool:
    """Tell the next people of the oldest release; return whether there was anything to do.

    Args:
        database: the tool's.
        zone: in which a day begins, for who gets mail once a day.
        mail: whether this installation sends any.

    """
    now = clock.now()
    with database.write() as session:
        event = session.scalar(
            select(Event)
            .where(Event.noticed_at.is_(None), Event.type == EventType.RELEASED)
            .order_by(Event.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if event is None:
            return False
        people = session.scalars(_untold(event).limit(BATCH)).all()
        rows = [_row(event, person) for person in people]
        if rows and mail:
            choose_mail(session, rows, now, zone)
        if rows:
            session.execute(insert(News), rows)
        if len(people) < BATCH:
            event.noticed_at = now
    return True


def waits(session: Session) -> bool:
    """Whether somebody is to be told. One statement."""
    untold = Event.noticed_at.is_(None), Event.type == EventType.RELEASED
    return session.scalar(select(Event.id).where(*untold).limit(1)) is not None


def _untold(event: Event) -> Select[Any]:
    """Learners who have what was released, and were not told of it."""
    here = Review.activity_id == event.activity_id
    concerned: Any = (
        select(Score.person_id).where(Score.activity_id == event.activity_id, Score.withheld.is_(False))
        if event.facts["what"] == What.SCORES
        else union(
            select(Review.author_id).where(here, *COUNTED),
            select(Authorship.person_id)
            .join(Review, Review.contribution_id == Authorship.contribution_id)
            .where(here, *COUNTED),
        )
    )
    told = select(News.id).where(News.event_id == event.id, News.person_id == Enrolment.person_id)
    return (
        select(Enrolment.person_id)
        .where(
            Enrolment.course_id == event.course_id,
            Enrolment.active.is_(True),
            Enrolment.test_user.is_(False),
            Enrolment.person_id.in_(concerned),
            Enrolment.person_id != event.person_id,
            ~told.exists(),
        )
        .order_by(Enrolment.person_id)
    )


def _row(event: Event, person_id: UUID) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "course_id": event.course_id,
        "activity_id": event.activity_id,
        "contribution_id": None,
        "comment_id": None,
        "event_id": event.id,
        "kind": NewsKind.RELEASED,
        "told_at": clock.now(),
        "read_at": None,
        "mail_at": None,
    }
