"""What the store tells of itself, of activities and agents, and how it may be asked."""

import base64
import json
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest

from xapi.store import activities

from .conftest import Caller, new, person

every_database = pytest.mark.every_database
VERB = {"id": "https://example.org/verbs/did"}
FORM = "application/x-www-form-urlencoded"


def statement(thing: Any, **more: Any) -> dict[str, Any]:
    return {"actor": person(), "verb": VERB, "object": thing, **more}


# The resources


def test_about_names_its_versions_and_asks_for_nothing(call: Caller) -> None:
    answer = call.client.get("/about")
    assert (answer.status_code, answer.json["version"]) == (
        200,
        ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"],
    )
    assert [each["name"] for each in answer.json["extensions"].values()] == ["Entraide"]
    assert answer.headers["X-Experience-API-Version"] == "2.0.0"
    assert call("GET", "/about", query={"foo": "bar"}).status_code == 400


def test_nothing_is_known_of_most_activities(each_version: Caller) -> None:
    activity = new()
    answer = each_version("GET", "/activities", query={"activityId": activity})
    assert (answer.status_code, answer.json) == (200, {"objectType": "Activity", "id": activity})
    assert each_version("HEAD", "/activities", query={"activityId": activity}).data == b""
    for query in ({}, {"activityId": "x"}, {"activityId": activity, "agent": person()}):
        assert each_version("GET", "/activities", query=query).status_code == 400


@every_database
def test_definitions_add_up(call: Caller) -> None:
    activity, inner, around = new(), new(), new()
    first = {
        "type": "https://example.org/types/quiz",
        "name": {"en": "Quiz", "fr": "Questionnaire"},
        "extensions": {"https://example.org/x": {"a": 1}, "https://example.org/y": 0.10},
        "interactionType": "true-false",
        "correctResponsesPattern": ["true"],
    }
    second = {
        "name": {"en": "The quiz", "es": "Prueba"},
        "description": {"en": "Easy"},
        "extensions": {"https://example.org/x": {"b": 2}},
        "interactionType": "true-false",
        "correctResponsesPattern": ["false"],
    }
    parent = {"contextActivities": {"parent": [{"id": around, "definition": {"name": {"en": "Course"}}}]}}
    batch = [statement({"id": activity, "definition": each}) for each in (first, second)]
    sub = statement({"id": inner, "definition": {"name": {"en": "Inner"}}}) | {"objectType": "SubStatement"}
    batch += [statement({"id": activity}, context=parent), statement(sub)]
    assert call("POST", "/statements", batch[:1]).status_code == 200
    assert call("POST", "/statements", batch[1:]).status_code == 200
    known = [
        call("GET", "/activities", query={"activityId": each}).json for each in (activity, inner, around)
    ]
    assert known[0]["definition"] == first | {
        "name": {"en": "The quiz", "fr": "Questionnaire", "es": "Prueba"},
        "description": {"en": "Easy"},
        "extensions": {"https://example.org/x": {"b": 2}, "https://example.org/y": 0.1},
    }
    assert [each["definition"]["name"]["en"] for each in known[1:]] == ["Inner", "Course"]


def test_definitions_do_not_grow_for_ever(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activities, "_LARGEST", 300)
    activity = new()
    for number in range(6):
        extensions = {f"https://example.org/{number}": "x" * 60}
        call("POST", "/statements", statement({"id": activity, "definition": {"extensions": extensions}}))
    kept = call("GET", "/activities", query={"activityId": activity}).json["definition"]["extensions"]
    assert "https://example.org/5" in kept
    assert len(kept) <= 3


def test_an_agent_is_a_person_with_all_its_names(each_version: Caller) -> None:
    call, ana = each_version, person()
    anas = {"objectType": "Group", "member": [{**person(), "name": "Bo"}, {**ana, "name": "A."}]}
    for name, more in (("Ana", {}), ("Anna", {"object": anas})):
        kept = statement({"id": new()}) | {"actor": {**ana, "name": name}} | more
        assert call("POST", "/statements", kept).status_code == 200
    answer = call("GET", "/agents", query={"agent": {**ana, "objectType": "Agent", "name": "Ana"}})
    expected = {"objectType": "Person", "name": ["Ana", "Anna", "A."], "account": [ana["account"]]}
    assert (answer.status_code, answer.json) == (200, expected)
    mail = {"mbox": f"mailto:{uuid.uuid4()}@example.org"}
    assert call("GET", "/agents", query={"agent": mail}).json == {
        "objectType": "Person",
        "mbox": [mail["mbox"]],
    }
    for query in ({}, {"agent": {"objectType": "Agent"}}, {"agent": "x"}, {"agent": mail, "profileId": "x"}):
        assert call("GET", "/agents", query=query).status_code == 400


# Requests


@pytest.mark.parametrize("path", ["/activities", "/agents", "/statements", "/about"])
def test_methods_are_refused_before_credentials_are_asked_for(call: Caller, path: str) -> None:
    answer = call.client.delete(path)
    assert answer.status_code == 405
    assert answer.headers["X-Experience-API-Version"]


def test_the_version_is_asked_for_before_credentials(call: Caller) -> None:
    for path in ("/statements", "/activities", "/activities/state", "/agents/profile"):
        answer = call.client.get(path)
        assert (answer.status_code, answer.headers["X-Experience-API-Version"]) == (400, "2.0.0")
        assert call("GET", path, headers={"Authorization": "Basic:x"}).status_code == 401


def test_problems_are_told_in_the_form_that_is_asked_for(call: Caller) -> None:
    for wanted, told in (
        ("*/*", "application/json"),
        ("text/plain", "text/plain"),
        ("text/html", "text/html"),
    ):
        answer = call("GET", "/agents", headers={"Accept": wanted})
        assert (answer.status_code, answer.mimetype) == (400, told)
        assert "agent" in answer.text


def test_documents_do_no_harm_in_a_browser(call: Caller) -> None:
    query = {"activityId": new(), "profileId": "page"}
    page = {"Content-Type": "text/html"}
    call("POST", "/activities/profile", b"<script>alert(1)</script>", query=query, headers=page)
    answer = call("GET", "/activities/profile", query=query)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


# The alternate request syntax (1.0.3, Part Three, 1.3)


def form(call: Caller, path: str, fields: dict[str, Any], **headers: str) -> Any:
    told = {"Content-Type": FORM, "X-Experience-API-Version": "1.0.3"} | headers
    text = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    return call("POST", path, urlencode(text).encode(), headers=told)


def test_a_form_stands_for_another_request(call: Caller) -> None:
    sent, query = str(uuid.uuid4()), {"activityId": new(), "profileId": "p"}
    body = statement({"id": query["activityId"]}, result={"response": "été + 1 & 2"})
    assert form(call, "/statements?method=PUT", {"statementId": sent, "content": body}).status_code == 204
    answer = form(call, "/statements?method=GET", {"statementId": sent})
    assert (answer.status_code, answer.json["result"]) == (200, body["result"])
    assert form(call, "/statements?method=GET", {"limit": "1"}).json["more"]
    assert form(call, "/statements?method=HEAD", {"limit": "1"}).data == b""

    path, text = "/activities/profile", {"Content-Type": "text/plain", "If-None-Match": "*"}
    put = query | text | {"content": "hé", "Content-Length": "3"}
    assert form(call, f"{path}?method=PUT", put).status_code == 204
    assert form(call, f"{path}?method=PUT", put).status_code == 412
    answer = form(call, f"{path}?method=GET", query)
    assert (answer.text, answer.mimetype) == ("hé", "text/plain")
    assert form(call, f"{path}?method=DELETE", query).status_code == 204
    for wrong in ([], ["content", "content"]):
        body = urlencode([*(query | text).items(), *((name, "x") for name in wrong)]).encode()
        answer = call("POST", f"{path}?method=PUT", body, headers={"Content-Type": FORM})
        assert answer.status_code == 400
    assert form(call, f"{path}?method=POST", query | {"content": {"a": 1}}).status_code == 204
    assert call("GET", path, query=query).json == {"a": 1}


def test_a_form_may_hold_version_and_credentials(call: Caller) -> None:
    right = "Basic " + base64.b64encode(b"demo:secret").decode()
    for fields, status in (
        ({"Authorization": right, "X-Experience-API-Version": "1.0.3"}, 200),
        ({"Authorization": right}, 400),
        ({"X-Experience-API-Version": "1.0.3"}, 401),
        ({"Authorization": right, "X-Experience-API-Version": "0.8"}, 400),
        ({"Authorization": right, "X-Experience-API-Version": "2.0.0"}, 400),
    ):
        answer = call.client.post("/statements?method=GET", data=urlencode(fields), content_type=FORM)
        assert answer.status_code == status, fields


@pytest.mark.parametrize(
    ("address", "body", "kind"),
    [
        ("?method=PUT&statementId=x", b"content=%7B%7D&statementId=x", FORM),
        ("?method=PUT", b"", FORM),
        ("?method=PUT", b"", ""),
        ("?method=PUT", b'{"statementId": "x", "content": "{}"}', FORM),
        ("?method=PUT", b"content=%7B%7D", "application/json"),
        ("?method=PUT", b"content=%ff", FORM),
        ("?method=PATCH", b"content=%7B%7D", FORM),
        ("?method=GET&method=PUT", b"content=%7B%7D", FORM),
        ("?method=GET", b"&".join(b"limit=1" for _ in range(60)), FORM),
        ("?method=GET", b"limit=1&limit=2", FORM),
        ("?method=GET", b"foo=bar", FORM),
        ("?method=GET", b"content=x", FORM),
    ],
)
def test_a_form_that_stands_for_nothing_is_refused(
    call: Caller, address: str, body: bytes, kind: str
) -> None:
    answer = call("POST", f"/statements{address}", body, headers={"Content-Type": kind})
    assert answer.status_code == 400


def test_only_a_post_of_the_old_version_stands_for_another_request(call: Caller) -> None:
    body = urlencode(
        {"statementId": str(uuid.uuid4()), "content": json.dumps(statement({"id": new()}))}
    ).encode()
    headers = {"Content-Type": FORM}
    for method, version in (("PUT", "1.0.3"), ("POST", "2.0.0")):
        answer = call.speaking(version)(method, "/statements?method=PUT", body, headers=headers)
        assert answer.status_code == 400
