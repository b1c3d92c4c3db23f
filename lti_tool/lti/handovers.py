"""A visit moves to a window of its own, where the browser keeps its cookie: by a code that works once."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.permissions import Visit
from ..kernel.secrets import digest, random_token
from ..people.models import Enrolment, Person
from .models import Handover, Launch
from .refusals import LaunchRefusedError
from .visits import visit_of

LIFETIME = timedelta(minutes=5)


def offer(session: Session, visit: Visit) -> str:
    """A new code for this visit."""
    code = random_token()
    session.execute(delete(Handover).where(Handover.expires_at < clock.now()))
    session.add(
        Handover(
            code=digest(code),
            launch_id=visit.launch_id,
            expires_at=clock.now() + LIFETIME,
            used_at=None,
        )
    )
    return code


def name_behind(session: Session, code: str) -> str:
    """Whose visit a code opens. Raises LaunchRefusedError: window-over."""
    found = session.scalar(
        select(Person.name)
        .join(Launch, Launch.person_id == Person.id)
        .join(Handover, Handover.launch_id == Launch.id)
        .where(Handover.code == digest(code), _usable())
    )
    if found is None:
        raise LaunchRefusedError("window-over", status=403)
    return found


def enter(session: Session, code: str, hours: int) -> tuple[Visit, str]:
    """Use a code up: a launch of its own, equal to the first, and the secret for its cookie.

    Args:
        session: a transaction.
        code: as `offer` gave it.
        hours: how long a visit lasts, from the launch on.

    Raises:
        LaunchRefusedError: window-over, also for the slower of two.

    """
    used = update(Handover).where(Handover.code == digest(code), _usable()).values(used_at=clock.now())
    launch_id = session.scalar(used.returning(Handover.launch_id))
    first = session.get(Launch, launch_id) if launch_id else None
    if first is None or first.expires_at < clock.now():
        raise LaunchRefusedError("window-over", status=403)
    secret = random_token()
    same = {column.key: getattr(first, column.key) for column in Launch.__mapper__.column_attrs}
    launch = Launch(
        **same
        | {
            "id": random_token()[:32],
            "cookie": digest(secret),
            "by_address": False,
            "expires_at": first.created_at + timedelta(hours=hours),
        }
    )
    session.add(launch)
    session.flush()
    person = session.get_one(Person, first.person_id)
    enrolment = session.get(Enrolment, (first.course_id, first.person_id)) if first.course_id else None
    active = enrolment is not None and enrolment.active
    return visit_of(launch, person.name, person.locale, active=active), secret


def _usable() -> ColumnElement[bool]:
    return and_(Handover.used_at.is_(None), Handover.expires_at > clock.now())
