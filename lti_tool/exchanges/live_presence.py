"""Who is here now, where an instructor lets people see it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ScalarSelect, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..activities.models import Activity, Placement
from ..activities.queries import here as at_link
from ..kernel import clock
from ..kernel.database import Database
from ..kernel.permissions import May, Visit
from ..lti.models import Launch
from ..people.models import Enrolment, Person
from .models import Presence

FRESH = timedelta(seconds=45)  # the roll is called every 30
KEPT = timedelta(minutes=2)
NAMES = 12


class Here(NamedTuple):
    """Who is here now with the visitor: how many, the visitor too, and the names that may be shown."""

    people: int
    names: list[str]


def shown(visit: Visit) -> tuple[ScalarSelect[UUID], ScalarSelect[bool]]:
    """As parts of a query: the visit's activity if it shows who is here, and whether it names peers."""
    activity = select(Activity.id).join(Placement).where(at_link(visit), Activity.presence)
    return activity.scalar_subquery(), activity.with_only_columns(Activity.named).scalar_subquery()


def here_now(session: Session, visit: Visit, activity: UUID, *, named: bool) -> Here:
    """Who looks at an activity; their names if it is `named`, or for staff. One statement."""
    others = (
        select(Person.name, func.count().over())
        .join(Presence, Presence.person_id == Person.id)
        .join(Enrolment, (Enrolment.person_id == Person.id) & (Enrolment.course_id == visit.course_id))
        .where(
            Presence.activity_id == activity,
            Presence.seen_at > clock.now() - FRESH,
            Presence.person_id != visit.person_id,
            Enrolment.test_user == visit.test_user,
        )
    )
    rows = session.execute(others.order_by(Person.name, Person.id).limit(NAMES)).all()
    names = [name for name, _ in rows if name] if named or visit.may(May.SEE_PEOPLE) else []
    return Here(1 + (rows[0][1] if rows else 0), names)


def attendance(
    database: Database, here: Sequence[tuple[str, UUID | None, UUID]]
) -> tuple[set[str], dict[UUID, int]]:
    """Which launches are over; note who is where; how many are in each place that shows it.

    Three statements, and a transaction of two more where somebody is in such a place.
    """
    launches = {launch for launch, _, _ in here}
    with database.read() as reading:
        good = select(Launch.id).where(Launch.id.in_(launches), Launch.expires_at > clock.now())
        over = launches - set(reading.scalars(good))
        places = {place for launch, place, _ in here if place and launch not in over}
        shown = set(reading.scalars(select(Activity.id).where(Activity.id.in_(places), Activity.presence)))
    if not shown:
        return over, {}
    present = {(place, person) for launch, place, person in here if place in shown and launch not in over}
    with database.write() as session:
        _note(session, present)
        query = (
            select(Presence.activity_id, func.count())
            .where(Presence.activity_id.in_(shown), Presence.seen_at > clock.now() - FRESH)
            .group_by(Presence.activity_id)
        )
        return over, dict(session.execute(query).tuples().all())


def _note(session: Session, present: set[tuple[UUID, UUID]]) -> None:
    now = clock.now()
    session.execute(delete(Presence).where(Presence.seen_at < now - KEPT))
    rows: list[dict[str, Any]] = [
        {"activity_id": place, "person_id": person, "seen_at": now}
        for place, person in sorted(present)  # in one order, so that no two wait for each other
    ]
    insert: Any = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(Presence)
    again = insert.on_conflict_do_update(
        index_elements=[Presence.activity_id, Presence.person_id], set_={"seen_at": insert.excluded.seen_at}
    )
    session.execute(again, rows)
