"""Registration with platforms that misbehave, over HTTP: a plain page, nothing stored, nobody else called."""

import html
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from door import TOOL, Door, assert_refused, make_settings
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from misbehaving import Outside
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from lti_tool.app import create_app
from lti_tool.lti import registering
from lti_tool.lti.invitations import invite
from lti_tool.lti.models import Invitation
from lti_tool.people.models import Deployment, Platform

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PATIENCE = 0.6  # seconds, instead of registering's own
METADATA_SERVICE = "http://169.254.169.254/latest/meta-data/"


class Lms(Outside):
    """Answers as told: its configuration, and what comes of a registration."""

    def __init__(self) -> None:
        super().__init__()
        self.configuration: Any = self.document()
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}

    def document(self, **changes: Any) -> dict[str, Any]:
        paths = {
            "authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "jwks",
            "registration_endpoint": "register",
        }  # fmt: skip
        platform = {
            "product_family_code": "moodle",
            "messages_supported": [{"type": "LtiResourceLinkRequest"}],
        }
        return {
            "issuer": self.url,
            **{name: f"{self.url}/{path}" for name, path in paths.items()},
            PLATFORM: platform,
        } | changes

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Any:
        if planned := self.answers.get(method):
            return planned
        document = {"client_id": "client"} if method == "POST" else self.configuration
        return 200, {"Content-Type": "application/json"}, json.dumps(document).encode()


class Registration:
    """Somebody with an invitation, whose LMS is not as it should be."""

    def __init__(self, door: Door, lms: Lms) -> None:
        self.door = door
        self.lms = lms
        self.client: FlaskClient = door.browser()

    def invite(self) -> str:
        with self.door.database.write() as rows:
            return invite(rows, "", base_url=TOOL).rpartition("=")[2]

    def open(self, **changes: str) -> TestResponse:
        given = {
            "invitation": self.invite(),
            "openid_configuration": f"{self.lms.url}/configuration",
            "registration_token": "a.b.c",
        } | changes
        return self.client.get(f"/lti/register?{urlencode(given)}", base_url=TOOL)

    def confirm(self, page: TestResponse) -> TestResponse:
        assert page.status_code == 200, page.text[-2000:]
        [form] = re.findall(r'name="form" value="([^"]+)"', page.text)
        return self.client.post("/lti/register", data={"form": html.unescape(form)}, base_url=TOOL)

    def refuses(self, answer: TestResponse, code: str) -> None:
        """Check that it is a plain page, and that nothing is left behind."""
        assert_refused(answer, code)
        assert self.door.rows(Platform, Deployment) == self.before
        with self.door.database.read() as reading:
            assert all(each.used_at is None for each in reading.query(Invitation))

    def __enter__(self) -> "Registration":
        self.before = self.door.rows(Platform, Deployment)
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def lms() -> Iterator[Lms]:
    with Lms().running() as lms:
        yield lms


@pytest.fixture
def registration(sqlite_door: Door, lms: Lms, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registration]:
    monkeypatch.setattr(registering, "WITHIN", PATIENCE)
    with sqlite_door.database.write() as rows:
        rows.query(Invitation).delete()
    with Registration(sqlite_door, lms) as registration:
        yield registration


@pytest.fixture(scope="module")
def strict(sqlite_door: Door, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The same tool, which may not call into private networks."""
    url = sqlite_door.database.engine.url.render_as_string(hide_password=False)
    settings = make_settings(url, tmp_path_factory.mktemp("strict"))
    app = create_app(settings.model_copy(update={"allow_private_networks": False}))
    yield app.test_client()
    app.extensions["entraide.database"].dispose()


ADDRESSES = [
    "http://lms.example/", "http://8.8.8.8/", "https://127.0.0.1:9/", "https://localhost:9/", "https://[::1]:9/",
    "https://10.0.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/", "https://0.0.0.0/",
    "https://2130706433/", "https://0x7f.1/", "https://[::ffff:127.0.0.1]/", "https://[fd00::1]/",
    "https://user:word@8.8.8.8/", "ftp://lms.example/", "file:///etc/passwd", "javascript:alert(1)",
    "//lms.example/", "lms.example", "https://", "https://[", "https://lms.example:x/", "https://lms\r\n.example/",
    "https://lms.example/" + "x" * 5000, "\x00", "gopher://127.0.0.1:6379/_SET",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_that_are_not_called(
    registration: Registration, strict: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_args, **_more: pytest.fail("it was called"))
    registration.client = strict
    strict.environ_base["REMOTE_ADDR"] = f"10.9.0.{ADDRESSES.index(address)}"
    registration.refuses(registration.open(openid_configuration=address), "configuration-address")


def test_a_name_that_turns_private(
    registration: Registration, strict: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: whatever the name says at the moment of the connection is what is judged."""
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_args, **_more: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9))],
    )
    monkeypatch.setattr(socket, "create_connection", lambda *_args, **_more: pytest.fail("it was called"))
    registration.client = strict
    answer = registration.open(openid_configuration="https://rebinding.example/")
    registration.refuses(answer, "configuration-address")


def test_a_redirect_leads_nowhere(registration: Registration, lms: Lms) -> None:
    elsewhere = Lms()
    with elsewhere.running():
        for target in (METADATA_SERVICE, f"{elsewhere.url}/configuration", "/configuration"):
            for status in (301, 302, 303, 307, 308):
                lms.answers["GET"] = status, {"Location": target}, b""
                registration.client = registration.door.browser()
                registration.refuses(registration.open(), "configuration-unavailable")
    assert elsewhere.requests == []


USELESS = {
    "HTML": (200, {"Content-Type": "text/html"}, b"<!doctype html><title>Sign in</title>"),
    "empty": (200, {}, b""),
    "204": (204, {}, b""),
    "400": (400, {}, b"{}"),
    "401": (401, {}, b"missing_registration_token"),
    "404": (404, {}, b""),
    "500": (500, {}, b"Traceback"),
    "a string": (200, {}, b'"x"'),
    "a list": (200, {}, b"[]"),
    "not UTF-8": (200, {}, b'{"issuer": "\xff"}'),
    "NaN": (200, {}, b'{"issuer": NaN}'),
    "twice": (200, {}, b'{"issuer": "a", "issuer": "b"}'),
    "a lone surrogate": (200, {}, b'{"issuer": "\\ud800"}'),
    "deep": (200, {}, b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    "10 MB": (200, {}, b'{"issuer": "' + b"x" * (10 << 20) + b'"}'),
    "300 kB": (200, {}, b'{"issuer": "' + b"x" * (300 << 10) + b'"}'),
    "compressed": (200, {"Content-Encoding": "gzip"}, b"x"),
}


@pytest.mark.parametrize("case", USELESS)
def test_a_configuration_that_is_none(registration: Registration, lms: Lms, case: str) -> None:
    lms.answers["GET"] = USELESS[case]
    registration.refuses(registration.open(), "configuration-unavailable")


def test_nobody_there_and_nobody_who_answers(registration: Registration, lms: Lms) -> None:
    answer = registration.open(openid_configuration="http://127.0.0.1:1/")
    registration.refuses(answer, "configuration-unavailable")
    lms.next_answers.append("reset")
    registration.refuses(registration.open(), "configuration-unavailable")
    begun = time.monotonic()
    lms.hanging.set()
    registration.refuses(registration.open(), "configuration-unavailable")
    assert time.monotonic() - begun < PATIENCE + 2


@contextmanager
def dripping(text: bytes) -> Iterator[str]:
    """A server that sends one byte now and then, for as long as anybody listens."""
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection:
            for byte in text:
                if over.wait(PATIENCE / 6):
                    return
                try:
                    connection.sendall(bytes([byte]))
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                drip(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            over.set()
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize(
    "text", [b"HTTP/1.1 200 OK\r\nX: " + b"x" * 999, b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 999]
)
def test_a_slow_one_gains_nothing_by_dripping(registration: Registration, text: bytes) -> None:
    with dripping(text) as address:
        begun = time.monotonic()
        answer = registration.open(openid_configuration=address)
        assert time.monotonic() - begun < PATIENCE + 2
    registration.refuses(answer, "configuration-unavailable")


def test_it_speaks_of_others(registration: Registration, lms: Lms) -> None:
    other = "http://127.0.0.2:8080"
    cases = {
        name: lms.document(**{name: f"{other}/x"})
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
    }
    cases["issuer"] = lms.document(issuer="https://lms.example")
    cases["authorization_server"] = lms.document(authorization_server=f"{other}/token")
    for member, document in cases.items():
        lms.configuration = document
        answer = registration.open()
        registration.refuses(answer, "configuration-foreign")
        assert f"({member})" in answer.text
    assert lms.seen("POST", "") == []


def test_what_is_missing_is_named(registration: Registration, lms: Lms) -> None:
    for member in ("issuer", "token_endpoint", "registration_endpoint", PLATFORM):
        lms.configuration = {name: value for name, value in lms.document().items() if name != member}
        answer = registration.open()
        registration.refuses(answer, "configuration-faulty")
        assert f"({member.rpartition('/')[2]})" in answer.text


def test_tokens_that_no_header_can_hold(registration: Registration, lms: Lms) -> None:
    for token in ("a\r\nX-Evil: 1", "é", "a b", "\x00", "x" * 10_000):
        registration.refuses(registration.open(registration_token=token), "registration-incomplete")
    assert lms.requests == []
    assert registration.open(registration_token="").status_code == 200  # as D2L: none
    [(_, _, headers, _)] = lms.requests
    assert "Authorization" not in headers


UNCLEAR = {
    **{
        name: USELESS[name]
        for name in ("HTML", "empty", "204", "500", "a list", "not UTF-8", "10 MB", "deep")
    },
    "no client": (200, {}, b"{}"),
    "client null": (200, {}, b'{"client_id": null}'),
    "client empty": (200, {}, b'{"client_id": "  "}'),
    "client a list": (200, {}, b'{"client_id": ["x"]}'),
    "client true": (200, {}, b'{"client_id": true}'),
    "client with a NUL": (200, {}, b'{"client_id": "a\\u0000"}'),
    "client of 300": (200, {}, b'{"client_id": "' + b"x" * 300 + b'"}'),
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_an_answer_that_says_nothing(registration: Registration, lms: Lms, case: str) -> None:
    page = registration.open()
    lms.answers["POST"] = UNCLEAR[case]
    registration.refuses(registration.confirm(page), "registration-unclear")


def test_no_answer_at_all(registration: Registration, lms: Lms) -> None:
    pages = [registration.open() for _ in range(2)]
    lms.next_answers.append("reset after")
    registration.refuses(registration.confirm(pages[0]), "registration-unclear")
    lms.hanging.set()
    registration.refuses(registration.confirm(pages[1]), "registration-unclear")


@pytest.mark.parametrize("status", [302, 400, 401, 404, 422, 429])
def test_a_platform_that_says_no(registration: Registration, lms: Lms, status: int) -> None:
    page = registration.open()
    lms.answers["POST"] = status, {"Location": METADATA_SERVICE}, b"unsupported placements ['x']"
    answer = registration.confirm(page)
    registration.refuses(answer, "registration-declined")
    assert f"({status})" in answer.text
    lms.answers.clear()
    assert registration.confirm(page).status_code == 303  # the invitation is as good as before
    with registration.door.database.write() as rows:
        rows.query(Platform).filter_by(client_id="client").delete()


def test_odd_but_legal_answers(registration: Registration, lms: Lms) -> None:
    answers = [
        {"client_id": 10000000000068, TOOL_CONFIGURATION: {"deployment_id": 3}},
        {"client_id": "odd", "scope": "a\x00b", TOOL_CONFIGURATION: {"deployment_id": ["x"]}},
        {"client_id": "odder", TOOL_CONFIGURATION: []},
    ]
    for document in answers:
        page = registration.open()
        lms.answers["POST"] = 201, {"Content-Type": "text/html"}, json.dumps(document).encode()
        assert registration.confirm(page).status_code == 303
    with registration.door.database.write() as rows:
        made = rows.query(Platform).filter_by(issuer=lms.url).all()
        assert {each.client_id for each in made} == {"10000000000068", "odd", "odder"}
        assert [[d.deployment_id for d in each.deployments] for each in made].count(["3"]) == 1
        for each in made:
            rows.execute(Platform.__table__.delete().where(Platform.id == each.id))


def test_what_the_page_holds_cannot_be_made_up(registration: Registration, lms: Lms) -> None:
    seen = {"invitation": registration.invite(), "configuration": {}, "registration_token": ""}
    secret = registration.door.app.secret_key
    forged = [
        "", "x", "a.b.c", URLSafeTimedSerializer("another key", salt="registration").dumps(seen),
        URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(seen),
    ]  # fmt: skip
    for form in forged:
        answer = registration.client.post("/lti/register", data={"form": form}, base_url=TOOL)
        registration.refuses(answer, "registration-stale")
    assert lms.requests == []


def test_a_page_that_was_open_too_long(registration: Registration, monkeypatch: pytest.MonkeyPatch) -> None:
    page = registration.open()
    monkeypatch.setattr("lti_tool.lti.registration_views.LIFETIME", -1)
    registration.refuses(registration.confirm(page), "registration-stale")


def test_what_a_platform_says_is_escaped(registration: Registration, lms: Lms) -> None:
    lms.configuration[PLATFORM]["https://canvas.instructure.com/lti/account_name"] = (
        "<script>alert(1)</script>"
    )
    page = registration.open()
    assert "<script>alert" not in page.text
    assert page.status_code == 200


def test_nobody_tries_for_long(registration: Registration) -> None:
    answers = [registration.open(invitation="x").status_code for _ in range(31)]
    assert answers == [400] * 30 + [429]


def test_a_registration_that_cannot_be_kept_says_what_to_do(
    registration: Registration, lms: Lms, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = registration.open()

    def full(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(registering, "keep", full)
    registration.refuses(registration.confirm(page), "registration-lost")
