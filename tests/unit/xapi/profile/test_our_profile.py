"""Our profile is what the specification demands, says everything that we send, and notices what is broken."""

import csv
import io
import json
from copy import deepcopy
from typing import get_args

import pytest
from jsonschema import Draft202012Validator

from xapi import events, vocabulary
from xapi.identity import require_iri
from xapi.profile import Outcome, Profile, check, document, jsonpath, match, ours
from xapi.profile.dictionary import NEVER_SENT, Row
from xapi.profile.examples import EVENTS, example
from xapi.profile.kinds import KINDS
from xapi.profile.patterns import OPERATORS, Matcher
from xapi.profile.publishing import as_csv
from xapi.statements import Version
from xapi.validation import problems
from xapi.vocabulary import PROFILE, PROFILE_VERSION, PROFILE_VERSIONS, Term

DOCUMENT = document()
PARTS = [part for kind in ("concepts", "templates", "patterns") for part in DOCUMENT[kind]]
TYPES = {"StatementTemplate", "Pattern", "Verb", "ActivityType", "AttachmentUsageType"} | {
    "ContextExtension", "ResultExtension", "ActivityExtension",
}  # fmt: skip
NAMES = [kind.name for kind in KINDS]
IRIS = {part["id"] for part in PARTS}


def leaves(part):
    if isinstance(part, dict | list):
        yield part
        for inner in part.values() if isinstance(part, dict) else part:
            yield from leaves(inner)
    else:
        yield part


def test_the_document_has_what_a_profile_needs():
    assert DOCUMENT["@context"] == "https://w3id.org/xapi/profiles/context"
    assert (DOCUMENT["id"], DOCUMENT["type"]) == (PROFILE, "Profile")
    assert DOCUMENT["conformsTo"] == "https://w3id.org/xapi/profiles#1.0"
    assert set(DOCUMENT["author"]) >= {"type", "name"}
    assert [version["id"] for version in DOCUMENT["versions"]] == list(PROFILE_VERSIONS)
    assert all(leaf not in (None, "", {}, []) for leaf in leaves(DOCUMENT))  # Part Two, 4.0
    assert document() == DOCUMENT


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part["id"].removeprefix(PROFILE))
def test_every_part_is_whole(part):
    assert require_iri(part["id"]).startswith(f"{PROFILE}/")
    assert part["inScheme"] == PROFILE_VERSION
    assert part["type"] in TYPES
    for text in (
        part["prefLabel"],
        part["definition"],
        *(rule["scopeNote"] for rule in part.get("rules", ())),
    ):
        assert set(text) == {"en", "fr"}
        for wrong in (" :", " ;", " ?", " !", "« ", " »", "'"):
            assert wrong not in text["fr"]


def test_ids_are_unique_and_references_lead_somewhere():
    assert len(IRIS) == len(PARTS)
    terms = {term.iri for term in vars(vocabulary).values() if isinstance(term, Term)}
    # Terms of others are never defined again (7.0), ours always
    assert {part["id"] for part in DOCUMENT["concepts"]} == {iri for iri in terms if iri.startswith(PROFILE)}
    for template in DOCUMENT["templates"]:
        used = {template["verb"], template.get("objectActivityType", template["verb"])}
        assert used <= terms
        for name in ("objectStatementRefTemplate", "contextStatementRefTemplate"):
            assert set(template.get(name, ())) <= IRIS
        assert not {"objectActivityType", "objectStatementRefTemplate"} <= template.keys()


def test_no_two_templates_are_of_the_same_statement():
    told = [(each["verb"], each.get("objectActivityType")) for each in DOCUMENT["templates"]]
    assert len(set(told)) == len(told)


def test_rules_can_be_read():
    for template in DOCUMENT["templates"]:
        for rule in template["rules"]:
            assert jsonpath.parse(rule["location"])
            assert rule["presence"] in {"included", "excluded", "recommended"}


def test_extensions_have_a_schema_and_go_with_what_they_may():
    for concept in DOCUMENT["concepts"]:
        if concept["type"].endswith("Extension"):
            Draft202012Validator.check_schema(json.loads(concept["inlineSchema"]))
            of_an_activity = concept["type"] == "ActivityExtension"
            assert ("recommendedVerbs" not in concept) if of_an_activity else True
            assert ("recommendedActivityTypes" in concept) == of_an_activity


def test_patterns_are_well_made():
    by_id = {pattern["id"]: pattern for pattern in DOCUMENT["patterns"]}
    for pattern in by_id.values():
        [operator] = [name for name in OPERATORS if name in pattern]
        members = pattern[operator] if isinstance(pattern[operator], list) else [pattern[operator]]
        assert set(members) <= IRIS
        if operator in {"sequence", "alternates"}:
            assert len(members) > 1
        if operator == "alternates":
            assert not any({"optional", "zeroOrMore"} & by_id.get(member, {}).keys() for member in members)
    assert [pattern["id"] for pattern in by_id.values() if pattern.get("primary")] == [
        f"{PROFILE_VERSION}/patterns/run"
    ]


def test_every_event_has_a_kind():
    found, more = set(), [events.Event]
    while more:
        here = more.pop()
        more += here.__subclasses__()
        if hasattr(here, "verb") and here.__module__ == events.__name__:
            found.add(here)
    assert {type(event) for event in EVENTS.values()} >= found
    assert sorted(EVENTS) == sorted(NAMES)


@pytest.mark.parametrize("version", get_args(Version))
@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_a_good_statement_of_its_kind_alone(name, version):
    statement = example(name, version)
    assert problems(statement, version) == []
    assert ours().validate(statement).templates == (f"{PROFILE_VERSION}/templates/{name}",)
    assert check(statement) == []


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_whatever_must_be_there_is_missed(kind):
    """Each thing that a template demands, taken away from its example."""
    for demand in kind.demands:
        if demand.presence != "included":
            continue
        statement = example(kind.name)
        *way, last = jsonpath.parse(demand.location).ways[0]
        for parent in jsonpath.Path((tuple(way),)).values(statement):
            parent.pop(last.keys[0])
        assert demand.location in [problem.location for problem in check(statement)]


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("viewed", ("result",), {"completion": True}),
        ("launched", ("actor", "name"), "Awa"),
        ("reviewed", ("result", "completion"), False),
        ("reviewed", ("context", "extensions", vocabulary.REVIEW_KIND.iri), "peer"),
        ("reviewed", ("result", "extensions", vocabulary.REVIEWEE.iri), {}),
        ("scored", ("context", "contextActivities", "category"), [{"id": "https://other.example/v1"}]),
        ("voided", ("context", "platform"), "Moodle"),
        ("submitted", ("object", "definition", "type"), vocabulary.COURSE.iri),
        ("submitted", ("verb", "id"), "https://verbs.example/submitted"),
    ],
)
def test_whatever_may_not_be_there_is_seen(name, path, value):
    statement = deepcopy(example(name))
    here = statement
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    assert check(statement)


def row_of(*names):
    return [{f"{PROFILE_VERSION}/templates/{name}"} for name in names]


@pytest.mark.parametrize(
    ("pattern", "names", "outcome"),
    [
        ("run", NAMES, "success"),
        ("run", NAMES[::-1], "failure"),  # given back before it was assigned
        ("run", ["launched", "submitted", "assigned-review", "returned", "launched"], "success"),
        ("contribution", ["submitted", "revised", "revised"], "success"),
        ("contribution", ["revised", "submitted"], "failure"),
        ("assignment", ["assigned-review", "reviewed"], "success"),
        ("assignment", ["assigned-review"], "partial"),
    ],
)
def test_what_people_do_follows_a_pattern(pattern, names, outcome):
    row = row_of(*names)
    found, end = Matcher(row, ours().patterns).match(f"{PROFILE_VERSION}/patterns/{pattern}")
    assert (found if end == len(row) else "failure") == outcome


def test_a_registration_follows_the_profile():
    [run] = match(example(name) for name in NAMES)
    assert (run.outcome, run.matched) == (Outcome.SUCCESS, len(NAMES))


def test_the_profile_may_stand_elsewhere():
    elsewhere = "https://test.example/profile"
    text = json.dumps(document(elsewhere))
    assert PROFILE not in text
    assert Profile.read(json.loads(text)).check(example("reviewed", profile=elsewhere)) == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_dictionary_has_a_line_for_every_field(language):
    lines = list(csv.DictReader(io.StringIO(as_csv(language).removeprefix("\ufeff"))))
    assert tuple(lines[0]) == Row._fields
    assert len(lines) == sum(len(kind.demands) for kind in KINDS)
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line.values())
    assert all(each[language] for each in NEVER_SENT)
