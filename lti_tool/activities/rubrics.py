"""The library: rubrics of ours, one's own, what colleagues share, and those of one's other activities."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.errors import InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.markup import plain
from ..kernel.permissions import May, Visit
from ..people.models import Person
from .actions import Translate, to_set_up
from .criteria import CriterionPlan
from .models import Rubric
from .queries import Page, activity_of, id_in
from .rubric_editing import in_use_of
from .rubric_templates import TEMPLATES
from .sources import set_up_by, set_up_here

PAGE = 25
MOST_KEPT = 100  # of one person
LONGEST_NAME = 100  # characters
UNKNOWN = N_("This rubric does not exist, or it is not shared with you.")


@dataclass(frozen=True, slots=True)
class Shared:
    """Rubrics that colleagues share, each with its owner's name; and the one the next page comes after."""

    rows: Sequence[tuple[Rubric, str]]
    following: UUID | None


def own(session: Session, visit: Visit) -> Sequence[Rubric]:
    """The visitor's rubrics in this deployment, by name."""
    mine = select(Rubric).where(Rubric.owner_id == visit.person_id, Rubric.tenant_id == visit.tenant_id)
    return session.scalars(mine.order_by(Rubric.name).limit(MOST_KEPT)).all()


def shared(session: Session, visit: Visit, after: UUID | None = None) -> Shared:
    """What others share with all of the deployment, by name. Two statements at most."""
    query = (
        select(Rubric, func.coalesce(Person.name, ""))
        .outerjoin(Person, Person.id == Rubric.owner_id)
        .where(_shared_with(visit))
    )
    last = session.scalar(select(Rubric).where(Rubric.id == after, _shared_with(visit))) if after else None
    if last:
        beyond = and_(Rubric.name == last.name, Rubric.id > last.id)
        query = query.where(or_(Rubric.name > last.name, beyond))
    page = session.execute(query.order_by(Rubric.name, Rubric.id).limit(PAGE + 1))
    rows = [(rubric, name) for rubric, name in page]
    return Shared(rows[:PAGE], rows[PAGE - 1][0].id if len(rows) > PAGE else None)


def activities(session: Session, visit: Visit, after: UUID | None = None) -> Page:
    """Activities that the visitor sets up, but the one they are in, as sources."""
    page = set_up_here(session, visit, after)
    here = activity_of(session, visit)
    return Page([each for each in page.rows if here is None or each.activity.id != here.id], page.following)


def taken(session: Session, visit: Visit, source: str, translate: Translate) -> list[CriterionPlan]:
    """The criteria of a rubric that the visitor may use.

    Args:
        session: the transaction.
        visit: who sets up the activity.
        source: "template", "rubric" or "activity", ":", and its key or id.
        translate: into the instructor's language.

    Raises:
        NotAllowedError: the role does not set up activities.
        NotFoundError: there is none, or not for this visitor.

    """
    visit.require(May.SET_UP)
    kind, _, name = source.partition(":")
    if kind == "template" and name in TEMPLATES:
        return TEMPLATES[name].plans(translate)
    wanted = id_in(name)
    if kind == "rubric" and wanted:
        mine = and_(Rubric.owner_id == visit.person_id, Rubric.tenant_id == visit.tenant_id)
        query = select(Rubric).where(Rubric.id == wanted, or_(mine, _shared_with(visit)))
        if rubric := session.scalar(query):
            return [CriterionPlan.read(each) for each in rubric.criteria]
    if kind == "activity" and wanted and (activity := set_up_by(session, visit, wanted)):
        return [CriterionPlan.of(each) for each in in_use_of(session, activity)]
    raise NotFoundError(UNKNOWN)


def keep(session: Session, visit: Visit, name: str) -> Rubric:
    """Keep the criteria of the visit's activity, under a name of the visitor's.

    Raises:
        NotAllowedError: the role does not set up activities.
        NotFoundError: there is no activity yet.
        InvalidError: the name is taken, empty or too long; or there are too many already.

    """
    activity = to_set_up(session, visit)
    name = _free_name(session, visit, name)
    if len(own(session, visit)) >= MOST_KEPT:
        raise InvalidError(N_("Your library is full. Delete a rubric first."), field="name")
    criteria = [CriterionPlan.of(each).stored for each in in_use_of(session, activity)]
    rubric = Rubric(
        tenant_id=visit.tenant_id,
        owner_id=visit.person_id,
        name=name,
        language=activity.language,
        criteria=criteria,
        saved_at=clock.now(),
    )
    session.add(rubric)
    session.flush()
    return rubric


def rename(session: Session, visit: Visit, rubric_id: UUID, name: str) -> None:
    """Give a rubric of the visitor's another name.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs.
        InvalidError: the name is taken, empty or too long.

    """
    rubric = _own(session, visit, rubric_id)
    rubric.name = rubric.name if plain(name) == rubric.name else _free_name(session, visit, name)


def share(session: Session, visit: Visit, rubric_id: UUID, *, shared: bool) -> None:
    """Let all who set up activities in the deployment use a rubric of the visitor's, or no more.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs.

    """
    _own(session, visit, rubric_id).shared = shared


def delete(session: Session, visit: Visit, rubric_id: UUID) -> None:
    """Delete a rubric of the visitor's. Activities that took it keep their criteria.

    Raises:
        NotAllowedError, NotFoundError: it is not theirs.

    """
    session.delete(_own(session, visit, rubric_id))


def _own(session: Session, visit: Visit, rubric_id: UUID) -> Rubric:
    visit.require(May.SET_UP)
    mine = Rubric.owner_id == visit.person_id, Rubric.tenant_id == visit.tenant_id
    rubric = session.scalar(select(Rubric).where(Rubric.id == rubric_id, *mine))
    if rubric is None:
        raise NotFoundError(UNKNOWN)
    return rubric


def _shared_with(visit: Visit) -> ColumnElement[bool]:
    others = or_(Rubric.owner_id.is_(None), Rubric.owner_id != visit.person_id)
    return and_(Rubric.tenant_id == visit.tenant_id, Rubric.shared, others)


def _free_name(session: Session, visit: Visit, name: str) -> str:
    name = " ".join(plain(name).split())
    if not name:
        raise InvalidError(N_("Give it a name."), field="name")
    if len(name) > LONGEST_NAME:
        raise InvalidError(N_("Shorten this to %(most)d characters."), field="name", most=LONGEST_NAME)
    if session.scalar(select(exists().where(Rubric.owner_id == visit.person_id, Rubric.name == name))):
        raise InvalidError(N_("You have a rubric of this name. Choose another one."), field="name")
    return name
