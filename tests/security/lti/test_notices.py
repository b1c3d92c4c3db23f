"""Notices of a platform: only signed ones, each once, and what a copied course leads to."""

import time
from typing import Any
from uuid import uuid4

import pytest
from door import TOOL, Door, assert_let_in
from platforms.strict import LTI, Platform, key
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti_tool.lti.models import Notice
from lti_tool.people.models import Course

COPIED = "LtiContextCopyNotice"


def claims(platform: Platform, kind: str = COPIED, **changes: Any) -> dict[str, Any]:
    """A notice that holds, but for the changes."""
    now = int(time.time())
    return {
        "iss": platform.issuer,
        "aud": platform.client_id,
        "iat": now,
        "exp": now + 60,
        "nonce": uuid4().hex,
        LTI + "version": "1.3.0",
        LTI + "deployment_id": platform.deployment_id,
        LTI + "notice": {"id": uuid4().hex, "timestamp": "2026-11-22T10:00:00Z", "type": kind},
        LTI + "context": {"id": "copy", "title": "The copy"},
        LTI + "origin_contexts": ["first", "older"],
    } | changes


def send(door: Door, *tokens: Any) -> TestResponse:
    body = {"notices": [{"jwt": token} for token in tokens]}
    return door.browser().post("/lti/notices", json=body, base_url=TOOL)


def kept(door: Door) -> int:
    with door.database.read() as rows:
        return rows.scalar(select(func.count()).select_from(Notice)) or 0


def test_a_copied_course_knows_where_it_comes_from(door: Door) -> None:
    platform = door.register()
    token = platform.token(claims(platform))
    assert send(door, token).json == {"taken": 1}
    assert send(door, token).json == {"taken": 0}  # the platform sends again: nothing happens twice
    with door.database.read() as rows:
        course = rows.scalars(select(Course).where(Course.context_id == "copy")).one()
        assert (course.title, course.history) == ("The copy", ["first", "older"])
    assert_let_in(door.launch(platform, **{LTI + "context": {"id": "copy", "title": "The copy"}}))
    with door.database.read() as rows:  # a launch that says nothing of histories takes nothing away
        assert rows.scalars(select(Course.history).where(Course.context_id == "copy")).one()


def test_a_course_we_know_is_told_apart_by_its_tenant(door: Door) -> None:
    platform, other = door.register(), door.register()
    context = {LTI + "context": {"id": "shared-id", "title": "Ours"}}
    assert_let_in(door.launch(other, **context))
    assert send(door, platform.token(claims(platform, **context))).status_code == 200
    with door.database.read() as rows:
        histories = rows.scalars(select(Course.history).where(Course.context_id == "shared-id")).all()
    assert sorted(map(len, histories)) == [0, 2]


def test_a_hello_is_kept_and_the_unknown_is_let_go(door: Door) -> None:
    platform, before = door.register(), kept(door)
    hello, unknown = (platform.token(claims(platform, kind)) for kind in ("LtiHelloWorldNotice", "LtiNews"))
    assert send(door, hello, unknown).json == {"taken": 1}
    assert kept(door) == before + 1


BAD: dict[str, Any] = {
    "signed by another": lambda p: p.token(claims(p), key=key("stranger")),
    "not signed": lambda p: p.token(claims(p), alg="none"),
    "of another client": lambda p: p.token(claims(p, aud="other")),
    "of another issuer": lambda p: p.token(claims(p, iss="https://other.example")),
    "for several, none named": lambda p: p.token(claims(p, aud=["other", p.client_id])),
    "without aud": lambda p: p.token(claims(p, aud=None)),
    "past": lambda p: p.token(claims(p, exp=int(time.time()) - 61)),
    "of another deployment": lambda p: p.token(claims(p, **{LTI + "deployment_id": "2"})),
    "without a notice": lambda p: p.token(claims(p, **{LTI + "notice": None})),
    "without an id": lambda p: p.token(claims(p, **{LTI + "notice": {"type": COPIED}})),
    "an id with a NUL": lambda p: p.token(claims(p, **{LTI + "notice": {"type": COPIED, "id": "\x00"}})),
    "no course": lambda p: p.token(claims(p, **{LTI + "context": None})),
    "a launch": lambda p: p.token(p.claims("nonce")),
    "a list": lambda p: ["x"],
    "nothing": lambda p: None,
    "words": lambda p: "take me",
}


@pytest.mark.parametrize("name", BAD)
def test_a_notice_that_does_not_hold_is_refused_with_all_beside_it(sqlite_door: Door, name: str) -> None:
    platform, before = sqlite_door.platform, kept(sqlite_door)
    answer = send(sqlite_door, platform.token(claims(platform)), BAD[name](platform))
    assert answer.status_code in {400, 401}, answer.text
    assert answer.json["code"]
    assert kept(sqlite_door) == before


@pytest.mark.parametrize("body", [None, [], {}, {"notices": {}}, {"notices": "x"}, {"notices": [1]}, "x", 7])
def test_what_is_no_list_of_notices_is_refused(sqlite_door: Door, body: Any) -> None:
    answer = sqlite_door.browser().post("/lti/notices", json=body, base_url=TOOL)
    assert (answer.status_code, answer.json) == (400, {"code": "notice-malformed"})


def test_no_notices_are_no_fault_and_a_thousand_are(sqlite_door: Door) -> None:
    assert send(sqlite_door).json == {"taken": 0}
    assert send(sqlite_door, *["x"] * 1000).status_code == 400
    assert sqlite_door.browser().post("/lti/notices", data=b"\xff{", base_url=TOOL).status_code == 400


def test_origins_of_other_shapes_are_passed_over(door: Door) -> None:
    platform = door.register()
    for number, origins in enumerate((None, "x", [1, None, {"id": "first"}, "\x00", ""], {"a": 1})):
        given = {LTI + "origin_contexts": origins, LTI + "context": {"id": f"odd-{number}"}}
        assert send(door, platform.token(claims(platform, **given))).status_code == 200
    with door.database.read() as rows:
        assert rows.scalars(select(Course.history).where(Course.context_id == "odd-2")).one() == ["first"]
