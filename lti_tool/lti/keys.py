"""The tool's own key pairs: made when needed, sealed at rest, published as a key set."""

import base64
import secrets
from functools import lru_cache
from typing import Any, cast

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel import clock
from ..kernel.secrets import Sealer
from .models import ToolKey

BITS = 2048


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
    """Make the first key pair, if there is none."""
    if session.scalar(select(ToolKey.kid).where(ToolKey.retired_at.is_(None)).limit(1)) is None:
        make_key(session, sealer)


def signing_key(session: Session, sealer: Sealer) -> tuple[str, RSAPrivateKey]:
    """The newest key's id and its parsed private half. Parsing costs 30 ms or more, so it is done once.

    Raises:
        LookupError: no key has been made yet.

    """
    key = session.scalars(
        select(ToolKey).where(ToolKey.retired_at.is_(None)).order_by(ToolKey.created_at.desc()).limit(1)
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
    for key in session.scalars(select(ToolKey).order_by(ToolKey.created_at.desc())):
        public = serialization.load_pem_public_key(key.public_pem.encode())
        jwk = RSAAlgorithm.to_jwk(cast(RSAPublicKey, public), as_dict=True)
        keys.append(
            {"kty": jwk["kty"], "n": jwk["n"], "e": jwk["e"], "kid": key.kid, "alg": "RS256", "use": "sig"}
        )
    return {"keys": keys}
