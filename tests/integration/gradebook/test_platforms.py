"""Scores on six kinds of LMS, each with its own rules."""

from dataclasses import replace
from datetime import timedelta

import pytest
from platforms.lms import BLACKBOARD, CANVAS, D2L, DROP, MOODLE, OPENEDX, PERSONALITIES, Answer
from sqlalchemy import delete

from lti_tool.activities.models import Activity
from lti_tool.gradebook import advice, sync
from lti_tool.gradebook.models import Column, LineItem, SyncState
from lti_tool.kernel import clock
from lti_tool.lti.models import Contact, ContactKind, ResourceLink

NO_COLUMN_OF_ITS_OWN = {"own_line_item": False}


each = pytest.mark.parametrize("personality", PERSONALITIES, ids=lambda personality: personality.name)


@each
def test_two_columns_fill_and_nothing_is_refused(on, personality):
    course = on(personality)
    one, two = course.learners(2)
    for person, work, reviewing in ((one, 0.75, 0.5), (two, 0.0, 1.0)):
        course.score(person, work)
        course.score(person, reviewing, Column.REVIEWING)
    course.send()
    for value in (0.8, 0.9):  # within the same second
        course.score(one, value)
        course.send()
    assert course.lms.refusals == []
    assert [course.grade(one), course.grade(two)] == [pytest.approx(90), 0]
    assert [course.grade(who, Column.REVIEWING) for who in (one, two)] == [50, 100]
    own, beside = course.column(), course.column(Column.REVIEWING)
    assert own.url == course.link.line_item.id
    assert "resourceLinkId" not in course.lms.line_items[beside.url].fields
    assert len(course.lms.line_items) == 2
    assert not any(course.lms.attempts.values())
    assert all("limit" not in asked.query for asked in course.lms.asked("GET", "lineitems"))
    assert len(course.lms.tokens_issued) == 1
    body = course.lms.grades[own.url, one.hex].body
    assert (body["activityProgress"], body["gradingProgress"]) == ("Completed", "FullyGraded")
    assert body["submission"]["submittedAt"] <= body["timestamp"]


@each
def test_who_is_not_a_learner_there_is_shown_in_the_lms_words_and_not_sent_again(on, personality):
    course = on(personality)
    [stranger], [learner] = course.learners(1, enrolled=False), course.learners(1)
    course.score(stranger, 0.5)
    course.score(learner, 1.0)
    course.send()
    state = course.state(stranger)
    status, words = personality.unknown_user
    assert state.state is SyncState.REFUSED
    assert state.problem.startswith(
        f"{advice.NOT_A_LEARNER}\n{status} " if personality is not OPENEDX else ""
    )
    assert words in state.problem
    assert course.grade(learner) == 100
    posts = len(course.lms.asked("POST", "/scores$"))
    course.later()
    course.send()
    assert len(course.lms.asked("POST", "/scores$")) == posts <= 3
    assert course.column().url == course.link.line_item.id


def test_canvas_takes_no_score_of_its_test_student(on):
    course = on(CANVAS)
    [learner] = course.learners(1)
    course.lms.enrol(course.lms.people[learner.hex], course.course, "TestUser")
    course.score(learner, 0.5)
    course.send()
    assert course.state(learner).problem.startswith(f"{advice.NOT_A_LEARNER}\n422 ")
    assert len(course.lms.tokens_issued) == 1


def test_d2l_says_403_to_a_teacher_and_its_token_is_kept(on):
    course = on(D2L)
    people = course.learners(5)
    for person in people:
        course.lms.enrol(course.lms.people[person.hex], course.course, "Instructor")
        course.score(person, 0.5)
    course.send()
    assert {course.state(person).state for person in people} == {SyncState.REFUSED}
    assert "not enrolled in the org unit" in course.state(people[0]).problem
    assert len(course.lms.tokens_issued) == 1


def test_canvas_is_asked_once_more_with_a_later_moment(on):
    course = on(CANVAS)
    [learner] = course.learners(1)
    course.score(learner, 0.5)
    course.lms.fail("/scores$", [(400, {}, b'{"message":"timestamp is older than the last"}')])
    course.send()
    assert course.grade(learner) == 50


def test_canvas_throttles_with_a_403_which_is_waited_out(on):
    course = on(CANVAS)
    [learner] = course.learners(1)
    course.score(learner, 0.5)
    course.lms.fail("/scores$", [(403, {}, b"403 Forbidden (Rate Limit Exceeded)")])
    course.send()
    assert course.state(learner).state is SyncState.WAITING
    assert course.column().next_try_at > clock.now()
    course.later()
    course.send()
    assert course.grade(learner) == 50
    assert len(course.lms.tokens_issued) == 1


def test_blackboard_shows_comments_as_html(on):
    course = on(BLACKBOARD)
    [learner] = course.learners(1)
    course.score(learner, 0.5, Column.TOTAL)
    course.send()
    grade = course.lms.grades[course.link.line_item.id, learner.hex]
    assert grade.comment == "Mean of 0 reviews: 80% of the score<br/>0 of 4 reviews given: 20% of the score"


@pytest.mark.parametrize("personality", [replace(p, own_line_item=False) for p in (MOODLE, OPENEDX)])
def test_the_column_that_the_lms_made_from_our_deep_link_is_found(on, personality):
    course = on(personality)
    activity = str(course.room.activity.id)
    other = course.lms.link(course.course, "Another link")
    made = course.lms.line_item(
        course.course, own=True, label="Ours", scoreMaximum=20, resourceId=activity, tag="work",
        resourceLinkId=other.id,
    )  # fmt: skip
    [learner] = course.learners(1)
    course.score(learner, 0.5)
    course.send()
    assert course.column().url == made.id
    assert course.grade(learner) == 10
    assert made.fields["label"] == "Ours"


@each
def test_a_column_is_made_where_there_is_none(on, personality):
    course = on(replace(personality, **NO_COLUMN_OF_ITS_OWN))
    course.set(Activity, title="x" * 300)
    [learner] = course.learners(1)
    course.score(learner, 0.5)
    course.score(learner, 0.5, Column.REVIEWING)
    course.send()
    assert course.grade(learner) == course.grade(learner, Column.REVIEWING) == 50
    assert course.lms.line_items[course.column().url].resource_link_id == course.link.id
    assert {len(item.fields["label"]) for item in course.lms.line_items.values()} == {100}


@each
def test_a_column_of_ours_follows_the_title(on, personality):
    course = on(personality)
    [learner] = course.learners(1)
    course.score(learner, 0.5, Column.REVIEWING)
    course.send()
    course.set(Activity, title="Welcoming anew")
    course.score(learner, 0.25, Column.REVIEWING)
    course.send()
    item = course.lms.line_items[course.column(Column.REVIEWING).url]
    assert item.fields["label"] == "Welcoming anew (reviewing)"
    assert item.fields["tag"] == "reviewing"
    assert course.grade(learner, Column.REVIEWING) == 25
    assert len(course.lms.asked("PUT")) == 1


@pytest.mark.parametrize("wrapped", ['{"lineItems": [%s]}', '[null, "x", %s]', "%s"])
def test_a_container_of_another_shape_is_read(on, wrapped):
    course = on(replace(MOODLE, **NO_COLUMN_OF_ITS_OWN))
    course.lms.item = course.lms.line_item(course.course, label="x", scoreMaximum=10)
    activity = course.room.activity.id
    item = f'{{"id": "{course.lms.item.id}", "scoreMaximum": 10, "resourceId": "{activity}", "tag": "work"}}'
    course.lms.fail("/lineitems$", [(200, {}, (wrapped % item).encode())])
    [learner] = course.learners(1)
    course.score(learner, 0.5)
    course.send()
    assert course.grade(learner) == 5


def test_a_column_at_another_place_is_not_ours(on):
    course = on(replace(MOODLE, **NO_COLUMN_OF_ITS_OWN))
    elsewhere = "https://evil.example/lineitems/1"
    item = f'[{{"id": "{elsewhere}", "resourceId": "{course.room.activity.id}", "tag": "work"}}]'
    course.lms.fail("/lineitems$", [(200, {}, item.encode())], method="GET")
    [learner] = course.learners(1)
    course.score(learner, 0.5)
    course.send()
    assert course.column().url.startswith(course.lms.url)
    course.lms.fail("/lineitems$", [(201, {}, f'{{"id": "{elsewhere}"}}'.encode())], method="POST")
    course.score(learner, 0.5, Column.REVIEWING)
    course.send()
    assert course.state(learner, Column.REVIEWING).state is SyncState.REFUSED
    assert "evil.example" in course.state(learner, Column.REVIEWING).problem


def test_a_refused_column_is_asked_for_once_whatever_waits_for_it(on):
    course = on(replace(MOODLE, **NO_COLUMN_OF_ITS_OWN))
    course.lms.fail("/lineitems$", lambda asked: Answer(403))
    people = course.learners(60)
    for person in people:
        course.score(person, 0.5)
    course.send()
    assert {course.state(person).state for person in people} == {SyncState.REFUSED}
    assert course.state(people[0]).problem.startswith(sync.NO_COLUMN)
    assert len(course.lms.asked("GET", "/lineitems$")) == 1


def test_a_platform_that_asks_for_patience_is_left_alone(on):
    course = on(MOODLE)
    people = course.learners(60)
    for person in people:
        course.score(person, 0.5)
    course.lms.fail("/scores$", [(429, {"Retry-After": "100"})])
    course.send()
    assert len(course.lms.asked("POST", "/scores$")) == 1
    assert course.column().next_try_at > clock.now() + timedelta(seconds=90)
    assert course.column().problem.startswith(sync.UNAVAILABLE)
    course.later()
    course.send()
    assert {course.state(person).state for person in people} == {SyncState.SENT}
    assert (course.column().tries, course.column().problem) == (0, "")


def test_a_score_that_fails_alone_holds_up_nobody(on):
    course = on(MOODLE)
    [poison, *others] = course.learners(5)
    course.lms.fail("/scores$", lambda asked: Answer(500) if poison.hex in str(asked.body) else None)
    for person in (poison, *others):
        course.score(person, 0.5)
    course.send()
    assert {course.state(person).state for person in others} == {SyncState.SENT}
    assert (course.state(poison).state, course.state(poison).tries) == (SyncState.WAITING, 1)
    course.later()
    course.send()
    assert course.state(poison).tries == 2


def test_three_failures_in_a_row_are_enough(on):
    course = on(MOODLE)
    for person in course.learners(10):
        course.score(person, 0.5)
    course.lms.fail("/scores$", lambda asked: Answer(502, {}, "<h1>Bad gateway</h1>"))
    course.send()
    assert len(course.lms.asked("POST", "/scores$")) == sync.PATIENCE
    assert course.column().problem == f"{sync.UNAVAILABLE}\n502 BAD GATEWAY Bad gateway"


@pytest.mark.parametrize("personality", [MOODLE, CANVAS, OPENEDX], ids=lambda personality: personality.name)
def test_a_score_taken_whose_answer_is_lost_is_there_once(on, personality):
    course = on(personality)
    [learner] = course.learners(1)
    course.score(learner, 0.5)
    course.lms.fail("/scores$", [DROP], after=True)
    course.send()
    course.score(learner, 0.75)
    course.later()
    course.send()
    assert course.grade(learner) == 75
    assert not any(course.lms.attempts.values())


def test_what_went_well_or_wrong_is_noted_for_the_administrator(on):
    course = on(MOODLE)
    [learner] = course.learners(1)

    def noted():
        return {contact.kind: contact for contact in course.room.all(Contact)}

    course.lms.fail("/token$", [Answer(400, {}, '{"error":"invalid_client"}')])
    course.score(learner, 0.5)
    course.send()
    assert "invalid_client" in noted()[ContactKind.TOKEN].problem
    assert course.state(learner).problem.startswith(sync.NO_TOKEN)
    course.later()
    course.send()
    assert {kind for kind, contact in noted().items() if contact.succeeded_at} == {
        ContactKind.TOKEN, ContactKind.GRADE,
    }  # fmt: skip
    first = noted()[ContactKind.GRADE].succeeded_at
    course.score(learner, 0.6)
    course.send()
    assert noted()[ContactKind.GRADE].succeeded_at == first  # no write for each call


def test_a_link_that_is_gone_leaves_its_scores_here(on):
    course = on(MOODLE)
    [learner] = course.learners(1)
    course.score(learner, 0.5)
    with course.database.write() as rows:
        rows.execute(delete(ResourceLink))
    course.send()
    assert course.state(learner).state is SyncState.NOWHERE
    assert course.lms.requests == []
    assert course.room.all(LineItem)[0].claimed_until is None
