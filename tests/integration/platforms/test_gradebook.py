"""Line items and scores on the platform for tests. The words and statuses are the recorded Moodle's."""

from typing import Any

import pytest
from platforms.lms import BLACKBOARD, CANVAS, D2L, OPENEDX, SAKAI
from platforms.lms.gradebook import ITEM, ITEMS, RESULTS
from platforms.lms.personalities import (
    LINE_ITEM,
    RESULT,
)
from platforms.lms.scores import SUBMISSION
from platforms.lms.toytool import Scene, on

# Line items


def test_media_types_are_named(scene: Scene) -> None:
    refused = scene.tool.call("GET", scene.item, LINE_ITEM, media="application/json")
    assert (refused.status, refused.reason[:16]) == (400, "No handler found")
    items = scene.item.rpartition("/lineitems/")[0] + "/lineitems?type_id=1"
    item = {"label": "Reviews", "scoreMaximum": 10}
    assert scene.tool.call("POST", items, LINE_ITEM, item, "application/json").status == 400
    assert scene.tool.call("POST", items, LINE_ITEM, item, ITEM).status == 201


def test_moodles_line_items(scene: Scene) -> None:
    call, link = scene.tool.call, next(iter(scene.course.links.values()))
    items = scene.item.partition("/lineitems/")[0] + "/lineitems?type_id=1"
    given = {
        "scoreMaximum": 50, "label": "Reviews", "resourceId": "act-42", "tag": "final",
        "startDateTime": "2026-11-22T13:25:33.376+00:00",
    }  # fmt: skip
    made = call("POST", items, LINE_ITEM, given, ITEM)
    assert made.json == given | {"id": made.json["id"]}
    assert "\\/" in made.body
    del given["startDateTime"]
    told = call("GET", f"{items}&tag=final", LINE_ITEM, media=ITEMS).json
    assert told == [given | {"id": made.json["id"]}]
    [own] = call("GET", f"{items}&resource_link_id={link.id}", LINE_ITEM, media=ITEMS).json
    assert (own["tag"], own["ltiLinkId"]) == ("", link.id)
    paged = call("GET", f"{items}&limit=1", LINE_ITEM, media=ITEMS).headers["Link"]
    assert paged.encode("latin-1").decode().split(", ")[2] == (
        f"<{items}&limit=1&from=1>; rel=“next”".replace("&", "&amp;")
    )
    call("PUT", made.json["id"], LINE_ITEM, {"label": "Reviewing", "scoreMaximum": 5}, ITEM)
    assert call("GET", made.json["id"], LINE_ITEM, media=ITEM).json["tag"] == ""
    moved = {"label": "x", "scoreMaximum": 5, "id": scene.item}
    assert call("PUT", made.json["id"], LINE_ITEM, moved, ITEM).status == 400
    assert call("GET", f"{items}&limit=0", LINE_ITEM, media=ITEMS).status == 400
    assert call("DELETE", made.json["id"], LINE_ITEM).status == 204
    assert call("GET", made.json["id"], LINE_ITEM, media=ITEM).status == 404
    assert call("GET", items.replace(f"/{scene.course.id}/", "/none/"), LINE_ITEM, media=ITEMS).status == 404
    assert call("GET", items.partition("?")[0], LINE_ITEM, media=ITEMS).status == 404


@pytest.mark.parametrize(
    "item",
    [
        {"label": "x"}, {"label": "", "scoreMaximum": 1}, {"label": "x", "scoreMaximum": "1"},
        {"label": "x", "scoreMaximum": 0}, {"label": "x", "scoreMaximum": 1, "resourceLinkId": "none"},
        {"label": "x", "scoreMaximum": 1, "endDateTime": "2026-01-01T10:00"},
        {"label": "x", "scoreMaximum": 1, "lable": "x"}, {"label": "x", "scoreMaximum": 1, "tag": 1},
        {"label": "x", "scoreMaximum": 1, "submissionReview": {"custom": {"n": 5}}},
        {"label": "x", "scoreMaximum": 1, "submissionReview": "yes"},
    ],
    ids=str,
)  # fmt: skip
def test_a_line_item_must_be_right(scene: Scene, item: dict[str, Any]) -> None:
    items = scene.item.partition("/lineitems/")[0] + "/lineitems?type_id=1"
    assert scene.tool.call("POST", items, LINE_ITEM, item, ITEM).status in (400, 404)


@on(OPENEDX)
def test_open_edx_has_its_own_rules(scene: Scene) -> None:
    call, items = scene.tool.call, scene.item.partition("/lineitems/")[0] + "/lineitems"
    assert call("DELETE", scene.item, LINE_ITEM).status == 403
    assert call("PUT", scene.item, LINE_ITEM, {"label": "x", "scoreMaximum": 1}, ITEM).status == 400
    for long in ({"label": "x" * 101}, {"label": "x", "tag": "x" * 51}):
        assert call("POST", items, LINE_ITEM, long | {"scoreMaximum": 1}, ITEM).status == 400
    assert scene.score().status == 201
    assert scene.lms.grades[scene.item, "4"].in_gradebook


@on(CANVAS)
def test_canvas_keeps_the_line_item_of_an_assignment(scene: Scene) -> None:
    assert scene.tool.call("DELETE", scene.item, LINE_ITEM).status == 401


# Scores


def test_moodles_scores(scene: Scene) -> None:
    taken = scene.score()
    assert (taken.status, taken.body) == (200, "")
    assert scene.grade == 80
    for second in (0, 0.9):
        stale = scene.score(second=second)
        assert (stale.status, stale.body) == (409, "[]")
        assert stale.reason == "Refusing score with an earlier timestamp"
    assert scene.score(second=1).status == 200
    scene.score(second=2, gradingProgress="PendingManual")
    assert scene.grade is None
    assert scene.score(second=1, scoreGiven=0, comment="none").status == 200  # there was no grade
    results = scene.item.replace("/lineitem?", "/lineitem/results?")
    [result] = scene.tool.call("GET", results, RESULT, media=RESULTS).json
    assert "resultScore" not in result
    assert (result["comment"], result["userId"]) == ("none", "4")


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "999"}, {"sub": "3"}, {"timestamp": "garbage"}, {"timestamp": "2030-01-01T00:00:06"},
        {"gradingProgress": None}, {"gradingProgress": "Done"}, {"activityProgress": None},
        {"scoreMaximum": None}, {"scoreGiven": "8"}, {"scoreGiven": -1}, {"comment": 5}, {"userId": 4},
        {"note": "x"}, {"submission": {"submittedAt": "yesterday"}}, {"submission": "x"},
        {"scoringUserId": 3},
    ],
    ids=str,
)  # fmt: skip
def test_a_score_must_be_right(scene: Scene, changes: dict[str, Any]) -> None:
    refused = scene.score(**changes)
    assert (refused.status, refused.body) == (400, "[]")
    assert refused.reason.startswith("Incorrect score received")
    assert not [sub for item, sub in scene.lms.grades if item == scene.item]


@on(CANVAS)
def test_canvas_counts_attempts(scene: Scene) -> None:
    silent = {SUBMISSION: {"new_submission": False}}
    for second, more in enumerate(({}, silent, {SUBMISSION: {"submission_type": "none"}}, {})):
        assert scene.score(second=second, **more).status == 200
    assert scene.lms.attempts[scene.item, "4"] == 2
    assert scene.score(second=3, **silent).status == 200  # as old is fine
    assert scene.score(second=2, **silent).status == 400
    for moment in ("2999-01-01T00:00:00Z", "soon"):
        late = {"new_submission": False, "submitted_at": moment}
        assert scene.score(second=9, **{SUBMISSION: late}).status == 400
    scene.score(second=9, gradingProgress="Pending", **silent)
    assert scene.grade is None
    scene.lms.add_person("9", "Test Student", "TestUser", courses=[scene.course])
    assert [scene.score(sub).status for sub in ("9", "3", "77")] == [422, 422, 422]


@on(BLACKBOARD, D2L, SAKAI)
def test_others_refuse_people_in_their_words(scene: Scene) -> None:
    ways = scene.lms.personality
    unknown = scene.score("77")
    assert (unknown.status, unknown.json["errors"]["message"]) == ways.unknown_user
    assert scene.score("3").status == {"Blackboard": 200, "D2L": 403, "Sakai": 404}[ways.name]
    assert scene.score(second=1).status == ways.score_answer[0]
    scene.score(second=2, gradingProgress="Pending")
    assert scene.grade == 80
    assert scene.score(second=1).status == 409
