"""What the demo LMS keeps while it runs: its registration of the tool, its keys, what it has issued."""

import secrets
import time
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from cryptography.hazmat.primitives.asymmetric import rsa
from flask import current_app
from jwt.algorithms import RSAAlgorithm

from lti_tool.demo.course import COURSE, PEOPLE, Course, Person
from lti_tool.demo.gradebook import Gradebook

TOKEN_SECONDS = 3600
ASSERTION_SECONDS = 3600
T = TypeVar("T")


@dataclass(frozen=True)
class LmsSettings:
    """Where the LMS is, and how the tool is registered in it. Addresses have no slash at the end."""

    url: str = "http://127.0.0.1:8090"
    tool_url: str = "http://localhost:8091"
    client_id: str = "BzT4kWm9QfLr2Xe"
    deployment_id: str = "1"

    @property
    def launch_url(self) -> str:
        """The tool's only registered redirect URI."""
        return f"{self.tool_url}/lti/launch"

    @property
    def login_url(self) -> str:
        """The tool's OIDC login initiation."""
        return f"{self.tool_url}/lti/login"

    @property
    def tool_jwks_url(self) -> str:
        """The tool's public keys."""
        return f"{self.tool_url}/lti/jwks"

    @property
    def auth_url(self) -> str:
        """The LMS's OIDC authorisation endpoint."""
        return f"{self.url}/mod/lti/auth"

    @property
    def token_url(self) -> str:
        """The LMS's OAuth 2 token endpoint."""
        return f"{self.url}/mod/lti/token"

    @property
    def jwks_url(self) -> str:
        """The LMS's public keys."""
        return f"{self.url}/mod/lti/certs"


class Issued(Generic[T]):
    """Short-lived secrets and what each stands for; an expired one is as good as unknown."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._kept: dict[str, tuple[float, T]] = {}
        self._lock = Lock()

    def issue(self, what: T) -> str:
        """Remember `what` under a new secret."""
        secret = secrets.token_urlsafe(24)
        self.keep(secret, what)
        return secret

    def keep(self, secret: str, what: T) -> bool:
        """Remember `what` under a secret made elsewhere; False when that one is already known."""
        now = time.time()
        with self._lock:
            self._kept = {key: kept for key, kept in self._kept.items() if kept[0] > now}
            if secret in self._kept:
                return False
            self._kept[secret] = (now + self._seconds, what)
        return True

    def look(self, secret: str) -> T | None:
        """What the secret stands for, or None."""
        until, what = self._kept.get(secret, (0.0, None))
        return what if until > time.time() else None

    def take(self, secret: str) -> T | None:
        """The same, once: the secret is forgotten."""
        with self._lock:
            until, what = self._kept.pop(secret, (0.0, None))
        return what if until > time.time() else None


class Platform:
    """One running LMS: everything is in memory and gone with it."""

    def __init__(self, settings: LmsSettings, key: rsa.RSAPrivateKey | None = None) -> None:
        self.settings = settings
        self.course: Course = COURSE
        self.people: dict[str, Person] = PEOPLE
        learners = {person.id for person in PEOPLE.values() if person.role == "Learner"}
        self.gradebook = Gradebook(learners, [(link.id, link.title) for link in COURSE.links.values()])
        self.key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key_id = secrets.token_hex(10)
        self.launches: Issued[tuple[str, str]] = Issued(300)
        """(person id, link id) of every launch begun and not finished."""
        self.tokens: Issued[frozenset[str]] = Issued(TOKEN_SECONDS)
        """The scopes of every access token."""
        self.assertions: Issued[bool] = Issued(ASSERTION_SECONDS)
        """The `jti` of every client assertion seen: none is taken twice."""

    def public_keys(self) -> dict[str, Any]:
        """The LMS's JWKS."""
        key = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [key | {"kid": self.key_id, "alg": "RS256", "use": "sig"}]}


def platform() -> Platform:
    """The platform of the application that answers this request."""
    found: Platform = current_app.extensions["lms"]
    return found
