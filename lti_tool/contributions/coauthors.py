"""Writing with a peer: the author lets others in; they may leave, until a peer reads the work."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..activities.models import Activity, Kind, Writing
from ..kernel import clock
from ..kernel.errors import ConflictError, NotAllowedError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.permissions import May, Role, Visit
from ..people.models import Enrolment, Person
from .actions import refuse_settled
from .authors import own, own_contribution, writers
from .models import Authorship, Contribution, ContributionState

MOST = 8  # who write one contribution, its author among them
PAGE = 30  # people to choose from
WRITES_ALREADY = N_("This person writes here already. They would have to leave that first.")
NOBODY = N_("We do not know this person. They may not be in this course.")


@dataclass(frozen=True, slots=True)
class CoWriter:
    """Somebody who writes a contribution, for those who write it with them."""

    id: UUID
    name: str
    you: bool
    author: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """People of the course to write with, by name; `after` is the key of the next page."""

    people: Sequence[tuple[UUID, str]]
    after: tuple[str, UUID] | None


def may_have(activity: Activity) -> bool:
    """Whether people may write one contribution with others whom they choose."""
    return activity.writing is Writing.ALONE and activity.kind not in {Kind.QUESTION, Kind.SYNTHESIS}


def co_writers(session: Session, visit: Visit, activity: Activity) -> list[CoWriter]:
    """Who writes with the visitor, the author first; empty before the first save. Two statements.

    Raises:
        NotAllowedError: the visitor takes no part.
        NotFoundError: the activity has no co-authors.

    """
    _refuse_elsewhere(visit, activity)
    mine = own_contribution(session, activity.id, visit.person_id, attachments=False)
    if mine is None:
        return []
    people = writers(session, [mine.id]).get(mine.id, [])
    return [CoWriter(id_, name, id_ == visit.person_id, id_ == mine.author_id) for id_, name in people]


def choice(
    session: Session, visit: Visit, activity: Activity, search: str, after: tuple[str, UUID] | None
) -> Choice:
    """The learners of the course whose name holds `search`, without the visitor. One statement.

    Raises:
        NotAllowedError: the visitor takes no part.
        NotFoundError: the activity has no co-authors.

    """
    _refuse_elsewhere(visit, activity)
    query = _learners(visit).where(Person.id != visit.person_id, Person.name != "")
    for word in search.split():
        query = query.where(Person.name.icontains(word, autoescape=True))
    if after:
        name, last = after
        query = query.where(or_(Person.name > name, and_(Person.name == name, Person.id > last)))
    rows = session.execute(query.order_by(Person.name, Person.id).limit(PAGE + 1)).all()
    people = [(row.id, row.name) for row in rows[:PAGE]]
    more = (people[-1][1], people[-1][0]) if len(rows) > PAGE else None
    return Choice(people, more)


def let_in(session: Session, visit: Visit, activity: Activity, person_id: UUID) -> None:
    """Let a learner write with the visitor. Twice is once.

    Raises:
        NotAllowedError: the visitor takes no part, or is not the author.
        NotFoundError: they are no learner of this course, or the activity has no co-authors.
        ConflictError: they write here already, there are MOST, or a peer reads it.

    """
    mine = _of_author(session, visit, activity)
    if person_id == visit.person_id or session.execute(_learners(visit, person_id)).first() is None:
        raise NotFoundError(NOBODY)
    there = session.scalars(select(Authorship.person_id).where(Authorship.contribution_id == mine.id)).all()
    if person_id in there:
        return
    if len(there) + 1 >= MOST:
        raise ConflictError(N_("%(most)d people can write together at most."), code="many-authors", most=MOST)
    if session.scalar(select(or_(*_writes(activity, person_id)))):
        raise ConflictError(WRITES_ALREADY, code="writes-already")
    try:
        with session.begin_nested():
            session.add(
                Authorship(
                    contribution_id=mine.id,
                    person_id=person_id,
                    activity_id=activity.id,
                    joined_at=clock.now(),
                )
            )
    except IntegrityError:  # somebody else let them in, in between
        raise ConflictError(WRITES_ALREADY, code="writes-already") from None


def take_out(session: Session, visit: Visit, activity: Activity, person_id: UUID) -> None:
    """Let somebody write with the visitor no longer. Twice is once. Raises as `let_in`."""
    mine = _of_author(session, visit, activity)
    session.execute(
        delete(Authorship).where(Authorship.contribution_id == mine.id, Authorship.person_id == person_id)
    )


def leave(session: Session, visit: Visit, activity: Activity) -> None:
    """Write with others no longer: the text stays theirs. Twice is once.

    Raises:
        NotAllowedError: the visitor takes no part, or is the author.
        NotFoundError: the activity has no co-authors.
        ConflictError: a peer reads it.

    """
    _refuse_elsewhere(visit, activity)
    mine = own_contribution(session, activity.id, visit.person_id, attachments=False, lock=True)
    if mine is None:
        return
    if mine.author_id == visit.person_id:
        raise NotAllowedError(N_("You began this text, so it stays yours."))
    refuse_settled(mine)
    session.execute(
        delete(Authorship).where(
            Authorship.contribution_id == mine.id, Authorship.person_id == visit.person_id
        )
    )


def _refuse_elsewhere(visit: Visit, activity: Activity) -> None:
    visit.require(May.TAKE_PART)
    if not may_have(activity):
        raise NotFoundError(N_("This page does not exist."))


def _of_author(session: Session, visit: Visit, activity: Activity) -> Contribution:
    """What the visitor began, locked; made when there is none."""
    _refuse_elsewhere(visit, activity)
    mine = own(session, visit, activity)
    if mine.author_id != visit.person_id:
        raise NotAllowedError(N_("Only the person who began this text can choose who writes it."))
    refuse_settled(mine)
    return mine


def _learners(visit: Visit, person_id: UUID | None = None) -> Select[UUID, str]:
    query = (
        select(Person.id, Person.name)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(
            Enrolment.course_id == visit.course(),
            Enrolment.role == Role.LEARNER,
            Enrolment.active.is_(True),
            Enrolment.test_user.is_(visit.test_user),
        )
    )
    return query if person_id is None else query.where(Person.id == person_id)


def _writes(activity: Activity, person_id: UUID) -> list[ColumnElement[bool]]:
    """That somebody writes in an activity: with others, or a text of their own."""
    own_work = exists().where(
        Contribution.activity_id == activity.id,
        Contribution.author_id == person_id,
        or_(
            Contribution.state == ContributionState.SHARED,
            Contribution.words > 0,
            func.length(Contribution.title) > 0,
        ),
    )
    joined = exists().where(Authorship.activity_id == activity.id, Authorship.person_id == person_id)
    return [own_work, joined]
