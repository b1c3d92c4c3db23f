import time
from typing import Any

import httpx
import jwt
import pytest

from lti_tool.demo.platform import Platform

from .minitool import MiniTool

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
ALL = " ".join(AGS + name for name in ("lineitem", "lineitem.readonly", "result.readonly", "score"))
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
ITEM = {"Content-Type": "application/vnd.ims.lis.v2.lineitem+json"}
SCORE = {"Content-Type": "application/vnd.ims.lis.v1.score+json"}


def items_url(tool: MiniTool) -> str:
    return f"{tool.settings.url}/mod/lti/services/2/lineitems?type_id=1"


def item_url(tool: MiniTool, item: int = 1, rest: str = "") -> str:
    return f"{tool.settings.url}/mod/lti/services/2/lineitems/{item}/lineitem{rest}?type_id=1"


def scored(**changes: Any) -> dict[str, Any]:
    right = {
        "userId": "4",
        "timestamp": "2026-11-22T10:00:00.500+00:00",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "scoreGiven": 8,
        "scoreMaximum": 10,
        "comment": "Well argued",
    }
    return {name: value for name, value in (right | changes).items() if value is not None}


class TestToken:
    def test_lasts_an_hour_and_has_only_the_known_scopes(self, tool: MiniTool) -> None:
        answer = tool.ask_token(f"{AGS}score {ROSTER} https://example.com/all")
        body = answer.raise_for_status().json()
        assert body["expires_in"] == 3600
        assert body["token_type"] == "Bearer"
        assert set(body["scope"].split()) == {AGS + "score", ROSTER}

    def test_an_unknown_scope_alone_is_refused(self, tool: MiniTool) -> None:
        answer = tool.ask_token("https://example.com/all")
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_scope"})

    @pytest.mark.parametrize(
        "changes",
        [
            {"iss": "other"},
            {"sub": "other"},
            {"aud": "http://127.0.0.1:1/mod/lti/token"},
            {"exp": int(time.time()) - 10},
            {"exp": int(time.time()) + 86400},
            {"iat": int(time.time()) + 3600, "exp": int(time.time()) + 3660},
            {"exp": None},
            {"jti": None},
            {"iat": None},
        ],
    )
    def test_a_wrong_assertion_is_refused(self, tool: MiniTool, changes: dict[str, Any]) -> None:
        answer = tool.ask_token(ALL, client_assertion=tool.assertion(**changes))
        assert answer.status_code == 400
        assert answer.json()["error"] == "invalid_client"

    def test_an_assertion_serves_once(self, tool: MiniTool) -> None:
        assertion = tool.assertion()
        assert tool.ask_token(ALL, client_assertion=assertion).status_code == 200
        answer = tool.ask_token(ALL, client_assertion=assertion)
        assert answer.json()["error_description"] == "jti was used before"

    def test_another_key_or_algorithm_is_refused(self, tool: MiniTool) -> None:
        claims = jwt.decode(tool.assertion(), options={"verify_signature": False})
        stranger = MiniTool(tool.settings)
        shared = jwt.encode(claims, "x" * 64, algorithm="HS256", headers={"kid": "mini"})
        plain = jwt.encode(claims, None, algorithm="none", headers={"kid": "mini"})
        unknown = jwt.encode(claims, tool.key, algorithm="RS256", headers={"kid": "other"})
        for assertion in (stranger.assertion(), shared, plain, unknown, "a.b.c", "nonsense"):
            assert tool.ask_token(ALL, client_assertion=assertion).json()["error"] == "invalid_client"

    def test_another_grant_or_no_assertion_is_refused(self, tool: MiniTool) -> None:
        assert tool.ask_token(ALL, grant_type="password").json()["error"] == "unsupported_grant_type"
        assert tool.ask_token(ALL, client_assertion="").json()["error"] == "invalid_request"
        assert tool.ask_token(ALL, client_assertion_type="x").json()["error"] == "invalid_request"

    def test_no_token_is_401_and_too_little_scope_403(self, tool: MiniTool) -> None:
        assert httpx.get(items_url(tool)).status_code == 401
        wrong = {"Authorization": "Bearer invented"}
        assert httpx.get(items_url(tool), headers=wrong).status_code == 401
        with tool.client(AGS + "lineitem.readonly") as reader:
            assert reader.get(items_url(tool)).status_code == 200
            new = {"label": "x", "scoreMaximum": 1}
            assert reader.post(items_url(tool), json=new, headers=ITEM).status_code == 403
            assert (
                reader.post(item_url(tool, rest="/scores"), json=scored(), headers=SCORE).status_code == 403
            )
            assert reader.get(item_url(tool, rest="/results")).status_code == 403
            roster = f"{tool.settings.url}/mod/lti/services/CourseSection/2/bindings/1/memberships"
            assert reader.get(roster).status_code == 403


class TestLineItems:
    def test_every_activity_has_its_own_from_the_beginning(self, tool: MiniTool) -> None:
        with tool.client(ALL) as client:
            items = client.get(items_url(tool)).json()
        assert [(item["resourceLinkId"], item["scoreMaximum"]) for item in items] == [
            ("11", 100),
            ("12", 100),
            ("13", 100),
            ("14", 100),
        ]

    def test_made_found_changed_and_removed(self, tool: MiniTool) -> None:
        with tool.client(ALL) as client:
            new = {"label": "Reviewing", "scoreMaximum": 10, "resourceId": "act-42", "tag": "reviewing"}
            made = client.post(items_url(tool), json=new, headers=ITEM)
            assert made.status_code == 201
            address = made.json()["id"]
            assert "?type_id=1" in address
            assert "resourceLinkId" not in made.json()
            for query in ("resource_id=act-42", "tag=reviewing", "resource_id=act-42&tag=reviewing"):
                assert [i["id"] for i in client.get(f"{items_url(tool)}&{query}").json()] == [address]
            assert client.get(f"{items_url(tool)}&resource_link_id=11&tag=reviewing").json() == []
            changed = client.put(address, json={"label": "Reviews given", "scoreMaximum": 20}, headers=ITEM)
            assert changed.json() == client.get(address).json()
            assert (changed.json()["label"], changed.json()["tag"]) == ("Reviews given", "")
            assert client.delete(address).status_code == 204
            assert client.get(address).status_code == 404

    def test_putting_the_activitys_own_keeps_its_coupling_and_its_grades_in_proportion(
        self, tool: MiniTool
    ) -> None:
        with tool.client(ALL) as client:
            client.post(item_url(tool, rest="/scores"), json=scored(), headers=SCORE)
            changed = client.put(item_url(tool), json={"label": "x", "scoreMaximum": 50}, headers=ITEM)
            assert changed.json()["resourceLinkId"] == "11"
            result = client.get(item_url(tool, rest="/results")).json()[0]
        assert (result["resultScore"], result["resultMaximum"]) == (40, 50)

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"scoreMaximum": 10}, 400),
            ({"label": " ", "scoreMaximum": 10}, 400),
            ({"label": "x"}, 400),
            ({"label": "x", "scoreMaximum": 0}, 400),
            ({"label": "x", "scoreMaximum": True}, 400),
            ({"label": "x", "scoreMaximum": "10"}, 400),
            ({"label": "x", "scoreMaximum": 10, "resourceLinkId": "99"}, 403),
        ],
    )
    def test_an_impossible_one_is_refused(self, tool: MiniTool, fields: dict[str, Any], status: int) -> None:
        with tool.client(ALL) as client:
            assert client.post(items_url(tool), json=fields, headers=ITEM).status_code == status
            plain = {"Content-Type": "application/json"}
            right = {"label": "x", "scoreMaximum": 1}
            assert client.post(items_url(tool), json=right, headers=plain).status_code == 400
            assert client.get(items_url(tool).replace("/2/", "/3/")).status_code == 404


class TestScores:
    def test_arrives_scaled_to_the_column_with_its_comment(self, tool: MiniTool) -> None:
        with tool.client(ALL) as client:
            answer = client.post(item_url(tool, rest="/scores"), json=scored(), headers=SCORE)
            assert (answer.status_code, answer.text) == (200, "")
            client.post(item_url(tool, rest="/scores"), json=scored(userId=5, scoreGiven=12), headers=SCORE)
            results = {r["userId"]: r for r in client.get(item_url(tool, rest="/results")).json()}
            only = client.get(item_url(tool, rest="/results") + "&user_id=5").json()
        assert results["4"]["resultScore"] == 80
        assert results["4"]["comment"] == "Well argued"
        assert results["4"]["scoreOf"] == item_url(tool)
        assert results["5"]["resultScore"] == 100
        assert only == [results["5"]]

    @pytest.mark.parametrize(
        ("timestamp", "status"),
        [
            ("2026-11-22T10:00:00.900+00:00", 409),  # Moodle keeps whole seconds
            ("2026-11-22T09:59:59Z", 409),
            ("2026-11-22T10:00:01Z", 200),
            ("2026-11-22T11:30:00+01:00", 200),
        ],
    )
    def test_a_score_must_be_newer_by_a_second(self, tool: MiniTool, timestamp: str, status: int) -> None:
        with tool.client(ALL) as client:
            client.post(item_url(tool, rest="/scores"), json=scored(), headers=SCORE)
            again = client.post(
                item_url(tool, rest="/scores"), json=scored(scoreGiven=9, timestamp=timestamp), headers=SCORE
            )
            result = client.get(item_url(tool, rest="/results")).json()[0]["resultScore"]
        assert (again.status_code, result) == (status, 90 if status == 200 else 80)

    def test_what_is_not_fully_graded_wipes_the_grade(self, tool: MiniTool, lms: Platform) -> None:
        later = scored(gradingProgress="PendingManual", timestamp="2026-11-22T10:01:00Z")
        with tool.client(ALL) as client:
            client.post(item_url(tool, rest="/scores"), json=scored(), headers=SCORE)
            assert client.post(item_url(tool, rest="/scores"), json=later, headers=SCORE).status_code == 200
            assert client.get(item_url(tool, rest="/results")).json() == []
            assert lms.runs["2"].gradebook.grades(1) == {}
            # Where no grade stands, none can be newer.
            again = scored(timestamp="2026-11-22T09:00:00Z")
            assert client.post(item_url(tool, rest="/scores"), json=again, headers=SCORE).status_code == 200
        assert lms.runs["2"].gradebook.grades(1)["4"].score == 80

    @pytest.mark.parametrize(
        "changes",
        [
            {"userId": "3"},
            {"userId": "999"},
            {"userId": None},
            {"timestamp": None},
            {"timestamp": "garbage"},
            {"timestamp": "2026-11-22T10:00:00"},
            {"activityProgress": None},
            {"activityProgress": "Finished"},
            {"gradingProgress": None},
            {"scoreMaximum": None},
            {"scoreMaximum": 0},
            {"scoreGiven": -1},
            {"scoreGiven": "8"},
        ],
    )
    def test_an_incomplete_one_or_one_for_a_teacher_is_refused(
        self, tool: MiniTool, lms: Platform, changes: dict[str, Any]
    ) -> None:
        with tool.client(ALL) as client:
            answer = client.post(item_url(tool, rest="/scores"), json=scored(**changes), headers=SCORE)
        assert answer.status_code == 400
        assert lms.runs["2"].gradebook.grades(1) == {}

    def test_another_media_type_or_column_is_refused(self, tool: MiniTool) -> None:
        with tool.client(ALL) as client:
            assert client.post(item_url(tool, rest="/scores"), json=scored()).status_code == 400
            assert client.post(item_url(tool, 99, "/scores"), json=scored(), headers=SCORE).status_code == 404
            broken = client.post(item_url(tool, rest="/scores"), content=b"[1", headers=SCORE)
            assert broken.status_code == 400


class TestRoster:
    def test_has_short_role_names_and_no_pages_unless_asked(self, tool: MiniTool) -> None:
        address = f"{tool.settings.url}/mod/lti/services/CourseSection/2/bindings/1/memberships"
        with tool.client(ROSTER) as client:
            answer = client.get(address)
            teachers = client.get(
                address, params={"role": "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"}
            )
        members = answer.json()["members"]
        assert "Link" not in answer.headers
        assert [m["roles"] for m in members] == [["Learner"]] * 8 + [["Instructor"]]
        assert members[0]["name"] == "Amélie Rousseau"
        assert [m["user_id"] for m in teachers.json()["members"]] == ["3"]

    def test_pages_are_linked_to_the_end(self, tool: MiniTool) -> None:
        address = f"{tool.settings.url}/mod/lti/services/CourseSection/2/bindings/1/memberships?limit=4"
        sizes: list[int] = []
        with tool.client(ROSTER) as client:
            while address:
                answer = client.get(address)
                sizes.append(len(answer.json()["members"]))
                address = answer.links.get("next", {}).get("url", "")
        assert sizes == [4, 4, 1]
