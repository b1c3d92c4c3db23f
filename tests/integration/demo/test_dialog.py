import time
import uuid
from typing import Any

import httpx
import jwt
import pytest

from lti_tool.demo.platform import Platform

from .minitool import LTI, MiniTool
from .test_launch import begin, browser

DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
ITEM = {
    "type": "ltiResourceLink",
    "title": "New & own",
    "text": "What it is about",
    "custom": {"activity": "a"},
    "lineItem": {"scoreMaximum": 10, "resourceId": "a", "tag": "work", "submissionReview": {"label": "L"}},
}


def asked_for(tool: MiniTool) -> dict[str, Any]:
    settings: dict[str, Any] = begin(tool, "3", "/mod/lti/contentitem/2")[
        DEEP_LINKING + "deep_linking_settings"
    ]
    return settings


def answered(tool: MiniTool, settings: dict[str, Any], *items: Any, **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": tool.settings.client_id,
        "aud": tool.settings.url,
        "iat": now,
        "exp": now + 60,
        "nonce": uuid.uuid4().hex,
        LTI + "message_type": "LtiDeepLinkingResponse",
        LTI + "version": "1.3.0",
        LTI + "deployment_id": "1",
        DEEP_LINKING + "content_items": list(items),
        DEEP_LINKING + "data": settings["data"],
    } | changes
    return jwt.encode(claims, tool.key, algorithm="RS256", headers={"kid": "mini"})


def send(tool: MiniTool, token: str, person: str = "3") -> httpx.Response:
    return browser(tool, person).post("/mod/lti/contentitem_return", data={"JWT": token})


def test_what_is_chosen_becomes_an_activity_with_its_column(tool: MiniTool, lms: Platform) -> None:
    settings = asked_for(tool)
    assert settings["accept_types"] == ["ltiResourceLink"]
    answer = send(tool, answered(tool, settings, ITEM, {**ITEM, "title": "Second", "lineItem": None}))
    assert answer.status_code == 200
    assert 'href="/course" target="_top"' in answer.text
    first, second = lms.runs["2"].course.added
    assert (first.title, first.description, first.custom) == (
        "New & own",
        "What it is about",
        {"activity": "a"},
    )
    (column,) = lms.runs["2"].gradebook.items(link_id=first.id)
    assert (column.label, column.maximum, column.tag) == ("New & own", 10, "work")
    assert (column.resource_id, column.review) == ("a", {"label": "L"})
    assert lms.runs["2"].gradebook.items(link_id=second.id) == []
    page = browser(tool, "4").get("/course").text
    assert "New &amp; own" in page
    assert begin(tool, "4", f"/mod/lti/launch/{first.id}")[LTI + "custom"]["activity"] == "a"


def test_an_answer_serves_once_and_only_its_asker(tool: MiniTool, lms: Platform) -> None:
    settings = asked_for(tool)
    cancelled = answered(tool, settings)
    assert send(tool, cancelled).status_code == 200
    assert send(tool, cancelled).status_code == 400  # the nonce
    assert send(tool, answered(tool, settings, ITEM)).status_code == 400  # the data
    assert send(tool, answered(tool, asked_for(tool), ITEM), person="4").status_code == 403
    assert lms.runs["2"].course.added == ()
    assert browser(tool, "4").get("/mod/lti/contentitem/2").status_code == 403


def test_the_tools_form_is_posted_once_more(tool: MiniTool) -> None:
    """A browser leaves a SameSite=Lax cookie out of a form from another site."""
    token = answered(tool, asked_for(tool))
    address = f"{tool.settings.url}/mod/lti/contentitem_return"
    assert 'name="repost"' in httpx.post(address, data={"JWT": token}).text
    assert httpx.post(address, data={"JWT": token, "repost": "1"}).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "http://127.0.0.1:1"},
        {"iss": "other"},
        {"exp": 1},
        {"nonce": None},
        {LTI + "message_type": "LtiResourceLinkRequest"},
        {LTI + "deployment_id": "2"},
        {DEEP_LINKING + "data": "invented"},
        {DEEP_LINKING + "content_items": [{"type": "html", "html": "<b>"}]},
        {DEEP_LINKING + "content_items": [ITEM | {"url": "https://elsewhere.example/"}]},
        {DEEP_LINKING + "content_items": [ITEM | {"custom": {"a": 1}}]},
        {DEEP_LINKING + "content_items": [ITEM | {"lineItem": {"label": "x"}}]},
    ],
)
def test_a_wrong_answer_is_refused(tool: MiniTool, lms: Platform, changes: dict[str, Any]) -> None:
    right = {name: value for name, value in changes.items() if value is not None}
    token = answered(tool, asked_for(tool), ITEM, **right)
    if len(right) < len(changes):
        claims = jwt.decode(token, options={"verify_signature": False})
        claims = {name: value for name, value in claims.items() if name not in changes}
        token = jwt.encode(claims, tool.key, algorithm="RS256", headers={"kid": "mini"})
    assert send(tool, token).status_code == 400
    assert lms.runs["2"].course.added == ()


def test_another_key_is_refused(tool: MiniTool) -> None:
    stranger = MiniTool(tool.settings)
    assert send(tool, answered(stranger, asked_for(tool), ITEM)).status_code == 400
