"""Is all that was delivered there? The LRS's own list is read, and each statement of ours in it marked.

What has no mark in the end is missing, unless it was voided: an LRS does not list that. Marks make it
harmless that a page has a statement twice, or that a worker is killed and another reads a part again. The
list is read from its beginning, so that clocks that differ leave nothing out, and what seems to be missing
is asked for by its id, as an LRS may list late what it has.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from xapi.lrs import LrsClient, LrsError, Retry
from xapi.vocabulary import PROFILE_VERSIONS, under

from ..kernel import clock
from ..kernel.bulk import numbers
from ..kernel.database import Database
from ..kernel.journal import Event
from ..kernel.outgoing import back_off
from ..people.groups import insert_missing
from ..records.models import Delivery, DeliveryState, Lrs, Reconciliation
from ..records.reconciling import count as count_up
from ..records.reconciling import not_found
from .lines import TAKEN_BACK

PAGE = 500  # statements marked at once
LEASE = timedelta(seconds=120)  # for reading a page
OVERLAP = timedelta(seconds=1)  # an LRS may give the same moment to all statements of a batch
TRIES = 8  # in a row
ASKED = 100  # of what seems to be missing, asked for one by one
SAMPLES = 20  # ids that are kept
STRANGERS = 200  # unknown ids that are remembered, so that none of them counts twice


@dataclass(frozen=True, slots=True)
class Place:
    """How far the LRS's lists were read: in that of which version of our profile ("": all), up to when."""

    number: int
    moment: str
    version: str = ""


def due(session: Session) -> list[Reconciliation]:
    """What is to be reconciled now. One statement."""
    query = select(Reconciliation).join(Lrs, Lrs.id == Reconciliation.lrs_id)
    return list(session.scalars(query.where(Lrs.paused == "", *_free())))


def _free() -> tuple[ColumnElement[bool], ...]:
    now, claimed = clock.now(), Reconciliation.claimed_until
    unclaimed = or_(claimed.is_(None), claimed < now)
    return Reconciliation.ended_at.is_(None), Reconciliation.next_try_at <= now, unclaimed


def reconcile(database: Database, run_id: UUID, client: LrsClient, base_url: str, profile: str) -> bool:
    """Reconcile with a store, unless another worker does. Return False: it is done, or put off.

    Args:
        database: the tool's.
        run_id: one of `due`.
        client: of the store.
        base_url: the tool's address, under which its IRIs stand.
        profile: the base IRI of our xAPI profile.

    """
    with database.write() as session:
        claim = update(Reconciliation).where(Reconciliation.id == run_id, *_free())
        claimed = session.execute(
            claim.values(claimed_until=clock.now() + LEASE).returning(Reconciliation.id)
        )
        if claimed.first() is None:
            return False
        run = session.get_one(Reconciliation, run_id)
    try:
        _walk(database, run, client, base_url, profile)
        _mark_voided(database, run)
        _ask_one_by_one(database, run, client)
    except LrsError as error:
        _put_off(database, run, error)
    else:
        _end(database, run)
    return False


def _walk(database: Database, run: Reconciliation, client: LrsClient, base_url: str, profile: str) -> None:
    """Read the list, by each version of our profile; all of it, where the LRS cannot look for those."""
    begun, moment = _begun(run.cursor)
    if not run.broad:
        for place in range(begun, len(PROFILE_VERSIONS)):
            version = under(PROFILE_VERSIONS[place], profile)
            _read(database, run, client, base_url, Place(place, moment, version))
            moment = ""
    if not run.broad and not run.listed:
        with database.read() as session:
            run.broad = session.scalar(select(Delivery.event_id).where(not_found(run)).limit(1)) is not None
        moment = ""
    if run.broad:
        _read(database, run, client, base_url, Place(0, moment))


def _begun(cursor: str) -> tuple[int, str]:
    """Which version's list was being read, and up to which of the LRS's moments."""
    place, _, moment = cursor.rpartition(" ")
    return int(place or 0), moment


def _read(database: Database, run: Reconciliation, client: LrsClient, base_url: str, place: Place) -> None:
    listed = _listed(client, place)
    try:
        some = list(islice(listed, PAGE))
    except LrsError as error:
        if not place.version or error.status != 400:
            raise
        return
    while some:
        place = replace(place, moment=_through(place.moment, some))
        with database.write() as session:
            _mark(session, run, some, base_url, place)
        some = list(islice(listed, PAGE))


def _listed(client: LrsClient, place: Place) -> Iterator[dict[str, Any]]:
    asked: dict[str, str | int | bool] = {"ascending": True, "format": "ids", "limit": PAGE}
    if place.version:
        asked |= {"activity": place.version, "related_activities": True}
    if place.moment:
        asked["since"] = place.moment
    return client.statements(**asked)


def _mark(
    session: Session, run: Reconciliation, some: Sequence[dict[str, Any]], base_url: str, place: Place
) -> None:
    """Mark what is ours, count what bears our address and is not known here, and note how far this is."""
    found = {key: one for one in some if (key := _id(one))}
    ours = session.execute(
        select(Event.statement_id, Event.id, Event.relayed_at).where(Event.statement_id.in_(found))
    ).all()
    known = {statement: event for statement, event, _ in ours}
    _adopt(session, run, [event for _, event, relayed in ours if relayed])
    _see(session, run, list(known.values()), Delivery.lrs_id == run.lrs_id)
    strangers = [
        str(key)
        for key, one in found.items()
        if key not in known and f'"{base_url}/' in json.dumps(one) and str(key) not in run.unknown_ids
    ]
    run.unknown += len(strangers)
    run.unknown_ids = [*run.unknown_ids, *strangers][:STRANGERS]
    run.listed += len(some)
    run.cursor = f"{place.number} {place.moment}"
    run.claimed_until, run.failures, run.problem = clock.now() + LEASE, 0, ""
    session.merge(run)


def _adopt(session: Session, run: Reconciliation, events: Sequence[int]) -> None:
    """What got there before the store was added under its name is delivered as well, and needs no sending."""
    its = Delivery.lrs_id == run.lrs_id, Delivery.event_id.in_(events)
    new = set(events).difference(session.scalars(select(Delivery.event_id).where(*its)))
    if not new:
        return
    session.get_one(Lrs, run.lrs_id, with_for_update=True).delivered += len(new)
    arrived = {"state": DeliveryState.DELIVERED, "settled_at": run.asked_at, "seen_in": run.id}
    insert_missing(session, Delivery, [{"lrs_id": run.lrs_id, "event_id": each, **arrived} for each in new])


def _id(statement: Mapping[str, Any]) -> UUID | None:
    try:
        return UUID(str(statement.get("id")))
    except ValueError:
        return None


def _through(before: str, some: Sequence[Mapping[str, Any]]) -> str:
    """From where to read on, should this end here; from the beginning where the list has another order."""
    try:
        moments = [datetime.fromisoformat(str(one["stored"])).astimezone(UTC) for one in (some[0], some[-1])]
        if moments[0] > moments[1]:
            return ""
        through = (moments[1] - OVERLAP).isoformat(timespec="milliseconds")
        return max(before, through)
    except (KeyError, ValueError, TypeError):
        return ""


def _see(session: Session, run: Reconciliation, events: Sequence[int], where: ColumnElement[bool]) -> int:
    """Mark the deliveries of events that are so; return how many."""
    these = Delivery.event_id.in_(select(numbers("events").c.value))
    change = update(Delivery).where(where, these).values(seen_in=run.id)
    return session.connection().execute(change, {"events": list(events)}).rowcount


def _mark_voided(database: Database, run: Reconciliation) -> None:
    """Mark what we have voided, as an LRS lists it no more."""
    with database.read() as session:
        voiding = session.scalars(select(Event.facts).where(Event.type.in_(TAKEN_BACK)))
        voided = [UUID(facts["statement"]) for facts in voiding]
    for start in range(0, len(voided), PAGE):
        with database.write() as session:
            its = Event.statement_id.in_(voided[start : start + PAGE])
            events = session.scalars(select(Event.id).where(its)).all()
            run.voided += _see(session, run, events, not_found(run))
            session.merge(run)


def _ask_one_by_one(database: Database, run: Reconciliation, client: LrsClient) -> None:
    """Ask for some of what seems to be missing by its id: it may be there all the same, or be voided."""
    with database.read() as session:
        missing = session.execute(
            select(Event.id, Event.statement_id)
            .join(Delivery, Delivery.event_id == Event.id)
            .where(not_found(run))
            .order_by(Event.id)
            .limit(ASKED)
        ).all()
    seen, gone = [], []
    for event, statement in missing:
        if client.get(statement):
            seen.append(event)
        elif client.get(statement, voided=True):
            seen.append(event)
            run.voided += 1
        else:
            gone.append(str(statement))
    run.missing_ids = gone[:SAMPLES]
    with database.write() as session:
        _see(session, run, seen, not_found(run))
        session.merge(run)


def _end(database: Database, run: Reconciliation) -> None:
    with database.write() as session:
        count_up(session, run)
        run.unknown_ids = run.unknown_ids[:SAMPLES]
        run.ended_at, run.claimed_until, run.problem = clock.now(), None, ""
        session.merge(run)


def _put_off(database: Database, run: Reconciliation, error: LrsError) -> None:
    """Read on later, where the LRS has trouble; end it, where a person must look."""
    run.failures += 1
    run.problem, run.claimed_until = error.outcome.reason, None
    pause = back_off(run.failures, most=300.0)
    if isinstance(error.outcome, Retry) and error.outcome.after:
        pause = max(pause, timedelta(seconds=error.outcome.after))
    run.next_try_at = clock.now() + pause
    if not isinstance(error.outcome, Retry) or run.failures >= TRIES:
        run.ended_at = clock.now()
    with database.write() as session:
        session.merge(run)
