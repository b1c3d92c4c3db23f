"""From the journal to what is to be delivered: each event's statement, once, and one delivery for each store.

Statements are made before anything is locked. Then one transaction takes those events that nobody else has
relayed meanwhile, and brings the scores of the people they touch up to date, so that nothing is lost and
nothing is done twice whenever a worker dies.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, case, insert, select, true, union, update
from sqlalchemy.orm import Session

from xapi import statements as xapi

from ..contributions.models import Authorship
from ..exchanges.telling import NEWS_TO_SOMEBODY
from ..gradebook.actions import settle
from ..gradebook.refits import TOGETHER, mark
from ..kernel import clock
from ..kernel.bulk import fill, numbers
from ..kernel.database import Database, UtcDateTime
from ..kernel.journal import Event, EventType
from ..people.accounts import Keys
from ..people.models import GroupMember
from ..records.models import Delivery, DeliveryState, Lrs, Statement
from ..records.removing import present
from ..reviews.models import Review
from .translate import Line, NotToldError, journal_lines, translate

BATCH = 1000  # events in one transaction
SETTLED = 100  # of them, those that change scores: to settle these takes a while, and writers wait meanwhile
BATCHES = 8  # before the worker looks at what else there is to do
VERSIONS: tuple[xapi.Version, ...] = ("1.0.3", "2.0.0")

_SETTLES = frozenset({EventType.SUBMITTED, EventType.ASKED, EventType.REVIEWED})
_THESE = numbers("these")
_NOW = bindparam("now", type_=UtcDateTime)
_WAITING = (
    select(Event.id)
    .where(Event.id.in_(select(_THESE.c.value)), Event.relayed_at.is_(None))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(Event)
    .where(Event.id.in_(_WAITING))
    .values(
        relayed_at=_NOW,
        # What is news to nobody is done with: a second change of each row would cost as much again
        noticed_at=case((Event.type.in_(NEWS_TO_SOMEBODY), Event.noticed_at), else_=_NOW),
    )
    .returning(Event.id)
)
_EVERYWHERE = (
    select(Lrs.id, _THESE.c.value).join(_THESE, true()).where(Lrs.id.in_(bindparam("stores", expanding=True)))
)
_QUEUE = insert(Delivery).from_select([Delivery.lrs_id, Delivery.event_id], _EVERYWHERE)


class Parcel(NamedTuple):
    """An event with its statement in every version that is needed, or with the reason why it has none."""

    line: Line
    bodies: Mapping[xapi.Version, bytes]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that nobody had relayed when they were read, with what is to be kept and queued of them."""

    lines: Sequence[Line]
    parcels: Sequence[Parcel]
    stores: Sequence[UUID]


def relay(database: Database, base_url: str, profile: str, keys: Keys | None = None) -> int:
    """Relay the oldest waiting events, BATCHES at most; return how many there were.

    Args:
        database: the tool's.
        base_url: the tool's address, under which its IRIs stand.
        profile: the base IRI of our xAPI profile.
        keys: of pseudonyms, for platforms whose people statements name by one.

    """
    relayed = last = 0
    for _ in range(BATCHES):
        batch = _read(database, last, base_url, profile, keys)
        if batch is None:
            break
        relayed += _keep(database, batch)
        last = batch.lines[-1].id
    return relayed


def _read(database: Database, last: int, base_url: str, profile: str, keys: Keys | None) -> Batch | None:
    """Make the statements of the oldest events after `last` that wait; None when there are none."""
    with database.read() as session:
        waiting = and_(Event.relayed_at.is_(None), Event.id > last)
        lines = _portion(journal_lines(session, waiting, BATCH))
        if not lines:
            return None
        # After the events: a store gets at least what happened since it was added
        stores = session.scalars(present()).all()
        parcels = wrap(session, lines, spoken(stores), base_url, profile, keys) if stores else []
        return Batch(lines, parcels, [store.id for store in stores])


def _portion(lines: Sequence[Line]) -> Sequence[Line]:
    settled = [place for place, line in enumerate(lines) if line.type in _SETTLES]
    return lines[: settled[SETTLED]] if len(settled) > SETTLED else lines


def _keep(database: Database, batch: Batch) -> int:
    """Relay those events of a batch that still wait; return how many."""
    with database.write() as session:
        taken = _take(session, batch.lines)
        _queue(session.connection(), [p for p in batch.parcels if p.line.id in taken], batch.stores)
        ours = [line for line in batch.lines if line.id in taken]
        for activity_id, person_id in sorted(_touched(session, ours)):  # always in this order: no deadlocks
            settle(session, activity_id, person_id)
        for activity_id in sorted({line.activity_id for line in ours if line.type in TOGETHER}):
            mark(session, activity_id)
    return len(taken)


def wrap(
    session: Session,
    lines: Sequence[Line],
    versions: Iterable[xapi.Version],
    base_url: str,
    profile: str,
    keys: Keys | None = None,
) -> list[Parcel]:
    """Make the statements of lines of the journal, in all `versions`; of those that are not told, none."""
    parcels = []
    for line, told in zip(lines, translate(session, lines, base_url, keys), strict=True):
        try:
            if isinstance(told, ValueError):
                raise told
            bodies = {version: xapi.to_bytes(told, version, profile) for version in versions}
            parcels.append(Parcel(line, bodies))
        except NotToldError:
            continue
        except ValueError as error:  # one bad event must not hold up the others
            parcels.append(Parcel(line, {}, str(error)))
    return parcels


def _take(session: Session, lines: Iterable[Line]) -> set[int]:
    """Mark those events as relayed that no other worker has relayed or in hand; return their ids."""
    wanted = {"now": clock.now(), "these": [line.id for line in lines]}
    return set(session.connection().scalars(_TAKE, wanted).all())


def _queue(connection: Connection, parcels: Sequence[Parcel], stores: Sequence[UUID]) -> None:
    """Keep the statements, and queue them for every store; those that could not be made are dead letters."""
    bodies = [(p.line.id, version, body) for p in parcels for version, body in p.bodies.items()]
    if bodies:
        fill(connection, Statement, bodies)
    told = [parcel.line.id for parcel in parcels if not parcel.problem]
    connection.execute(_QUEUE, {"stores": stores, "these": told})
    dead = [
        {"lrs_id": store, "event_id": parcel.line.id, "state": DeliveryState.DEAD, "reason": parcel.problem}
        for parcel in parcels
        if parcel.problem
        for store in stores
    ]
    if dead:
        connection.execute(insert(Delivery).values(settled_at=clock.now()), dead)


def spoken(stores: Iterable[Lrs]) -> Collection[xapi.Version]:
    """The versions of xAPI that statements are needed in; both while a store has not said which it speaks."""
    known = {store.speaks or store.version for store in stores}
    return [version for version in VERSIONS if version in known or "auto" in known]


def _touched(session: Session, events: Collection[Line]) -> set[tuple[UUID, UUID]]:
    """Whose scores these events change: (activity, person)."""
    touched = {(event.activity_id, event.person_id) for event in events if event.type in _SETTLES}
    reviews = [event.entity for event in events if event.type is EventType.REVIEWED]
    if not reviews:
        return touched
    its = Review.id.in_(reviews)
    authors = session.execute(
        union(
            select(Review.activity_id, Review.author_id).where(its),
            select(Review.activity_id, Authorship.person_id)
            .join(Authorship, Authorship.contribution_id == Review.contribution_id)
            .where(its),
        )
    )
    touched |= {(activity, person) for activity, person in authors}
    given = session.execute(select(Review.activity_id, Review.team).where(its, Review.team != "")).all()
    members = select(GroupMember.group_id, GroupMember.person_id)
    of_teams = members.where(GroupMember.group_id.in_({UUID(team) for _, team in given}))
    mates = session.execute(of_teams).all() if given else []
    return touched | {
        (activity, person) for activity, team in given for group, person in mates if group.hex == team
    }
