"""Deep-linking responses on the platform for tests: the recorded ones, and those it must refuse."""

import time
from typing import Any
from urllib.parse import urlencode

import pytest
from platforms.lms import CANVAS
from platforms.lms.linking import DL
from platforms.lms.messages import LTI, SETTINGS
from platforms.lms.personalities import DEEP_LINKING
from platforms.lms.toytool import Reply, Scene, ask, on
from platforms.strict import compact, key

ITEM = {
    "type": "ltiResourceLink", "title": "DL activity 1", "url": "https://tool.example/lti/launch",
    "custom": {"activity_id": "1"}, "available": {"startDateTime": "2026-05-01T12:00:00Z"},
    "lineItem": {"scoreMaximum": 20, "label": "Label 1", "resourceId": "res-1", "tag": "work"},
}  # fmt: skip


def respond(scene: Scene, items: list[Any], signer: str = "tool", **changes: Any) -> Reply:
    """What comes of a response that is right, but for the changes."""
    lms = scene.lms
    settings = lms.claims(scene.tina, scene.course, message_type=DEEP_LINKING)[SETTINGS]
    now = int(time.time())
    claims = {
        "iss": lms.client_id, "aud": [lms.issuer], "iat": now, "exp": now + 60,
        "nonce": f"nonce-{time.perf_counter_ns()}", LTI + "deployment_id": lms.deployment_id,
        LTI + "message_type": "LtiDeepLinkingResponse", LTI + "version": "1.3.0",
        DL + "content_items": items,
    }  # fmt: skip
    if "data" in settings:
        claims[DL + "data"] = settings["data"]
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    jwt = compact({"alg": "RS256", "typ": "JWT", "kid": "tool"}, claims, key(signer).signer())
    return ask("POST", settings["deep_link_return_url"], urlencode({"JWT": jwt}).encode())


def test_items_become_links_and_line_items(scene: Scene) -> None:
    answered = respond(scene, [ITEM, ITEM | {"title": "DL activity 2"}])
    assert answered.status == 200, answered.body
    assert "DL activity 2" in answered.body
    first, _ = scene.lms.returned[-1]["links"]
    assert first.custom == {"activity_id": "1"}
    assert first.dates == {"available.startDateTime": "2026-05-01T12:00:00Z"}
    assert first.line_item.fields == ITEM["lineItem"] | {"resourceLinkId": first.id}
    assert first.line_item.id in scene.lms.line_items


def test_cancelling_adds_nothing(scene: Scene) -> None:
    before = len(scene.course.links)
    assert "Nothing added" in respond(scene, [], **{DL + "errormsg": "toy error message"}).body
    assert len(scene.course.links) == before


def test_moodle_fails_at_an_empty_custom(scene: Scene) -> None:
    assert respond(scene, [ITEM | {"custom": {}}]).status == 500


@pytest.mark.parametrize(
    "item",
    [
        {"type": "link"}, {"url": "https://other.example/"}, {"custom": {"n": 5}}, {"title": 5},
        {"available": {"startDateTime": "2026-05-01"}}, {"lineItem": {"label": "x"}}, {"extra": 1},
        {"lineItem": {"scoreMaximum": "20"}}, {"iframe": {"width": "9"}}, {"icon": "x"},
        {"lineItem": {"scoreMaximum": 20, "resourceLinkId": "1"}},
    ],
    ids=str,
)  # fmt: skip
def test_an_item_must_be_right(scene: Scene, item: dict[str, Any]) -> None:
    assert respond(scene, [ITEM | item]).status == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "x"}, {"aud": "x"}, {"exp": int(time.time()) - 1}, {"iat": None}, {"nonce": None},
        {LTI + "deployment_id": "x"}, {LTI + "message_type": "x"}, {LTI + "version": None},
        {DL + "data": "x"}, {DL + "msg": 5}, {"nonce": "used"}, {"signer": "lms"}, {"sub": "x"},
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_response_must_be_right(scene: Scene, changes: dict[str, Any]) -> None:
    scene.lms.seen.add("used")
    assert respond(scene, [ITEM], **changes).status == 400


@on(CANVAS)
def test_data_comes_back_unchanged(scene: Scene) -> None:
    assert respond(scene, [ITEM]).status == 200
    assert respond(scene, [ITEM], **{DL + "data": None}).status == 400
    scene.lms.deep_linking = {"accept_multiple": "false", "accept_lineitem": False}
    try:
        assert respond(scene, [ITEM]).status == 400
        plain = {name: value for name, value in ITEM.items() if name != "lineItem"}
        assert respond(scene, [plain]).status == 200
        assert respond(scene, [plain, plain]).status == 400
    finally:
        scene.lms.deep_linking = {}


def test_a_request_is_answered_once(scene: Scene) -> None:
    respond(scene, [ITEM])
    url = f"{scene.lms.url}{scene.lms.requests[-1].path}"
    assert ask("POST", url, urlencode({"JWT": "a.b.c"}).encode()).status == 404
