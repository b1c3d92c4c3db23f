"""Who reviews whom, as an instructor sees it: a window of it, and how far all works are covered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, case, func, or_, select, tuple_, union
from sqlalchemy.orm import Session

from ..activities.models import Activity
from ..contributions.authors import writers
from ..contributions.models import Authorship, Contribution, ContributionState
from ..kernel.permissions import May, Role, Visit
from ..people.models import Enrolment, Group, Person
from .feasibility import SENTENCES, Obstacle, Why
from .models import Review, ReviewKind, ReviewState
from .steering import Rule, refuse_elsewhere
from .steering_models import PairRule

REVIEWERS, WORKS = 40, 20  # at a time
_PEER = Review.kind == ReviewKind.PEER


class Key(NamedTuple):
    """Where a page of an axis begins: after this name and id."""

    name: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Axis:
    """Some reviewers (by person), or works (by contribution) with their authors' names."""

    names: Mapping[UUID, str]
    after: Key | None


class State(NamedTuple):
    """What a cell shows of a review."""

    state: ReviewState
    score: float | None
    discounted: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """A window; each cell by reviewer and work."""

    reviewers: Axis
    works: Axis
    own: frozenset[tuple[UUID, UUID]]
    states: Mapping[tuple[UUID, UUID], State]
    rules: Mapping[tuple[UUID, UUID], Rule]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the works that wait for peers: how many have all that is wanted, some, or none."""

    works: int
    full: int
    none: int

    @property
    def some(self) -> int:
        """How many have some, and wait for more."""
        return self.works - self.full - self.none


def window(
    session: Session,
    visit: Visit,
    activity: Activity,
    *,
    reviewer: str = "",
    author: str = "",
    reviewers_after: Key | None = None,
    works_after: Key | None = None,
) -> Matrix:
    """A window of the matrix by names. Five statements.

    Args:
        session: a reading session.
        visit: who sees all work.
        activity: theirs.
        reviewer: only reviewers whose name has this in it.
        author: only works by authors whose name has this in it.
        reviewers_after: where the page of reviewers begins.
        works_after: where the page of works begins.

    Raises:
        NotAllowedError: the visitor does not see all work.
        ConflictError: there are no pairs here.

    """
    visit.require(May.SEE_ALL_WORK)
    refuse_elsewhere(activity)
    rows = _axis(session, _reviewers(activity), (Person.id, REVIEWERS), reviewer, reviewers_after)
    columns = _axis(session, _works(activity), (Contribution.id, WORKS), author, works_after)
    wrote = writers(session, columns.names)
    states = session.execute(
        select(
            Review.reviewer_id,
            Review.contribution_id,
            Review.state,
            Review.score,
            Review.discounted_at.is_not(None),
        ).where(
            _PEER,
            Review.activity_id == activity.id,
            Review.reviewer_id.in_(rows.names),
            Review.contribution_id.in_(columns.names),
        )
    )
    rules = session.execute(
        select(PairRule.reviewer_id, Contribution.id, PairRule.must)
        .join(
            Contribution,
            and_(
                Contribution.activity_id == PairRule.activity_id,
                Contribution.author_id == PairRule.author_id,
            ),
        )
        .where(
            PairRule.activity_id == activity.id,
            PairRule.reviewer_id.in_(rows.names),
            Contribution.id.in_(columns.names),
        )
    )
    return Matrix(
        rows,
        columns,
        frozenset((person, work) for work, people in wrote.items() for person, _ in people),
        {(row[0], row[1]): State(row[2], row[3], row[4]) for row in states},
        {(person, work): Rule.MUST if must else Rule.MUST_NOT for person, work, must in rules},
    )


def coverage(session: Session, activity: Activity) -> Coverage:
    """How far the works of an activity are covered by reviews that were sent. One statement."""
    sent = (
        select(func.count())
        .where(Review.contribution_id == Contribution.id, Review.state == ReviewState.SENT, _PEER)
        .scalar_subquery()
    )
    each = _works(activity).with_only_columns(sent.label("sent")).subquery()
    full, none = (
        func.count(case((condition, 1))) for condition in (each.c.sent >= activity.wanted, each.c.sent == 0)
    )
    return Coverage(*session.execute(select(func.count(), full, none).select_from(each)).one())


def obstacle(session: Session, activity: Activity) -> tuple[str, Mapping[str, object]] | None:
    """Why not everybody could have their share in the last draw: a sentence with its values."""
    kept = activity.push_obstacle
    if not kept:
        return None
    people = [*kept["reviewers"], *kept["works"]]
    ids = [UUID(each) for each in {*people, kept["group"]} if each]
    names: dict[str, str] = {}
    for query in (
        select(Person.id, Person.name).where(Person.id.in_(ids)),
        select(Group.id, Group.name).where(Group.id.in_(ids), Group.course_id == activity.course_id),
    ):
        names |= {key.hex: name for key, name in session.execute(query)}
    why = Why(kept["why"])
    found = Obstacle(why, kept["wanted"], kept["possible"], kept["group"], kept["reviewers"], kept["works"])
    return SENTENCES[why], found.values(lambda key: names.get(UUID(key).hex, "") or "?")


def pairs(session: Session, activity: Activity, after: tuple[Any, ...] | None, limit: int) -> Sequence[Any]:
    """Reviews and rules of an activity by ids, for a file: a page of them. One statement.

    Each row: reviewer and author (ids, subs, names), the state, the score and the rule; in order of ids.
    """
    reviewed = select(Review.reviewer_id, Review.author_id).where(Review.activity_id == activity.id, _PEER)
    ruled = select(PairRule.reviewer_id, PairRule.author_id).where(PairRule.activity_id == activity.id)
    both = union(reviewed, ruled).subquery()
    reviewer, author = Person.__table__.alias("reviewer"), Person.__table__.alias("author")
    key = both.c.reviewer_id, both.c.author_id
    query = (
        select(
            *key,
            reviewer.c.sub,
            reviewer.c.name,
            author.c.sub,
            author.c.name,
            Review.state,
            Review.score,
            PairRule.must,
        )
        .select_from(both)
        .join(reviewer, reviewer.c.id == both.c.reviewer_id)
        .join(author, author.c.id == both.c.author_id)
        .outerjoin(
            Review,
            and_(
                Review.activity_id == activity.id,
                Review.reviewer_id == both.c.reviewer_id,
                Review.author_id == both.c.author_id,
                _PEER,
            ),
        )
        .outerjoin(
            PairRule,
            and_(
                PairRule.activity_id == activity.id,
                PairRule.reviewer_id == both.c.reviewer_id,
                PairRule.author_id == both.c.author_id,
            ),
        )
        .order_by(*key)
        .limit(limit)
    )
    if after:
        query = query.where(tuple_(*key) > tuple_(*after))
    return session.execute(query).all()


def _axis(session: Session, query: Select[Any], what: tuple[Any, int], name: str, after: Key | None) -> Axis:
    key, most = what
    query = query.with_only_columns(key, Person.name).order_by(Person.name, key).limit(most + 1)
    if name:
        query = query.where(func.lower(Person.name).contains(name.lower(), autoescape=True))
    if after:
        query = query.where(or_(Person.name > after.name, and_(Person.name == after.name, key > after.id)))
    rows = session.execute(query).all()
    more = Key(rows[most - 1][1], rows[most - 1][0]) if len(rows) > most else None
    return Axis({row[0]: row[1] for row in rows[:most]}, more)


def _learners(activity: Activity) -> tuple[Any, ...]:
    return (
        Enrolment.course_id == activity.course_id,
        Enrolment.role == Role.LEARNER,
        Enrolment.active,
        Enrolment.test_user.is_(False),
    )


def _shared(activity: Activity) -> tuple[Any, ...]:
    return (
        Contribution.activity_id == activity.id,
        Contribution.state == ContributionState.SHARED,
        Contribution.by_staff.is_(False),
    )


def _reviewers(activity: Activity) -> Select[Any]:
    """The learners who shared something, alone or with others."""
    together = (
        select(Authorship.person_id)
        .join(Contribution, Contribution.id == Authorship.contribution_id)
        .where(*_shared(activity))
    )
    sharers = union(select(Contribution.author_id).where(*_shared(activity)), together)
    return (
        select(Person.id)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(*_learners(activity), Person.id.in_(sharers))
    )


def _works(activity: Activity) -> Select[Any]:
    """What learners of the course share."""
    return (
        select(Contribution.id)
        .join(Person, Person.id == Contribution.author_id)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(*_learners(activity), *_shared(activity))
    )
