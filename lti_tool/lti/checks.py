"""The live check of a platform: its keys, a service token, its gradebook and its roster, done by the worker.

Everything is only read. The answers wait in the database for the administrator's page.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.database import Database
from ..people.models import Course, Deployment, Platform, Roster
from .keysets import KeySets
from .lineitems import LINE_ITEM, LINE_ITEM_READ
from .memberships import MEDIA_TYPE as MEMBERS_TYPE
from .memberships import SCOPE as MEMBERS
from .models import Launch, PlatformCheck, ResourceLink
from .refusals import LaunchRefusedError
from .services import (
    DeclinedError,
    NotLetInError,
    NoTokenError,
    ServiceConnector,
    ServiceError,
    address,
)

LEASE = timedelta(minutes=3)  # longer than the slowest check takes
_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"


class Part(StrEnum):
    """What is checked."""

    KEYS = "keys"
    TOKEN = "token"  # noqa: S105  (a part, not a secret)
    GRADEBOOK = "gradebook"
    ROSTER = "roster"


class Outcome(StrEnum):
    """UNKNOWN: it could not be asked, for nothing has told us where, or something before it failed."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Result:
    """How one part is. `words`: the platform's own words, or those of the network."""

    part: Part
    outcome: Outcome
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Service:
    part: Part
    url: httpx.URL | str
    scopes: list[str]
    accept: str


def ask(session: Session, platform: Platform) -> None:
    """Ask for a check of a platform; the worker does it soon. Asking again before that changes nothing."""
    now = clock.now()
    check = session.get(PlatformCheck, platform.id)
    if check is None:
        check = PlatformCheck(platform_id=platform.id, asked_at=now, claimed_until=None, done_at=None)
        session.add(check)
    elif check.done_at is not None:
        check.asked_at, check.claimed_until, check.done_at, check.results = now, None, None, []


def due_checks(session: Session) -> list[UUID]:
    """The platforms whose check nobody has in hand."""
    return list(session.scalars(select(PlatformCheck.platform_id).where(*_free())))


def run_check(
    database: Database,
    connect: Callable[[], ServiceConnector],
    fetch: Callable[[str], Any],
    platform_id: UUID,
) -> bool:
    """Check a platform, unless another worker does.

    Args:
        database: where the question is, and where the answers go.
        connect: makes a connector that has no token yet, so that a new one is asked for.
        fetch: reads a key set's address; see `lti.fetching`.
        platform_id: one of `due_checks`.

    Returns:
        False: there is never more to do for the same platform.

    """
    with database.write() as session:
        asked_at = session.scalar(
            update(PlatformCheck)
            .where(PlatformCheck.platform_id == platform_id, *_free())
            .values(claimed_until=clock.now() + LEASE)
            .returning(PlatformCheck.asked_at)
        )
    if asked_at is None:
        return False
    results = find_out(database, connect, fetch, platform_id)
    with database.write() as session:
        session.execute(
            update(PlatformCheck)
            .where(PlatformCheck.platform_id == platform_id, PlatformCheck.asked_at == asked_at)
            .values(done_at=clock.now(), results=[asdict(result) for result in results])
        )
    return False


def find_out(
    database: Database,
    connect: Callable[[], ServiceConnector],
    fetch: Callable[[str], Any],
    platform_id: UUID,
) -> list[Result]:
    """Check a platform, and say how each part is; the arguments are those of `run_check`."""
    with database.read() as session:
        platform = session.get_one(Platform, platform_id)
        services = _services(session, platform_id)
    return [_keys(fetch, platform), *_service_results(connect(), platform, services)]


def _free() -> tuple[Any, ...]:
    claimed = PlatformCheck.claimed_until
    return PlatformCheck.done_at.is_(None), or_(claimed.is_(None), claimed < clock.now())


def _keys(fetch: Callable[[str], Any], platform: Platform) -> Result:
    try:
        KeySets(fetch).find(platform.jwks_url, None, lambda _: True)
    except LaunchRefusedError as error:
        return Result(Part.KEYS, Outcome.FAILED, error.detail.removeprefix(f"{platform.jwks_url}: "))
    return Result(Part.KEYS, Outcome.OK)


def _services(session: Session, platform_id: UUID) -> list[_Service]:
    """The gradebook and the roster of the course that was entered last, as far as they are offered."""
    found = []
    link = session.scalars(
        select(ResourceLink)
        .join(Course, Course.id == ResourceLink.course_id)
        .join(Deployment, Deployment.id == Course.tenant_id)
        .outerjoin(Launch, Launch.resource_link_id == ResourceLink.id)
        .where(Deployment.platform_id == platform_id, ResourceLink.lineitems_url != "")
        .order_by(Launch.created_at.desc().nulls_last(), ResourceLink.id)
        .limit(1)
    ).first()
    scopes = [scope for scope in (LINE_ITEM, LINE_ITEM_READ) if link and scope in link.ags_scopes]
    if link and scopes:
        found.append(_Service(Part.GRADEBOOK, link.lineitems_url, scopes, _ITEMS_TYPE))
    roster = session.scalars(
        select(Roster)
        .join(Course, Course.id == Roster.course_id)
        .join(Deployment, Deployment.id == Course.tenant_id)
        .outerjoin(Launch, Launch.course_id == Roster.course_id)
        .where(Deployment.platform_id == platform_id, Roster.memberships_url != "")
        .order_by(Launch.created_at.desc().nulls_last(), Roster.course_id)
        .limit(1)
    ).first()
    if roster:
        found.append(_Service(Part.ROSTER, roster.memberships_url, [MEMBERS], MEMBERS_TYPE))
    return found


def _service_results(
    connector: ServiceConnector, platform: Platform, services: list[_Service]
) -> Iterator[Result]:
    """The token's result first, as it shows in the calls: a service that answers at all got a token."""
    token, parts = Result(Part.TOKEN, Outcome.UNKNOWN), dict[Part, Result]()
    for service in services:
        try:
            connector.call(platform, service.scopes, "GET", _first(service), accept=service.accept)
        except (DeclinedError, NotLetInError) as error:
            parts[service.part] = Result(service.part, Outcome.FAILED, error.words)
        except NoTokenError as error:
            token = Result(Part.TOKEN, Outcome.FAILED, error.words)
            continue
        except ServiceError as error:
            parts[service.part] = Result(service.part, Outcome.FAILED, error.words)
            continue  # whether it was the token or the service that gave no answer is not known
        else:
            parts[service.part] = Result(service.part, Outcome.OK)
        if token.outcome is Outcome.UNKNOWN:
            token = Result(Part.TOKEN, Outcome.OK)
    yield token
    for part in (Part.GRADEBOOK, Part.ROSTER):
        yield parts.get(part, Result(part, Outcome.UNKNOWN))


def _first(service: _Service) -> httpx.URL:
    """The address for one entry only, where the platform heeds a limit."""
    return address(service.url).copy_merge_params({"limit": "1"})
