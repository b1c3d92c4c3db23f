"""A platform's signed token: taken apart strictly, then verified by the platform's own keys.

JSON Web Signature, compact form (RFC 7515), asymmetric algorithms only. The parts are decoded once, and the
key is asked directly: PyJWT's own `decode` would do the first again, at four times the signature's cost.
"""

from dataclasses import dataclass
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from jwt import PyJWK
from jwt.utils import base64url_decode, base64url_encode

from .keysets import KeySets
from .refusals import LaunchRefusedError
from .shapes import parse_strictly

LARGEST = 64 * 1024  # bytes of a token; real ones have 3 to 8 kB
ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A token in its parts; nothing of it is to be believed before `verify`."""

    header: dict[str, Any]
    payload: bytes
    signed: bytes
    signature: bytes

    @classmethod
    def read(cls, token: str) -> Self:
        """Take a token apart.

        Raises:
            LaunchRefusedError: token-malformed, or token-signature for an algorithm we do not take.

        """
        if len(token) > LARGEST:
            raise LaunchRefusedError("token-malformed", f"{len(token)} bytes", status=413)
        try:
            signed, _, last = token.encode("ascii").rpartition(b".")
            header, payload = (_decoded(part) for part in signed.split(b"."))
            signature = _decoded(last)
        except ValueError:
            raise LaunchRefusedError("token-malformed", "not three parts of base64url") from None
        members = parse_strictly(header)
        if not isinstance(members.get("kid", ""), str) or {"crit", "b64"} & members.keys():
            raise LaunchRefusedError("token-malformed", "header")
        if members.get("alg") not in ALGORITHMS:
            raise LaunchRefusedError("token-signature", f"alg {members.get('alg')!r}")
        return cls(members, payload, signed, signature)

    def verify(self, keysets: KeySets, url: str) -> None:
        """Check that a key of the set at `url` signed it, by that key's own algorithm.

        Raises:
            LaunchRefusedError: token-signature, or keys-unavailable.

        """
        keysets.find(url, self.header.get("kid"), self._is_signed_by)

    def _is_signed_by(self, key: PyJWK) -> bool:
        if key.algorithm_name != self.header["alg"]:
            return False
        try:
            return key.Algorithm.verify(self.signed, key.key, self.signature)
        except (InvalidSignature, ValueError):
            return False


def _decoded(part: bytes) -> bytes:
    """Base64url in its one canonical form. Raises ValueError for any other."""
    decoded = base64url_decode(part)
    if base64url_encode(decoded) != part:
        raise ValueError("not canonical")
    return decoded
