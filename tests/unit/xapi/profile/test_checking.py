"""Any profile is checked as the specification says: here one of a course, in the manner of cmi5."""

from copy import deepcopy

import pytest

from xapi.profile import Outcome, Profile
from xapi.profile.patterns import Matcher, Pattern

LESSON = "https://lessons.example/xapi"
V2 = f"{LESSON}/v2"
SESSION, MODE, PROGRESS = (f"{LESSON}/extensions/{name}" for name in ("session", "mode", "progress"))


def template(name, *rules, **more):
    return {
        "id": f"{V2}#{name}", "type": "StatementTemplate", "inScheme": V2,
        "verb": f"https://verbs.example/{name}", "rules": list(rules), **more,
    }  # fmt: skip


def pattern(name, primary=False, **operator):
    return {"id": f"{V2}#{name}", "type": "Pattern", "inScheme": V2, "primary": primary, **operator}


COURSE = {
    "@context": "https://w3id.org/xapi/profiles/context",
    "id": LESSON,
    "type": "Profile",
    "versions": [{"id": V2, "generatedAtTime": "2024-01-01T00:00:00Z"}],
    "concepts": [
        {"id": SESSION, "type": "ContextExtension", "inScheme": V2},
        {"id": PROGRESS, "type": "ResultExtension", "inScheme": V2},
    ],
    "templates": [
        template(
            "launched",
            {"location": f"$.context.extensions['{MODE}']", "presence": "included", "all": ["normal"]},
            {"location": "$.result", "presence": "excluded"},
        ),
        template("initialized", {"location": f"$.context.extensions['{SESSION}']", "presence": "included"}),
        template(
            "passed",
            {"location": "$.result.success", "presence": "included", "all": [True]},
            {"location": "$.result.score", "selector": "$.scaled", "presence": "included"},
            {"location": "$.context.contextActivities.category[*].id", "any": "https://a.example/move-on"},
            contextCategoryActivityType=["https://a.example/category"],
        ),
        template("failed", {"location": "$.result.success", "all": [False]}),
        template("terminated", {"location": "$.result.score.raw", "presence": "recommended", "none": [-1]}),
        template("waived", contextStatementRefTemplate=[f"{V2}#launched"]),
    ],
    "patterns": [
        pattern(
            "session",
            True,
            sequence=[f"{V2}#{name}" for name in ("launched", "initialized", "tries", "terminated")],
        ),
        pattern("tries", zeroOrMore={"id": f"{V2}#try"}),
        pattern("try", alternates=[f"{V2}#passed", f"{V2}#failed"]),
    ],
}  # fmt: skip
PROFILE = Profile.read(COURSE)


def said(verb, second=0, registration="r", **more):
    context = {
        "registration": registration,
        "contextActivities": {
            "category": [
                {"id": V2},
                {"id": "https://a.example/move-on", "definition": {"type": "https://a.example/category"}},
            ]
        },
        "extensions": {SESSION: "s", MODE: "normal"},
    }
    return {
        "id": f"{verb}-{second}", "timestamp": f"2024-05-01T10:00:{second:02}Z",
        "verb": {"id": f"https://verbs.example/{verb}"}, "object": {"id": "https://a.example/unit"},
        "context": context, **more,
    }  # fmt: skip


PASSED = said("passed", 2, result={"success": True, "score": {"scaled": 0.8}})
FAILED = said("failed", 2, result={"success": False})


def changed(statement, *path, to=None):
    statement = deepcopy(statement)
    here = statement
    for key in path[:-1]:
        here = here[key]
    if to is None:
        del here[path[-1]]
    else:
        here[path[-1]] = to
    return statement


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        (said("launched"), []),
        (PASSED, []),
        (FAILED, []),
        (changed(PASSED, "result", "success", to=1), ["$.result.success"]),
        (changed(PASSED, "result", "score", "scaled"), ["$.result.score"]),
        (changed(PASSED, "result", "score"), ["$.result.score"]),
        (changed(FAILED, "result", "success"), []),  # `all` asks for nothing where there is nothing
        (said("launched", result={}), ["$.result"]),
        (
            changed(said("launched"), "context", "extensions", MODE, to="review"),
            [f"$.context.extensions['{MODE}']"],
        ),
        (said("terminated"), []),
        (said("terminated", result={"score": {"raw": -1}}), ["$.result.score.raw"]),
        (said("terminated", result={"extensions": {SESSION: "s"}}), ["$.result.extensions"]),
        (said("waived"), ["$.context.statement"]),
        # Without its determining property it is no statement of the template
        (changed(PASSED, "context", "contextActivities", "category", to=[{"id": V2}]), ["$"]),
    ],
)
def test_a_statement_keeps_to_its_templates(statement, broken):
    assert [problem.location for problem in PROFILE.check(statement)] == broken


def test_one_activity_stands_for_a_list_of_one():
    only = changed(PASSED, "context", "contextActivities", "category", to={
        "id": "https://a.example/move-on", "definition": {"type": "https://a.example/category"}
    })  # fmt: skip
    assert PROFILE.check(only) == []
    assert isinstance(only["context"]["contextActivities"]["category"], dict)


def test_a_reference_leads_to_a_statement_of_its_kind():
    waived = said("waived")
    waived["context"]["statement"] = {"objectType": "StatementRef", "id": "launched-0"}
    known = {"launched-0": said("launched"), "passed-2": PASSED}
    assert PROFILE.check(waived, known.get) == PROFILE.check(waived) == []
    waived["context"]["statement"]["id"] = "passed-2"
    assert [problem.location for problem in PROFILE.check(waived, known.get)] == ["$.context.statement"]


def test_statements_are_matched_by_registration_in_the_order_of_time():
    begun = [said("launched", 0), said("initialized", 1)]
    whole = [*begun, PASSED, said("failed", 3), said("terminated", 4)]
    other = [said("launched", 0, "o"), said("terminated", 1, "o")]
    foreign = changed(said("launched"), "context", "contextActivities", to={})
    first, second = PROFILE.match([*reversed(whole), *other, foreign])
    assert (first.registration, first.outcome, first.matched) == ("r", Outcome.SUCCESS, 5)
    assert first.statements == tuple(statement["id"] for statement in whole)
    assert (second.registration, second.outcome) == ("o", Outcome.FAILURE)
    assert PROFILE.match(begun)[0].outcome is Outcome.PARTIAL
    assert PROFILE.match([*whole, said("failed", 9)])[0].outcome is Outcome.FAILURE
    broken = PROFILE.match([changed(PASSED, "result", "success", to=False)])[0]
    assert (broken.outcome, len(broken.problems)) == (Outcome.FAILURE, 1)


PATTERNS = {
    "a?": ("optional", "a"), "a*": ("zeroOrMore", "a"), "a+": ("oneOrMore", "a"),
    "ab": ("sequence", "a", "b"),
    "(ab)*": ("zeroOrMore", "ab"), "(ab)+": ("oneOrMore", "ab"), "a|ab": ("alternates", "a", "ab"),
    "a*a": ("sequence", "a*", "a"), "(a|ab)b": ("sequence", "a|ab", "b"), "(a?)+": ("oneOrMore", "a?"),
}  # fmt: skip
BUILT = {name: Pattern(name, operator, of) for name, (operator, *of) in PATTERNS.items()}


@pytest.mark.parametrize(
    ("element", "row", "outcome", "end"),
    [
        ("a", "", "partial", 0), ("a", "b", "failure", 0), ("a", "ab", "success", 1),
        ("a?", "", "success", 0), ("a?", "b", "success", 0), ("a?", "aa", "success", 1),
        ("a*", "", "success", 0), ("a*", "aab", "success", 2), ("a+", "", "partial", 0),
        ("a+", "b", "failure", 0), ("a+", "aab", "success", 2), ("ab", "a", "partial", 1),
        ("ab", "aa", "failure", 0), ("(ab)*", "ababa", "partial", 5), ("(ab)+", "abab", "success", 4),
        ("a|ab", "ab", "success", 2), ("a|ab", "aa", "success", 1), ("a|ab", "b", "failure", 0),
        ("(a?)+", "b", "success", 0),
        # Greedy, and never back
        ("a*a", "aaa", "partial", 3), ("(a|ab)b", "ab", "partial", 2), ("(a|ab)b", "abb", "success", 3),
    ],
)  # fmt: skip
def test_a_pattern_matches_as_far_as_it_goes(element, row, outcome, end):
    assert Matcher([{letter} for letter in row], BUILT).match(element) == (outcome, end)


def test_the_work_grows_with_the_statements_whatever_the_pattern():
    """Each level tries the one below twice: without what is kept, 2 to the power of 40."""
    levels = {"p0": Pattern("p0", "oneOrMore", ("a",))}
    for level in range(1, 40):
        below = f"p{level - 1}"
        levels[f"p{level}"] = Pattern(f"p{level}", "alternates", (below, f"s{level}"))
        levels[f"s{level}"] = Pattern(f"s{level}", "sequence", (below, below))
    assert Matcher([{"a"}] * 50, levels).match("p39") == (Outcome.SUCCESS, 50)


@pytest.mark.parametrize(
    "patterns",
    [
        [pattern("one", optional=f"{V2}#two"), pattern("two", sequence=[f"{V2}#passed", f"{V2}#one"])],
        [pattern("one", optional="x", sequence=["x", "y"])],
        [pattern("one")],
    ],
    ids=["within itself", "two operators", "none"],
)
def test_a_profile_whose_patterns_cannot_be_followed_is_refused(patterns):
    with pytest.raises(ValueError, match="pattern"):
        Profile.read({**COURSE, "patterns": patterns})
