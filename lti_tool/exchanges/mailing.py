"""Mail that is due, person by person: each gets one message, and is noted as told when the server took it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from uuid import UUID, uuid5

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from xapi.identity import course_iri

from ..kernel import clock
from ..kernel.database import Database
from ..kernel.i18n import choose_language
from ..kernel.mail import Connection, Mailer, MailError, MailRefusedError, is_address, message
from ..people.models import Course, Deployment, Person, Platform
from . import news_actions
from .digests import Digest, Place, digest
from .models import News
from .news_queries import due

log = structlog.get_logger(__name__)

BATCH = 50  # people by one connection
READ = 500  # pieces of news of one person
PAUSE = timedelta(minutes=10)  # after the server took nothing


def due_people(session: Session, now: datetime) -> list[UUID]:
    """Some of the people to whom mail is due. One statement."""
    query = select(News.person_id).where(News.mail_at <= now).group_by(News.person_id).limit(BATCH)
    return list(session.scalars(query))


def send_due(database: Database, mailer: Mailer, base_url: str) -> bool:
    """Send what is due to some people; whether there may be more.

    A server that takes nothing is left in peace for PAUSE, and nothing is lost. What was taken just before
    this process was killed goes again, as the same message.

    Args:
        database: the tool's.
        mailer: the mail server.
        base_url: the tool's address, for the link that stops mail.

    """
    now = clock.now()
    with database.read() as session:
        people = due_people(session, now)
    if not people:
        return False
    try:
        with mailer.connection() as connection:
            for person in people:
                _send(database, mailer, connection, person, base_url, now)
    except MailError as error:
        log.warning("mail waits", problem=str(error)[:300])
        with database.write() as session:
            session.execute(update(News).where(News.mail_at <= now).values(mail_at=now + PAUSE))
        return False
    return len(people) == BATCH


def _send(
    database: Database, mailer: Mailer, connection: Connection, person_id: UUID, base_url: str, now: datetime
) -> None:
    """Send a person their mail. Raises MailError when the server does not take it: it is due again later."""
    again = now + PAUSE
    with database.write() as session:
        mail = _claimed(session, mailer, person_id, base_url, now, again)
    if mail:  # outside of any transaction: a slow server holds up nobody's writing
        try:
            connection.send(mail)
        except MailRefusedError as error:
            log.warning("mail refused", person=str(person_id), problem=str(error)[:300])
    with database.write() as session:
        told = News.person_id == person_id, News.mail_at == again
        session.execute(update(News).where(*told).values(mail_at=None))


def _claimed(
    session: Session, mailer: Mailer, person_id: UUID, base_url: str, now: datetime, again: datetime
) -> EmailMessage | None:
    """A person's mail, which is nobody else's to send until `again`; None when there is nothing to send."""
    person = session.scalar(select(Person).where(Person.id == person_id).with_for_update(skip_locked=True))
    if person is None:
        return None
    language = choose_language([person.locale])
    items = due(session, person_id, language, now, READ)
    waiting = News.person_id == person_id, News.mail_at <= now
    session.execute(update(News).where(*waiting).values(mail_at=again))
    if not items or not is_address(person.email):
        return None
    choice = news_actions.chosen(session, person_id)
    stop_url = f"{base_url}/mail/stop?key={choice.key}"
    places = _places(session, {item.course_id for item in items})
    words = digest(items, places, language, choice.frequency, stop_url)
    return _message(mailer, person, words, items[-1].id, stop_url)


def _message(mailer: Mailer, person: Person, words: Digest, last: int, stop_url: str) -> EmailMessage:
    made = message(
        sender=mailer.sender,
        to=person.email,
        subject=words.subject,
        plain=words.plain,
        html=words.html,
        number=uuid5(person.id, str(last)),
    )
    made["List-Unsubscribe"] = f"<{stop_url}>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return made


def _places(session: Session, courses: Collection[UUID]) -> Mapping[UUID, Place]:
    """The courses; only Moodle's have an address that can be known."""
    rows = session.execute(
        select(Course.id, Course.title, Course.context_id, Platform.issuer, Platform.product)
        .join(Deployment, Deployment.id == Course.tenant_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(Course.id.in_(courses))
    )
    return {
        row.id: Place(
            row.title,
            course_iri(row.issuer, row.context_id, row.product) if row.product == "moodle" else "",
        )
        for row in rows
    }
