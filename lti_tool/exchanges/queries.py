"""What the page of a contribution needs. Each function is a bounded number of SQL statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session, joinedload

from ..activities.models import Activity, Grading, Kind
from ..activities.phases import Door
from ..activities.queries import schedule
from ..contributions.authors import writes_in, wrote
from ..contributions.models import Contribution, ContributionState
from ..kernel import clock, journal
from ..kernel.errors import ConflictError, NotAllowedError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.journal import EventType
from ..kernel.permissions import May, Visit
from ..people.models import Enrolment, Person
from .comments import Speaker, speaker
from .models import Bookmark, Reaction, ReactionKind, Reading
from .naming import sees_names
from .reading import WHY, Answer, Reader, Work, may_read, may_speak, sees_counts

LATEST = 8  # reactions on the contribution's page, the visitor's own three among them
REACTIONS = 20  # on a page of their own


@dataclass(frozen=True, slots=True)
class Opened:
    """A contribution that a visitor may read."""

    contribution: Contribution
    author: str  # their name, for who sees it
    reader: Reader
    work: Work
    sees_names: bool  # of peers
    is_question: bool
    read_at: datetime | None  # when the visitor opened it before
    kept: bool  # the visitor's bookmark
    viewed: bool  # this launch's view is in the journal

    @property
    def id(self) -> UUID:
        """The contribution's id."""
        return self.contribution.id


@dataclass(frozen=True, slots=True)
class Told:
    """A reaction as a reader sees it."""

    reaction: Reaction
    speaker: Speaker


@dataclass(frozen=True, slots=True)
class Reactions:
    """How many there are of each kind, the visitor's own, and some of them, the visitor's first."""

    counts: Mapping[ReactionKind, int]
    mine: Mapping[ReactionKind, Reaction]
    told: list[Told]

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())


def view_entity(visit: Visit, contribution_id: UUID) -> UUID:
    """What the event of a launch's view is about: it is told once for each launch."""
    return uuid5(contribution_id, visit.launch_id)


def opened(
    session: Session, visit: Visit, activity: Activity, contribution_id: UUID, *, attachments: bool = False
) -> Opened:
    """A contribution of the visit's activity that the visitor may read. One statement.

    Raises:
        NotFoundError: there is none, or it is a draft.
        NotAllowedError: it is not theirs to read, or not before they have shared.

    """
    me = visit.person_id
    shared = writes_in(activity.id, me, shared=True)
    kept = exists().where(Bookmark.contribution_id == contribution_id, Bookmark.person_id == me)
    read_at = select(Reading.read_at).where(
        Reading.contribution_id == contribution_id, Reading.person_id == me
    )
    entity = view_entity(visit, contribution_id)
    viewed = journal.is_recorded(visit.tenant_id, EventType.VIEWED, entity)
    rows = session.execute(
        select(Contribution, Person.name, wrote(me), shared, kept, read_at.scalar_subquery(), viewed)
        .join(Person, Person.id == Contribution.author_id)
        .where(Contribution.id == contribution_id, Contribution.activity_id == activity.id)
        .options(*([joinedload(Contribution.attachments)] if attachments else []))
    )
    row = (rows.unique() if attachments else rows).one_or_none()
    if row is None:
        raise NotFoundError(WHY[Answer.NOTHING_THERE])
    contribution, author, is_author, has_shared, kept_, read, viewed_ = row
    see_all = visit.may(May.SEE_ALL_WORK)
    reader = Reader(see_all, visit.may(May.TAKE_PART), is_author, has_shared)
    work = _work(activity, contribution)
    answer = may_read(reader, work)
    if answer is Answer.NOTHING_THERE:
        raise NotFoundError(WHY[answer])
    if answer is not Answer.YES:
        raise NotAllowedError(WHY[answer], code=answer.value)
    named = sees_names(visit, activity)
    return Opened(
        contribution,
        author if named or contribution.by_staff else "",
        reader,
        work,
        named,
        activity.kind is Kind.QUESTION,
        read,
        kept_,
        viewed_,
    )


def opened_to_speak(session: Session, visit: Visit, activity: Activity, contribution_id: UUID) -> Opened:
    """A contribution about which the visitor may say something. One statement.

    Raises:
        NotFoundError, NotAllowedError: it is not theirs to read.
        ConflictError: the activity is closed.

    """
    here = opened(session, visit, activity, contribution_id)
    if not may_speak(here.work):
        raise ConflictError(N_("This activity is closed. You can still read."), code="closed")
    return here


def _work(activity: Activity, contribution: Contribution) -> Work:
    # Only the closing ends the talk: the other dates are of sharing and reviewing.
    now, dates = clock.now(), schedule(activity)
    return Work(
        shared=contribution.state is ContributionState.SHARED,
        opened=dates.sharing(now) is not Door.NOT_YET,
        closed=dates.closed(now),
        graded=activity.grading is not Grading.NONE,
        hidden=contribution.hidden_at is not None,
    )


def reactions(
    session: Session, visit: Visit, here: Opened, most: int = LATEST, *, start: int = 0
) -> Reactions:
    """The visitor's own reactions, then the latest of others for those who may see them. One statement.

    Args:
        session: a reading session.
        visit: who reads.
        here: what they are about.
        most: how many.
        start: after how many; there are few enough to count on from the first.

    """
    own = Reaction.person_id == visit.person_id
    counts = [_sum(Reaction.kind == kind).label(kind.value) for kind in ReactionKind]
    query = (
        select(Reaction, Person.name, Enrolment.role, *counts)
        .join(Person, Person.id == Reaction.person_id)
        .join(Enrolment, enrolled(visit, Person.id), isouter=True)
        .where(Reaction.contribution_id == here.id)
        .order_by(own.desc(), Reaction.said_at.desc(), Reaction.person_id, Reaction.kind)
        .offset(start)
        .limit(most)
    )
    rows = session.execute(query if sees_counts(here.reader) else query.where(own)).all()
    mine = [row.Reaction for row in rows if row.Reaction.person_id == visit.person_id]
    return Reactions(
        counts={kind: rows[0]._mapping[kind.value] if rows else 0 for kind in ReactionKind},
        mine={each.kind: each for each in mine},
        told=[Told(row.Reaction, _speaker(visit, here, row)) for row in rows],
    )


def _speaker(visit: Visit, here: Opened, row: Any) -> Speaker:
    return speaker(
        is_reader=row.Reaction.person_id == visit.person_id,
        is_author=row.Reaction.person_id == here.contribution.author_id,
        role=row.role,
        number=0,
        name=row.name,
        named=here.sees_names,
    )


def _sum(what: ColumnElement[bool]) -> Any:
    return func.sum(case((what, 1), else_=0)).over()


def enrolled(visit: Visit, person: Any) -> ColumnElement[bool]:
    """That an enrolment is of a person in the visit's course."""
    return and_(Enrolment.course_id == visit.course_id, Enrolment.person_id == person)
