"""Who people are in statements: one account for each, named as the platform's administrator chose.

An account, once told, stays what it is: another choice concerns what happens from then on.
"""

import secrets
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from xapi.statements import Actor, lis_sourcedid_actor, lti_sub_actor, pseudonym_actor

from ..kernel import audit
from ..kernel.database import Database
from ..kernel.secrets import Sealer
from .models import ActorMode, Deployment, Person, Platform

# Each is the issuer of many institutions: the number of a person says nothing without theirs.
SHARED_ISSUERS = frozenset(
    {
        "https://canvas.instructure.com",
        "https://canvas.beta.instructure.com",
        "https://canvas.test.instructure.com",
        "https://blackboard.com",
    }
)


class Tenant(NamedTuple):
    """What decides how a deployment's people are named; the names are `Platform`'s and `Deployment`'s."""

    id: UUID
    issuer: str
    home_page: str
    actor_mode: ActorMode
    pseudonym_key: str


class Somebody(NamedTuple):
    """A person by all that they may be named by; the names are `Person`'s."""

    sub: str
    sourcedid: str
    erased: bool


def tells_texts(session: Session, tenant: UUID) -> bool:
    """Whether statements of a deployment carry what its people write. One statement."""
    of = select(Platform.texts_told).join(Deployment, Deployment.platform_id == Platform.id)
    return bool(session.scalar(of.where(Deployment.id == tenant)))


class Keys:
    """The keys of pseudonyms, one for each deployment: opened once, made when first asked for."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._kept: dict[UUID, tuple[str, bytes]] = {}

    def of(self, tenant: Tenant) -> bytes:
        """The key of a tenant. To make one takes a writing transaction: ask in none.

        Raises:
            ValueError: it was sealed under another ENTRAIDE_SECRET_KEY.

        """
        sealed = tenant.pseudonym_key or self._make(tenant.id)
        kept = self._kept.get(tenant.id)
        if kept is None or kept[0] != sealed:
            try:
                kept = self._kept[tenant.id] = (sealed, bytes.fromhex(self._sealer.open(sealed)))
            except InvalidToken:
                raise ValueError("the pseudonyms' key was sealed under another secret key") from None
        return kept[1]

    def _make(self, tenant_id: UUID) -> str:
        sealed = self._sealer.seal(secrets.token_hex(32))
        with self._database.write() as session:
            its = select(Deployment.pseudonym_key).where(Deployment.id == tenant_id).with_for_update()
            if known := session.scalar(its):  # another worker was first
                return known
            session.execute(update(Deployment).where(Deployment.id == tenant_id).values(pseudonym_key=sealed))
        return sealed


def account(tenant: Tenant, person: Somebody, key: bytes = b"") -> Actor:
    """The account by which statements name a person.

    Where the institution's number is asked for and not known, nobody is named by another one: the same
    person would be two, and two different people might be one.

    Args:
        tenant: theirs.
        person: who.
        key: of the tenant's pseudonyms, where they are asked for.

    Raises:
        ValueError: the LMS has not told the institution's number, or `key` is no key.

    """
    home = home_page(tenant)
    if tenant.actor_mode is ActorMode.PSEUDONYM:
        return pseudonym_actor(home, person.sub, key)
    if tenant.actor_mode is ActorMode.LTI_SUB:
        return lti_sub_actor(home, person.sub)
    if not person.sourcedid:
        raise ValueError(
            "the LMS does not say which number the institution gives this person (lis person_sourcedid)"
        )
    return lis_sourcedid_actor(home, person.sourcedid)


def known_account(session: Session, person: Person, keys: Keys) -> Actor | None:
    """The account by which statements name somebody by now; None where they have none, or none any more."""
    found = session.execute(
        select(
            Deployment.id,
            Platform.issuer,
            Deployment.home_page,
            Platform.actor_mode,
            Deployment.pseudonym_key,
        )
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(Deployment.id == person.tenant_id)
    ).one()
    tenant = Tenant(*found)
    try:
        key = keys.of(tenant) if tenant.pseudonym_key else b""
        return account(tenant, Somebody(person.sub, person.sourcedid, erased=False), key)
    except ValueError:
        return None


def team(tenant: Tenant, group_id: UUID) -> Actor:
    """The account of a group. Its id is ours: the LMS may give a group the number of a person."""
    return Actor(home_page(tenant), str(group_id))


def home_page(tenant: Tenant) -> str:
    """Where a tenant's people are at home: its issuer, or what its launches say where many share that."""
    return tenant.home_page or tenant.issuer


def learnt_home_page(issuer: str, url: str, guid: str) -> str:
    """Where a launch says its people are at home (LTI 1.3 core, 5.4.6); empty where the issuer says that.

    Args:
        issuer: the platform's.
        url: of the claim `tool_platform`, or empty.
        guid: of the same claim, or empty: no address, so it is put under the issuer's.

    """
    if issuer.rstrip("/") not in SHARED_ISSUERS:
        return ""
    return url.rstrip("/") or (f"{issuer.rstrip('/')}/{quote(guid, safe='')}" if guid else "")


def choose(session: Session, platform: Platform, mode: ActorMode, *, texts: bool, actor: str) -> None:
    """Choose by what statements name a platform's people from now on, and whether they hold what they write.

    Args:
        session: the transaction.
        platform: which.
        mode: by what.
        texts: whether texts and files are told.
        actor: who chooses, for the audit log.

    """
    if (platform.actor_mode, platform.texts_told) == (mode, texts):
        return
    platform.actor_mode, platform.texts_told = mode, texts
    audit.note(session, actor, "platform.statements", platform.name, people=mode.value, texts=texts)


def forget_pseudonyms(session: Session, platform: Platform, *, actor: str) -> int:
    """Destroy the keys of a platform's pseudonyms; return how many there were.

    From a record store alone nobody can tell again who was who. Whatever happens next makes new keys.

    Args:
        session: the transaction.
        platform: which.
        actor: who destroys them, for the audit log.

    """
    theirs = Deployment.platform_id == platform.id, Deployment.pseudonym_key != ""
    gone = session.scalars(
        update(Deployment).where(*theirs).values(pseudonym_key="").returning(Deployment.id)
    )
    keys = len(gone.all())
    if keys:
        audit.note(session, actor, "platform.pseudonyms-forgotten", platform.name, keys=keys)
    return keys
