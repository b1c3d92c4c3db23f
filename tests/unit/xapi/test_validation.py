"""The strict validator, on what is good and what is bad."""

import pytest
from good_and_bad import ACTIVITY, AGENT, BAD, GOOD, GROUP, MINIMAL, REF, SUB, with_part, without

from xapi.validation import check_lines, problems, strictjson
from xapi.validation.formats import parse_timestamp


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
