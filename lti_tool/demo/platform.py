"""What the demo LMS keeps while it runs: its registration of the tool, its keys, what it has issued."""

import itertools
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Generic, TypeVar

from cryptography.hazmat.primitives.asymmetric import rsa
from flask import current_app
from jwt.algorithms import RSAAlgorithm

from lti_tool.demo.course import COURSE, PEOPLE, Course, Link, Person
from lti_tool.demo.gradebook import Gradebook

TOKEN_SECONDS = 3600
ASSERTION_SECONDS = 3600
DIALOG_SECONDS = 3600
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


@dataclass(frozen=True)
class Begun:
    """A launch on its way: who began it, and what it is about."""

    message_type: str
    person_id: str
    course_id: str = ""
    link_id: str = ""
    item_id: int = 0
    learner_id: str = ""


@dataclass
class Run:
    """A course as it runs: what stands in it now, and its gradebook."""

    course: Course
    gradebook: Gradebook


class Platform:
    """One running LMS: everything is in memory and gone with it."""

    def __init__(self, settings: LmsSettings, key: rsa.RSAPrivateKey | None = None) -> None:
        self.settings = settings
        self.people: dict[str, Person] = PEOPLE
        self.runs: dict[str, Run] = {}
        """Every course by its id."""
        columns = {link.id: {"label": link.title, "scoreMaximum": 100} for link in COURSE.links.values()}
        self._run(COURSE, columns)
        self._ids = map(str, itertools.count(20))
        self.key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key_id = secrets.token_hex(10)
        self.launches: Issued[Begun] = Issued(300)
        """Every launch begun and not finished."""
        self.dialogs: Issued[Begun] = Issued(DIALOG_SECONDS)
        """Every request for an activity that the tool has not answered."""
        self.tokens: Issued[frozenset[str]] = Issued(TOKEN_SECONDS)
        """The scopes of every access token."""
        self.assertions: Issued[bool] = Issued(ASSERTION_SECONDS)
        """The `jti` or `nonce` of everything the tool has signed: none is taken twice."""

    def run_of(self, link_id: str) -> Run | None:
        """The course that an activity is in."""
        return next((run for run in self.runs.values() if link_id in run.course.links), None)

    def add_link(
        self, run: Run, title: str, description: str, custom: Mapping[str, str], column: Any, language: Any
    ) -> Link:
        """Place an activity in a course, with its column if it has one. Raises RefusalError (400)."""
        link = Link(next(self._ids), title, description, language, custom)
        run.gradebook.place(link.id, column)
        run.course = run.course.plus(link)
        return link

    def copy(self, run: Run) -> Run:
        """A copy of a course: its activities with their columns, and nobody's grades."""
        number = len(self.runs) + 1
        copied = replace(
            run.course.copied(next(self._ids), self._ids),
            label=f"{COURSE.label}-{number}",
            title=f"{COURSE.title} ({number})",
        )
        columns = {}
        for link in copied.links.values():
            for item in run.gradebook.items(link_id=link.history[0]):
                columns[link.id] = {
                    "label": item.label,
                    "scoreMaximum": item.maximum,
                    "resourceId": item.resource_id,
                    "tag": item.tag,
                    "submissionReview": item.review,
                }
        return self._run(copied, columns)

    def _run(self, course: Course, columns: Mapping[str, dict[str, Any]]) -> Run:
        """Let a course run, its activities with the columns given by their ids."""
        gradebook = Gradebook({person.id for person in self.people.values() if person.role == "Learner"})
        for link_id in course.links:
            gradebook.place(link_id, columns.get(link_id))
        run = self.runs[course.id] = Run(course, gradebook)
        return run

    def public_keys(self) -> dict[str, Any]:
        """The LMS's JWKS."""
        key = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [key | {"kid": self.key_id, "alg": "RS256", "use": "sig"}]}


def platform() -> Platform:
    """The platform of the application that answers this request."""
    found: Platform = current_app.extensions["lms"]
    return found
