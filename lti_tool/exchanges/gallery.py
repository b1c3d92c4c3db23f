"""What a gallery shows: the cards of an activity or of a course, for one visitor. Bounded SQL statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from ..activities.models import Activity, Grading, Placement
from ..activities.phases import Door
from ..activities.queries import schedule
from ..contributions.authors import writes_in, wrote
from ..contributions.index import SearchEntry
from ..contributions.models import Attachment, Contribution, ContributionState
from ..kernel import clock
from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Visit
from ..people.models import Enrolment, Person
from .filters import PAGE, Asked, Place, Rows, marks, narrowed
from .naming import sees_names
from .reading import Answer, Reader, Work, may_read


class Nothing(StrEnum):
    """Why there is no card."""

    SHARED_YET = "shared-yet"
    FOUND = "found"
    LEFT_TO_READ = "left-to-read"


@dataclass(frozen=True, slots=True)
class Card:
    """A contribution as it is listed; `author` is for who sees names, as `named` says."""

    contribution: Contribution
    activity: Activity
    named: bool
    author: str
    mine: bool
    read: bool
    kept: bool
    needs_help: bool
    picture: Attachment | None


class Gallery(NamedTuple):
    """A page of cards, the contribution after which the next one begins, and why there are none."""

    cards: list[Card]
    after: UUID | None
    nothing: Nothing | None


def places(session: Session, visit: Visit, here: Activity) -> list[Place]:
    """The visit's activity and, of its course, those where the visitor wrote something; for staff, all.

    The visit's own comes first, then the newest. One statement.
    """
    shared = writes_in(Activity.id, visit.person_id, shared=True)
    query = select(Activity, shared).where(_takes_part(visit))
    rows = session.execute(query.order_by(Activity.id != here.id, Activity.created_at.desc(), Activity.id))
    return [Place(activity, _answer(visit, activity, has_shared)) for activity, has_shared in rows]


def place_of(session: Session, visit: Visit, contribution_id: UUID) -> Activity:
    """The activity of a contribution, if it is one of the visitor's `places`. One statement.

    Whether they may read it there is for `reading.may_read` to say.

    Raises:
        NotFoundError: it is of another one, or there is none.

    """
    activity = session.scalar(
        select(Activity)
        .join(Contribution, Contribution.activity_id == Activity.id)
        .where(Contribution.id == contribution_id, _takes_part(visit))
    )
    if activity is None:
        raise NotFoundError(N_("This contribution does not exist."))
    return activity


def gallery(session: Session, visit: Visit, here: Sequence[Place], asked: Asked) -> Gallery:
    """A page of cards from the places that are open to the visitor. Four statements at most.

    What is pinned comes first where one activity's gallery opens, and only there.

    Args:
        session: a reading session.
        visit: who looks.
        here: `places`, or the first of them: what is looked through.
        asked: the filters; a `person` counts where the visitor sees names.

    """
    after = asked.after and session.scalar(
        select(SearchEntry.id).where(
            SearchEntry.contribution_id == asked.after, SearchEntry.course_id == visit.course()
        )
    )
    everything = _cards(visit, here)
    pins = len(here) == 1 and asked.everything
    query = everything.where(Contribution.pinned_at.is_(None)) if pins else everything
    found = session.execute(narrowed(query, session, visit, here, asked, after or None)).all()
    listed = found[:PAGE]
    if pins and not asked.after:
        pinned = everything.where(Contribution.pinned_at.is_not(None))
        first = session.execute(pinned.order_by(Contribution.pinned_at.desc(), Contribution.id)).all()
        listed = [*first, *listed]
    pictures = _pictures(session, [row.Contribution.id for row in listed]) if listed else {}
    activities = {place.activity.id: place.activity for place in here}
    cards = [_card(visit, activities[row.Contribution.activity_id], row, pictures) for row in listed]
    if not cards:
        return Gallery([], None, _why(session, visit, here, asked))
    return Gallery(cards, cards[-1].contribution.id if len(found) > PAGE else None, None)


def picture(session: Session, visit: Visit, here: Sequence[Place], attachment_id: UUID) -> Attachment:
    """A picture of a contribution in the visitor's galleries. One statement.

    Raises:
        NotFoundError: there is none, or it is not for this visitor.

    """
    listed = _visible(select(Contribution.id).select_from(SearchEntry), visit, here)
    found = session.scalar(
        select(Attachment).where(
            Attachment.id == attachment_id,
            Attachment.media_type.startswith("image/"),
            Attachment.contribution_id.in_(listed.where(Contribution.id == Attachment.contribution_id)),
        )
    )
    if found is None:
        raise NotFoundError(N_("This file does not exist."))
    return found


def name_of(session: Session, visit: Visit, person_id: UUID) -> str | None:
    """The name of somebody of the course; None when nobody there is it. One statement."""
    query = select(Person.name).join(Enrolment, Enrolment.person_id == Person.id)
    return session.scalar(query.where(Person.id == person_id, Enrolment.course_id == visit.course()))


def _takes_part(visit: Visit) -> ColumnElement[bool]:
    of_course = Activity.course_id == visit.course()
    if visit.may(May.SEE_ALL_WORK):
        return of_course
    writes = writes_in(Activity.id, visit.person_id)
    linked = exists().where(
        Placement.activity_id == Activity.id, Placement.resource_link_id == visit.resource_link_id
    )
    return and_(of_course, or_(linked, writes))


def _answer(visit: Visit, activity: Activity, has_shared: bool) -> Answer:
    now, dates = clock.now(), schedule(activity)
    reader = Reader(visit.may(May.SEE_ALL_WORK), visit.may(May.TAKE_PART), False, has_shared)
    work = Work(
        shared=True,
        opened=dates.sharing(now) is not Door.NOT_YET,
        closed=dates.closed(now),
        graded=activity.grading is not Grading.NONE,
    )
    return may_read(reader, work)


def _visible(query: Rows, visit: Visit, here: Sequence[Place]) -> Rows:
    """A query of entries, kept to what the visitor may read; test users stay among themselves."""
    query = query.join(Contribution, Contribution.id == SearchEntry.contribution_id).where(
        Contribution.state == ContributionState.SHARED
    )
    readable = [place.activity.id for place in here if place.open]
    if len(here) == 1:
        query = query.where(SearchEntry.activity_id.in_(readable))
    else:
        query = query.where(SearchEntry.course_id == visit.course(), Contribution.activity_id.in_(readable))
    if not visit.may(May.SEE_ALL_WORK):
        query = query.where(or_(Contribution.hidden_at.is_(None), wrote(visit.person_id)))
        author = aliased(Enrolment, name="author")
        at_home = (author.course_id == visit.course()) & (author.person_id == Contribution.author_id)
        query = query.join(author, at_home).where(author.test_user == visit.test_user)
    return query


def _cards(visit: Visit, here: Sequence[Place]) -> Rows:
    mine, read, kept, needs_help = marks(visit)
    columns = select(
        Contribution,
        Person.name,
        mine.label("mine"),
        read.label("read"),
        kept.label("kept"),
        needs_help.label("needs_help"),
    )
    query = _visible(columns.select_from(SearchEntry), visit, here)
    query = query.join(Activity, Activity.id == Contribution.activity_id)
    return query.join(Person, Person.id == Contribution.author_id)


def _card(visit: Visit, activity: Activity, row: Any, pictures: Mapping[UUID, Attachment]) -> Card:
    named = sees_names(visit, activity) or row.Contribution.by_staff
    return Card(
        row.Contribution,
        activity,
        named,
        row.name if named else "",
        row.mine,
        row.read,
        row.kept,
        row.needs_help,
        pictures.get(row.Contribution.id),
    )


def _pictures(session: Session, contributions: Sequence[UUID]) -> dict[UUID, Attachment]:
    """The first picture of each contribution that has one."""
    query = select(Attachment).where(
        Attachment.contribution_id.in_(contributions), Attachment.media_type.startswith("image/")
    )
    last_first = session.scalars(query.order_by(Attachment.position.desc()))
    return {each.contribution_id: each for each in last_first}


def _why(session: Session, visit: Visit, here: Sequence[Place], asked: Asked) -> Nothing:
    if session.execute(_cards(visit, here).limit(1)).first() is None:
        return Nothing.SHARED_YET
    return Nothing.LEFT_TO_READ if asked.unread and not asked.search else Nothing.FOUND
