"""State, agent profiles and activity profiles, on every kind of database."""

import hashlib
import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from xapi.store import schema, shelf
from xapi.store.identity import agent_key

from .conftest import Caller, new, person

every_database = pytest.mark.every_database
Query = dict[str, Any]
RESOURCES: dict[str, Callable[[], Query]] = {
    "/activities/state": lambda: {"activityId": new(), "agent": person(), "stateId": "bookmark"},
    "/agents/profile": lambda: {"agent": person(), "profileId": "likes"},
    "/activities/profile": lambda: {"activityId": new(), "profileId": "notes"},
}
NEW = {"If-None-Match": "*"}
every_resource = pytest.mark.parametrize("path", RESOURCES)


def etag(content: bytes) -> str:
    return f'"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"'


@every_database
@every_resource
def test_a_document_is_given_back_byte_for_byte(each_version: Caller, path: str) -> None:
    call, query, content = each_version, RESOURCES[path](), bytes(range(256))
    headers = {"Content-Type": "image/x-made-up; level=3"}
    assert call("GET", path, query=query).status_code == 404
    assert call("PUT", path, content, query=query, headers=headers | NEW).status_code == 204
    answer, head = call("GET", path, query=query), call("HEAD", path, query=query)
    assert (answer.status_code, answer.data) == (200, content)
    assert answer.headers["Content-Type"] == headers["Content-Type"]
    assert answer.headers["ETag"] == etag(content)
    assert datetime.now(UTC) - answer.last_modified < timedelta(seconds=60)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", answer.headers["ETag"])
    unchanged = call("GET", path, query=query, headers={"If-None-Match": answer.headers["ETag"]})
    assert unchanged.status_code == 304
    assert call("DELETE", path, query=query).status_code == 204
    assert call("GET", path, query=query).status_code == 404
    assert call("DELETE", path, query=query).status_code == 204


@every_database
@every_resource
def test_posted_objects_are_merged_one_level_deep(each_version: Caller, path: str) -> None:
    call, query = each_version, RESOURCES[path]()
    assert (
        call("POST", path, {"car": {"make": "Ford", "doors": 3}, "n": 1.50}, query=query).status_code == 204
    )
    posted = json.dumps({"car": {"make": "Honda"}, "é": 2}).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert call("POST", path, posted, query=query, headers=headers).status_code == 204
    assert call("GET", path, query=query).json == {"car": {"make": "Honda"}, "n": 1.5, "é": 2}


@every_resource
@pytest.mark.parametrize(
    ("kept", "posted"),
    [
        (("application/json", b'{"a": 1}'), ("text/plain", b"a")),
        (("application/json", b'{"a": 1}'), ("application/json", b'{"a": 1}{')),
        (("application/json", b'{"a": 1}'), ("application/json", b"[1]")),
        (("application/json", b"[1]"), ("application/json", b'{"a": 1}')),
        (("application/json", b"{"), ("application/json", b'{"a": 1}')),
        (("application/octet-stream", b'{"a": 1}'), ("application/json", b'{"a": 1}')),
        (None, ("application/json", b"{")),
        (None, ("application/json", b"[]")),
        (None, ("", b"")),
        (None, ("no type", b"")),
    ],
)
def test_what_cannot_be_merged_changes_nothing(
    call: Caller, path: str, kept: tuple[str, bytes] | None, posted: tuple[str, bytes]
) -> None:
    query = RESOURCES[path]()
    if kept:
        call("PUT", path, kept[1], query=query, headers={"Content-Type": kept[0]} | NEW)
    answer = call("POST", path, posted[1], query=query, headers={"Content-Type": posted[0]})
    assert answer.status_code == 400
    assert call("GET", path, query=query).data == kept[1] if kept else True
    assert call("GET", path, query=query).status_code == (200 if kept else 404)


OLD, OTHER = {"If-Match": etag(b'{"a":1}')}, {"If-Match": '"1234"'}
STATE, PROFILES = ["/activities/state"], ["/agents/profile", "/activities/profile"]


@pytest.mark.parametrize(
    ("paths", "version", "exists", "method", "headers", "status"),
    [
        (STATE + PROFILES, "1.0.3 2.0.0", True, "PUT", OLD, 204),
        (STATE + PROFILES, "1.0.3 2.0.0", True, "PUT", {"If-Match": f"W/{OLD['If-Match']}"}, 204),
        (STATE + PROFILES, "1.0.3 2.0.0", True, "PUT", {"If-Match": "*"}, 204),
        (STATE + PROFILES, "1.0.3 2.0.0", True, "PUT", OTHER, 412),
        (STATE + PROFILES, "1.0.3 2.0.0", True, "PUT", NEW, 412),
        (STATE + PROFILES, "1.0.3 2.0.0", False, "PUT", NEW, 204),
        (STATE + PROFILES, "1.0.3 2.0.0", False, "PUT", OLD, 412),
        (STATE + PROFILES, "2.0.0", True, "PUT", {}, 409),
        (STATE + PROFILES, "2.0.0", False, "PUT", {}, 204),
        (STATE, "1.0.3", True, "PUT", {}, 204),
        (STATE, "1.0.3", False, "PUT", {}, 204),
        (PROFILES, "1.0.3", True, "PUT", {}, 409),
        (PROFILES, "1.0.3", False, "PUT", {}, 400),
        (STATE + PROFILES, "1.0.3 2.0.0", True, "POST", OTHER, 412),
        (STATE + PROFILES, "1.0.3 2.0.0", True, "POST", OLD, 204),
        (STATE + PROFILES, "1.0.3 2.0.0", True, "DELETE", OTHER, 412),
        (STATE + PROFILES, "1.0.3 2.0.0", True, "DELETE", OLD, 204),
        (STATE + PROFILES, "1.0.3 2.0.0", False, "DELETE", OLD, 412),
    ],
)
def test_nobody_overwrites_what_they_have_not_seen(
    call: Caller,
    paths: list[str],
    version: str,
    exists: bool,
    method: str,
    headers: dict[str, str],
    status: int,
) -> None:
    for path in paths:
        for speaking in map(call.speaking, version.split()):
            query, body = RESOURCES[path](), None if method == "DELETE" else {"b": 2}
            if exists:
                assert call("POST", path, b'{"a":1}', query=query, headers=TYPED).status_code == 204
            answer = speaking(method, path, body, query=query, headers=headers)
            assert answer.status_code == status, (path, speaking.version, answer.text)
            if exists and status >= 400:
                assert answer.text
                assert call("GET", path, query=query).json == {"a": 1}


TYPED = {"Content-Type": "application/json"}


@every_resource
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_parameters_are_checked(call: Caller, path: str, method: str) -> None:
    right = RESOURCES[path]()
    wrong: list[Query] = [{"foo": "bar"}, {"StateId": "x"}, {"registration": "x"}, {"since": "yesterday"}]
    wrong += [{"agent": bad} for bad in ("x", "true", {}, {"member": [person()], "objectType": "Group"})]
    wrong += [{"activityId": bad} for bad in ("x", "1", "")] if "activityId" in right else []
    for bad in wrong:
        answer = call(method, path, {}, query=right | bad, headers=NEW)
        assert answer.status_code == 400, bad
    for name in right:
        if (name == "stateId" and method in ("GET", "DELETE")) or (name == "profileId" and method == "GET"):
            continue
        query = {key: value for key, value in right.items() if key != name}
        assert call(method, path, {}, query=query, headers=NEW).status_code == 400, name


@every_database
@every_resource
def test_names_are_listed(call: Caller, path: str) -> None:
    query = RESOURCES[path]()
    name = next(name for name in ("stateId", "profileId") if name in query)
    for each in ("one", "two"):
        assert call("POST", path, {}, query=query | {name: each}).status_code == 204
    context = {key: value for key, value in query.items() if key != name}
    answer = call("GET", path, query=context)
    assert (answer.status_code, answer.json) == (200, ["one", "two"])
    second = call("GET", path, query=query | {name: "two"})
    with_since = {
        since: call("GET", path, query=context | {"since": since}).json
        for since in ("2026-01-01T00:00:00Z", "2999-01-01T00:00:00Z")
    }
    assert list(with_since.values()) == [["one", "two"], []]
    assert answer.last_modified == second.last_modified
    assert call("GET", path, query=RESOURCES[path]() | {name: "none"}).status_code == 404


@every_database
def test_registrations_keep_their_state_apart(call: Caller) -> None:
    path, query = "/activities/state", RESOURCES["/activities/state"]()
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    for registration, name in ((first, "one"), (second.upper(), "one"), (second, "two"), (None, "three")):
        more = {"stateId": name} | ({"registration": registration} if registration else {})
        assert call("POST", path, {"in": registration}, query=query | more).status_code == 204
    context = {name: query[name] for name in ("activityId", "agent")}
    assert call("GET", path, query=query | {"stateId": "one", "registration": first}).json == {"in": first}
    assert call("GET", path, query=query | {"stateId": "one"}).status_code == 404
    assert call("GET", path, query=context | {"registration": second}).json == ["one", "two"]
    assert sorted(call("GET", path, query=context).json) == ["one", "three", "two"]
    assert call("DELETE", path, query=context | {"registration": second}).status_code == 204
    assert call("GET", path, query=context).json == ["one", "three"]
    assert call("DELETE", path, query=context).status_code == 204
    assert call("GET", path, query=context).json == []


def test_one_agent_has_one_profile_however_it_is_written(call: Caller) -> None:
    mail = f"mailto:{uuid.uuid4()}@"
    assert call("POST", "/agents/profile", {}, query={"agent": {"mbox": mail + "X.org"}, "profileId": "p"})
    again = {"agent": {"name": "Ana", "objectType": "Agent", "mbox": mail + "x.ORG"}}
    assert call("GET", "/agents/profile", query=again).json == ["p"]


def test_since_and_a_name_go_together_in_the_old_version_only(call: Caller) -> None:
    query = RESOURCES["/activities/state"]()
    call("POST", "/activities/state", {}, query=query)
    query["since"] = "2026-01-01T00:00:00Z"
    assert call("GET", "/activities/state", query=query).status_code == 200
    assert call.speaking("2.0.0")("GET", "/activities/state", query=query).status_code == 400


def test_too_much_is_refused(call: Caller) -> None:
    query = RESOURCES["/activities/profile"]()
    assert call("POST", "/activities/profile", {"a": "x" * 30_000}, query=query).status_code == 413
    for name, status in (("a", 204), ("b", 413)):
        answer = call("POST", "/activities/profile", {name: "x" * 15_000}, query=query)
        assert answer.status_code == status
    assert list(call("GET", "/activities/profile", query=query).json) == ["a"]


def test_too_much_is_refused_when_its_length_is_not_announced(call: Caller) -> None:
    query, ended = RESOURCES["/activities/profile"](), {"wsgi.input_terminated": True}
    for size, status in ((30_000, 413), (15_000, 204)):
        answer = call(
            "POST",
            "/activities/profile",
            query=query,
            headers={"Content-Type": "text/plain", "Content-Length": "", "Transfer-Encoding": "chunked"},
            input_stream=BytesIO(b"x" * size),
            environ_overrides=ended,
        )
        assert answer.status_code == status
    assert len(call("GET", "/activities/profile", query=query).data) == 15_000


@every_database
def test_only_one_of_many_makes_a_document(call: Caller, engine: Engine) -> None:
    query = RESOURCES["/activities/profile"]()
    with ThreadPoolExecutor(4) as pool:
        one = [
            pool.submit(call, "PUT", "/activities/profile", {"n": n}, query=query, headers=NEW)
            for n in "abcd"
        ]
        statuses = sorted(each.result().status_code for each in one)
    assert statuses == [204, 412, 412, 412]


@every_database
def test_merges_at_the_same_time_are_all_kept(call: Caller) -> None:
    query = RESOURCES["/activities/profile"]()
    call("POST", "/activities/profile", {}, query=query)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: call("POST", "/activities/profile", {n: n}, query=query), "abcdefgh"))
    assert sorted(call("GET", "/activities/profile", query=query).json) == list("abcdefgh")


@every_database
def test_an_agents_documents_can_be_forgotten(call: Caller, engine: Engine) -> None:
    ana, activity = person(), new()
    with engine.begin() as connection:
        before = connection.scalar(select(func.count()).select_from(schema.documents))
    state = {"activityId": activity, "agent": ana, "stateId": "s"}
    call("POST", "/activities/state", {}, query=state)
    call("POST", "/agents/profile", {}, query={"agent": ana, "profileId": "p"})
    with engine.begin() as connection:
        assert shelf.forget(connection, agent_key(ana) or "") == 2
        assert connection.scalar(select(func.count()).select_from(schema.documents)) == before
