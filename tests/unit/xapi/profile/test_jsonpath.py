"""A profile's JSONPath leads where the specification says, and what is not part of it is refused."""

import pytest

from xapi.profile.jsonpath import parse

STATEMENT = {
    "id": "one",
    "result": {
        "score": {"raw": 3, "max": 4},
        "extensions": {"https://a.example/x": [{"n": 1}, {"n": 2}], "a|b": 0},
    },
    "context": {"contextActivities": {"other": [{"id": "p"}, {"id": "q"}, {"id": "r"}]}, "none": None},
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("$", [STATEMENT]),
        ("$.id", ["one"]),
        ("id", ["one"]),
        ("$['id']", ["one"]),
        ("$.result.score['raw','max']", [3, 4]),
        ('$.result["score"].*', [3, 4]),
        ("$.context.contextActivities.other[*].id", ["p", "q", "r"]),
        ("$.context.contextActivities.other[0,2].id", ["p", "r"]),
        ("$.context.contextActivities.other[7].id", []),
        ("$.context.contextActivities.other", [STATEMENT["context"]["contextActivities"]["other"]]),
        ("$.result.extensions['https://a.example/x'][*].n", [1, 2]),
        ("$.result.extensions['a|b'] | $.id", [0, "one"]),
        ("$.result.score.raw|$.nothing|$.id", [3, "one"]),
        ("$.context.none", [None]),
        ("$..id", ["one", "p", "q", "r"]),
        ("$.id.more", []),
    ],
)
def test_a_path_leads_to_its_values(path, values):
    assert parse(path).values(STATEMENT) == values


@pytest.mark.parametrize(
    "path",
    ["", "$.a[?(@.b)]", "$.a[(1)]", "$.a[0:2]", "$.a[-1]", "$.a['b", "$.a[", "$.a | ", "$.a b", "$.a[]"],
)
def test_what_a_profile_may_not_use_is_refused(path):
    with pytest.raises(ValueError, match="not a JSONPath"):
        parse(path)
