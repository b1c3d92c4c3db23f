"""Registering a platform by hand: what an administrator copies from the LMS, and what goes back into it."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from ..kernel import audit, clock
from ..kernel.errors import ConflictError, InvalidError
from ..kernel.i18n import N_
from ..people.models import Deployment, Platform

ADDRESSES = ("auth_url", "token_url", "jwks_url")
# What the LMS asks for, and the path that answers it.
OURS = (
    (N_("Initiate login URL"), "/lti/login"),
    (N_("Redirection URI"), "/lti/launch"),
    (N_("Tool URL (target link)"), "/lti/launch"),
    (N_("Public keyset URL"), "/lti/jwks"),
)


@dataclass(frozen=True, slots=True)
class Details:
    """A registration's security details (LTI 1.3 core, section 3.1.2)."""

    name: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    audience: str | None = None


def check_address(address: str, *, private: bool) -> None:
    """Check that an address may be one of a platform.

    Args:
        address: as it was given.
        private: whether http is allowed.

    Raises:
        InvalidError: it is no web address, or not https.

    """
    try:
        parts = urlsplit(address)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        named = False
    if not named:
        raise InvalidError(N_("This is not a web address."), code="address")
    if parts.scheme == "http" and not private:
        raise InvalidError(N_("The address must begin with https."), code="address-https")


def register(
    session: Session, details: Details, deployment_ids: Collection[str], actor: str, *, private: bool
) -> Platform:
    """Register a platform, or add deployments to a known one (same name, issuer and client).

    Args:
        session: the transaction; the audit log gets an entry in it.
        details: what the LMS says.
        deployment_ids: the installations whose launches are let in.
        actor: who does it, for the audit log.
        private: whether addresses may be http.

    Raises:
        InvalidError: an address does not hold; `field` says which.
        ConflictError: the name, or the issuer with this client, belongs to another registration.

    """
    for field in ADDRESSES:
        try:
            check_address(getattr(details, field), private=private)
        except InvalidError as error:
            error.field = field
            raise
    target = session.scalar(
        select(Platform).options(selectinload(Platform.deployments)).where(Platform.name == details.name)
    )
    have = {each.deployment_id: each for each in target.deployments} if target else {}
    if target is None:
        target = Platform(**asdict(details), created_at=clock.now())
        session.add(target)
    elif (target.issuer, target.client_id) != (details.issuer, details.client_id):
        raise ConflictError(
            N_("A platform is already called %(name)s. Choose another name."),
            code="name-taken",
            name=details.name,
        )
    try:
        session.flush()
    except IntegrityError:
        raise ConflictError(
            N_("This issuer and client are registered already, under another name."), code="platform-known"
        ) from None
    for deployment_id in dict.fromkeys(deployment_ids):
        if known := have.get(deployment_id):
            known.approved = True  # it may have been waiting
        else:
            session.add(Deployment(platform_id=target.id, deployment_id=deployment_id, approved=True))
    audit.note(session, actor, "platform.registered", details.name, deployments=list(deployment_ids))
    return target
