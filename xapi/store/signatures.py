"""Signed statements: a JSON web signature among the attachments (xAPI 1.0.3, Part Two, 2.6)."""

import base64
from typing import Any

import jwt
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from xapi.store.identity import same
from xapi.store.parts import Json
from xapi.validation import Version, strictjson
from xapi.validation.shapes import statement as shape

USAGE = "http://adlnet.gov/expapi/attachments/signature"
CONTENT_TYPE = "application/octet-stream"
_ALGORITHMS = ["RS256", "RS384", "RS512"]
_SET_ON_THE_WAY = ("id", "timestamp")  # by a store, where who signed had not


class SignatureError(ValueError):
    """A signature that is malformed, or not of this statement; the message ends "the signature ..."."""


def check(statement: Json, signature: bytes, version: Version) -> None:
    """Raise SignatureError unless a `statement`, valid under `version`, is what `signature` (a JWS) signs.

    Where the signature brings its certificate (x5c), it must be one by that certificate's key; whether to
    trust the certificate is for those who read the statement.
    """
    header, payload = _opened(signature)
    if header.get("alg") not in _ALGORITHMS:
        raise SignatureError(f"must be made with {', '.join(_ALGORITHMS[:-1])} or {_ALGORITHMS[-1]}")
    if "x5c" in header:
        _opened(signature, _key(header["x5c"]))
    try:
        signed = strictjson.loads(payload)
    except strictjson.JSONError as error:
        raise SignatureError(f"must sign a statement, and signs what is {error}") from error
    if any(shape(version)(signed, "")):
        raise SignatureError("must sign a valid statement")
    added = {name for name in _SET_ON_THE_WAY if name not in signed}
    sent = {name: part for name, part in statement.items() if name not in added}
    if not same(_without_signatures(sent), _without_signatures(signed)):
        raise SignatureError("must sign this statement, and signs another one")


def _opened(signature: bytes, key: RSAPublicKey | None = None) -> tuple[dict[str, Any], bytes]:
    """Return header and payload of a signature, verified by `key` where there is one."""
    try:
        whole = jwt.PyJWS().decode_complete(
            signature, key or "", _ALGORITHMS, options={"verify_signature": key is not None}
        )
    except jwt.PyJWTError as error:
        raise SignatureError(f"must be a JSON web signature that holds ({error})") from error
    return whole["header"], whole["payload"]


def _key(chain: Any) -> RSAPublicKey:
    """Return the key of the certificate that a chain begins with (RFC 7515, 4.1.6)."""
    try:
        key = x509.load_der_x509_certificate(base64.b64decode(chain[0])).public_key()
    except (TypeError, ValueError, LookupError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise SignatureError("has a certificate that cannot be read") from error
    if not isinstance(key, RSAPublicKey):
        raise SignatureError("has a certificate whose key is not one for RSA")
    return key


def _without_signatures(statement: Json) -> Json:
    rest = [each for each in statement.get("attachments", ()) if each["usageType"] != USAGE]
    bare = {name: part for name, part in statement.items() if name != "attachments"}
    return {**bare, "attachments": rest} if rest else bare
