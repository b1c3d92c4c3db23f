"""Login initiation: what is taken, what is refused, what never comes back (Security Framework 1.0, 5.1.1)."""

import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from door import TOOL, Door, assert_let_in, assert_refused
from flask.testing import FlaskClient
from sqlalchemy import update

from lti_tool.kernel import clock
from lti_tool.lti import logins
from lti_tool.lti.models import LoginAttempt

REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing": ("login-incomplete", dict.fromkeys(("iss", "login_hint", "target_link_uri", "client_id"))),
    **{
        f"{name} {shape}": ("login-incomplete", {name: value})
        for name in ("iss", "login_hint", "target_link_uri")
        for shape, value in {"missing": None, "empty": ""}.items()
    },
    "unknown iss": ("platform-unknown", {"iss": "https://evil.example"}),
    "unknown client": ("platform-unknown", {"client_id": "other"}),
    "iss as SQL": ("platform-unknown", {"iss": "' OR '1'='1"}),
    "iss as LIKE": ("platform-unknown", {"iss": "%"}),
    "iss with a NUL": ("platform-unknown", {"iss": "https://lms.example\x00"}),
    "client with a NUL": ("platform-unknown", {"client_id": "client\x00"}),
    "iss with CRLF": ("platform-unknown", {"iss": "https://lms.example\r\nSet-Cookie: a=b"}),
    "iss of 10 kB": ("platform-unknown", {"iss": "https://lms.example/" + "x" * 10_000}),
    "iss with a script": ("platform-unknown", {"iss": "<script>alert(1)</script>"}),
    **{
        f"target {target!r}": ("target-foreign", {"target_link_uri": target})
        for target in (
            "https://evil.example/lti/launch", "javascript:alert(1)", "//evil.example/", "/lti/launch", "x",
            "https://tool.example@evil.example/", "https://tool@evil.example", "https://u:p@tool.example/",
            "https://tool.example.evil.example/", "https://tool.example\\@evil.example/",
            "https://tool.example\t.evil.example/", "https://tool.example\r\n.evil.example/",
            "http://tool.example/lti/launch", "https://tool.example:8443/", "https://tool.example:x/", "https://[",
            "data:text/html,<script>alert(1)</script>", "https:tool.example", "https://" + "x" * 10_000,
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_login_is_refused(door: Door, name: str) -> None:
    code, changes = REFUSED[name]
    before = door.attempts()
    answer = door.login(**changes)
    assert_refused(answer, code, 400, 404)
    assert "Location" not in answer.headers
    assert "<script>alert" not in answer.text
    assert door.attempts() == before


def test_a_client_of_another_issuer_is_unknown(door: Door) -> None:
    other = door.register()
    assert_refused(door.login(client_id=other.client_id), "platform-unknown", 404)


@pytest.mark.every_database
def test_without_client_the_issuer_must_have_one_registration(door: Door) -> None:
    first = door.register(issuer="https://shared.example")
    assert first.authorize(door.login(first, client_id=None).headers["Location"])
    assert first.authorize(door.login(first, client_id="").headers["Location"])
    second = door.register(issuer="https://shared.example")
    assert_refused(door.login(first, client_id=None), "platform-ambiguous")
    for platform in (first, second):
        assert platform.authorize(door.login(platform).headers["Location"])


def test_login_is_taken_by_get_and_by_post_from_form_and_query(door: Door) -> None:
    given = door.initiation() | {"lti_message_hint": '{"cmid":3,"launchid":"ltilaunch2_79"}'}
    ways = ({"query_string": given, "method": "GET"}, {"data": given}, {"query_string": given, "data": {}})
    for way in ways:
        answer = door.browser().open("/lti/login", base_url=TOOL, **{"method": "POST", **way})
        assert answer.status_code == 302
        asked = door.platform.authorize(answer.headers["Location"])
        assert (asked["login_hint"], asked["lti_message_hint"]) == ("user-7", given["lti_message_hint"])
    for method in ("PUT", "DELETE", "PATCH"):
        assert door.browser().open("/lti/login", method=method, base_url=TOOL).status_code == 405


HINTS = {
    "script": '"><script>alert(1)</script>',
    "CRLF": "a\r\nSet-Cookie: evil=1",
    "10 kB": "é" * 10_000,
    "NUL": "x\x00y",
    "more parameters": "&state=evil&nonce=x#",
    "percent": "%0d%0a",
    "template": "{{7*7}}",
}


@pytest.mark.parametrize("hint", HINTS.values(), ids=HINTS)
def test_a_hint_is_passed_on_and_never_reflected(door: Door, hint: str) -> None:
    answer = door.login(login_hint=hint, lti_message_hint=hint)
    asked = door.platform.authorize(answer.headers["Location"])
    assert (asked["login_hint"], asked["lti_message_hint"]) == (hint, hint)
    assert hint not in answer.text
    assert "<script>" not in answer.text
    assert len(answer.headers.getlist("Set-Cookie")) == 1
    refused = door.login(iss="x", login_hint=hint, lti_message_hint=hint)
    assert hint not in refused.text
    assert "alert(1)" not in refused.text


def test_unknown_parameters_are_never_passed_on(door: Door) -> None:
    """Moodle's `repost` makes its page post itself again, without end."""
    noise = {
        "repost": "1", "redirect_uri": "https://evil.example", "state": "mine", "nonce": "mine",
        "prompt": "login", "scope": "all", "lti_storage_target": '"><script>', "lti_deployment_id": "9",
        "canvas_region": "x",
    }  # fmt: skip
    answer = door.login(**noise)
    asked = door.platform.authorize(answer.headers["Location"])
    known = {
        "scope", "response_type", "response_mode", "prompt", "client_id", "redirect_uri", "login_hint",
        "state", "nonce",
    }  # fmt: skip
    assert set(asked) == known
    assert "mine" not in (asked["state"], asked["nonce"])
    assert "repost" not in answer.text


def test_the_redirect_uri_is_constant_whatever_the_target_and_the_host(door: Door) -> None:
    for target in (f"{TOOL}/", f"{TOOL}/lti/launch?x=1", f"{TOOL}:443/anything"):
        assert door.platform.authorize(door.login(target_link_uri=target).headers["Location"])
    hosts = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    spoofed = door.browser().get("/lti/login", query_string=door.initiation(), headers=hosts)
    assert door.platform.authorize(spoofed.headers["Location"])


def test_an_auth_url_may_have_a_query(door: Door) -> None:
    platform = door.register(auth_url="https://lms.example/auth?tenant=a%20b")
    location = door.login(platform).headers["Location"]
    assert location.count("?") == 1
    assert parse_qs(urlsplit(location).query)["tenant"] == ["a b"]
    assert platform.authorize(location)


def test_the_cookie_of_a_login_is_for_the_launch_only(door: Door) -> None:
    cookie = door.login().headers["Set-Cookie"]
    name, _, rest = cookie.partition("=")
    attributes = {part.strip() for part in rest.split(";")[1:]}
    assert name.startswith("entraide-login-")
    assert {
        "Secure",
        "HttpOnly",
        "SameSite=None",
        "Partitioned",
        "Path=/lti/launch",
        "Max-Age=600",
    } <= attributes
    assert door.login().headers["Cache-Control"] == "no-store"


@pytest.mark.every_database
def test_the_database_keeps_only_digests(door: Door) -> None:
    client = door.browser()
    attempt = door.attempt(client=client)
    secrets = {attempt.state, attempt.nonce, *(cookie.value for cookie in client._cookies.values())}
    with door.database.read() as rows:
        kept = {
            value for row in rows.query(LoginAttempt).all() for value in (row.state, row.nonce, row.browser)
        }
    assert not secrets & kept


def test_a_flood_of_logins_is_slowed_down_and_forgotten(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def flood(client: FlaskClient, count: int) -> list[int]:
        flooder = {"REMOTE_ADDR": f"203.0.113.{count}"}
        given = {"query_string": door.initiation(), "base_url": TOOL, "environ_base": flooder}
        moment = time.time()
        with monkeypatch.context() as second:
            second.setattr("limits.storage.memory.time.time", lambda: moment)
            return [client.get("/lti/login", **given).status_code for _ in range(count)]

    before = door.attempts()
    assert flood(door.browser(), 120) == [302] * 100 + [429] * 20
    assert door.attempts() - before == 100
    assert door.login().status_code == 302, "others are not slowed down"
    over = clock.now() - logins.LIFETIME - timedelta(seconds=1)
    with door.database.write() as rows:
        rows.execute(update(LoginAttempt).values(created_at=over))
    assert_let_in(door.launch())
    assert door.attempts() == 1
