"""A small tool that does right, to try the LMS with, and a course to do it in."""

import json
import secrets
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from platforms.lms.lms import Lms
from platforms.lms.people import Course, Person
from platforms.lms.personalities import SCORE, Personality
from platforms.lms.scores import SCORE as SCORE_TYPE
from platforms.lms.tokens import ASSERTION
from platforms.strict import compact, key

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Reply:
    status: int
    reason: str
    headers: Any
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
    request = urllib.request.Request(url, body, headers or {}, method=method)
    try:
        answered = OPENER.open(request, timeout=5)
    except urllib.error.HTTPError as error:
        answered = error
    with answered:
        return Reply(answered.status, answered.reason, answered.headers, answered.read().decode())


@dataclass
class Tool:
    """A tool that does right, unless a test changes something."""

    lms: Lms
    tokens: dict[str, str] = field(default_factory=dict)

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        own = key("tool")
        header = {"alg": "RS256", "typ": "JWT", "kid": own.kid} | header
        return compact({name: v for name, v in header.items() if v is not None}, claims, own.signer())

    def assertion(self, **changes: Any) -> dict[str, Any]:
        """The claims of a client assertion; changes to None leave a claim out."""
        known, now = self.lms.registration, int(time.time())
        claims = {
            "iss": known["client_id"], "sub": known["client_id"],
            "aud": known["audience"] or known["token_url"], "iat": now, "exp": now + 60,
            "jti": secrets.token_hex(8),
        } | changes  # fmt: skip
        return {name: value for name, value in claims.items() if value is not None}

    def ask_token(self, scope: str, form: dict[str, Any] | None = None, **changes: Any) -> Reply:
        """What comes of a token request that is right, but for fields of the `form` or claims."""
        given = {
            "grant_type": "client_credentials", "client_assertion_type": ASSERTION, "scope": scope,
            "client_assertion": self.sign(self.assertion(**changes)),
        } | (form or {})  # fmt: skip
        return ask("POST", f"{self.lms.url}/token", urlencode(given, doseq=True).encode())

    def call(
        self, method: str, url: str, scope: str, value: Any = None, media: str = "", **headers: str
    ) -> Reply:
        if scope not in self.tokens:
            self.tokens[scope] = self.ask_token(scope).json["access_token"]
        sent = {"Authorization": f"Bearer {self.tokens[scope]}"}
        sent |= {"Content-Type" if value is not None else "Accept": media}
        body = None if value is None else json.dumps(value).encode()
        return ask(method, url, body, sent | headers)


@dataclass
class Scene:
    """A course with an instructor, two learners and a graded link."""

    lms: Lms
    tool: Tool
    course: Course
    tina: Person
    ann: Person
    item: str

    def score(self, sub: str = "4", second: float = 0, **changes: Any) -> Reply:
        moment = f"2026-03-04T08:20:{second:06.3f}Z"
        body = {
            "userId": sub, "scoreGiven": 8, "scoreMaximum": 10, "timestamp": moment,
            "activityProgress": "Completed", "gradingProgress": "FullyGraded",
        } | changes  # fmt: skip
        path, mark, query = self.item.partition("?")
        body = {name: value for name, value in body.items() if value is not None}
        return self.tool.call("POST", f"{path}/scores{mark}{query}", SCORE, body, SCORE_TYPE)

    @property
    def grade(self) -> float | None:
        return self.lms.grades[self.item, "4"].score


def stage(lms: Lms) -> Scene:
    course = lms.course("", "Course One")
    tina = lms.add_person("3", "Tina Teacher", "Instructor", courses=[course])
    ann = lms.add_person("4", "Ann Ames", courses=[course])
    lms.add_person("5", "Bo Berg", courses=[course])
    link = lms.link(course, score_maximum=100)
    assert link.line_item
    return Scene(lms, Tool(lms), course, tina, ann, link.line_item.id)


def on(*personalities: Personality) -> pytest.MarkDecorator:
    """Runs a test with its `scene` on each of these."""
    return pytest.mark.parametrize("scene", personalities, ids=lambda each: each.name, indirect=True)
