"""Logins and messages of the platform for tests: what it demands, and what each kind sends."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from platforms.lms import BLACKBOARD, CANVAS, PERSONALITIES, SAKAI
from platforms.lms.messages import ENDPOINT, LTI, ROSTER_CLAIM, SETTINGS
from platforms.lms.personalities import COPIED, DEEP_LINKING, LAUNCH, PRIVACY, REVIEW
from platforms.lms.toytool import Scene, on

STATE, NONCE = "s" * 32, "n" * 32


def asked(scene: Scene, initiation: dict[str, str], **changes: str | None) -> str:
    """The authentication request of a tool that does right, but for the changes."""
    asked = {
        "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
        "client_id": initiation["client_id"], "redirect_uri": f"{scene.lms.tool}/lti/launch",
        "login_hint": initiation["login_hint"], "lti_message_hint": initiation["lti_message_hint"],
        "state": STATE, "nonce": NONCE,
    } | changes  # fmt: skip
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"{scene.lms.url}/auth?{query}"


def initiated(scene: Scene) -> dict[str, str]:
    scene.lms.seen.discard(NONCE)
    return scene.lms.initiation(scene.ann, next(iter(scene.course.links.values())))


def payload(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return said


@on(*PERSONALITIES)
def test_a_login_that_is_right_is_answered(scene: Scene) -> None:
    initiation = initiated(scene)
    form = scene.lms.authorize(asked(scene, initiation))
    assert form["state"] == STATE
    said = payload(form["id_token"])
    assert (said["nonce"], said["sub"], said["iss"]) == (NONCE, "4", initiation["iss"])
    assert ("lti_storage_target" in initiation) == (scene.lms.personality.name not in ("Moodle", "Open edX"))


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": "profile"}, {"response_type": "code"}, {"response_mode": None}, {"prompt": "login"},
        {"client_id": "other"}, {"redirect_uri": "https://tool.example/lti/launch?x=1"}, {"login_hint": "3"},
        {"lti_message_hint": None}, {"state": None}, {"nonce": None}, {"nonce": STATE}, {"repost": "1"},
    ],
    ids=str,
)  # fmt: skip
def test_a_login_must_be_right(scene: Scene, changes: dict[str, str | None]) -> None:
    with pytest.raises(AssertionError):
        scene.lms.authorize(asked(scene, initiated(scene), **changes))


def test_moodles_hint_works_once(scene: Scene) -> None:
    location = asked(scene, initiated(scene))
    scene.lms.authorize(location)
    scene.lms.seen.discard(NONCE)
    with pytest.raises(AssertionError, match="lti_message_hint"):
        scene.lms.authorize(location)


@on(CANVAS)
def test_a_nonce_works_once(scene: Scene) -> None:
    location = asked(scene, initiated(scene))
    scene.lms.authorize(location)
    with pytest.raises(AssertionError, match="nonce"):
        scene.lms.authorize(location)


def test_literal_variables(scene: Scene) -> None:
    custom = {"Hist": "$ResourceLink.id.history", "ctx": "$Context.id.history", "due-date": "$X.y", "a": "b"}
    copied = scene.lms.copy(scene.course)
    link = scene.lms.link(copied, custom=custom, history=("1",))
    said = scene.lms.claims(scene.tina, copied, link)[LTI + "custom"]
    assert said == {
        "Hist": "$ResourceLink.id.history", "hist": "$ResourceLink.id.history", "ctx": scene.course.id,
        "due-date": "$X.y", "due_date": "$X.y", "a": "b",
    }  # fmt: skip


@on(BLACKBOARD)
def test_known_variables(scene: Scene) -> None:
    dates = {"submission.endDateTime": "2026-05-01T12:00:00Z"}
    custom = {"hist": "$ResourceLink.id.history", "due": "$ResourceLink.submission.endDateTime"}
    link = scene.lms.link(scene.course, custom=custom, history=("2", "1"), dates=dates)
    said = scene.lms.claims(scene.ann, scene.course, link)[LTI + "custom"]
    assert said == {"hist": "2,1", "due": "2026-05-01T12:00:00Z"}


def test_every_type_of_message(scene: Scene) -> None:
    lms, link = scene.lms, next(iter(scene.course.links.values()))
    launch = lms.claims(scene.ann, scene.course, link)
    assert launch[ENDPOINT]["lineitem"] == scene.item
    assert launch["exp"] - launch["iat"] == 60
    assert LTI + "resource_link" in launch
    lms.line_item(scene.course, label="Reviews", scoreMaximum=10, resourceLinkId=link.id)
    assert "lineitem" not in lms.claims(scene.ann, scene.course, link)[ENDPOINT]
    linking = lms.claims(scene.tina, scene.course, link, message_type=DEEP_LINKING)
    assert "data" not in linking[SETTINGS]
    assert LTI + "resource_link" not in linking
    review = lms.claims(
        scene.tina, scene.course, link, message_type=REVIEW, for_user=scene.ann, line_item=link.line_item
    )
    assert review[LTI + "for_user"] == {"user_id": "4"}
    assert review[ENDPOINT]["lineitem"] == scene.item
    private = lms.claims(scene.ann, scene.course, message_type=PRIVACY)
    assert not {LTI + "context", ENDPOINT, ROSTER_CLAIM} & private.keys()
    assert lms.claims(scene.ann, sub=None).keys() == lms.claims(scene.ann).keys() - {"sub"}


@on(SAKAI, CANVAS)
def test_notices(scene: Scene) -> None:
    said = payload(scene.lms.notice(COPIED, scene.lms.copy(scene.course)))
    assert said[LTI + "origin_contexts"] == [scene.course.id]
    assert said[LTI + "notice"]["type"] == COPIED
    assert LTI + "message_type" not in said


@on(CANVAS)
def test_canvas_sends_institution_roles(scene: Scene) -> None:
    link = next(iter(scene.course.links.values()))
    roles = scene.lms.claims(scene.ann, scene.course, link, message_type=LAUNCH)[LTI + "roles"]
    assert [each.rpartition("/")[2] for each in roles] == ["membership#Learner", "person#Student"]
