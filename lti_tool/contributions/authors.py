"""Who wrote a contribution: its author, and those who write it with them. "Mine" is decided here."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, func, literal, or_, select, union_all
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, selectinload

from ..activities.models import Activity, Kind
from ..kernel import clock
from ..kernel.errors import ConflictError, NotFoundError
from ..kernel.i18n import N_, choose_language
from ..kernel.permissions import May, Role, Visit
from ..people.models import Enrolment, Person
from . import teams
from .models import Authorship, Contribution, ContributionState

MOST_QUESTIONS = 20  # that a person asks in an activity


class Which(NamedTuple):
    """Which contribution is written: one's own of a number, or that of a person for whom one writes."""

    number: int = 0
    person_id: UUID | None = None


MINE = Which()


def written_by(person_id: UUID, activity_id: UUID | None = None) -> CompoundSelect[UUID]:
    """The ids of what a person wrote, alone or with others, everywhere or in one activity; found by indexes.

    Beside them ask no more than there must be: by a condition on the activity as well, a database may go
    through all of the activity.
    """
    theirs, joined = aliased(Contribution), aliased(Authorship)
    alone = select(theirs.id).where(theirs.author_id == person_id)
    together = select(joined.contribution_id).where(joined.person_id == person_id)
    if activity_id is not None:
        alone = alone.where(theirs.activity_id == activity_id)
        together = together.where(joined.activity_id == activity_id)
    return union_all(alone, together)


def wrote(person_id: UUID, work: Any = Contribution, activity_id: UUID | None = None) -> ColumnElement[bool]:
    """That a person wrote a contribution, alone or with others; `work` is the table, or an alias of it."""
    return work.id.in_(written_by(person_id, activity_id))  # type: ignore[no-any-return]  # an alias: no type


def writes_in(
    activity_id: UUID | InstrumentedAttribute[UUID], person_id: UUID, *, shared: bool = False
) -> ColumnElement[bool]:
    """That a person has written something in an activity, or `shared` it, alone or with others."""
    theirs, joint, joined = aliased(Contribution), aliased(Contribution), aliased(Authorship)
    alone = select(theirs.state).where(theirs.activity_id == activity_id, theirs.author_id == person_id)
    together = (
        select(joint.state)
        .join(joined, joined.contribution_id == joint.id)
        .where(joined.activity_id == activity_id, joined.person_id == person_id)
    )
    if not shared:
        return or_(alone.exists(), together.exists())
    # The state is compared outside: SQLite would look for it in an index, through all that is shared there.
    wanted = literal(ContributionState.SHARED, theirs.state.type)
    return or_(wanted.in_(alone), wanted.in_(together))


def shared_by(activity_id: UUID, person_id: InstrumentedAttribute[UUID]) -> ColumnElement[UUID]:
    """The id of what a person of the enclosing query shared in an activity, alone or with others; or NULL.

    Of several questions it is the first. What somebody shares as staff does not count.
    """
    theirs, joint, joined = aliased(Contribution), aliased(Contribution), aliased(Authorship)
    alone = select(theirs.id).where(
        theirs.activity_id == activity_id, theirs.author_id == person_id, *_counts(theirs)
    )
    together = (
        select(joint.id)
        .join(joined, joined.contribution_id == joint.id)
        .where(joined.activity_id == activity_id, joined.person_id == person_id, *_counts(joint))
    )
    return func.coalesce(
        together.limit(1).correlate_except(joint, joined).scalar_subquery(),
        alone.order_by(theirs.number).limit(1).correlate_except(theirs).scalar_subquery(),
    )


def _counts(work: Any) -> tuple[ColumnElement[bool], ...]:
    return work.state == ContributionState.SHARED, work.by_staff.is_(False)


def writers(session: Session, contribution_ids: Collection[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """Who wrote each of some contributions, with their names: the author, then as they joined. One statement.

    Names are for those who may see them: the caller knows.
    """
    work, shared = aliased(Contribution), aliased(Authorship)
    all_of_them = union_all(
        select(work.id.label("work"), work.author_id.label("person"), literal(0).label("rank"), work.saved_at)
        .where(work.id.in_(contribution_ids)),
        select(shared.contribution_id, shared.person_id, literal(1), shared.joined_at)
        .where(shared.contribution_id.in_(contribution_ids)),
    ).subquery()  # fmt: skip
    found: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    rows = session.execute(
        select(all_of_them.c.work, Person.id, Person.name)
        .join(Person, Person.id == all_of_them.c.person)
        .order_by(all_of_them.c.rank, all_of_them.c.saved_at, Person.id)
    )
    for contribution_id, person_id, name in rows:
        found[contribution_id].append((person_id, name))
    return dict(found)


def own_contribution(
    session: Session,
    activity_id: UUID,
    person_id: UUID,
    number: int = 0,
    *,
    attachments: bool = True,
    lock: bool = False,
) -> Contribution | None:
    """What a person writes in an activity, alone or with others; None before the first save. One statement.

    Args:
        session: the session; of a transaction when it is to be locked.
        activity_id: where.
        person_id: who. Who joined others writes with them; their own draft waits until they leave.
        number: which of their questions; elsewhere there is but 0.
        attachments: with its files (one statement more).
        lock: until the end of the transaction.

    """
    query = (
        select(Contribution)
        .where(Contribution.number == number, wrote(person_id, activity_id=activity_id))
        .order_by(Contribution.author_id == person_id)
        .limit(1)
    )
    if attachments:
        query = query.options(selectinload(Contribution.attachments))
    return session.scalar(query.with_for_update() if lock else query)


def own(session: Session, visit: Visit, activity: Activity, which: Which = MINE) -> Contribution:
    """What the visitor writes, locked until the end of the transaction; made when there is none.

    Raises:
        NotAllowedError: the visitor does not share, or may not write for somebody.
        NotFoundError: there is no such person or number here.
        ConflictError: there are MOST_QUESTIONS already, the person writes for themselves, or is in no group.

    """
    visit.require(May.SHARE)
    teams.refuse_page(activity)
    refuse_number(activity, which.number)
    person_id = which.person_id or visit.person_id
    find = session, activity.id, person_id, which.number
    mine = own_contribution(*find, attachments=False, lock=True)
    if which.person_id:
        refuse_on_behalf(session, visit, which.person_id, mine)
    if mine:
        return mine
    team = "" if which.person_id else teams.group_key(session, visit, activity)
    if team and teams.join(session, visit, activity):
        return own(session, visit, activity, which)
    try:
        with session.begin_nested():
            mine = Contribution(
                activity_id=activity.id,
                author_id=person_id,
                number=which.number,
                team=team,
                by_staff=which.person_id is None and visit.may(May.SEE_ALL_WORK),
                written_by_id=visit.person_id if which.person_id else None,
                state=ContributionState.DRAFT,
                title="",
                answers={},
                language=choose_language([visit.locale, activity.language]),
                version=0,
                saved_at=clock.now(),
                served=0,
            )
            session.add(mine)
    except IntegrityError:  # another tab made it in between, or somebody else of the group
        if team:
            teams.join(session, visit, activity)
        there = own_contribution(*find, attachments=False, lock=True)
        if there is None:
            raise
        if which.person_id:
            refuse_on_behalf(session, visit, which.person_id, there)
        return there
    if team:
        teams.join_all(session, mine)
    return mine


def refuse_number(activity: Activity, number: int) -> None:
    """Raise NotFoundError where people have but one contribution, ConflictError past MOST_QUESTIONS."""
    if number < 0 or (number and activity.kind is not Kind.QUESTION):
        raise NotFoundError(N_("This contribution does not exist."))
    if number >= MOST_QUESTIONS:
        raise ConflictError(
            N_("You have asked %(most)d questions here. You cannot ask another one."),
            code="many-questions",
            most=MOST_QUESTIONS,
        )


def refuse_on_behalf(session: Session, visit: Visit, person_id: UUID, theirs: Contribution | None) -> str:
    """Let an instructor write for a learner who has written nothing, until it is shared; return their name.

    Raises:
        NotAllowedError: the visitor is no instructor.
        NotFoundError: that person is no learner of the visit's course, or a test user.
        ConflictError: they write for themselves, or it is shared.

    """
    visit.require(May.SEE_ALL_WORK)
    visit.require(May.SET_UP)
    learner = (
        select(Person.name)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(
            Enrolment.course_id == visit.course(),
            Enrolment.person_id == person_id,
            Enrolment.role == Role.LEARNER,
            Enrolment.active.is_(True),
            Enrolment.test_user.is_(False),
        )
    )
    name = session.scalar(learner)
    if name is None:
        raise NotFoundError(N_("We do not know this person. They may not be in this course."))
    if theirs and (theirs.written_by_id is None or theirs.state is ContributionState.SHARED):
        raise ConflictError(N_("This person has a text of their own here. Only they can change it."))
    return name


def questions(session: Session, activity_id: UUID, person_id: UUID) -> Sequence[Contribution]:
    """All that a person asks in an activity, the first one first. One statement."""
    return session.scalars(
        select(Contribution)
        .where(Contribution.activity_id == activity_id, Contribution.author_id == person_id)
        .order_by(Contribution.number)
    ).all()


def name_of(session: Session, person_id: UUID) -> str:
    """The name of who wrote for somebody. One statement."""
    return session.scalar(select(Person.name).where(Person.id == person_id)) or ""
