"""A statement becomes a row of a report, or is left out with a reason; no statement of others breaks it."""

import copy
from datetime import datetime

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xapi.reports import actors, values
from xapi.reports.cache import make_tables
from xapi.reports.kinds import KINDS, Words
from xapi.reports.rows import REASONS, LeftOut, Understood, read
from xapi.reports.tables import TABLES, Act, Voided

NOW = datetime.fromisoformat("2026-03-03")
WORDS = Words()
ACCOUNT = {"account": {"homePage": "https://lms.example", "name": "7"}}
PLAIN = {
    "id": "ABCDEF01-0000-4000-8000-000000000001",
    "actor": ACCOUNT,
    "verb": {"id": "http://id.tincanapi.com/verb/viewed"},
    "object": {"id": "https://lms.example/page"},
    "timestamp": "2026-03-02T10:00:00+02:00",
    "stored": "2026-03-02T08:00:01.5Z",
}


def told(**more) -> Act:
    found = read(PLAIN | more, WORDS, NOW)
    assert isinstance(found, Understood), found
    return found.act


def reason(**more) -> str:
    found = read(PLAIN | more, WORDS, NOW)
    assert isinstance(found, LeftOut), found
    return found.reason


def test_a_plain_statement():
    act = told()
    assert act.id == PLAIN["id"].lower()
    assert act.at == datetime.fromisoformat("2026-03-02T08:00")
    assert act.stored == datetime.fromisoformat("2026-03-02T08:00:01.5")
    assert (act.act, act.actor, act.object) == ("viewed", "https://lms.example|7", "https://lms.example/page")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"id": None}, "id"),
        ({"verb": {}}, "verb"),
        ({"verb": "viewed"}, "verb"),
        ({"actor": {"name": "Awa"}}, "actor"),
        ({"actor": [ACCOUNT]}, "actor"),
        ({"actor": {"objectType": "Group", "member": [ACCOUNT]}}, "group"),
        ({"object": {"objectType": "SubStatement", "actor": ACCOUNT}}, "substatement"),
        ({"object": {"definition": {}}}, "object"),
        ({"timestamp": "yesterday"}, "time"),
        ({"timestamp": "3000-01-01T00:00:00Z"}, "future"),
        ({"timestamp": "1970-01-01T00:00:00Z"}, "before 2000"),
        ({"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}, "object": {}}, "voids nothing"),
    ],
)
def test_what_cannot_be_used_is_left_out(more, why):
    assert reason(**more) == why
    assert {language for text in REASONS.values() for language in text} == {"en", "fr"}


@pytest.mark.parametrize("anything", [None, 7, "statement", [], [PLAIN], {}])
def test_what_is_no_statement_is_left_out(anything):
    assert isinstance(read(anything, WORDS, NOW), LeftOut)


def test_a_timestamp_without_a_zone_is_utc():
    assert told(timestamp="2026-03-02T10:00:00").at == datetime.fromisoformat("2026-03-02T10:00")


def test_a_voiding_statement_names_its_target():
    voiding = {"verb": {"id": "https://adlnet.gov/expapi/verbs/voided/"}, "object": {"id": "ABC"}}
    assert read(PLAIN | voiding, WORDS, NOW) == Voided("abc")


@pytest.mark.parametrize(
    ("score", "found"),
    [
        ({"raw": 3, "min": 0, "max": 4}, (0.75, 3, 0, 4)),
        ({"raw": "3", "min": "0", "max": "4"}, (0.75, 3, 0, 4)),
        ({"scaled": 0.5, "raw": 12}, (0.5, 12, None, None)),
        ({"scaled": -0.5}, (-0.5, None, None, None)),
        ({"raw": True, "max": [4]}, (None, None, None, None)),
        ({"raw": 9, "min": 0, "max": 4}, None),
        ({"raw": 3, "min": 4, "max": 0}, None),
        ({"scaled": 3}, None),
        ({"raw": 10**400}, (None, None, None, None)),
        ({"scaled": float("nan")}, (None, None, None, None)),
    ],
)
def test_scores_of_others(score, found):
    told = read(PLAIN | {"result": {"score": score}}, WORDS, NOW)
    assert (told.act.scaled, told.act.raw, told.act.low, told.act.high) == (found or (None,) * 4)
    assert told.without == (None if found else "score")


@pytest.mark.parametrize(
    ("agent", "key"),
    [
        (ACCOUNT, "https://lms.example|7"),
        ({"mbox": "mailto:awa@example.org"}, "mbox_sha1sum|381e743c7135d3d3683a1d5f378caae5b3456aeb"),
        (
            {"mbox_sha1sum": "381E743C7135D3D3683A1D5F378CAAE5B3456AEB"},
            "mbox_sha1sum|381e743c7135d3d3683a1d5f378caae5b3456aeb",
        ),
        ({"openid": "https://awa.example"}, "openid|https://awa.example"),
        ({"name": "Awa"}, None),
    ],
)
def test_who_somebody_is(agent, key):
    assert actors.key(agent) == key


def test_names_only_where_they_are_asked_for():
    statement = PLAIN | {"actor": ACCOUNT | {"name": "Awa"}}
    assert read(statement, WORDS, NOW).people == ()
    assert read(statement, WORDS, NOW, names=True).people == (("https://lms.example|7", "Awa"),)


@pytest.mark.parametrize(
    ("verb", "object_type", "act"),
    [
        ("http://adlnet.gov/expapi/verbs/experienced", None, "viewed"),
        ("https://w3id.org/xapi/acrossx/verbs/posted", None, "commented"),
        (
            "http://adlnet.gov/expapi/verbs/answered",
            "http://adlnet.gov/expapi/activities/cmi.interaction",
            "other",
        ),
        (
            "http://adlnet.gov/expapi/verbs/answered",
            "http://adlnet.gov/expapi/activities/question",
            "answered",
        ),
        (
            "http://adlnet.gov/expapi/verbs/attempted",
            "http://adlnet.gov/expapi/activities/assessment",
            "other",
        ),
        ("https://w3id.org/xapi/acrossx/verbs/liked", "http://activitystrea.ms/comment", "voted"),
        ("http://adlnet.gov/expapi/verbs/terminated", None, "other"),
    ],
)
def test_verbs_of_others(verb, object_type, act):
    thing = {"id": "https://lms.example/page", "definition": {"type": object_type}}
    assert told(verb={"id": verb}, object=thing).act == act
    assert act in KINDS


def test_the_course_of_moodles_own_plugin():
    lms = {"id": "https://lms.example", "definition": {"type": "http://id.tincanapi.com/activitytype/lms"}}
    course = {
        "id": "https://lms.example/course/view.php?id=2",
        "definition": {
            "type": "http://id.tincanapi.com/activitytype/lms/course",
            "name": {"en": "First aid"},
        },
    }
    act = told(context={"contextActivities": {"grouping": [lms, course]}})
    assert (act.course, act.course_title) == (course["id"], "First aid")
    alone = told(context={"contextActivities": {"parent": course}})  # one that stands outside an array
    assert alone.course == course["id"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT4M3.5S", 243.5),
        ("P1DT1H", 90000),
        ("P2W", 1209600),
        ("P", None),
        ("PT", None),
        ("-PT1S", None),
        (7, None),
    ],
)
def test_durations(text, seconds):
    assert values.seconds(text) == seconds


# Whatever is written

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([10**400, "\ud800\x00", "9" * 5000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
RICH = PLAIN | {
    "result": {
        "score": {"scaled": 0.5, "raw": 2, "min": 0, "max": 4},
        "duration": "PT4M",
        "response": "Well done",
        "extensions": {
            WORDS.rubric: [{"criterion": "https://t.example/c", "label": "A", "raw": 1, "min": 0, "max": 4}],
            WORDS.word_count: 3,
        },
    },
    "context": {
        "language": "fr",
        "team": {"objectType": "Group", "account": ACCOUNT["account"]},
        "contextActivities": {
            "parent": [{"id": "https://t.example/a", "definition": {"type": WORDS.peer_activity}}],
            "other": [{"id": "https://t.example/r", "definition": {"type": "http://activitystrea.ms/review"}}],
        },
        "extensions": {WORDS.people[0]: ACCOUNT, WORDS.synthetic: True},
        "contextAgents": [{"agent": ACCOUNT, "relevantTypes": list(WORDS.roles)}],
    },
}  # fmt: skip


def places(document: object, path: tuple = ()) -> list[tuple]:
    """The way to every value in a document."""
    inside = (
        enumerate(document)
        if isinstance(document, list)
        else dict(document).items()
        if isinstance(document, dict)
        else ()
    )
    return [path, *(way for name, value in inside for way in places(value, (*path, name)))]


def put(document: object, path: tuple, value: object) -> None:
    """Put a value at a place that earlier changes may have taken away."""
    *way, last = path
    for name in way:
        try:
            document = document[name]
        except (TypeError, LookupError):
            return
    if isinstance(document, dict):
        document[last] = value


PLACES = places(RICH)[1:]


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        make_tables(connection)
        yield connection


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(PLACES), ANYTHING, min_size=1, max_size=4))
def test_whatever_stands_anywhere_in_a_statement_its_rows_fit_the_tables(connection, changes):
    statement = copy.deepcopy(RICH)
    for path, value in changes.items():
        put(statement, path, value)
    found = read(statement, WORDS, NOW, names=True)
    if isinstance(found, LeftOut):
        assert found.reason in REASONS
        return
    rows = (
        [("voided", found)]
        if isinstance(found, Voided)
        else [
            ("acts", found.act),
            *(("marks", one) for one in found.marks),
            *(("people", one) for one in found.people),
        ]
    )
    for table, row in rows:
        assert connection.execute(
            "SELECT " + ", ".join(f"?::{kind}" for kind in TABLES[table].values()), row
        ).fetchone() == row  # fmt: skip
