"""Reading what the tool signs: JWS in compact form, RS256 only, with a key of the tool's published set."""

import base64
import binascii
import json
import re
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from platforms.strict import b64

PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "k"}


class BadTokenError(Exception):
    """What is wrong with a token or a key set."""


def unb64(text: str) -> bytes:
    """The bytes of canonical base64url without padding."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise BadTokenError("Malformed base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise BadTokenError("Malformed base64url") from error
    if b64(data) != text:
        raise BadTokenError("Base64url is not canonical")
    return data


def _object(part: str) -> dict[str, Any]:
    try:
        value = json.loads(unb64(part))
    except ValueError as error:
        raise BadTokenError("Malformed JSON") from error
    if not isinstance(value, dict):
        raise BadTokenError("Not an object")
    return value


def check_key_set(jwks: Any) -> list[dict[str, Any]]:
    """The keys of a set that is fit to be published: RS256, 2048 bits or more, nothing private.

    Moodle needs `alg`; Security Framework 1.0, section 6.3, the rest.
    """
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not keys:
        raise BadTokenError("No keys in the tool's key set")
    for each in keys:
        if PRIVATE_MEMBERS & each.keys():
            raise BadTokenError("The tool's key set has a private key")
        wanted = {"kty": "RSA", "alg": "RS256", "use": "sig"}
        if {name: each.get(name) for name in wanted} != wanted or not each.get("kid"):
            raise BadTokenError("A key of the tool's lacks kty, alg, use or kid")
        if len(unb64(each["n"])) < 256:
            raise BadTokenError("A key of the tool's is shorter than 2048 bits")
    return keys


def verified(token: str, jwks: Any) -> dict[str, Any]:
    """The claims of a token signed with a key of the set; BadTokenError if it is not."""
    parts = token.split(".")
    if len(parts) != 3:
        raise BadTokenError("Wrong number of segments")
    header = _object(parts[0])
    if header.get("alg") != "RS256":
        raise BadTokenError("Algorithm not allowed")
    if header.get("typ", "JWT") != "JWT" or "crit" in header:
        raise BadTokenError("Unknown header")
    if not header.get("kid"):
        raise BadTokenError('"kid" empty, unable to lookup correct key')
    named = [each for each in check_key_set(jwks) if each["kid"] == header["kid"]]
    if not named:
        raise BadTokenError('"kid" invalid, unable to lookup correct key')
    for each in named:
        numbers = rsa.RSAPublicNumbers(*(int.from_bytes(unb64(each[name])) for name in "en"))
        signed = f"{parts[0]}.{parts[1]}".encode()
        try:
            numbers.public_key().verify(unb64(parts[2]), signed, padding.PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return _object(parts[1])
    raise BadTokenError("Signature verification failed")
