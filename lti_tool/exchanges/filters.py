"""What of a gallery is asked for, and as SQL: which contributions that leaves, in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from ..activities.models import Activity, Feedback, Kind
from ..contributions.authors import wrote
from ..contributions.index import SearchEntry
from ..contributions.models import Contribution
from ..kernel.permissions import Visit
from .models import Bookmark, Comment, Reading
from .naming import sees_names
from .reading import Answer
from .search import Search

PAGE = 20  # cards
Rows = Select[*tuple[Any, ...]]


class Show(StrEnum):
    """Filters of a gallery."""

    ALL = "all"
    NOT_READ = "not-read"
    NEEDS_HELP = "needs-help"
    OPEN = "open"  # questions
    HIGHLIGHTED = "highlighted"
    BOOKMARKED = "bookmarked"
    MINE = "mine"


class Order(StrEnum):
    """How cards follow each other; the oldest come first to find those that wait, so without those read."""

    NEWEST = "newest"
    OLDEST_NOT_READ = "oldest-not-read"


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a gallery is asked for. `after`: the contribution at the end of the page before."""

    show: Show = Show.ALL
    order: Order = Order.NEWEST
    kind: Kind | None = None
    person: UUID | None = None
    search: Search | None = None
    after: UUID | None = None

    @property
    def unread(self) -> bool:
        """Whether what the visitor has read is left out."""
        return self.show is Show.NOT_READ or self.order is Order.OLDEST_NOT_READ

    @property
    def everything(self) -> bool:
        """Whether nothing is left out, and the newest come first: as the gallery opens."""
        chosen = self.kind or self.person or self.search
        return self.show is Show.ALL and self.order is Order.NEWEST and not chosen


@dataclass(frozen=True, slots=True)
class Place:
    """An activity of the course that the visitor takes part in, and whether its gallery is open to them."""

    activity: Activity
    answer: Answer

    @property
    def open(self) -> bool:
        """Whether the visitor may read there."""
        return self.answer is Answer.YES


class Marks(NamedTuple):
    """What a card tells of a contribution beside its text, as columns of a statement."""

    mine: ColumnElement[bool]
    read: ColumnElement[bool]
    kept: ColumnElement[bool]
    needs_help: ColumnElement[bool]


def marks(visit: Visit) -> Marks:
    """The columns of a query that joins Contribution and Activity."""
    me, mine = visit.person_id, wrote(visit.person_id)
    read = exists().where(Reading.contribution_id == Contribution.id, Reading.person_id == me)
    kept = exists().where(Bookmark.contribution_id == Contribution.id, Bookmark.person_id == me)
    return Marks(mine, read, kept, and_(_needs_help(), ~mine))


def narrowed(
    query: Rows, session: Session, visit: Visit, here: Sequence[Place], asked: Asked, after: int | None
) -> Rows:
    """A page of what is asked for, out of what the visitor may read, and one row more.

    Args:
        query: of entries, contributions and their activities, as far as the visitor may read them.
        session: whose database will be asked.
        visit: who looks.
        here: where.
        asked: the filters; a `person` counts where the visitor sees names.
        after: the entry at the end of the page before.

    """
    mine, read, _, needs_help = marks(visit)
    match asked.show:
        case Show.NEEDS_HELP:
            query = query.where(needs_help)
        case Show.OPEN:
            query = query.where(Activity.kind == Kind.QUESTION, Contribution.answered_at.is_(None))
        case Show.HIGHLIGHTED:
            work = aliased(Contribution)
            few = select(work.id).where(
                work.activity_id.in_([place.activity.id for place in here]), work.exemplary_at.is_not(None)
            )
            query = query.where(Contribution.id.in_(few))
        case Show.BOOKMARKED:
            of_me = select(Bookmark.contribution_id).where(Bookmark.person_id == visit.person_id)
            query = query.where(Contribution.id.in_(of_me))
        case Show.MINE:
            query = query.where(mine)
    if asked.unread:
        query = query.where(~read, ~mine)
    if asked.kind:
        query = query.where(_in(place for place in here if place.activity.kind is asked.kind))
    if asked.person:
        named = _in(place for place in here if sees_names(visit, place.activity))
        query = query.where(or_(named, Contribution.by_staff), wrote(asked.person))
    if asked.search:
        within = here[0].activity.id if len(here) == 1 else visit.course()
        query = query.where(asked.search.matches(session, within))
    if asked.order is Order.OLDEST_NOT_READ:
        query = query.where(SearchEntry.id > after) if after else query
        return query.order_by(SearchEntry.id).limit(PAGE + 1)
    query = query.where(SearchEntry.id < after) if after else query
    return query.order_by(SearchEntry.id.desc()).limit(PAGE + 1)


def names_somebody(visit: Visit, here: Sequence[Place]) -> bool:
    """Whether the visitor may ask for one person's contributions somewhere."""
    return any(sees_names(visit, place.activity) for place in here)


def _needs_help() -> ColumnElement[bool]:
    """A question that is open; elsewhere fewer reviews than wanted or, where peers comment, nothing said."""
    said = exists().where(
        Comment.contribution_id == Contribution.id,
        Comment.author_id != Contribution.author_id,
        Comment.taken_back_at.is_(None),
        Comment.hidden_at.is_(None),
    )
    question = Activity.kind == Kind.QUESTION
    return or_(
        and_(question, Contribution.answered_at.is_(None)),
        and_(
            ~question,
            Contribution.by_staff.is_(False),
            or_(
                and_(Activity.feedback == Feedback.REVIEWS, Contribution.served < Activity.wanted),
                and_(Activity.feedback == Feedback.COMMENTS, ~said),
            ),
        ),
    )


def _in(places: Any) -> ColumnElement[bool]:
    return Contribution.activity_id.in_([place.activity.id for place in places])
