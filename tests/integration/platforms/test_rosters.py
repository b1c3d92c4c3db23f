"""Rosters, groups and notice handlers on the platform for tests."""

from typing import Any

from platforms.lms import BLACKBOARD, CANVAS, D2L, SAKAI
from platforms.lms.notices import JSON
from platforms.lms.personalities import (
    COPIED,
    GROUPS,
    NOTICES,
    ROSTER,
)
from platforms.lms.roster import GROUP_LIST, MEMBERS
from platforms.lms.toytool import Scene, on


def members(scene: Scene, query: str = "", pages: int = 9) -> list[dict[str, Any]]:
    url: str | None = f"{scene.lms.url}/contexts/{scene.course.id}/memberships{query}"
    found: list[dict[str, Any]] = []
    while url and pages:
        reply = scene.tool.call("GET", url, ROSTER, media=MEMBERS)
        assert reply.status == 200, reply.body
        found += reply.json["members"]
        link = reply.headers["Link"] or ""
        url = link.partition(">")[0][1:] if "next" in link else None
        pages -= 1
    return found


def test_moodles_roster(scene: Scene) -> None:
    scene.lms.add_person("6", "Tea Aid", "TeachingAssistant", courses=[scene.course])
    bo = scene.lms.people["5"]
    assert [(each["user_id"], each["roles"]) for each in members(scene, "?limit=1")] == [
        ("3", ["Instructor"]), ("4", ["Learner"]), ("5", ["Learner"]), ("6", ["Learner"])
    ]  # fmt: skip
    assert [each["user_id"] for each in members(scene, "?role=Instructor")] == ["3"]
    mixed = members(scene, "?role=Learner&limit=2")  # its second page has forgotten the role
    assert [each["user_id"] for each in mixed] == ["4", "5", "5", "6"]
    scene.lms.suspend(bo, scene.course)
    assert "5" not in [each["user_id"] for each in members(scene)]
    scene.lms.sends_names = False
    assert "name" not in members(scene)[0]
    scene.lms.sends_names = True


@on(CANVAS)
def test_canvas_pages_by_bookmarks(scene: Scene) -> None:
    for number in range(60):
        scene.lms.add_person(f"p{number}", courses=[scene.course])
    scene.lms.add_person("9", "Test Student", "TestUser", courses=[scene.course])
    assert len({each["user_id"] for each in members(scene)}) == 63
    first = scene.tool.call(
        "GET", f"{scene.lms.url}/contexts/{scene.course.id}/memberships", ROSTER, media=MEMBERS
    )
    url = first.headers["Link"].partition(">")[0][1:]
    assert scene.tool.call("GET", url.lower(), ROSTER, media=MEMBERS).status == 400


@on(BLACKBOARD, SAKAI)
def test_differences(scene: Scene) -> None:
    url = f"{scene.lms.url}/contexts/{scene.course.id}/memberships"
    link = scene.tool.call("GET", url, ROSTER, media=MEMBERS).headers["Link"]
    assert "differences" in link
    scene.lms.drop(scene.ann, scene.course)
    changed = scene.tool.call("GET", link.partition(">")[0][1:], ROSTER, media=MEMBERS).json["members"]
    assert [(each["user_id"], each["status"]) for each in changed] == [("4", "Deleted")]


def test_link_faults(scene: Scene) -> None:
    scene.lms.link_loop = True
    assert len(members(scene, pages=3)) == 9
    scene.lms.link_loop, scene.lms.link_elsewhere = False, "http://localhost:9/x"
    url = f"{scene.lms.url}/contexts/{scene.course.id}/memberships"
    assert "localhost:9" in scene.tool.call("GET", url, ROSTER, media=MEMBERS).headers["Link"]
    scene.lms.link_elsewhere = ""


@on(D2L)
def test_groups(scene: Scene) -> None:
    made = scene.lms.group_set(scene.course, "Teams", {"Red": [scene.ann], "Blue": []})
    url = f"{scene.lms.url}/contexts/{scene.course.id}/groups"
    told = scene.tool.call("GET", f"{url}?user_id=4", GROUPS, media=GROUP_LIST).json["groups"]
    assert [(each["name"], each["set_id"]) for each in told] == [("Red", made.id)]
    scene.lms.scopes = (ROSTER,)
    assert scene.tool.call("GET", url, GROUPS, media=GROUP_LIST).status == 404
    scene.lms.scopes = D2L.scopes
    assert members(scene, "?groups=true")[1]["group_enrollments"] == [{"group_id": told[0]["id"]}]


@on(CANVAS)
def test_notice_handlers(scene: Scene) -> None:
    url = f"{scene.lms.url}/notice-handlers/1"
    handler = {"notice_type": COPIED, "handler": "https://tool.example/lti/notices"}
    assert scene.tool.call("PUT", url, NOTICES, handler, JSON).json == handler
    for wrong in (
        {"handler": "https://other.example/"},
        {"handler": None},
        {"notice_type": "LtiNoNotice"},
        {"x": 1},
    ):
        assert scene.tool.call("PUT", url, NOTICES, handler | wrong, JSON).status == 422
    assert scene.lms.handlers == {COPIED: handler["handler"]}
    assert scene.tool.call("PUT", url, NOTICES, handler | {"handler": ""}, JSON).status == 200
    assert scene.lms.handlers == {}
