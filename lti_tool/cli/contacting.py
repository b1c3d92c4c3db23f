"""What `entraide doctor` hears from others: platforms, record stores, and what time they have."""

import shlex
from collections.abc import Iterator
from functools import partial
from statistics import median
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from xapi.lrs import Probe
from xapi.probing import seconds_ahead

from ..admin.advice import what_to_do
from ..admin.words import PARTS
from ..kernel import clock, outgoing
from ..kernel.database import Database
from ..kernel.secrets import Sealer
from ..lti.checks import Outcome, Result, find_out
from ..lti.claims import LEEWAY
from ..lti.fetching import key_set_fetcher
from ..lti.keys import signing_key
from ..lti.services import ServiceConnector
from ..people.models import Platform
from ..records.stores import BY_HAND, KINDS
from ..settings import Settings
from ..worker import stores
from ..worker.clients import Clients
from .findings import Finding, fail, looked, ok, warn

WAITS = 600.0  # seconds that a statement may wait: deploy/operations.md
NEAR = 5.0  # seconds that clocks may differ

Clocks = dict[str, float]  # seconds ahead of ours, by whose clock it is


def platforms(settings: Settings, database: Database, clocks: Clocks) -> Iterator[Finding]:
    """How each platform is; notes what time it has."""
    with database.read() as session:
        query = select(Platform).options(selectinload(Platform.deployments)).order_by(Platform.name)
        found = session.scalars(query).all()
    if not found:
        yield warn("platforms", "None is registered.", "Run: entraide platform invite")
    for platform in found:
        about, name = f"platform {platform.name}", shlex.quote(platform.name)
        waiting = [each.deployment_id for each in platform.deployments if not each.approved]
        if not platform.confirmed:
            yield warn(about, "It waits for you.", f"Run: entraide platform confirm {name}")
        elif waiting:
            deployment = shlex.quote(waiting[0])
            yield warn(
                about,
                f"{len(waiting)} deployment(s) wait for you.",
                f"Run: entraide platform approve {name} {deployment}",
            )
        else:
            yield from looked(about, partial(_platform, about, settings, database, platform, clocks))


def _platform(
    about: str, settings: Settings, database: Database, platform: Platform, clocks: Clocks
) -> Iterator[Finding]:
    sealer, private = Sealer(settings.secret_key), settings.allow_private_networks

    def key() -> tuple[str, RSAPrivateKey]:
        with database.read() as session:
            return signing_key(session, sealer)

    def heard(headers: httpx.Headers) -> None:
        if (ahead := seconds_ahead(headers)) is not None:
            clocks[platform.name] = ahead

    fetch = key_set_fetcher(settings.base_url, private=private, heard=heard)
    with outgoing.client(settings.base_url, private=private) as http:
        yield _answers(about, find_out(database, lambda: ServiceConnector(http, key), fetch, platform.id))


def _answers(about: str, results: list[Result]) -> Finding:
    failed = [result for result in results if result.outcome is Outcome.FAILED]
    if failed:
        words = " ".join(f"{PARTS[each.part]}: {each.words.rstrip('.')}." for each in failed)
        return fail(about, words, what_to_do(failed[0].part, failed[0].words))
    works = [PARTS[each.part] for each in results if each.outcome is Outcome.OK]
    unasked = [PARTS[each.part] for each in results if each.outcome is Outcome.UNKNOWN]
    later = f" Known after a launch: {', '.join(unasked)}." if unasked else ""
    return ok(about, f"In order: {', '.join(works)}.{later}")


def record_stores(database: Database, clients: Clients, clocks: Clocks) -> Iterator[Finding]:
    """How each record store is, and how far the delivery to it; notes what time it has."""
    standings = stores.status(database)
    for store in stores.list_all(database):
        about = f"record store {store.name}"
        yield from looked(
            about, partial(_store, about, database, clients, store, standings[store.name], clocks)
        )


def _store(
    about: str,
    database: Database,
    clients: Clients,
    store: stores.StoreInfo,
    standing: dict[str, Any],
    clocks: Clocks,
) -> Iterator[Finding]:
    said = stores.test(database, clients, store.name)
    if said.clock is not None and not store.local:
        clocks[store.name] = said.clock
    yield standing_of(about, store, said, standing)


def standing_of(about: str, store: stores.StoreInfo, said: Probe, standing: dict[str, Any]) -> Finding:
    """How a store is, by what it said just now and how far the delivery to it is."""
    name = shlex.quote(store.name)
    if said.problem or not said.can_write:
        refusal = said.problem or "We may not store statements."
        return fail(about, refusal, f"Put right what it says, then run: entraide lrs test {name}")
    if store.paused == BY_HAND:
        return warn(about, f"{BY_HAND} All is kept for it.", f"To go on, run: entraide lrs retry {name}")
    if store.paused:
        return warn(
            about,
            f"It answers, but was paused: {store.paused}",
            f"The worker looks again by itself; at once by: entraide lrs retry {name}",
        )
    if standing["dead"]:
        return warn(
            about,
            f"It refused {standing['dead']} statement(s).",
            f"See why on its page (entraide admin link), then run: entraide lrs retry {name}",
        )
    oldest = standing["oldest_pending_seconds"] or 0
    if oldest > WAITS:
        waits = f"{standing['pending']} statement(s) wait, the oldest for {oldest / 60:.0f} minutes."
        return warn(about, waits, "See whether a worker runs, and what its logs say.")
    if not said.can_read:
        return warn(
            about,
            "We may not read there, so no conflict and no reconciliation can be settled.",
            "Let these credentials read statements.",
        )
    kind = KINDS.get(said.kind, "It answers")
    done = f"{standing['delivered']} delivered, {standing['pending']} waiting"
    return ok(about, f"{kind}, xAPI {said.version}: {done}.")


def clock_agreed(database: Database, clocks: Clocks) -> Finding:
    """Whether our clock is that of others: launches and our own signatures hold for a minute or so."""
    if database.engine.dialect.name == "postgresql":
        with database.read() as session:
            moment = session.scalar(select(func.clock_timestamp()))
        clocks = {"the database": (moment - clock.now()).total_seconds() if moment else 0.0, **clocks}
    if not clocks:
        return warn("clock", "There is nobody to compare it with yet.", "Keep it right by NTP.")
    behind = median(clocks.values())
    if abs(behind) > NEAR:
        state = fail if abs(behind) > LEEWAY else warn
        where = "behind" if behind > 0 else "ahead of"
        words = f"Ours is {abs(behind):.0f} seconds {where} {', '.join(clocks)}."
        return state("clock", words, "Set it by NTP: launches are refused when clocks differ.")
    apart = [f"{name} ({ahead:+.0f} s)" for name, ahead in clocks.items() if abs(ahead) > NEAR]
    if apart:
        return warn("clock", f"Others have another time: {', '.join(apart)}.", "Have theirs set by NTP.")
    return ok("clock", f"It agrees with {', '.join(clocks)}.")
