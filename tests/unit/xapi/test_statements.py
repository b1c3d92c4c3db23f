"""An event becomes one statement, whole and always the same, to the byte."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
import tincan
from hypothesis import given
from hypothesis import strategies as st

from xapi.statements import (
    Accepted,
    Activity,
    Actor,
    Answered,
    Applied,
    Asked,
    AssignedReview,
    Attachment,
    Calibrated,
    Comment,
    Commented,
    Compared,
    Comparison,
    Completed,
    Context,
    Contribution,
    Course,
    CriterionMark,
    Disagreed,
    Endorsed,
    Example,
    Launched,
    Mentioned,
    Replied,
    Returned,
    Review,
    ReviewAnswered,
    Reviewed,
    ReviewRated,
    ReviewThanked,
    Revised,
    Score,
    Scored,
    Shared,
    Submitted,
    Thanked,
    Viewed,
    Voted,
    Withdrawn,
    build,
    course_iri,
    registration_id,
    statement_id,
    to_bytes,
)
from xapi.validation import problems
from xapi.vocabulary import PROFILE

TENANT = UUID("11111111-1111-5111-9111-111111111111")
ONE = UUID("22222222-2222-4222-9222-222222222222")
TWO = UUID("33333333-3333-4333-9333-333333333333")

MOODLE = "https://moodle.example"
AWA, BO, TEACHER = Actor(MOODLE, "7"), Actor(MOODLE, "8"), Actor(MOODLE, "2")
WORK = Contribution("https://tool.example/contributions/1", "", "gesture", BO)
CONTEXT = Context(
    registration=registration_id(TENANT, ONE, TWO),
    course=Course(course_iri(MOODLE, "2", "moodle"), "Sécurité au travail", "2"),
    activity=Activity("https://tool.example/activities/1", "Montrer un geste", "gesture"),
    platform="Moodle",
    language="fr_ca",
)
COMMON = {
    "id": statement_id(TENANT, "reviewed", ONE),
    "occurred_at": datetime(2025, 3, 4, 10, 20, 30, 456789, timezone(timedelta(hours=2))),
    "actor": AWA,
    "context": CONTEXT,
}
REVIEWED = Reviewed(
    **COMMON,
    contribution=WORK,
    review=Review("https://tool.example/reviews/1", TEACHER),
    score=Score(11, 2, 14),
    marks=(CriterionMark("https://tool.example/criteria/1", "Clarté", 3, 0, 4),),
    duration=timedelta(minutes=4, seconds=3.5),
)
ASKED, ANSWER = (Comment(f"https://tool.example/comments/{n}", who) for n, who in ((1, TEACHER), (2, BO)))
REPLIED = Replied(**COMMON, contribution=WORK, comment=ANSWER, word_count=3, to=ASKED)
OTHER = Contribution("https://tool.example/contributions/2", "", "gesture", TEACHER)
COMPARED = Compared(
    **COMMON,
    contribution=WORK,
    comparison=Comparison("https://tool.example/comparisons/1"),
    loser=OTHER,
    word_count=8,
    duration=timedelta(seconds=90),
)
ABOUT_A_REVIEW = {"contribution": WORK, "review": REVIEWED.review, "word_count": 6}
EVENTS = [
    Launched(**COMMON),
    Viewed(**COMMON, contribution=WORK),
    Submitted(**COMMON, contribution=WORK, word_count=212),
    AssignedReview(**COMMON, contribution=WORK),
    REVIEWED,
    Scored(**COMMON, contribution=WORK, score=Score(15.5, 0, 20)),
    Completed(**COMMON, score=Score(9, 0, 10), success=True),
    Commented(**COMMON, contribution=WORK, comment=ASKED, word_count=12),
    REPLIED,
    Thanked(**COMMON, contribution=WORK, word_count=5),
    Applied(**COMMON, contribution=WORK, word_count=0, on=date(2025, 3, 1)),
    Disagreed(**COMMON, contribution=WORK, word_count=7),
    Revised(**COMMON, contribution=WORK, word_count=220, revision=2, first=TWO),
    Withdrawn(**COMMON, voided=TWO),
    Asked(**COMMON, contribution=WORK, word_count=9),
    Asked(**COMMON, contribution=WORK, word_count=9, question=ASKED),
    Answered(**COMMON, contribution=WORK, word_count=30, answer=ANSWER),
    Answered(**COMMON, contribution=WORK, word_count=30, answer=ANSWER, question=ASKED),
    Voted(**COMMON, contribution=WORK, answer=ANSWER),
    Accepted(**COMMON, contribution=WORK, answer=ANSWER),
    Endorsed(**COMMON, contribution=WORK, answer=ANSWER),
    Mentioned(**COMMON, contribution=WORK, comment=ASKED, person=TEACHER),
    Shared(**COMMON, contribution=WORK),
    Returned(**COMMON, contribution=WORK),
    ReviewRated(**COMMON, **ABOUT_A_REVIEW, score=Score(4, 1, 5)),
    ReviewThanked(**COMMON, **ABOUT_A_REVIEW),
    ReviewAnswered(**COMMON, **ABOUT_A_REVIEW),
    COMPARED,
    Calibrated(**COMMON, example=Example("https://tool.example/examples/1"), closeness=Score(0.875, 0, 1)),
]
every_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)


def told(event, version="1.0.3", **options):
    return json.loads(to_bytes(event, version, **options))


def agent(actor):
    return {"objectType": "Agent", "account": {"homePage": actor.home_page, "name": actor.name}}


def activity(iri, of_type, title=None, **notes):
    definition = {"type": of_type}
    if title:
        definition["name"] = {"fr-ca": title}
    if notes:
        keys = {name: f"{PROFILE}/extensions/{name.replace('_', '-')}" for name in notes}
        definition["extensions"] = {keys[name]: value for name, value in notes.items()}
    return {"objectType": "Activity", "id": iri, "definition": definition}


def words(count, **more):
    values = {"word_count": count, **more}
    return {"extensions": {f"{PROFILE}/extensions/{k.replace('_', '-')}": v for k, v in values.items()}}


PEERS = activity(
    "https://tool.example/activities/1",
    f"{PROFILE}/activity-types/peer-activity",
    "Montrer un geste",
    kind="gesture",
)
SHARED = activity(
    "https://tool.example/contributions/1", f"{PROFILE}/activity-types/contribution", kind="gesture"
)


REMARK = activity("https://tool.example/comments/1", "http://activitystrea.ms/comment")


def test_a_comment_is_found_by_its_contribution_and_a_reply_by_both():
    said, answered = told(EVENTS[7]), told(REPLIED)
    reply = activity("https://tool.example/comments/2", "http://activitystrea.ms/comment")
    assert said["object"] == SHARED
    assert said["context"]["contextActivities"]["other"] == [REMARK]
    assert answered["object"] == REMARK
    assert answered["context"]["contextActivities"]["other"] == [reply, SHARED]


def test_what_an_act_is_about_is_found_by_its_contribution_and_by_what_was_made():
    def others(event):
        return [each["id"] for each in told(event)["context"]["contextActivities"].get("other", [])]

    assert others(EVENTS[14]) == []
    assert others(EVENTS[15]) == [WORK.iri]
    assert others(EVENTS[16]) == [ANSWER.iri]
    assert others(EVENTS[17]) == [ANSWER.iri, WORK.iri]
    assert others(EVENTS[18]) == others(EVENTS[19]) == others(EVENTS[20]) == [WORK.iri]
    assert others(EVENTS[21]) == [ASKED.iri]
    assert told(EVENTS[12])["context"]["statement"] == {"objectType": "StatementRef", "id": str(TWO)}
    named = {f"{PROFILE}/extensions/mentioned-person": agent(TEACHER)}
    assert told(EVENTS[21])["context"]["extensions"] == named


def test_a_whole_review():
    assert told(REVIEWED) == {
        "id": str(COMMON["id"]),
        "version": "1.0.3",
        "timestamp": "2025-03-04T08:20:30.456Z",
        "actor": agent(AWA),
        "verb": {
            "id": "http://id.tincanapi.com/verb/reviewed",
            "display": {"en": "reviewed", "fr": "a relu"},
        },
        "object": SHARED,
        "result": {
            "completion": True,
            "duration": "PT4M3.5S",
            "score": {"scaled": 0.75, "raw": 11, "min": 2, "max": 14},
            "extensions": {
                f"{PROFILE}/extensions/rubric": [
                    {
                        "criterion": "https://tool.example/criteria/1",
                        "label": "Clarté",
                        "raw": 3,
                        "min": 0,
                        "max": 4,
                        "scaled": 0.75,
                    }
                ]
            },
        },
        "context": {
            "registration": str(CONTEXT.registration),
            "platform": "Moodle",
            "language": "fr-ca",
            "contextActivities": {
                "category": [activity(f"{PROFILE}/v1.0", "http://adlnet.gov/expapi/activities/profile")],
                "grouping": [
                    activity(
                        "https://moodle.example/course/view.php?id=2",
                        "http://adlnet.gov/expapi/activities/course",
                        "Sécurité au travail",
                        context_id="2",
                    )
                ],
                "parent": [PEERS],
                "other": [activity("https://tool.example/reviews/1", "http://activitystrea.ms/review")],
            },
            "extensions": {f"{PROFILE}/extensions/reviewee": agent(BO)},
        },
    }


def test_version_2_names_the_reviewee_as_a_context_agent_and_changes_nothing_else():
    old, new = told(REVIEWED), told(REVIEWED, "2.0.0")
    assert new["context"].pop("contextAgents") == [
        {
            "objectType": "contextAgent",
            "agent": agent(BO),
            "relevantTypes": [f"{PROFILE}/activity-types/reviewee"],
        }
    ]
    assert new == {**old, "version": "2.0.0"}


@every_event
def test_what_is_done_to_somebody_names_them_in_both_versions(event):
    whom = {
        Reviewed: "reviewee",
        AssignedReview: "reviewee",
        Returned: "reviewee",
        Mentioned: "mentioned-person",
    }
    to_the_author = Commented | Replied | Thanked | Applied | Disagreed | Shared | Answered | Voted | Accepted
    if isinstance(event, to_the_author | Endorsed | ReviewRated | ReviewThanked | ReviewAnswered):
        whom[type(event)] = "author"
    if isinstance(event, Asked) and event.question:
        whom[Asked] = "author"
    role = whom.get(type(event))
    old, new = told(event)["context"], told(event, "2.0.0")["context"]
    agents = {
        key.rpartition("/")[2]: value
        for key, value in old.get("extensions", {}).items()
        if "account" in str(value)
    }
    assert list(agents) == ([role] if role else [])
    assert new.get("contextAgents", []) == [
        {"objectType": "contextAgent", "agent": each, "relevantTypes": [f"{PROFILE}/activity-types/{role}"]}
        for each in agents.values()
    ]


def test_nobody_helps_themselves():
    own = replace(WORK, author=AWA)
    assert "extensions" not in told(replace(EVENTS[7], contribution=own))["context"]
    assert "reviewee" in json.dumps(told(replace(REVIEWED, contribution=own, kind="self")))


def test_what_was_written_and_its_files_go_along_where_they_may():
    picture = Attachment("The\x00hand", "image/webp", 9, "ab" * 32, "https://tool.example/admin/files/1")
    written = replace(EVENTS[2], response="On Monday.\n\nI w\x00ait.", attachments=(picture,))
    for version in ("1.0.3", "2.0.0"):
        statement = told(written, version)
        assert problems(statement, version) == []
        assert statement["result"]["response"] == "On Monday.\n\nI w ait."
        assert statement["attachments"] == [
            {
                "usageType": f"{PROFILE}/attachment-usages/shared-file",
                "display": {"fr-ca": "The hand"},
                "contentType": "image/webp",
                "length": 9,
                "sha2": "ab" * 32,
                "fileUrl": "https://tool.example/admin/files/1",
            }
        ]
    assert build(written).as_version()["attachments"] == statement["attachments"]
    assert told(Shared(**COMMON, contribution=WORK, response="So."))["result"] == {"response": "So."}


@pytest.mark.parametrize(
    ("event", "verb", "result"),
    [
        (EVENTS[0], "http://adlnet.gov/expapi/verbs/launched", None),
        (EVENTS[1], "http://id.tincanapi.com/verb/viewed", None),
        (
            EVENTS[2],
            "http://activitystrea.ms/submit",
            {"completion": True, "extensions": {f"{PROFILE}/extensions/word-count": 212}},
        ),
        (EVENTS[3], f"{PROFILE}/verbs/assigned-review", None),
        (
            EVENTS[5],
            "https://w3id.org/xapi/tla/verbs/scored",
            {"score": {"scaled": 0.775, "raw": 15.5, "min": 0, "max": 20}},
        ),
        (
            EVENTS[6],
            "http://adlnet.gov/expapi/verbs/completed",
            {"completion": True, "success": True, "score": {"scaled": 0.9, "raw": 9, "min": 0, "max": 10}},
        ),
        (EVENTS[7], "http://adlnet.gov/expapi/verbs/commented", words(12)),
        (EVENTS[8], "http://id.tincanapi.com/verb/replied", words(3)),
        (EVENTS[9], "https://w3id.org/xapi/acrossx/verbs/liked", words(5)),
        (
            EVENTS[10],
            "https://w3id.org/xapi/dod-isd/verbs/applied",
            words(0, applied_on="2025-03-01"),
        ),
        (EVENTS[11], "http://activitystrea.ms/disagree", words(7)),
        (
            EVENTS[12],
            "https://w3id.org/xapi/dod-isd/verbs/revised",
            {"completion": True, **words(220, revision_number=2)},
        ),
        (EVENTS[13], "http://adlnet.gov/expapi/verbs/voided", None),
        (EVENTS[14], "http://adlnet.gov/expapi/verbs/asked", words(9)),
        (EVENTS[16], "http://adlnet.gov/expapi/verbs/answered", words(30)),
        (EVENTS[18], "https://w3id.org/xapi/acrossx/verbs/liked", None),
        (EVENTS[19], "http://activitystrea.ms/accept", None),
        (EVENTS[20], f"{PROFILE}/verbs/endorsed", None),
        (EVENTS[21], "http://id.tincanapi.com/verb/mentioned", None),
        (EVENTS[22], "http://adlnet.gov/expapi/verbs/shared", None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_verb_and_the_result(event, verb, result):
    statement = told(event)
    assert statement["verb"]["id"] == verb
    assert statement.get("result") == result


def upon(event):
    match event:
        case Withdrawn(voided=statement):
            return {"objectType": "StatementRef", "id": str(statement)}
        case Replied():
            return REMARK
        case Voted() | Accepted() | Endorsed():
            return REMARK | {"id": ANSWER.iri}
        case Asked(question=Comment()) | Answered(question=Comment()):
            return activity(ASKED.iri, "http://adlnet.gov/expapi/activities/question")
        case ReviewRated() | ReviewThanked() | ReviewAnswered():
            return activity(REVIEWED.review.iri, "http://activitystrea.ms/review")
        case Compared():
            return activity(COMPARED.comparison.iri, f"{PROFILE}/activity-types/comparison")
        case Calibrated():
            return activity("https://tool.example/examples/1", f"{PROFILE}/activity-types/scored-example")
        case Launched() | Completed():
            return PEERS
    return SHARED


@every_event
def test_the_object_is_an_activity_and_never_its_own_parent(event):
    statement = told(event)
    on_the_activity = isinstance(event, Launched | Completed | Withdrawn)
    assert statement["object"] == upon(event)
    assert statement["context"]["contextActivities"].get("parent") == (None if on_the_activity else [PEERS])


@every_event
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_the_bytes_are_compact_and_stable(event, version):
    kept = to_bytes(event, version)
    assert kept == to_bytes(event, version)
    parsed = json.loads(kept)
    assert json.dumps(parsed, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode() == kept
    assert parsed["version"] == version


@every_event
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_the_strict_validator_has_nothing_to_say(event, version):
    context = replace(CONTEXT, instructor=TEACHER, team=Actor(f"{MOODLE}/groups", "g1"), synthetic=True)
    assert problems(told(replace(event, context=context), version), version) == []


@every_event
def test_what_tincan_builds_is_what_is_sent_but_for_what_is_put_right(event):
    statement = build(event)
    assert isinstance(statement, tincan.Statement)
    rough, sent = statement.as_version(), told(event)
    for spoilt in (rough, sent):
        del spoilt["timestamp"]
        spoilt.get("result", {}).pop("duration", None)
    assert rough == sent


def test_instructor_team_and_synthetic_course():
    context = replace(CONTEXT, instructor=TEACHER, team=Actor(f"{MOODLE}/groups", "g1"), synthetic=True)
    told_context = told(replace(REVIEWED, context=context))["context"]
    assert told_context["instructor"] == agent(TEACHER)
    assert told_context["team"] == {
        "objectType": "Group",
        "account": {"homePage": f"{MOODLE}/groups", "name": "g1"},
    }
    assert told_context["extensions"] == {
        f"{PROFILE}/extensions/synthetic": True,
        f"{PROFILE}/extensions/reviewee": agent(BO),
    }


def test_another_profile_for_tests():
    text = to_bytes(REVIEWED, "2.0.0", profile="https://test.example/p").decode()
    assert PROFILE not in text
    assert (
        json.loads(text)["context"]["contextActivities"]["category"][0]["id"] == "https://test.example/p/v1.0"
    )


def test_a_review_by_other_eyes_than_a_peers_says_whose():
    key = f"{PROFILE}/extensions/review-kind"
    assert key not in told(REVIEWED)["context"]["extensions"]
    assert told(replace(REVIEWED, kind="self"))["context"]["extensions"][key] == "self"


def test_a_comparison_names_both_sides_and_which_is_better():
    statement = told(COMPARED)
    assert statement["result"] == {
        "completion": True,
        "duration": "PT1M30S",
        "extensions": {
            f"{PROFILE}/extensions/winner": WORK.iri,
            f"{PROFILE}/extensions/loser": OTHER.iri,
            f"{PROFILE}/extensions/word-count": 8,
        },
    }
    others = statement["context"]["contextActivities"]["other"]
    assert [each["id"] for each in others] == [WORK.iri, OTHER.iri]


def test_how_useful_a_review_was_is_a_score_of_that_review():
    statement = told(ReviewRated(**COMMON, **ABOUT_A_REVIEW, score=Score(4, 1, 5)))
    assert statement["result"]["score"] == {"scaled": 0.75, "raw": 4, "min": 1, "max": 5}
    assert statement["object"]["id"] == REVIEWED.review.iri
    assert [each["id"] for each in statement["context"]["contextActivities"]["other"]] == [WORK.iri]


def test_an_unknown_version_is_refused():
    with pytest.raises(ValueError, match=r"0\.95"):
        to_bytes(REVIEWED, "0.95")


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("fr_ca", "fr-ca"),
        ("en-US", "en-US"),
        ("de_formal", "de"),
        ("zh_Hant_TW", "zh-Hant-TW"),
        ("", None),
    ]
    + [(junk, None) for junk in ("français", "e", "english", "../x", None)],
)
def test_a_locale_becomes_a_language_tag_or_nothing(locale, language):
    statement = told(replace(REVIEWED, context=replace(CONTEXT, language=locale)))
    assert statement["context"].get("language") == language
    [course] = statement["context"]["contextActivities"]["grouping"]
    assert course["definition"]["name"] == {language or "und": "Sécurité au travail"}


@given(st.text(), st.text())
def test_no_title_makes_a_statement_unreadable(course, label):
    context = replace(CONTEXT, course=replace(CONTEXT.course, title=course + "\ud800\x00"))
    mark = replace(REVIEWED.marks[0], label=label)
    text = to_bytes(replace(REVIEWED, context=context, marks=(mark,))).decode("utf-8")
    assert not re.search(r"[\x00-\x1f]|\\u0000", text)
    json.loads(text)


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: replace(REVIEWED, occurred_at=datetime(2025, 1, 1)),  # noqa: DTZ001 - the naive moment is the mistake
        lambda: replace(REVIEWED, duration=timedelta(seconds=-1)),
        lambda: replace(WORK, iri="2"),
        lambda: replace(CONTEXT.course, iri="https://moodle.example/a b"),
        lambda: Actor("moodle", "7"),
        lambda: Actor(MOODLE, " "),
        lambda: CriterionMark("clarity", "Clarity", 1, 0, 2),
        lambda: CriterionMark("https://tool.example/criteria/1", "Clarity", 3, 0, 2),
    ],
)
def test_what_would_make_an_invalid_statement_is_refused_at_once(mistake):
    with pytest.raises(ValueError, match=r"time zone|negative|IRI|name|not a score"):
        mistake()


def test_utc_is_the_zone_of_the_kept_timestamp():
    event = replace(REVIEWED, occurred_at=datetime(2025, 3, 4, 8, 20, 30, 456000, UTC))
    assert to_bytes(event) == to_bytes(REVIEWED)
