"""A platform's notices (Platform Notification Service 1.0): verified as a launch is, each taken once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.database import Database
from ..people.models import Course, Deployment, Platform
from .claims import check_envelope
from .keysets import KeySets
from .models import Notice
from .names import CLAIM
from .refusals import LaunchRefusedError
from .registrations import Registrations
from .shapes import LONGEST, Claims, faulty, line, parse_strictly, required, text
from .tokens import SignedToken

HELLO, COPIED = "LtiHelloWorldNotice", "LtiContextCopyNotice"
MOST = 100  # notices in one request


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that holds."""

    platform: Platform
    tenant: Deployment
    id: str
    type: str
    claims: Claims


def receive(database: Database, keysets: KeySets, document: Any) -> int:
    """Take the notices of one request, all of them or none; return how many are new.

    Args:
        database: the application's.
        keysets: the platforms' keys.
        document: the request's JSON: {"notices": [{"jwt": ...}]}.

    Raises:
        LaunchRefusedError: one of them does not hold.

    """
    sent = document.get("notices") if isinstance(document, dict) else None
    if not isinstance(sent, list) or len(sent) > MOST:
        raise LaunchRefusedError("notice-malformed", f"not a list of at most {MOST} notices")
    with database.read() as reading:
        told = [_read(reading, keysets, each) for each in sent]
    with database.write() as writing:
        return sum(_take(writing, each) for each in told)


def _read(session: Session, keysets: KeySets, sent: Any) -> Told:
    if not isinstance(sent, dict) or not isinstance(sent.get("jwt"), str):
        raise LaunchRefusedError("notice-malformed", "no jwt")
    token = SignedToken.read(sent["jwt"])
    claims = parse_strictly(token.payload)
    registrations = Registrations(session)
    platform = registrations.platform(text(claims, "iss"), _client(claims))
    token.verify(keysets, platform.jwks_url)
    check_envelope(claims, issuer=platform.issuer, client_id=platform.client_id, now=clock.now())
    notice, deployment_id = required(claims, CLAIM + "notice"), text(claims, CLAIM + "deployment_id")
    registrations.check_deployment(platform, deployment_id)
    tenant = registrations.find_tenant(platform, deployment_id)
    if tenant is None:  # the platform brings new ones by launches, not by notices
        raise LaunchRefusedError("deployment-unknown", deployment_id, status=403, deployment=deployment_id)
    return Told(platform, tenant, text(notice, "id", "notice"), text(notice, "type", "notice"), claims)


def _client(claims: Claims) -> str:
    """For whom it is: `azp` where there are several audiences."""
    audience = claims.get("aud")
    if isinstance(audience, list):
        audience = claims.get("azp") or (audience[0] if audience else None)
    if not isinstance(audience, str) or not audience:
        raise faulty("aud")
    return audience


def _take(session: Session, told: Told) -> bool:
    """Keep a notice of a type we know and do what it asks; False when it came before, or tells us nothing."""
    known = session.get(Notice, (told.platform.id, told.id))
    if known is not None or told.type not in {HELLO, COPIED}:
        return False
    origins = origin_contexts(told.claims)
    session.add(
        Notice(
            platform_id=told.platform.id,
            notice_id=told.id,
            type=told.type,
            claims={"deployment": told.tenant.deployment_id, "origins": list(origins)},
            received_at=clock.now(),
        )
    )
    if told.type == COPIED:
        _copied(session, told.tenant, told.claims, origins)
    session.flush()
    return True


def _copied(session: Session, tenant: Deployment, claims: Claims, origins: Sequence[str]) -> None:
    """A course was copied: when its instructor first comes, its activities can be offered as copies."""
    context = required(claims, CLAIM + "context")
    context_id = text(context, "id", "context")
    course = session.scalar(
        select(Course).where(Course.tenant_id == tenant.id, Course.context_id == context_id)
    )
    if course is None:
        course = Course(tenant_id=tenant.id, context_id=context_id, title="")
        session.add(course)
    course.title = course.title or line(context, "title") or line(context, "label")
    course.history = list(dict.fromkeys([*origins, *(course.history or [])]))[:50]


def origin_contexts(claims: Claims) -> tuple[str, ...]:
    """The contexts that were copied from, the newest first: ids, or objects with one."""
    given = claims.get(CLAIM + "origin_contexts")
    ids = [
        each.get("id") if isinstance(each, dict) else each
        for each in (given if isinstance(given, list) else [])
    ]
    return tuple(
        each for each in ids if isinstance(each, str) and 0 < len(each) <= LONGEST and "\x00" not in each
    )
