"""Tokens: what the platform for tests demands of a tool before it serves it."""

import time
from typing import Any

import pytest
from platforms.lms import CANVAS, D2L, MOODLE, OPENEDX, running
from platforms.lms.gradebook import ITEM
from platforms.lms.personalities import (
    LINE_ITEM,
    LINE_ITEM_READ,
    ROSTER,
    SCORE,
)
from platforms.lms.toytool import Scene, Tool, ask, on
from platforms.strict import compact, key


def test_a_token_answer_is_moodles(scene: Scene) -> None:
    reply = scene.tool.ask_token(f"{SCORE} {ROSTER}")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert reply.json.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert reply.json["expires_in"] == 60
    scene.lms.token_answer = {"expires_in": None}
    assert "expires_in" not in scene.tool.ask_token(SCORE).json


NOW = int(time.time())


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "someone"}, {"sub": "someone"}, {"aud": "https://elsewhere.example"}, {"aud": None},
        {"exp": NOW - 1}, {"exp": NOW + 3600}, {"exp": None}, {"iat": NOW + 3600}, {"iat": None},
        {"jti": None}, {"jti": "jti-used"},
    ],
    ids=" ".join,
)  # fmt: skip
def test_an_assertion_must_be_right(scene: Scene, changes: dict[str, Any]) -> None:
    scene.lms.seen.add("jti-used")
    assert scene.tool.ask_token(SCORE, **changes).status == 400


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "password"}, {"client_assertion_type": "x"}, {"scope": "https://example.com/x"},
        {"scope": ""}, {"grant_type": ["client_credentials"] * 2},
        {"client_assertion": "a.b.c"}, {"client_assertion": ""},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_request_must_be_right(scene: Scene, form: dict[str, str]) -> None:
    assert scene.tool.ask_token(SCORE, form).status == 400


def test_an_assertion_is_signed_with_a_key_that_the_tool_publishes(scene: Scene) -> None:
    tool = scene.tool
    for header in ({"kid": "other"}, {"kid": None}, {"alg": "none"}, {"alg": "PS256"}, {"crit": ["b64"]}):
        form = {"client_assertion": tool.sign(tool.assertion(), **header)}
        assert tool.ask_token(SCORE, form).status == 400
    other = compact({"alg": "RS256", "kid": "tool"}, tool.assertion(), key("lms").signer())
    refused = tool.ask_token(SCORE, {"client_assertion": other})
    assert "Signature verification failed" in refused.json["error_description"]
    good = tool.sign(tool.assertion())
    for bad in (
        good + ".x",
        good[:-1] + "+",
        good.replace(".", "_", 1),
        compact(b"{", {}, key("tool").signer()),
    ):
        assert tool.ask_token(SCORE, {"client_assertion": bad}).status == 400
    assert tool.ask_token(SCORE, {"client_assertion": good}).status == 200


@pytest.mark.parametrize("changes", [{"alg": None}, {"use": None}, {"d": "AQAB"}, {"kid": None}], ids=str)
def test_a_key_set_must_be_fit_to_be_published(changes: dict[str, Any]) -> None:
    with running(tool_keys=lambda: {"keys": [key("tool").jwk(**changes)]}) as lms:
        assert Tool(lms).ask_token(SCORE).status == 400


@on(D2L)
def test_d2l_has_an_audience_of_its_own(scene: Scene) -> None:
    assert scene.tool.ask_token(SCORE).status == 200
    assert scene.tool.ask_token(SCORE, aud=f"{scene.lms.url}/token").status == 401


@on(MOODLE, CANVAS, D2L, OPENEDX)
def test_services_want_a_token_with_the_scope(scene: Scene) -> None:
    ways = scene.lms.personality
    bare = ask("GET", scene.item, headers={"Accept": ITEM, "User-Agent": "x"})
    assert bare.status == ways.no_token == (403 if ways is OPENEDX else 401)
    assert scene.tool.call("GET", scene.item, SCORE, media=ITEM).status == ways.no_scope
    assert scene.tool.call("GET", scene.item, LINE_ITEM_READ, media=ITEM).status == 200
    scene.lms.revoke_tokens()
    assert scene.tool.call("GET", scene.item, LINE_ITEM_READ, media=ITEM).status == ways.no_token


@on(CANVAS)
def test_canvas_wants_a_user_agent(scene: Scene) -> None:
    assert ask("GET", f"{scene.lms.url}/jwks", headers={"User-Agent": ""}).status == 403


def test_a_token_lives_as_long_as_it_says(scene: Scene) -> None:
    assert scene.tool.call("GET", scene.item, LINE_ITEM, media=ITEM).status == 200
    scene.lms.clock = lambda: time.time() + 61
    try:
        assert scene.tool.call("GET", scene.item, LINE_ITEM, media=ITEM).status == 401
    finally:
        scene.lms.clock = time.time
