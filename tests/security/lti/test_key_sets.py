"""A platform's key set over HTTP: whatever it answers, launches end well or plainly (LTI 1.3 core, 6.3)."""

import json
import time
from typing import Any

import pytest
from door import Door, assert_let_in, make_settings
from platforms.strict import Answer, KeyServer, curve_key, key, key_set
from sqlalchemy import update

from lti_tool.lti.fetching import key_set_fetcher
from lti_tool.lti.keysets import FETCHES
from lti_tool.people.models import Platform as Registration
from lti_tool.settings import Settings

HTML = {"Content-Type": "text/html"}
USELESS = {
    "HTML": Answer(b"<!doctype html><title>Maintenance</title>", headers=HTML),
    "empty": Answer(b""),
    "no JSON": Answer(b"{keys: []}"),
    "not UTF-8": Answer(b'{"keys": "\xff"}'),
    "deep": Answer(b'{"keys":' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    "null": Answer(b"null"),
    "a list": Answer(json.dumps([key("platform").jwk()]).encode()),
    "without keys": Answer(b"{}"),
    "keys an object": Answer(json.dumps({"keys": {"0": key("platform").jwk()}}).encode()),
    "no key": key_set(),
    "keys of odd shapes": Answer(
        b'{"keys": [null, 7, "x", [], {}, {"kty": "RSA"}, {"kty": ["RSA"]}, {"kty": {}}]}'
    ),
    "numbers of odd shapes": key_set(
        {"kty": "RSA", "n": 7, "e": []}, {"kty": "EC", "crv": "P-256", "x": "", "y": ""}
    ),
    "huge": Answer(b" " * 300_000 + key_set(key("platform")).body),
    "down": key_set(key("platform"), status=503),
    "forbidden": key_set(key("platform"), status=403),
    "not found": Answer(b"<h1>Not Found</h1>", status=404, headers=HTML),
    "redirect": key_set(key("platform"), status=302, headers={"Location": "/0/jwks"}),
    "no content": Answer(status=204),
    "compressed": key_set(key("platform"), headers={"Content-Encoding": "gzip"}),
    "weak": key_set(key("weak", 1024).named("platform")),
    "for encryption": key_set(key("platform").jwk(use="enc")),
    "symmetric": key_set({"kty": "oct", "k": "c2VjcmV0", "kid": "platform", "alg": "HS256"}),
    "private": key_set(key("platform").private_jwk(), curve_key("e").private_jwk()),
    "for HMAC": key_set(key("platform").jwk(alg="HS256")),
    "alg none": key_set(key("platform").jwk(alg="none")),
    "alg a list": key_set(key("platform").jwk(alg=["RS256"])),
    "exponent 1": key_set(key("platform").jwk(e="AQ")),
    "off the curve": key_set(curve_key("e").jwk(y=curve_key("f").jwk()["y"])),
}


@pytest.mark.parametrize("name", USELESS)
def test_a_useless_key_set_is_said_plainly(sqlite_door: Door, name: str) -> None:
    platform = sqlite_door.register(USELESS[name])
    signing = key("weak", 1024).named("platform") if name == "weak" else platform.key
    attempt = sqlite_door.attempt(platform)
    token = platform.token(attempt.claims(), key=signing)
    sqlite_door.refuses(lambda: attempt.post(token), "keys-unavailable", 502)
    platform.keys.answer = key_set(platform.key)
    assert_let_in(attempt.post(platform.token(attempt.claims())))  # at once, with the same login


@pytest.mark.parametrize(
    "answer",
    [key_set(key("platform"), delay=9), key_set(key("platform"), pause=1.2)],
    ids=["slow", "dripping"],
)
def test_a_slow_key_set_is_not_waited_for(
    sqlite_door: Door, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.lti.fetching.READ", 0.5)
    monkeypatch.setattr("lti_tool.lti.fetching.WHOLE", 1.0)
    platform = sqlite_door.register(answer)
    if answer.pause:
        platform.keys.answer = Answer(answer.body, pause=0.4)
    started = time.monotonic()
    sqlite_door.refuses(lambda: sqlite_door.launch(platform), "keys-unavailable", 502)
    assert time.monotonic() - started < 4


def test_an_address_where_nobody_listens_is_said_plainly(sqlite_door: Door) -> None:
    platform = sqlite_door.register()
    with sqlite_door.database.write() as rows:
        mine = Registration.client_id == platform.client_id
        rows.execute(update(Registration).where(mine).values(jwks_url="http://127.0.0.1:9/jwks"))
    sqlite_door.refuses(lambda: sqlite_door.launch(platform), "keys-unavailable", 502)


def test_keys_are_fetched_once_and_politely(sqlite_door: Door) -> None:
    platform = sqlite_door.register()
    for _ in range(20):
        assert_let_in(sqlite_door.launch(platform))
    (headers,) = platform.keys.requests
    assert headers["User-Agent"].startswith("Entraide/")
    assert headers["Accept"] == "application/json"


def test_new_keys_are_taken_at_once(sqlite_door: Door) -> None:
    platform = sqlite_door.register(key=key("old"))
    assert_let_in(sqlite_door.launch(platform))
    platform.key, platform.keys.answer = key("new"), key_set(key("new"), key("old"))
    assert_let_in(sqlite_door.launch(platform))
    platform.keys.answer = key_set(key("new"))
    assert_let_in(sqlite_door.launch(platform))
    assert len(platform.keys.requests) == 2


def test_new_keys_under_an_old_id_are_taken_at_once(sqlite_door: Door) -> None:
    platform = sqlite_door.register(key=key("old").named("always"))
    assert_let_in(sqlite_door.launch(platform))
    platform.key = key("new").named("always")
    platform.keys.answer = key_set(platform.key)
    assert_let_in(sqlite_door.launch(platform))
    attempt = sqlite_door.attempt(platform)
    old = platform.token(attempt.claims(), key=key("old").named("always"))
    sqlite_door.refuses(lambda: attempt.post(old), "token-signature")


def test_known_keys_outlast_an_outage(sqlite_door: Door) -> None:
    platform = sqlite_door.register()
    assert_let_in(sqlite_door.launch(platform))
    platform.keys.answer = Answer(b"", status=500)
    assert_let_in(sqlite_door.launch(platform))
    attempt = sqlite_door.attempt(platform)
    sqlite_door.refuses(
        lambda: attempt.post(platform.token(attempt.claims(), kid="unknown")), "token-signature"
    )
    assert len(platform.keys.requests) == 2
    assert_let_in(sqlite_door.launch(platform))


def test_a_flood_of_unknown_keys_is_not_passed_on(sqlite_door: Door) -> None:
    platform = sqlite_door.register()
    for number in range(FETCHES + 10):
        attempt = sqlite_door.attempt(platform)
        token = platform.token(attempt.claims(), kid=f"made-up-{number}")
        sqlite_door.refuses(lambda a=attempt, t=token: a.post(t), "token-signature")
    assert len(platform.keys.requests) == FETCHES
    assert_let_in(sqlite_door.launch(platform))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/x", "https://127.0.0.1/x", "file:///etc/passwd", "ftp://x/"]
)
def test_private_addresses_are_refused_in_production(keys: KeyServer, url: str) -> None:
    fetch = key_set_fetcher("https://tool.example", private=False)
    with pytest.raises(Exception, match=r"not https|private network|scheme|unsupported"):
        fetch(url.format(port=keys.server_port))


def test_the_application_forbids_private_addresses_unless_told(tmp_path: Any) -> None:
    assert Settings.model_fields["allow_private_networks"].default is False
    assert make_settings("sqlite://", tmp_path).allow_private_networks is True
