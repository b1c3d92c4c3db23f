"""An LRS's copy is the same statement, or another one, whatever clothes the LRS gave it."""

import copy

import pytest

from xapi.equivalence import equivalent

OURS = {
    "id": "0c7c2c6c-64b0-5a1e-9f77-2a2b9e1b6a11",
    "timestamp": "2025-03-04T08:20:30.456Z",
    "version": "1.0.3",
    "actor": {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "7"}},
    "verb": {"id": "http://id.tincanapi.com/verb/reviewed", "display": {"en": "reviewed"}},
    "object": {
        "objectType": "Activity",
        "id": "https://tool.example/c/1",
        "definition": {"type": "https://t.example"},
    },
    "result": {"duration": "PT4M3.5S", "score": {"raw": 3.0, "scaled": 0.75}, "completion": True},
    "context": {
        "registration": "5f2b8a52-0d7d-5a9a-8c3e-2f7a77a1d0c9",
        "platform": "Moodle",
        "instructor": {"account": {"homePage": "https://lms.example", "name": "2"}},
        "contextActivities": {"grouping": [{"id": "https://lms.example/course/view.php?id=2"}]},
        "contextAgents": [{"agent": {"account": {"homePage": "https://lms.example", "name": "8"}}}],
        "extensions": {"https://t.example/reviewee": {"account": {"name": "8"}}},
    },
}


def changed(path, value):
    document = copy.deepcopy(OURS)
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("stored",), "2025-03-04T08:20:31Z"),
        (("authority",), {"objectType": "Agent", "mbox": "mailto:lrs@example.org"}),
        (("version",), "1.0.0"),
        (("timestamp",), "2025-03-04T09:20:30.4569+01:00"),
        (("timestamp",), "2025-03-04t08:20:30.456000000z"),
        (("timestamp",), "2025-03-04T08:20:30.456"),
        (("verb", "display"), {"fr": "a relu"}),
        (("object", "definition"), {"type": "https://elsewhere.example"}),
        (("object",), {"id": "https://tool.example/c/1"}),
        (("actor",), {"account": {"homePage": "https://lms.example", "name": "7"}, "name": "Awa"}),
        (("result", "duration"), "PT04M03.50S"),
        (("result", "score", "raw"), 3),
        (("result", "score", "max"), None),
        (("result", "success"), None),
        (("context", "team"), None),
        (("context", "registration"), "5F2B8A52-0D7D-5A9A-8C3E-2F7A77A1D0C9"),
        (("context", "instructor", "objectType"), "Agent"),
        (("context", "contextActivities", "grouping"), {"id": "https://lms.example/course/view.php?id=2"}),
        (("context", "contextActivities", "other"), []),
    ],
)
def test_what_an_lrs_may_change(path, value):
    assert equivalent(OURS, changed(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("timestamp",), "2025-03-04T08:20:30.457Z"),
        (("timestamp",), "yesterday"),
        (("timestamp",), 5),
        (("verb", "id"), "http://id.tincanapi.com/verb/viewed"),
        (("verb",), None),
        (("object", "id"), "https://tool.example/c/2"),
        (("object",), {"objectType": "StatementRef", "id": "https://tool.example/c/1"}),
        (("object",), {"objectType": "SubStatement", "actor": OURS["actor"]}),
        (("object",), {"objectType": "Group", "member": [OURS["actor"]]}),
        (("object",), "https://tool.example/c/1x"),
        (("actor", "account", "name"), "8"),
        (("actor",), "7"),
        (("result", "score", "scaled"), 0.8),
        (("result", "duration"), "PT4M3.6S"),
        (("result", "duration"), "a while"),
        (("result", "success"), True),
        (("result",), "fine"),
        (("context",), []),
        (("context", "platform"), "Canvas"),
        (("context", "statement"), {"objectType": "StatementRef", "id": OURS["id"]}),
        (("context", "contextActivities", "parent"), [{"id": "https://tool.example/a/1"}]),
        (("context", "contextAgents"), [{"agent": {"mbox": "mailto:a@example.org"}}, "junk"]),
        (("context", "extensions"), {}),
    ],
)
def test_what_makes_it_another_statement(path, value):
    assert not equivalent(OURS, changed(path, value))
