"""The strict validator: one line per rule, what is good and what is bad."""

import copy
from typing import Any

import pytest

from xapi.validation import check_lines, problems, strictjson
from xapi.validation.formats import parse_timestamp

UUID = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"
AGENT = {"mbox": "mailto:ana@example.org"}
ACCOUNT = {"account": {"homePage": "https://lms.example", "name": "7"}}
GROUP = {"objectType": "Group", "name": "Team", "member": [AGENT, ACCOUNT]}
ACTIVITY = {"id": "https://example.org/activities/1"}
REF = {"objectType": "StatementRef", "id": UUID}
SUB = {
    "objectType": "SubStatement",
    "actor": AGENT,
    "verb": {"id": "https://example.org/did"},
    "object": ACTIVITY,
}
MINIMAL: dict[str, Any] = {"actor": AGENT, "verb": {"id": "https://example.org/did"}, "object": ACTIVITY}
ATTACHMENT = {
    "usageType": "https://example.org/certificate",
    "display": {"en": "Certificate"},
    "contentType": "application/pdf",
    "length": 1024,
    "sha2": "a" * 64,
    "fileUrl": "https://example.org/certificate.pdf",
}


def with_part(path: str, value: object) -> dict[str, Any]:
    """The minimal statement with `value` at a dotted path."""
    statement = copy.deepcopy(MINIMAL)
    *parents, last = path.split(".")
    place = statement
    for name in parents:
        place = place.setdefault(name, {})
    place[last] = value
    return statement


def without(part: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key != name}


def definition(**properties: object) -> dict[str, Any]:
    return {**ACTIVITY, "definition": properties}


def choice(*ids: str) -> list[dict[str, Any]]:
    return [{"id": each, "description": {"en": each}} for each in ids]


GOOD = [
    ("id", UUID),
    ("id", UUID.upper()),
    ("id", "12345678-1234-5678-1234-567812345678"),  # the specification's own example has no RFC 4122 variant
    ("actor", ACCOUNT),
    ("actor", {**AGENT, "objectType": "Agent", "name": "Ana"}),
    ("actor", {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}),
    ("actor", {"openid": "https://ana.openid.example"}),
    ("actor", GROUP),
    ("actor", {"objectType": "Group", **ACCOUNT}),
    ("actor", {"objectType": "Group", **ACCOUNT, "member": []}),
    ("verb.display", {"en-US": "did", "fr": "a fait", "zh-Hant-TW": "做", "x-klingon": "ta'"}),
    ("verb.id", "http://example.com/فعل/خواندن"),
    ("verb.id", "urn:uuid:" + UUID),
    ("object", {**ACTIVITY, "objectType": "Activity"}),
    ("object", {**AGENT, "objectType": "Agent"}),
    ("object", GROUP),
    ("object", REF),
    ("object", SUB),
    ("object", {**SUB, "object": REF, "timestamp": "2036-03-01T09:30:00Z", "attachments": [ATTACHMENT]}),
    ("object", definition(name={"en": "A"}, type="https://example.org/t", moreInfo="https://example.org/i")),
    ("object", definition(extensions={"https://example.org/e": None, "urn:e": [None, {"a": None}]})),
    (
        "object",
        definition(interactionType="choice", choices=choice("a", "b"), correctResponsesPattern=["a[,]b"]),
    ),
    ("object", definition(interactionType="matching", source=choice("a"), target=choice("a"))),
    ("object", definition(interactionType="likert", scale=choice("a"))),
    ("object", definition(interactionType="true-false", correctResponsesPattern=[])),
    ("result", {"completion": True, "success": False, "response": "", "duration": "PT0S"}),
    ("result.score", {"scaled": -1, "raw": 0, "min": 0, "max": 10.5}),
    ("result.score", {"scaled": 0.25}),
    ("result.duration", "P3Y1M29DT4H35M59.14S"),
    ("result.duration", "P4W"),
    ("result.duration", "PT16559.14S"),
    ("result.duration", "P0,5Y"),
    ("result.extensions", {"https://example.org/rubric": [{"score": None}]}),
    ("context.registration", UUID),
    ("context.instructor", AGENT),
    ("context.instructor", GROUP),
    ("context.team", GROUP),
    (
        "context.contextActivities",
        {"parent": [ACTIVITY], "grouping": ACTIVITY, "category": [], "other": [ACTIVITY]},
    ),
    ("context.revision", "3"),
    ("context.platform", "Moodle"),
    ("context.language", "tlh"),
    ("context.language", "de-CH-1996"),
    ("context.language", "i-klingon"),
    ("context.statement", REF),
    ("timestamp", "2026-03-01T09:30:00Z"),
    ("timestamp", "2026-03-01T09:30:00.123456789+05:30"),
    ("timestamp", "2026-03-01 09:30:00.6+00:00"),
    ("timestamp", "2016-12-31T23:59:60Z"),
    ("stored", "2026-03-01T09:30:00Z"),
    ("authority", AGENT),
    ("authority", GROUP),
    ("version", "1.0.0"),
    ("version", "1.0.3"),
    ("attachments", [ATTACHMENT, without(ATTACHMENT, "fileUrl")]),
    ("attachments", [{**ATTACHMENT, "contentType": "text/plain; charset=utf-8", "length": 0}]),
]

BAD = [
    ("id", 7, "id"),
    ("id", "fd41c918", "id"),
    ("id", "{" + UUID + "}", "id"),
    ("id", UUID.replace("-", ""), "id"),
    ("id", None, "id"),
    ("Actor", AGENT, "Actor"),
    ("actor", None, "actor"),
    ("actor", [], "actor"),
    ("actor", {}, "actor"),
    ("actor", {"name": "Ana"}, "actor"),
    ("actor", {**AGENT, **ACCOUNT}, "actor"),
    ("actor", {**AGENT, "objectType": "agent"}, "actor.objectType"),
    ("actor", {**AGENT, "objectType": "Activity"}, "actor.objectType"),
    ("actor", {**AGENT, "objectType": ["Agent"]}, "actor.objectType"),
    ("actor", {**AGENT, "name": 7}, "actor.name"),
    ("actor", {**AGENT, "member": [AGENT]}, "actor.member"),
    ("actor", {**AGENT, "email": "x"}, "actor.email"),
    ("actor", {"mbox": "ana@example.org"}, "actor.mbox"),
    ("actor", {"mbox": "mailto:ana"}, "actor.mbox"),
    ("actor", {"mbox": "mailto:a@example.org,b@example.org"}, "actor.mbox"),
    ("actor", {"mbox_sha1sum": "abc"}, "actor.mbox_sha1sum"),
    ("actor", {"openid": "ana.openid.example"}, "actor.openid"),
    ("actor", {"account": {"homePage": "https://lms.example"}}, "actor.account.name"),
    ("actor", {"account": {"homePage": "lms.example", "name": "7"}}, "actor.account.homePage"),
    ("actor", {"account": {"homePage": "https://lms.example", "name": 7}}, "actor.account.name"),
    ("actor", {"objectType": "Group"}, "actor.member"),
    ("actor", {"objectType": "Group", "member": []}, "actor.member"),
    ("actor", {"objectType": "Group", "member": [GROUP]}, "actor.member[0].objectType"),
    ("actor", {"objectType": "Group", "member": AGENT}, "actor.member"),
    ("actor", {"objectType": "Group", **AGENT, **ACCOUNT}, "actor"),
    ("verb", "did", "verb"),
    ("verb", {}, "verb.id"),
    ("verb.id", "did", "verb.id"),
    ("verb.id", "", "verb.id"),
    ("verb.id", "//example.org/did", "verb.id"),
    ("verb.id", "https://example.org/a b", "verb.id"),
    ("verb.id", "https://example.org/%zz", "verb.id"),
    ("verb.id", "https://", "verb.id"),
    ("verb.id", "https://example.org/#a#b", "verb.id"),
    ("verb.display", "did", "verb.display"),
    ("verb.display", {"en_US": "did"}, 'verb.display.en_US'),
    ("verb.display", {"a12345678": "did"}, "verb.display.a12345678"),
    ("verb.display", {"": "did"}, 'verb.display[""]'),
    ("verb.display", {"en": 1}, "verb.display.en"),
    ("verb.display", {"en": None}, "verb.display.en"),
    ("verb.id", "http://adlnet.gov/expapi/verbs/voided", "object"),
    ("object", {}, "object.id"),
    ("object", {"objectType": "Thing", **ACTIVITY}, "object.objectType"),
    ("object", {"id": "activity"}, "object.id"),
    ("object", {**ACTIVITY, "mbox": "mailto:a@example.org"}, "object.mbox"),
    ("object", AGENT, "object.id"),  # without an objectType it is an Activity
    ("object", {"objectType": "StatementRef", "id": "https://example.org"}, "object.id"),
    ("object", {**REF, "definition": {}}, "object.definition"),
    ("object", {**SUB, "id": UUID}, "object.id"),
    ("object", {**SUB, "stored": "2026-03-01T09:30:00Z"}, "object.stored"),
    ("object", {**SUB, "version": "1.0.0"}, "object.version"),
    ("object", {**SUB, "authority": AGENT}, "object.authority"),
    ("object", {**SUB, "object": SUB}, "object.object.objectType"),
    ("object", without(SUB, "verb"), "object.verb"),
    ("object", {**SUB, "object": REF, "context": {"platform": "Moodle"}}, "object.context.platform"),
    ("object", definition(name="A"), "object.definition.name"),
    ("object", definition(type="t"), "object.definition.type"),
    ("object", definition(moreInfo="/i"), "object.definition.moreInfo"),
    ("object", definition(title={"en": "A"}), "object.definition.title"),
    ("object", definition(extensions={"e": 1}), "object.definition.extensions.e"),
    ("object", definition(extensions=[]), "object.definition.extensions"),
    ("object", definition(interactionType="quiz"), "object.definition.interactionType"),
    ("object", definition(correctResponsesPattern=["a"]), "object.definition.interactionType"),
    ("object", definition(interactionType="other", correctResponsesPattern="a"),
     "object.definition.correctResponsesPattern"),
    ("object", definition(interactionType="numeric", choices=choice("a")), "object.definition.choices"),
    ("object", definition(interactionType="choice", choices=choice("a", "a")), "object.definition.choices"),
    ("object", definition(interactionType="choice", choices=[{"id": 1}]), "object.definition.choices[0].id"),
    ("object", definition(interactionType="choice", choices=["a"]), "object.definition.choices[0]"),
    ("result", [], "result"),
    ("result.success", "true", "result.success"),
    ("result.completion", 1, "result.completion"),
    ("result.response", 4, "result.response"),
    ("result.grade", 4, "result.grade"),
    ("result.extensions", {"rubric": 1}, "result.extensions.rubric"),
    ("result.score", 4, "result.score"),
    ("result.score", {"scaled": 1.01}, "result.score.scaled"),
    ("result.score", {"scaled": "0.5"}, "result.score.scaled"),
    ("result.score", {"scaled": True}, "result.score.scaled"),
    ("result.score", {"raw": float("nan")}, "result.score.raw"),
    ("result.score", {"raw": 11, "max": 10}, "result.score.raw"),
    ("result.score", {"raw": -1, "min": 0, "max": 10}, "result.score.raw"),
    ("result.score", {"min": 10, "max": 0}, "result.score.min"),
    ("result.score", {"min": 5, "max": 5}, "result.score.min"),
    ("result.score", {"percent": 5}, "result.score.percent"),
    *[("result.duration", each, "result.duration") for each in (
        "", "P", "PT", "P1D T1H", "PA1H0M0S", "P4W1D", "P16559.14S", "PT1.5H3M", "-PT1S",
        "P0001-00-00T00:00:10", "1 h", 90,
    )],
    ("context", "course", "context"),
    ("context.registration", "7", "context.registration"),
    ("context.registration", None, "context.registration"),
    ("context.instructor", ACTIVITY, "context.instructor.id"),
    ("context.team", AGENT, "context.team.objectType"),
    ("context.contextActivities", [ACTIVITY], "context.contextActivities"),
    ("context.contextActivities", {"parents": [ACTIVITY]}, "context.contextActivities.parents"),
    ("context.contextActivities", {"parent": "https://example.org"}, "context.contextActivities.parent"),
    ("context.contextActivities", {"other": [REF]}, "context.contextActivities.other[0].objectType"),
    ("context.revision", 3, "context.revision"),
    ("context.language", "français", "context.language"),
    ("context.language", "fr_CA", "context.language"),
    ("context.statement", {"id": UUID}, "context.statement.objectType"),
    ("context.extensions", {"key": 1}, "context.extensions.key"),
    *[("timestamp", each, "timestamp") for each in (
        "yesterday", "2026-03-01", "2026-03-01T09:30:00", "2026-02-30T09:30:00Z", "2026-03-01T24:30:00Z",
        "2026-03-01T09:30:00-00:00", "2026-03-01T09:30:00.601-00", "2026-03-01T09:30:00+0000",
        "20260301T093000Z", "01/011/2015", "2026-W09-7T09:30:00Z", 1772357400,
    )],
    ("stored", "now", "stored"),
    ("authority", {"objectType": "Group", **ACCOUNT}, "authority"),
    ("authority", {**GROUP, "member": [AGENT]}, "authority"),
    ("authority", {**GROUP, **ACCOUNT}, "authority"),
    ("authority", ACTIVITY, "authority.id"),
    ("version", "1.0", "version"),
    ("version", "0.95", "version"),
    ("version", "1.1.0", "version"),
    ("version", "2.0.0", "version"),
    ("version", 1.0, "version"),
    ("attachments", ATTACHMENT, "attachments"),
    *[("attachments", [without(ATTACHMENT, name)], f"attachments[0].{name}")
      for name in ("usageType", "display", "contentType", "length", "sha2")],
    ("attachments", [{**ATTACHMENT, "length": -1}], "attachments[0].length"),
    ("attachments", [{**ATTACHMENT, "length": "1024"}], "attachments[0].length"),
    ("attachments", [{**ATTACHMENT, "length": True}], "attachments[0].length"),
    ("attachments", [{**ATTACHMENT, "sha2": "a" * 63}], "attachments[0].sha2"),
    ("attachments", [{**ATTACHMENT, "contentType": "pdf"}], "attachments[0].contentType"),
    ("attachments", [{**ATTACHMENT, "fileUrl": "certificate.pdf"}], "attachments[0].fileUrl"),
    ("course", "x", "course"),
]  # fmt: skip


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize(("path", "value"), GOOD)
def test_good(path, value, version):
    assert problems(with_part(path, value), version) == []


@pytest.mark.parametrize(("path", "value", "where"), BAD)
def test_bad(path, value, where):
    found = problems(with_part(path, value), "1.0.3")
    assert where in [problem.path for problem in found], found
    assert all(problem.message for problem in found)


@pytest.mark.parametrize("statement", [None, [], "statement", 7, True, [MINIMAL]])
def test_what_is_no_object_is_no_statement(statement):
    assert [problem.path for problem in problems(statement)] == [""]


@pytest.mark.parametrize("name", ["actor", "verb", "object"])
def test_actor_verb_and_object_are_required(name):
    assert problems(without(MINIMAL, name)) == [(name, "is required")]


@pytest.mark.parametrize("name", ["revision", "platform"])
@pytest.mark.parametrize("target", [REF, SUB, GROUP, {**AGENT, "objectType": "Agent"}])
def test_revision_and_platform_belong_to_activities(name, target):
    statement = {**MINIMAL, "object": target, "context": {name: "1"}}
    assert [problem.path for problem in problems(statement)] == [f"context.{name}"]


def test_a_voiding_statement_refers_to_a_statement():
    voiding = {**MINIMAL, "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}, "object": REF}
    assert problems(voiding) == []


CONTEXT_AGENT = {
    "objectType": "contextAgent",
    "agent": AGENT,
    "relevantTypes": ["https://example.org/mentor"],
}
CONTEXT_GROUP = {"objectType": "contextGroup", "group": GROUP}


@pytest.mark.parametrize(
    ("name", "value"),
    [("contextAgents", [CONTEXT_AGENT]), ("contextGroups", [CONTEXT_GROUP]), ("contextAgents", [])],
)
def test_context_agents_and_groups_came_with_2_0(name, value):
    statement = {**MINIMAL, "context": {name: value}}
    assert problems(statement, "2.0.0") == []
    assert [problem.path for problem in problems(statement, "1.0.3")] == [f"context.{name}"]


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("contextAgents", CONTEXT_AGENT, "contextAgents"),
        ("contextAgents", [AGENT], "contextAgents[0].agent"),
        ("contextAgents", [{**CONTEXT_AGENT, "objectType": "Agent"}], "contextAgents[0].objectType"),
        ("contextAgents", [{**CONTEXT_AGENT, "agent": {"key": 1}}], "contextAgents[0].agent.key"),
        ("contextAgents", [{**CONTEXT_AGENT, "agent": GROUP}], "contextAgents[0].agent.objectType"),
        ("contextAgents", [{**CONTEXT_AGENT, "relevantTypes": []}], "contextAgents[0].relevantTypes"),
        ("contextAgents", [{**CONTEXT_AGENT, "relevantTypes": ["abc"]}], "contextAgents[0].relevantTypes[0]"),
        ("contextGroups", [{**CONTEXT_GROUP, "group": AGENT}], "contextGroups[0].group.objectType"),
        ("contextGroups", [{**CONTEXT_GROUP, "member": [AGENT]}], "contextGroups[0].member"),
    ],
)
def test_bad_context_agents_and_groups(name, value, where):
    found = problems({**MINIMAL, "context": {name: value}}, "2.0.0")
    assert f"context.{where}" in [problem.path for problem in found]


@pytest.mark.parametrize(
    ("version", "good"), [("2.0.0", True), ("1.0.0", True), ("2.1.0", False), ("2.0", False)]
)
def test_versions_of_a_2_0_statement(version, good):
    assert (problems({**MINIMAL, "version": version}, "2.0.0") == []) is good


def test_several_problems_are_all_told_with_their_paths():
    statement = {
        "actor": {"mbox": "ana"},
        "verb": {"id": "https://example.org/did"},
        "object": ACTIVITY,
        "x": 1,
    }
    statement["result"] = {"extensions": {"my key": 1}}
    assert {problem.path for problem in problems(statement)} == {
        "actor.mbox",
        "x",
        'result.extensions["my key"]',
    }


def test_long_strings_are_checked_in_linear_time():
    assert problems(with_part("verb.id", "https://example.org/" + "a" * 500_000 + " "))
    assert problems(with_part("context.language", "en-" + "aaaaa-" * 50_000))


def test_timestamps_mean_moments():
    assert parse_timestamp("2026-03-01T09:30:00+02:00") == parse_timestamp("2026-03-01 07:30:00.000Z")
    assert parse_timestamp("2016-12-31T23:59:60Z") == parse_timestamp("2017-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "text",
    ['{"a":1.50,"b":0.1,"c":-0.0,"d":12345678901234567890.123456789,"e":9007199254740993}', '["é\\u0000😀"]'],
)
def test_json_comes_back_as_it_was(text):
    assert strictjson.dumps(strictjson.loads(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[1,]", "{'a':1}", '{"a":1,"a":1}', '{"x":{"a":1,"b":2,"a":3}}', "NaN", '{"a":-Infinity}',
        '"\\ud800"', '{"\\udc00":1}', "\udcff", b'"\xff"', "[" * 100_000, "1" * 5000,
        "1e99999999999999999999", "{} {}",
    ],
)  # fmt: skip
def test_json_that_is_refused(text):
    with pytest.raises(strictjson.JSONError):
        strictjson.loads(text)


def test_lines_are_checked_one_by_one():
    lines = [
        strictjson.dumps(MINIMAL) + "\n",
        "\n",
        b"{not json}\n",
        strictjson.dumps({**MINIMAL, "id": "7", "x": 1}),
    ]
    found = list(check_lines(lines))
    assert [(each["line"], each["path"]) for each in found] == [(3, ""), (4, "id"), (4, "x")]
    assert all(each["message"] for each in found)


def test_lines_are_checked_under_the_version_asked_for():
    line = strictjson.dumps({**MINIMAL, "version": "2.0.0"})
    assert list(check_lines([line], "2.0.0")) == []
    assert [each["path"] for each in check_lines([line], "1.0.3")] == ["version"]
