"""What somebody does with their news: read it, and choose what comes by mail."""

from collections.abc import Collection
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import Visit
from ..people.models import Person
from .mailtimes import USUAL
from .models import Frequency, MailChoice, News, NewsKind

NO_KEY = N_("This link is not valid any more. Choose your mail in the activity.")


def read(
    session: Session, visit: Visit, *, contribution: UUID | None = None, news: int | None = None
) -> None:
    """Note that the visitor has read their news in this course: all, one, or all about a contribution."""
    mine = [News.person_id == visit.person_id, News.course_id == visit.course(), News.read_at.is_(None)]
    if contribution:
        mine.append(News.contribution_id == contribution)
    if news is not None:
        mine.append(News.id == news)
    session.execute(update(News).where(*mine).values(read_at=clock.now(), mail_at=None))


def choose(
    session: Session, person_id: UUID, frequency: Frequency, without: Collection[NewsKind] = ()
) -> None:
    """Choose how often mail comes, and about what it does not. What waits and is unwanted now never comes."""
    choice = chosen(session, person_id)
    choice.frequency, choice.without = frequency, sorted(kind.value for kind in without)
    waiting = News.person_id == person_id, News.mail_at.is_not(None)
    unwanted = waiting if frequency is Frequency.OFF else (*waiting, News.kind.in_(without))
    session.execute(update(News).where(*unwanted).values(mail_at=None))


def chosen(session: Session, person_id: UUID) -> MailChoice:
    """What somebody chose, made of what is usual when they have not."""
    choice = session.get(MailChoice, person_id)
    if choice is None:
        choice = MailChoice(person_id=person_id, frequency=USUAL, without=[], key=uuid4())
        session.add(choice)
        session.flush()
    return choice


def stop(session: Session, key: UUID) -> str:
    """Stop somebody's mail, by the key in one; their language, to tell them so.

    Raises:
        NotFoundError: the key is nobody's.

    """
    found = session.execute(
        select(MailChoice.person_id, Person.locale)
        .join(Person, Person.id == MailChoice.person_id)
        .where(MailChoice.key == key)
    ).one_or_none()
    if found is None:
        raise NotFoundError(NO_KEY)
    choose(session, found.person_id, Frequency.OFF)
    return str(found.locale)
