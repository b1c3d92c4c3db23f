"""The local statement store over HTTP, mounted as a host mounts it, on every kind of database."""

import base64
import json
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, func, select
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse

from lti_tool.kernel.database import Database
from xapi.store import create_store, schema
from xapi.validation import problems

pytestmark = pytest.mark.every_database

STATEMENTS = "/xapi/statements"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
HEADERS = {
    "X-Experience-API-Version": "1.0.3",
    "Authorization": "Basic " + base64.b64encode(b"demo:secret").decode(),
}


def account(name: str, /, **more: object) -> dict[str, Any]:
    return {"account": {"homePage": "https://lms.example", "name": name}, **more}


def activity(name: str) -> dict[str, Any]:
    return {"id": f"https://example.org/activities/{name}"}


def reference(target: str) -> dict[str, str]:
    return {"objectType": "StatementRef", "id": target}


def statement(actor: str = "ana", verb: str = "did", thing: str = "one", /, **more: object) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "actor": account(actor),
        "verb": {"id": f"https://example.org/verbs/{verb}"},
        "object": activity(thing),
        "timestamp": "2026-03-01T09:30:00.000Z",
        **more,
    }


def voiding(target: str) -> dict[str, Any]:
    return statement("admin", object=reference(target), verb={"id": VOIDED})


class Reader:
    """What a learning record provider and consumer would do, in few words."""

    def __init__(self, application: Any) -> None:
        self.client = Client(application)

    def send(self, method: str, path: str = STATEMENTS, **options: Any) -> TestResponse:
        headers = HEADERS | options.pop("headers", {})
        return self.client.open(path, method=method, headers=headers, **options)

    def post(self, body: Any, **options: Any) -> TestResponse:
        return self.send("POST", json=body, **options)

    def put(self, body: Any, statement_id: str) -> TestResponse:
        return self.send("PUT", query_string={"statementId": statement_id}, json=body)

    def get(self, **query: Any) -> TestResponse:
        return self.send("GET", query_string=query)

    def keep(self, *batch: dict[str, Any]) -> list[str]:
        answer = self.post(list(batch))
        assert answer.status_code == 200, answer.text
        return answer.json

    def found(self, **query: Any) -> list[str]:
        """The ids of all pages."""
        answer = self.get(**query)
        ids: list[str] = []
        while True:
            assert answer.status_code == 200, answer.text
            ids += [each["id"] for each in answer.json["statements"]]
            if not answer.json["more"]:
                return ids
            answer = self.send("GET", answer.json["more"])

    def one(self, statement_id: str) -> dict[str, Any]:
        return self.get(statementId=statement_id).json


@pytest.fixture(scope="module")
def made(database_server: Any) -> Iterator[str]:
    """A store's database, to be copied."""
    with database_server.fresh() as url:
        engine = Database(url).engine
        schema.metadata.create_all(engine)
        engine.dispose()
        yield url


@pytest.fixture
def engine(database_server: Any, made: str) -> Iterator[Engine]:
    """The tool's engine on an empty store."""
    with database_server.fresh(made) as url:
        database = Database(url)
        yield database.engine
        database.dispose()


@pytest.fixture
def store(engine: Engine) -> Reader:
    application = create_store(
        engine, lambda name, word: "Demo" if (name, word) == ("demo", "secret") else None
    )
    return Reader(DispatcherMiddleware(NotFound(), {"/xapi": application}))


@pytest.fixture
def executed(engine: Engine) -> list[str]:
    """The SQL that is executed, as it grows."""
    seen: list[str] = []
    event.listen(
        engine, "before_cursor_execute", lambda c, cur, sql, *rest: "BEGIN" in sql or seen.append(sql)
    )
    return seen


def rows(engine: Engine, table: Any = schema.statements) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


# Storing


def test_a_statement_comes_back_as_it_was_sent(store):
    sent = statement(
        actor=account("ana", name="Ana Peña 😀", objectType="Agent"),
        result={"score": {"scaled": Decimal("0.50"), "raw": 9007199254740993}, "duration": "PT4M3.5S"},
        context={"extensions": {"https://example.org/e": [None, {"a": "\u0000 \"'"}, Decimal("1.10"), True]}},
        attachments=[
            {
                "usageType": "https://example.org/u",
                "display": {},
                "contentType": "text/plain",
                "length": 1,
                "sha2": "a" * 64,
                "fileUrl": "https://example.org/f",
            }
        ],
    )
    text = json.dumps(sent, default=float, ensure_ascii=False)
    text = text.replace("0.5,", "0.50,").replace("1.1,", "1.10,")
    answer = store.send("POST", data=text.encode(), content_type="application/json; charset=utf-8")
    assert (answer.status_code, answer.json) == (200, [sent["id"]])

    body = store.get(statementId=sent["id"]).get_data(as_text=True)
    assert '"scaled":0.50,' in body
    assert "1.10,true" in body
    kept = json.loads(body, parse_float=Decimal)
    assert {name: kept[name] for name in sent} == sent
    assert kept["version"] == "1.0.0"
    assert kept["authority"] == {
        "objectType": "Agent",
        "account": {"homePage": "http://localhost/xapi/", "name": "Demo"},
    }
    assert abs(datetime.fromisoformat(kept["stored"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert problems(kept) == []


def test_what_is_missing_is_added(store):
    sent = {name: part for name, part in statement().items() if name not in ("id", "timestamp")}
    kept = store.one(store.post(sent).json[0])
    assert uuid.UUID(kept["id"]).version == 4
    assert kept["timestamp"] == kept["stored"]


def test_what_the_store_sets_cannot_be_set_from_outside(store):
    sent = statement(stored="2001-01-01T00:00:00Z", authority=account("somebody else"), version="1.0.2")
    identity = store.keep(sent)[0]
    kept = store.one(identity)
    assert kept["stored"] > "2025"
    assert store.get(statementId=identity).text.count('"stored"') == 1
    assert kept["authority"]["account"]["name"] == "Demo"
    assert kept["version"] == "1.0.2"


def test_moments_come_back_in_utc_and_context_activities_as_arrays(store):
    parent = {"contextActivities": {"parent": activity("course")}}
    sub = {**statement(context=parent), "objectType": "SubStatement"}
    del sub["id"]
    sent = statement(timestamp="2026-03-01T11:30:00.250+02:00", context=parent, object=sub)
    kept = store.one(store.keep(sent)[0])
    assert kept["timestamp"] == "2026-03-01T09:30:00.250000Z"
    assert kept["context"]["contextActivities"] == {"parent": [activity("course")]}
    assert kept["object"]["context"]["contextActivities"] == {"parent": [activity("course")]}


def test_put(store):
    sent = statement()
    anonymous = {name: part for name, part in sent.items() if name != "id"}
    assert store.put(anonymous, sent["id"]).status_code == 204
    assert store.put(sent, sent["id"].upper()).status_code == 204
    assert store.found() == [sent["id"]]
    assert store.put(sent, str(uuid.uuid4())).status_code == 400
    assert store.put([sent], sent["id"]).status_code == 400
    assert store.put(sent, "7").status_code == 400
    assert store.send("PUT", json=sent).status_code == 400
    assert store.put({**anonymous, "verb": {"id": "urn:other"}}, sent["id"]).status_code == 409


def test_sent_again_it_is_stored_once(store, engine):
    first, second = statement(), statement()
    assert store.keep(first) == [first["id"]]
    assert store.keep(first, second) == [first["id"], second["id"]]
    assert store.post(second).json == [second["id"]]
    assert rows(engine) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"verb": {"id": "https://example.org/verbs/did", "display": {"fr": "a fait"}}},
        {"object": {**activity("one"), "definition": {"name": {"en": "One"}}}},
        {"timestamp": "2026-03-01T10:30:00+01:00"},
        {"timestamp": None},
        {"stored": "2001-01-01T00:00:00Z"},
        {"result": {"duration": "PT1.239S"}},
        {"context": {"team": {"objectType": "Group", "member": [account("2"), account("1")]}}},
        {"authority": account("x")},
    ],
)
def test_what_an_lrs_may_change_is_no_conflict(store, change):
    team = {"objectType": "Group", "member": [account("1"), account("2")]}
    sent = statement(result={"duration": "PT1.23S"}, context={"team": team})
    store.keep(sent)
    again = {name: part for name, part in {**sent, **change}.items() if part is not None}
    assert store.post(again).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"actor": account("ben")},
        {"actor": account("ana", name="Ana")},
        {"verb": {"id": "https://example.org/verbs/DID"}},
        {"object": activity("two")},
        {"result": {"success": False}},
        {"result": {"score": {"raw": 1.0}}},
        {"context": {"registration": str(uuid.uuid4())}},
        {"timestamp": "2026-03-01T09:30:00.001Z"},
    ],
)
def test_another_statement_under_the_same_id_is_a_conflict_and_stores_nothing(store, engine, change):
    sent = statement(result={"success": True})
    store.keep(sent)
    before = store.one(sent["id"])
    answer = store.post([statement(), {**sent, **change}, statement()])
    assert answer.status_code == 409
    assert sent["id"] in answer.json["error"]
    assert rows(engine) == 1
    assert store.one(sent["id"]) == before


def test_one_bad_statement_refuses_the_batch_and_says_where(store, engine):
    answer = store.post([statement(), statement(actor={"mbox": "ana"}), statement(result={"success": 1})])
    assert answer.status_code == 400
    assert [each["path"] for each in answer.json["problems"]] == ["[1].actor.mbox", "[2].result.success"]
    assert rows(engine) == rows(engine, schema.facets) == 0


def test_the_same_id_twice_in_a_batch_is_refused(store):
    twice = statement()
    assert store.post([twice, {**twice, "id": twice["id"].upper()}]).status_code == 400


def test_versions_are_checked_by_their_own_rules(store):
    mentor = {"objectType": "contextAgent", "agent": account("mentor")}
    sent = statement(context={"contextAgents": [mentor]})
    assert store.post(sent).status_code == 400
    answer = store.post(sent, headers={"X-Experience-API-Version": "2.0.0"})
    assert (answer.status_code, answer.headers["X-Experience-API-Version"]) == (200, "2.0.0")
    assert store.one(sent["id"])["version"] == "2.0.0"
    agent = json.dumps(account("mentor"))
    assert store.found(agent=agent) == []
    assert store.found(agent=agent, related_agents="true") == [sent["id"]]


NO_STATEMENTS = [
    b"", b"{", b"[1,]", b"7", b"null", b'"x"', b"[[]]", b"\xff", b'{"actor":NaN}', b"[" * 100_000,
    b'{"id":"a","id":"a"}', b'{"actor":"\\ud800"}', b'{"x":' * 900 + b"1" + b"}" * 900,
]  # fmt: skip


def test_what_is_no_statement_is_refused(store):
    for body in NO_STATEMENTS:
        answer = store.send("POST", data=body, content_type="application/json")
        assert (answer.status_code, bool(answer.json["error"])) == (400, True), body[:50]


def test_deep_extensions_are_kept_or_refused_but_never_break_the_store(store):
    for depth in (100, 300, 500, 900, 980, 990, 995):
        sent = json.dumps(statement(context={"extensions": {"urn:deep": "DEEP"}}))
        body = sent.replace('"DEEP"', "[" * depth + "]" * depth)
        assert store.send("POST", data=body, content_type="application/json").status_code in (200, 400)
    assert store.get().status_code == store.get(format="ids").status_code == 200


def test_bodies_have_a_largest_size(engine, store):
    small = Reader(create_store(engine, lambda name, word: name, max_body=1000))
    assert small.send("POST", "/statements", json=[statement() for _ in range(10)]).status_code == 413
    assert small.send("POST", "/statements", json=statement()).status_code == 200
    assert store.post([7] * 5001).status_code == 413


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data; boundary=x", "text/plain", "application/x-www-form-urlencoded"]
)
def test_only_json_is_taken(store, content_type):
    answer = store.send("POST", data=json.dumps(statement()), content_type=content_type)
    assert answer.status_code == 400
    assert "application/json" in answer.json["error"]


def test_attachments_need_a_file_url(store):
    attachment = {"usageType": "urn:u", "display": {}, "contentType": "a/b", "length": 1, "sha2": "a" * 64}
    sub = {"objectType": "SubStatement", **statement(attachments=[attachment])}
    del sub["id"]
    answer = store.post([statement(attachments=[attachment]), statement(object=sub)])
    assert answer.status_code == 400
    paths = [each["path"] for each in answer.json["problems"]]
    assert paths == ["[0].attachments[0]", "[1].object.attachments[0]"]


# Asking


def test_versions_and_credentials_are_asked_for(store):
    for version in ("", "0.95", "1.1.0", "3.0.0", "1.0.x"):
        answer = store.send("GET", headers={"X-Experience-API-Version": version})
        assert answer.status_code == 400
        assert answer.headers["X-Experience-API-Version"]
    for version in ("1.0", "1.0.0", "1.0.3", "2.0.0", "2.0"):
        assert store.send("GET", headers={"X-Experience-API-Version": version}).status_code == 200
    for credentials in ("", "Basic x", "Bearer x", "Basic " + base64.b64encode(b"demo:wrong").decode()):
        answer = store.send("GET", headers={"Authorization": credentials})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_about_needs_neither(store):
    answer = store.client.get("/xapi/about")
    assert answer.status_code == 200
    assert answer.json["version"] == ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"]
    assert answer.headers["X-Experience-API-Version"]


def test_other_addresses_and_methods(store):
    assert store.send("GET", "/xapi/verbs").status_code == 404
    answer = store.send("DELETE")
    assert (answer.status_code, answer.json["error"] != "") == (405, True)
    assert "PUT" in answer.headers["Allow"]


def test_every_answer_says_up_to_when_it_is_complete(store):
    sent = store.keep(statement())[0]
    for answer in (
        store.get(),
        store.get(statementId=sent),
        store.get(limit="x"),
        store.post([]),
        store.send("HEAD"),
    ):
        assert answer.headers["X-Experience-API-Version"] == "1.0.3"
        through = datetime.fromisoformat(answer.headers["X-Experience-API-Consistent-Through"])
        assert abs(through - datetime.now(UTC)) < timedelta(seconds=30)
    assert store.get().headers["X-Experience-API-Consistent-Through"] >= store.one(sent)["stored"]


def test_head_is_get_without_a_body(store):
    store.keep(statement())
    full, head = store.get(), store.send("HEAD")
    assert head.status_code == 200
    assert head.get_data() == b""
    assert head.headers["Content-Length"] == full.headers["Content-Length"]


def test_what_has_not_changed_is_not_sent_again(store):
    sent = store.keep(statement())[0]
    first = store.get(statementId=sent)
    stored = datetime.fromisoformat(first.json["stored"])
    assert first.last_modified == stored.replace(microsecond=0)
    again = store.send(
        "GET", query_string={"statementId": sent}, headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304


NO_QUERIES = [
    "colour=red", "statementid=x", "statementId=7", "voidedStatementId=", "limit=-1", "limit=1.5",
    "limit=x", "verb=did", "activity=one", "registration=7", "agent=ana", "agent={}", "agent=[]",
    'agent={"mbox":"x"}',
    'agent={"objectType":"Group","member":[{"mbox":"mailto:a@example.org"}]}', "since=yesterday",
    "until=2026-03-01T09:30:00", "ascending=1", "ascending=True", "related_agents=yes",
    "related_activities=",
    "format=full", "attachments=no", "more=x", "limit=1&limit=2",
    f"statementId={uuid.uuid4()}&voidedStatementId={uuid.uuid4()}", f"statementId={uuid.uuid4()}&limit=1",
]  # fmt: skip


def test_parameters_that_mean_nothing_are_refused(store):
    for query in NO_QUERIES:
        answer = store.send("GET", query_string=query)
        assert (answer.status_code, bool(answer.json["error"])) == (400, True), query


def test_writes_take_no_other_parameters(store):
    assert store.send("POST", query_string="verb=x", json=statement()).status_code == 400


def test_a_statement_that_is_not_there(store):
    assert store.get(statementId=str(uuid.uuid4())).status_code == 404
    assert store.get(voidedStatementId=store.keep(statement())[0]).status_code == 404
    assert store.get().json == {"statements": [], "more": ""} or len(store.found()) == 1


# Filters


def test_filters(store):
    registration = str(uuid.uuid4())
    a = statement("ana", "did", "one", context={"registration": registration})
    b = statement("ben", "did", "two")
    c = statement("ana", "saw", "two")
    a, b, c = store.keep(a, b, c)
    ana, ben = json.dumps(account("ana", name="Another name")), json.dumps(account("ben"))
    did, two = "https://example.org/verbs/did", activity("two")["id"]
    assert store.found() == [c, b, a]
    assert store.found(ascending="true") == [a, b, c]
    assert store.found(agent=ana) == [c, a]
    assert store.found(verb=did) == [b, a]
    assert store.found(activity=two) == [c, b]
    assert store.found(registration=registration.upper()) == [a]
    assert store.found(agent=ana, verb=did) == [a]
    assert store.found(agent=ben, verb=did, activity=two) == [b]
    assert store.found(agent=ben, activity=activity("one")["id"]) == []
    assert store.found(limit=1, ascending="true") == [a, b, c]
    stored = store.one(b)["stored"]
    assert store.found(since=stored) == [c]
    assert store.found(until=stored) == [b, a]
    assert store.found(since=store.one(a)["stored"], until=stored, agent=ben) == [b]


MBOX = {"mbox": "mailto:Ana@Example.ORG"}


@pytest.mark.parametrize(
    ("actor", "asked"),
    [
        (MBOX, {"mbox": "mailto:Ana@example.org", "objectType": "Agent"}),
        ({"openid": "https://ana.example"}, {"openid": "https://ana.example", "name": "x"}),
        ({"mbox_sha1sum": "A" * 40}, {"mbox_sha1sum": "a" * 40}),
        ({"objectType": "Group", "member": [account("1"), MBOX]}, MBOX),
        ({"objectType": "Group", "member": [MBOX], **account("team")}, account("team", objectType="Group")),
    ],
)
def test_agents_are_the_same_by_their_identifier(store, actor, asked):
    sent = store.keep(statement(actor=actor), statement())[0]
    assert store.found(agent=json.dumps(asked)) == [sent]
    assert store.found(agent=json.dumps({"mbox": "mailto:ana@example.org"})) == []


def test_related_agents_and_activities(store):
    sub = {**statement("sub actor", "did", "sub-object"), "objectType": "SubStatement"}
    del sub["id"]
    sub["context"] = {
        "contextActivities": {"other": [activity("sub-context")]},
        "instructor": account("sub teacher"),
    }
    team = {"objectType": "Group", "member": [account("member")]}
    around = {"parent": [activity("parent")], "category": [activity("category")]}
    context = {"instructor": account("teacher"), "team": team, "contextActivities": around}
    outer = store.keep(statement("actor", object=sub, context=context))[0]
    demo = {"account": {"homePage": "http://localhost/xapi/", "name": "Demo"}}
    actors = [account(name) for name in ("teacher", "member", "sub actor", "sub teacher")]
    for agent in [*actors, demo]:
        assert store.found(agent=json.dumps(agent)) == []
        assert store.found(agent=json.dumps(agent), related_agents="true") == [outer]
    assert store.found(agent=json.dumps(account("actor"))) == [outer]
    for name in ("parent", "category", "sub-object", "sub-context"):
        assert store.found(activity=activity(name)["id"]) == []
        assert store.found(activity=activity(name)["id"], related_activities="true") == [outer]


def test_agents_as_objects_are_found(store):
    sent = store.keep(statement("ana", object=account("ben", objectType="Agent")))[0]
    assert store.found(agent=json.dumps(account("ben"))) == [sent]


def test_pages_hold_the_same_result_whatever_comes_meanwhile(store):
    kept = [store.keep(statement())[0] for _ in range(7)]
    for ascending in ("true", "false"):
        answer = store.get(limit=3, ascending=ascending, verb="https://example.org/verbs/did")
        seen, addresses = [], set()
        while True:
            seen += [each["id"] for each in answer.json["statements"]]
            more = answer.json["more"]
            if not more:
                break
            assert more.startswith("/xapi/statements?")
            assert more not in addresses
            addresses.add(more)
            store.keep(statement())
            answer = store.send("GET", more)
        before = kept if ascending == "true" else kept[::-1]
        assert seen == before
        kept = store.found(ascending="true")


def test_no_page_is_larger_than_the_store_allows(store):
    for _ in range(6):
        store.keep(*[statement() for _ in range(100)])
    first = store.get().json
    assert len(first["statements"]) == 500
    assert (
        len(store.get(limit=0).json["statements"]) == len(store.get(limit=10_000).json["statements"]) == 500
    )
    assert len(store.send("GET", first["more"]).json["statements"]) == 100
    assert len(set(store.found())) == 600


def test_formats(store):
    words = {"en": "did", "fr": "a fait"}
    definition = {
        "name": words,
        "description": words,
        "interactionType": "choice",
        "choices": [{"id": "a", "description": words}],
    }
    group = {"objectType": "Group", "name": "Team", "member": [account("1", name="One")]}
    sent = statement(
        actor=account("ana", name="Ana"),
        verb={"id": "https://example.org/verbs/did", "display": words},
        object={**activity("one"), "objectType": "Activity", "definition": definition},
        context={
            "team": group,
            "contextActivities": {"parent": [{**activity("p"), "definition": definition}]},
        },
    )
    store.keep(sent)
    ids = store.get(format="ids").json["statements"][0]
    assert ids["actor"] == account("ana")
    assert ids["verb"] == {"id": sent["verb"]["id"]}
    assert ids["object"] == activity("one")
    assert ids["context"]["team"] == {"objectType": "Group", "member": [account("1")]}
    assert ids["context"]["contextActivities"] == {"parent": [activity("p")]}
    for languages, tag in (("fr, en;q=0.5", "fr"), ("en;q=0.1, fr;q=0.9", "fr"), ("de", "en"), ("", "en")):
        query = {"format": "canonical", "statementId": sent["id"]}
        canonical = store.send("GET", query_string=query, headers={"Accept-Language": languages}).json
        assert canonical["verb"]["display"] == {tag: words[tag]}
        for thing in (canonical["object"], canonical["context"]["contextActivities"]["parent"][0]):
            assert thing["definition"]["name"] == thing["definition"]["description"] == {tag: words[tag]}
            assert thing["definition"]["choices"][0]["description"] == {tag: words[tag]}
        assert canonical["actor"] == sent["actor"]
    assert store.one(sent["id"])["object"] == sent["object"]


def test_with_attachments_the_answer_has_parts(store):
    store.keep(statement())
    answer = store.get(attachments="true")
    assert answer.mimetype == "multipart/mixed"
    boundary = answer.mimetype_params["boundary"]
    parts = answer.get_data(as_text=True).split(f"--{boundary}")
    head, body = parts[1].split("\r\n\r\n")
    assert "Content-Type: application/json" in head
    assert json.loads(body) == store.get(attachments="false").json


# Voiding and references


@pytest.mark.parametrize("order", ["target first", "voiding first", "together"])
def test_voiding(store, order):
    target = statement("ana")
    void = voiding(target["id"])
    match order:
        case "target first":
            store.keep(target)
            store.keep(void)
        case "voiding first":
            store.keep(void)
            store.keep(target)
        case "together":
            store.keep(void, target)
    assert store.get(statementId=target["id"]).status_code == 404
    assert store.get(voidedStatementId=target["id"]).json["actor"] == account("ana")
    assert store.found() == [void["id"]]
    assert store.found(agent=json.dumps(account("ana"))) == [void["id"]]  # it refers to Ana's
    assert store.post(target).status_code == 200
    assert store.get(statementId=target["id"]).status_code == 404


def test_a_voiding_statement_cannot_be_voided(store):
    target = statement()
    first = voiding(target["id"])
    second = voiding(first["id"])
    store.keep(target, first)
    store.keep(second)
    assert store.one(first["id"])["verb"]["id"] == VOIDED
    assert store.get(voidedStatementId=first["id"]).status_code == 404
    assert store.get(statementId=target["id"]).status_code == 404


def test_voiding_what_is_no_statement_is_refused(store):
    assert store.post(statement(verb={"id": VOIDED})).status_code == 400


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1]])
def test_who_refers_to_a_statement_is_found_with_it_in_whatever_order_they_came(store, engine, order):
    target = statement("ana", "did", "one")
    comment = statement("ben", "commented", object=reference(target["id"]))
    reply = statement("cleo", "replied", object=reference(comment["id"]))
    chain = [target, comment, reply]
    for place in order:
        store.keep(chain[place])
    all_three = {each["id"] for each in chain}
    assert set(store.found(agent=json.dumps(account("ana")))) == all_three
    assert set(store.found(activity=activity("one")["id"], verb="https://example.org/verbs/did")) == all_three
    assert set(store.found(agent=json.dumps(account("ben")))) == {comment["id"], reply["id"]}
    ana = json.dumps(account("ana"))
    assert store.found(agent=ana, verb="https://example.org/verbs/commented") == []
    assert store.found(agent=ana, since=store.one(chain[order[-1]]["id"])["stored"]) == []
    with engine.connect() as connection:
        pairs = connection.execute(select(schema.facets.c.stored, schema.facets.c.source).distinct()).all()
    assert len(pairs) == 6  # three of their own, and three references


def test_statements_that_refer_to_each_other(store):
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    store.keep(statement("ana", id=first, object=reference(second)))
    store.keep(statement("ben", id=second, object=reference(first)))
    store.keep(statement("cleo", id=(itself := str(uuid.uuid4())), object=reference(itself)))
    assert store.found(agent=json.dumps(account("ana"))) == [second, first]
    assert store.found(agent=json.dumps(account("ben"))) == [second, first]
    assert store.found(agent=json.dumps(account("cleo"))) == [itself]


def test_a_long_chain_of_references_is_followed_only_so_far(store):
    start = statement("ana")
    chain = [start]
    for _ in range(40):
        chain.append(statement("ben", object=reference(chain[-1]["id"])))
    store.keep(*chain)
    assert store.found(agent=json.dumps(account("ana")), ascending="true") == [
        each["id"] for each in chain[:21]
    ]


# Many at once


def test_a_batch_takes_few_sql_statements(store, executed):
    store.keep(statement())
    counts = []
    for size in (1, 50):
        batch = [statement(f"person {n}") for n in range(size)]
        executed.clear()
        store.keep(*batch)
        counts.append(len(executed))
    assert max(counts) <= 5
    target = store.keep(statement())[0]
    executed.clear()
    store.keep(
        *[statement(object=reference(target)) for _ in range(25)], *[voiding(target) for _ in range(25)]
    )
    assert len(executed) <= 10
    executed.clear()
    store.get(agent=json.dumps(account("ana")), verb="https://example.org/verbs/did")
    assert len(executed) <= 3


def test_reading_needs_no_write_lock(store, engine):
    store.keep(statement())
    with engine.begin() as connection:
        connection.execute(schema.clock.update().values(stored=schema.clock.c.stored))
        assert len(store.found()) == 1


def test_the_same_batch_twice_at_once_is_stored_once(store, engine):
    batch = [statement() for _ in range(50)]
    together = threading.Barrier(8)

    def send() -> tuple[int, list[str]]:
        together.wait()
        answer = store.post(batch)
        return answer.status_code, answer.json

    with ThreadPoolExecutor(8) as pool:
        answers = [future.result() for future in [pool.submit(send) for _ in range(8)]]
    assert answers == [(200, [each["id"] for each in batch])] * 8
    assert rows(engine) == 50


def test_many_writers_lose_nothing_and_keep_the_order(store, engine):
    def send(writer: int) -> list[str]:
        kept = []
        for _ in range(10):
            kept += store.keep(*[statement(f"writer {writer}") for _ in range(5)])
        return kept

    with ThreadPoolExecutor(4) as pool:
        kept = [future.result() for future in [pool.submit(send, writer) for writer in range(4)]]
    for writer, ids in enumerate(kept):
        assert store.found(agent=json.dumps(account(f"writer {writer}")), ascending="true") == ids
    assert rows(engine) == 200


def test_one_who_follows_the_store_misses_nothing_while_others_write(store):
    done = threading.Event()

    def write() -> None:
        for _ in range(15):
            store.keep(*[statement() for _ in range(7)])

    def follow() -> list[str]:
        seen: list[str] = []
        query = {"ascending": "true", "limit": 5}
        while True:
            finished = done.is_set()
            page = store.get(**query).json["statements"]
            seen += [each["id"] for each in page]
            if page:
                query["since"] = page[-1]["stored"]
            elif finished:
                return seen

    with ThreadPoolExecutor(4) as pool:
        follower = pool.submit(follow)
        writers = [pool.submit(write) for _ in range(3)]
        for writer in writers:
            writer.result()
        done.set()
        seen = follower.result()
    assert seen == store.found(ascending="true")
    assert len(seen) == 3 * 15 * 7


def test_a_statement_s_moment_is_told_when_its_turn_has_come(store, engine):
    store.keep(statement())
    waits = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as connection:
            connection.execute(select(schema.clock).with_for_update())
            event.listen(engine, "before_cursor_execute", lambda *_: waits.set())
            kept = pool.submit(store.keep, statement())
            assert waits.wait(60)
            turn = datetime.now(UTC)
        (identity,) = kept.result()
    assert datetime.fromisoformat(store.one(identity)["stored"]) >= turn


def test_the_store_keeps_its_order_when_the_machine_s_clock_goes_back(store, engine):
    first = store.keep(statement())[0]
    with engine.begin() as connection:
        ahead = schema.clock.c.stored + 3_600_000_000
        connection.execute(schema.clock.update().values(stored=ahead))
    second, third = store.keep(statement())[0], store.keep(statement())[0]
    assert store.found() == [third, second, first]
    later = datetime.fromisoformat(store.one(second)["stored"]) - datetime.now(UTC)
    assert later > timedelta(minutes=55)


def test_a_database_that_does_not_answer_is_said_plainly(tmp_path):
    nowhere = create_engine(f"sqlite:///{tmp_path}/no/such/folder/file.db")
    busy = create_engine(f"sqlite:///{tmp_path}/file.db", pool_size=1, max_overflow=0, pool_timeout=0)
    with busy.connect():
        for engine in (nowhere, busy):
            answer = Reader(create_store(engine, lambda name, word: name)).send("GET", "/statements")
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
