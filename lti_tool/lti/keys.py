"""The tool's own key pairs: made when needed, sealed at rest, published as a set, changed with an overlap.

Platforms keep our key set for hours. So a new key is published a day before it signs, and an old one stays in
the set for two weeks after it signed last; its private half is gone by then.
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, cast

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from ..kernel import audit, clock
from ..kernel.secrets import Sealer
from .models import ToolKey

BITS = 2048
PUBLISH_AHEAD = timedelta(hours=24)  # that a new key is in the set before it signs
KEEP_PUBLISHED = timedelta(days=14)  # that an old one stays there after it signed last


class KeyState(StrEnum):
    """Where a key is in its life."""

    COMING = "coming"
    SIGNING = "signing"
    LEAVING = "leaving"


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """A published key, without its private half. `signs_from` is None for one that signs or has signed."""

    kid: str
    state: KeyState
    created_at: datetime
    signs_from: datetime | None
    leaves_at: datetime | None


def make_key(session: Session, sealer: Sealer) -> ToolKey:
    """Make a key pair and store it, the private half sealed."""
    private = generate_private_key(public_exponent=65537, key_size=BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    key = ToolKey(
        kid=base64.urlsafe_b64encode(secrets.token_bytes(12)).decode(),
        private_pem=sealer.seal(pem.decode()),
        public_pem=public.decode(),
        created_at=clock.now(),
        retired_at=None,
    )
    session.add(key)
    session.flush()
    return key


def ensure_key(session: Session, sealer: Sealer) -> None:
    """Make the first key pair, if there is none; tidy those that there are."""
    tidy(session)
    if session.scalar(select(ToolKey.kid).where(ToolKey.retired_at.is_(None)).limit(1)) is None:
        make_key(session, sealer)


def rotate(session: Session, sealer: Sealer, actor: str, *, leaked: bool = False) -> ToolKey:
    """Make a new key pair that takes over from the present one; return it.

    Args:
        session: the transaction; the audit log gets an entry in it.
        sealer: seals the private half.
        actor: who asked for it, for the audit log.
        leaked: the new key signs at once, and every older one leaves the key set now. Until a platform has
            fetched the key set again, it refuses what we sign.

    """
    now = clock.now()
    if leaked:
        session.execute(delete(ToolKey))
    else:
        tidy(session)
        older = update(ToolKey).where(ToolKey.retired_at.is_(None))
        session.execute(older.values(retired_at=now + PUBLISH_AHEAD))
    key = make_key(session, sealer)
    audit.note(session, actor, "keys.rotated", key.kid, leaked=leaked)
    return key


def tidy(session: Session) -> None:
    """Erase the private halves of keys that sign no more, and the keys whose time in the set is over."""
    now = clock.now()
    session.execute(delete(ToolKey).where(ToolKey.retired_at <= now - KEEP_PUBLISHED))
    session.execute(
        update(ToolKey).where(ToolKey.retired_at <= now, ToolKey.private_pem != "").values(private_pem="")
    )


def list_keys(session: Session) -> list[KeyInfo]:
    """The keys in the key set, the newest first."""
    now = clock.now()
    told: list[KeyInfo] = []
    takes_over: datetime | None = None  # when the key before ends
    signing = False
    for key in reversed(_published(session)):
        leaves = key.retired_at + KEEP_PUBLISHED if key.retired_at else None
        if key.retired_at and key.retired_at <= now:
            told.append(KeyInfo(key.kid, KeyState.LEAVING, key.created_at, None, leaves))
            continue
        state = KeyState.COMING if signing else KeyState.SIGNING
        told.append(KeyInfo(key.kid, state, key.created_at, takes_over if signing else None, leaves))
        signing, takes_over = True, key.retired_at
    return told[::-1]


def signing_key(session: Session, sealer: Sealer) -> tuple[str, RSAPrivateKey]:
    """The id of the key that signs now, and its parsed private half.

    That is the oldest one that has not ended: a newer one waits until platforms know it. Parsing costs 30 ms
    or more, so it is done once.

    Raises:
        LookupError: no key has been made yet.

    """
    key = session.scalars(
        select(ToolKey)
        .where(or_(ToolKey.retired_at.is_(None), ToolKey.retired_at > clock.now()))
        .order_by(ToolKey.retired_at.nulls_last(), ToolKey.created_at)
        .limit(1)
    ).first()
    if key is None:
        raise LookupError("the tool has no key pair yet: run `entraide db upgrade`")
    return key.kid, _parsed(sealer.open(key.private_pem))


@lru_cache(maxsize=8)
def _parsed(pem: str) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the tool's keys are RSA keys")
    return key


def public_keys(session: Session) -> dict[str, Any]:
    """The key set that platforms read (RFC 7517), with `alg` and `use`: Moodle drops keys without `alg`."""
    keys = []
    for key in _published(session):
        public = serialization.load_pem_public_key(key.public_pem.encode())
        jwk = RSAAlgorithm.to_jwk(cast(RSAPublicKey, public), as_dict=True)
        keys.append(
            {"kty": jwk["kty"], "n": jwk["n"], "e": jwk["e"], "kid": key.kid, "alg": "RS256", "use": "sig"}
        )
    return {"keys": keys}


def _published(session: Session) -> Sequence[ToolKey]:
    """The keys of the set, the newest first."""
    return session.scalars(
        select(ToolKey)
        .where(or_(ToolKey.retired_at.is_(None), ToolKey.retired_at > clock.now() - KEEP_PUBLISHED))
        .order_by(ToolKey.retired_at.desc().nulls_first(), ToolKey.created_at.desc())
    ).all()
