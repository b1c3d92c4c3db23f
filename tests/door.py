"""The door with a platform in front of it: who knocks, and what came of it."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from platforms.strict import Answer, KeyServer, Platform, key, key_set
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.lti.models import Launch, LoginAttempt, ResourceLink
from lti_tool.lti.refusals import SENTENCES
from lti_tool.people.models import Course, Deployment, Enrolment, Person
from lti_tool.people.models import Platform as Registration
from lti_tool.settings import Settings

TOOL = "https://tool.example"
_NUMBERS = count(1)
LEFT_BEHIND = (Launch, Person, Course, Enrolment, ResourceLink)  # what only a good launch may make


@dataclass
class Attempt:
    """One login that the platform took: what it must answer, from the browser that began it."""

    door: "Door"
    platform: Platform
    client: FlaskClient
    state: str
    nonce: str

    def claims(self, **changes: Any) -> dict[str, Any]:
        """The platform's claims for this login."""
        return self.platform.claims(self.nonce, **changes)

    def token(self, **changes: Any) -> str:
        """A good token for this login, but for the `changes` in its claims."""
        return self.platform.token(self.claims(**changes))

    def post(self, token: str | None = None, **form: Any) -> TestResponse:
        """Answer with a token (a good one if none is given); `form` fields of None are left out."""
        form = {"id_token": self.token() if token is None else token, "state": self.state} | form
        return self.client.post(
            "/lti/launch",
            data={name: value for name, value in form.items() if value is not None},
            base_url=TOOL,
        )


@dataclass
class Door:
    """The tool, with one platform registered."""

    app: Flask
    database: Database
    server: KeyServer
    platform: Platform = field(init=False)

    def __post_init__(self) -> None:
        self.platform = self.register()

    def browser(self) -> FlaskClient:
        """A new browser, without cookies, at an address of its own: a quick test is no flood."""
        client = self.app.test_client()
        client.environ_base["REMOTE_ADDR"] = str(ip_address("10.0.0.0") + next(_NUMBERS))
        return client

    def register(
        self, answer: Answer | None = None, deployments: tuple[str, ...] = ("1",), **given: Any
    ) -> Platform:
        """Register one more platform; its key set answers so, or well."""
        name = uuid4().hex[:8]
        given = {"issuer": f"https://{name}.example", "client_id": name, "key": key("platform")} | given
        keys = self.server.publish(answer or key_set(given["key"]))
        platform = Platform(keys, tool=TOOL, deployment_id=deployments[0], **given)
        registration = Registration(
            id=uuid4(), name=name, issuer=platform.issuer, client_id=platform.client_id, jwks_url=keys.url,
            auth_url=platform.auth_url, token_url="https://lms.example/token", created_at=clock.now(),
        )  # fmt: skip
        with self.database.write() as rows:
            rows.add(registration)
            rows.flush()
            rows.add_all(Deployment(platform_id=registration.id, deployment_id=each) for each in deployments)
        return platform

    def initiation(self, platform: Platform | None = None) -> dict[str, Any]:
        """The parameters with which a platform begins a login."""
        platform = platform or self.platform
        return {
            "iss": platform.issuer,
            "login_hint": "user-7",
            "target_link_uri": f"{TOOL}/lti/launch",
            "client_id": platform.client_id,
        }

    def login(
        self, platform: Platform | None = None, client: FlaskClient | None = None, **changes: Any
    ) -> TestResponse:
        """A login initiation; `changes` of None are left out."""
        given = self.initiation(platform) | changes
        query = {name: value for name, value in given.items() if value is not None}
        return (client or self.browser()).get("/lti/login", query_string=query, base_url=TOOL)

    def attempt(self, platform: Platform | None = None, client: FlaskClient | None = None) -> Attempt:
        """A login that the platform took."""
        platform, client = platform or self.platform, client or self.browser()
        asked = platform.authorize(self.login(platform, client).headers["Location"])
        return Attempt(self, platform, client, asked["state"], asked["nonce"])

    def launch(
        self, platform: Platform | None = None, client: FlaskClient | None = None, **changes: Any
    ) -> TestResponse:
        """A whole launch with a good token, but for the `changes` in its claims."""
        attempt = self.attempt(platform, client)
        return attempt.post(attempt.token(**changes))

    def rows(self, *tables: type) -> dict[str, int]:
        """How many rows the tables have; by default those that only a good launch fills."""
        with self.database.read() as reading:
            return {
                table.__name__: reading.scalar(select(func.count()).select_from(table)) or 0
                for table in tables or LEFT_BEHIND
            }

    def attempts(self) -> int:
        """How many logins the database remembers."""
        return self.rows(LoginAttempt)["LoginAttempt"]

    def refuses(self, knock: Callable[[], TestResponse], code: str, *statuses: int) -> TestResponse:
        """Check that a knock ends at a page in plain words with this code, and leaves nothing behind."""
        before = self.rows()
        answer = knock()
        assert_refused(answer, code, *statuses)
        assert self.rows() == before
        return answer


def assert_refused(answer: TestResponse, code: str, *statuses: int, signed_in: bool = False) -> None:
    """Check that an answer is a page in plain words with a stable code and a 4xx, and sets no cookie.

    A browser that is `signed_in` already may have its cookie set anew: its form token is in there.
    """
    text = html.unescape(answer.text)
    shown = re.search(r"give this code: ([a-z-]+)( [0-9a-f]{8})?<", text)
    assert shown, f"{answer.status}: {text[-2000:]}"
    assert shown[1] == code
    assert answer.status_code in (statuses or (400,))
    assert answer.mimetype == "text/html"
    assert signed_in or "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Traceback" not in text
    if code in SENTENCES:
        assert SENTENCES[code].split("%")[0] in text


def assert_let_in(answer: TestResponse) -> str:
    """Check that an answer opens a launch; return its address."""
    assert answer.status_code == 303, answer.text[-2000:]
    assert re.fullmatch(r"/l/[0-9a-f]{32}/", answer.headers["Location"])
    return str(answer.headers["Location"])


def make_settings(url: str, folder: Path, **given: Any) -> Settings:
    """The settings of a tool that stands nowhere."""
    return Settings(
        _env_file=None, base_url=TOOL, database_url=url, data_dir=folder, secret_key="a secret of the tests",
        allow_private_networks=True, **given,
    )  # fmt: skip
