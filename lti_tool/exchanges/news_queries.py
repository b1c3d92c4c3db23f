"""What is new for somebody, as pages and mail tell it. Each function is one SQL statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.models import Contribution, ContributionState
from ..kernel.i18n import catalogue
from ..kernel.journal import Event, EventType
from ..kernel.markup import unmarked
from ..kernel.permissions import May, Visit
from ..people.models import Enrolment, Person
from .comments import STAFF
from .models import Comment, MailChoice, News, NewsKind
from .news_words import sentence

PAGE = 20
COUNTED = 99  # news that the bell counts
EXCERPT = 160  # characters of a comment
# Told also of what peers do not read, and of nothing that was shared.
ANYWAY = (NewsKind.MODERATION, NewsKind.FLAG, NewsKind.RELEASED, NewsKind.REMINDER)
Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news, told to its reader."""

    id: int
    kind: NewsKind
    event: EventType
    activity_id: UUID
    activity: str
    course_id: UUID
    contribution_id: UUID | None
    comment_id: UUID | None
    thread_id: UUID | None
    sentence: str
    excerpt: str
    told_at: datetime
    new: bool
    of_review: bool = False  # it is about a review that the reader received


def unread(session: Session, visit: Visit) -> int:
    """How much is new for the visitor in this course, COUNTED at most."""
    some = _stands(select(News.id)).where(*_mine(visit), News.read_at.is_(None)).limit(COUNTED)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def page(session: Session, visit: Visit, before: int | None = None) -> tuple[list[Item], int | None]:
    """A page of the visitor's news in this course, the newest first, and before which the next one ends."""
    query = _told().where(*_mine(visit)).order_by(News.id.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(News.id < before)
    items = tell(session, query, visit.locale, sees_all=visit.may(May.SEE_ALL_WORK))
    return items[:PAGE], items[PAGE - 1].id if len(items) > PAGE else None


def one(session: Session, visit: Visit, news_id: int) -> Item | None:
    """One piece of the visitor's news in this course."""
    query = _told().where(*_mine(visit), News.id == news_id)
    return next(iter(tell(session, query, visit.locale, sees_all=visit.may(May.SEE_ALL_WORK))), None)


def mail_choice(session: Session, person_id: UUID) -> MailChoice | None:
    """What somebody chose about mail, if they have."""
    return session.get(MailChoice, person_id)


def due(session: Session, person_id: UUID, language: str, now: datetime, most: int) -> list[Item]:
    """What somebody is to be told by mail now and has not read yet, the oldest first."""
    mine = News.person_id == person_id, News.mail_at <= now, News.read_at.is_(None)
    return tell(session, _told().where(*mine).order_by(News.id).limit(most), language)


def tell(session: Session, query: Rows, language: str, *, sees_all: bool = False) -> list[Item]:
    """News as their reader may know it: a peer has a name where the activity is `named`, staff always."""
    _ = catalogue(language).gettext
    items = []
    for row in session.execute(query):
        news: News = row.News
        named = sees_all or row.named or row.role in STAFF
        text = unmarked(row.text or "")
        items.append(
            Item(
                id=news.id,
                kind=news.kind,
                event=row.type,
                activity_id=news.activity_id,
                activity=row.activity,
                course_id=news.course_id,
                contribution_id=news.contribution_id,
                comment_id=news.comment_id,
                thread_id=row.thread_id,
                sentence=sentence(
                    news.kind, row.type, row.facts, row.name if named else "", row.title or "", _
                ),
                excerpt=text if len(text) <= EXCERPT else text[: EXCERPT - 1].rstrip() + "…",
                told_at=news.told_at,
                new=news.read_at is None,
                of_review=bool(row.facts.get("of_review")),
            )
        )
    return items


def _told() -> Rows:
    """News with what is told of it."""
    query = select(
        News,
        Event.type,
        Event.facts,
        Activity.title.label("activity"),
        Activity.named,
        Contribution.title,
        Comment.text,
        Comment.thread_id,
        Person.name,
        Enrolment.role,
    )
    return (
        _stands(query.select_from(News))
        .join(Event, Event.id == News.event_id)
        .join(Activity, Activity.id == News.activity_id)
        .join(Person, Person.id == Event.person_id)
        .join(
            Enrolment,
            and_(Enrolment.course_id == News.course_id, Enrolment.person_id == Event.person_id),
            isouter=True,
        )
    )


def _stands(query: Rows) -> Rows:
    """Without what was said about something that is no longer there to read."""
    there = and_(Contribution.state == ContributionState.SHARED, Contribution.hidden_at.is_(None))
    said = and_(Comment.taken_back_at.is_(None), Comment.hidden_at.is_(None))
    return (
        query.join(Contribution, Contribution.id == News.contribution_id, isouter=True)
        .join(Comment, Comment.id == News.comment_id, isouter=True)
        .where(or_(News.kind.in_(ANYWAY), and_(there, or_(Comment.id.is_(None), said))))
    )


def _mine(visit: Visit) -> tuple[ColumnElement[bool], ...]:
    return News.person_id == visit.person_id, News.course_id == visit.course()
