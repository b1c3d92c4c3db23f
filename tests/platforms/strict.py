"""A platform of our own for the door's tests: strict where it should be, and able to misbehave in any way.

It signs any token, well or badly formed, and serves key sets over real HTTP that may be slow or nonsense. It
shares no code with the tool: cryptography does the signing, the rest is put together by hand.
"""

import base64
import functools
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


def b64(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(header: Any, payload: Any, sign: Callable[[bytes], bytes]) -> str:
    """A JWS in compact form; header and payload are given as JSON values, or as the very bytes."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    signed = ".".join(map(b64, parts))
    return f"{signed}.{b64(sign(signed.encode()))}"


class Key:
    """A key pair: RSA of some size, or EC on some curve."""

    def __init__(self, kid: str | None, private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
        self.kid = kid
        self.private = private
        elliptic = isinstance(private, ec.EllipticCurvePrivateKey)
        self.alg = {256: "ES256", 384: "ES384", 521: "ES512"}[private.key_size] if elliptic else "RS256"

    def named(self, kid: str | None) -> "Key":
        """The same pair under another id."""
        return Key(kid, self.private)

    @property
    def pem(self) -> bytes:
        """The public half."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def jwk(self, **changes: Any) -> dict[str, Any]:
        """The public half as a platform publishes it; a change to None leaves the member out."""
        public = self.private.public_key().public_numbers()
        jwk: dict[str, Any] = {"kid": self.kid, "alg": self.alg, "use": "sig"}
        if isinstance(public, rsa.RSAPublicNumbers):
            jwk |= {"kty": "RSA", "n": _number(public.n), "e": _number(public.e)}
        else:
            size = (self.private.key_size + 7) // 8
            curve = {256: "P-256", 384: "P-384", 521: "P-521"}[self.private.key_size]
            jwk |= {"kty": "EC", "crv": curve, "x": _number(public.x, size), "y": _number(public.y, size)}
        return {name: value for name, value in (jwk | changes).items() if value is not None}

    def private_jwk(self) -> dict[str, Any]:
        """The whole pair, as no platform should publish it."""
        numbers = self.private.private_numbers()
        return self.jwk(
            d=_number(numbers.d if isinstance(numbers, rsa.RSAPrivateNumbers) else numbers.private_value)
        )

    def signer(self, alg: str | None = None) -> Callable[[bytes], bytes]:
        """Signs by RS*, PS* or ES*; by HS* with the public half as the secret, which is the oldest trick."""
        alg = alg or self.alg
        digest = HASHES[alg[2:]]

        def sign(data: bytes) -> bytes:
            if alg.startswith("HS"):
                return hmac.new(self.pem, data, getattr(hashlib, f"sha{alg[2:]}")).digest()
            if isinstance(self.private, ec.EllipticCurvePrivateKey):
                size = (self.private.key_size + 7) // 8
                both = decode_dss_signature(self.private.sign(data, ec.ECDSA(digest)))
                return b"".join(number.to_bytes(size, "big") for number in both)
            pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
            return self.private.sign(data, pss if alg.startswith("PS") else padding.PKCS1v15(), digest)

        return sign


def _number(value: int, size: int = 0) -> str:
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


@functools.cache
def key(name: str, bits: int = 2048) -> Key:
    """An RSA pair, made once for each name."""
    return Key(name, rsa.generate_private_key(65537, bits))


@functools.cache
def curve_key(name: str, curve: str = "P-256") -> Key:
    """An EC pair, made once for each name and curve."""
    return Key(name, ec.generate_private_key(CURVES[curve]))


# What an address of a key set answers with


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, sent after a `delay` and then in chunks, each after a `pause`; both in seconds."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    delay: float = 0
    pause: float = 0


def key_set(*keys: Key | Mapping[str, Any], **changes: Any) -> Answer:
    """A key set of these keys; `changes` are `Answer`'s."""
    jwks = [each.jwk() if isinstance(each, Key) else each for each in keys]
    return Answer(json.dumps({"keys": jwks}).encode(), **changes)


@dataclass
class Published:
    """An address of a `KeyServer`: what it answers now, and the headers of each request so far."""

    url: str
    answer: Answer
    requests: list[dict[str, str]] = field(default_factory=list)


class KeyServer(ThreadingHTTPServer):
    """Serves any number of key sets, each at its own address, and takes authentication requests nowhere."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.published: dict[str, Published] = {}
        self._numbers = itertools.count()

    def publish(self, answer: Answer) -> Published:
        """A new address that answers so."""
        path = f"/{next(self._numbers)}/jwks"
        self.published[path] = Published(f"http://127.0.0.1:{self.server_port}{path}", answer)
        return self.published[path]


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        address = self.server.published[self.path]  # type: ignore[attr-defined]
        address.requests.append(dict(self.headers))
        answer: Answer = address.answer
        time.sleep(answer.delay)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        step = 100 if answer.pause else len(answer.body) or 1
        try:
            for start in range(0, len(answer.body), step):
                self.wfile.write(answer.body[start : start + step])
                time.sleep(answer.pause)
        except OSError:  # the tool had enough
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def key_server() -> Iterator[KeyServer]:
    """A running key server."""
    server = KeyServer()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# The platform


@dataclass
class Platform:
    """One registration of one LMS, as it stands on the platform's side."""

    keys: Published
    key: Key
    tool: str  # the tool's base address
    issuer: str = "https://lms.example"
    client_id: str = "client"
    deployment_id: str = "1"
    auth_url: str = "https://lms.example/auth"

    def authorize(self, location: str) -> dict[str, str]:
        """Check an authentication request as Moodle does, and more; return its parameters.

        Security Framework 1.0, section 5.1.1.2.
        """
        assert location.startswith(self.auth_url), location
        parts = urlsplit(location)
        asked = parse_qs(parts.query, keep_blank_values=True, strict_parsing=True)
        assert not parts.fragment
        assert all(len(values) == 1 for values in asked.values()), asked
        single = {name: values[0] for name, values in asked.items()}
        fixed = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": self.client_id,
            "redirect_uri": f"{self.tool}/lti/launch",
        }
        assert {name: single.get(name) for name in fixed} == fixed
        assert len(single["state"]) >= 32
        assert len(single["nonce"]) >= 32
        assert single["state"] != single["nonce"]
        return single

    def claims(self, issued: str, **changes: Any) -> dict[str, Any]:
        """A resource link launch by a learner, for an `issued` nonce; `changes` are top-level claims."""
        now = int(time.time())
        return {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "user-7",
            "iat": now,
            "exp": now + 60,
            "nonce": issued,
            "name": "Ada Ames",
            LTI + "version": "1.3.0",
            LTI + "message_type": "LtiResourceLinkRequest",
            LTI + "deployment_id": self.deployment_id,
            LTI + "target_link_uri": f"{self.tool}/lti/launch",
            LTI + "resource_link": {"id": "link-1", "title": "How I welcome"},
            LTI + "context": {"id": "course-1", "label": "C1", "title": "Course One"},
            LTI + "roles": [f"{MEMBERSHIP}#Learner"],
            LTI + "launch_presentation": {"locale": "en", "return_url": f"{self.issuer}/course/1"},
        } | changes

    def token(self, claims: Any, *, key: Key | None = None, **header: Any) -> str:
        """A token of these claims, signed by the platform's key or another; members of None are left out."""
        key = key or self.key
        header = {"typ": "JWT", "alg": key.alg, "kid": key.kid} | header
        return compact({n: v for n, v in header.items() if v is not None}, claims, key.signer())
