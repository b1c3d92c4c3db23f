"""Two columns, one or none, chosen after an activity has begun: in our rows, on the page, in the LMS."""

import html
from dataclasses import replace

import pytest
from classroom import Classroom
from factories import browser_of
from platforms.lms import CANVAS, D2L, MOODLE, OPENEDX, PERSONALITIES, Answer

from lti_tool.activities.models import Activity, Grading
from lti_tool.gradebook import sync
from lti_tool.gradebook.actions import settle
from lti_tool.gradebook.columns import switch
from lti_tool.gradebook.earning import total
from lti_tool.gradebook.models import Column, LineItem, Score, SyncState
from lti_tool.kernel.errors import NotAllowedError, NotFoundError
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.reviews import actions as reviews

TWO, ONE, NONE = Grading.TWO_COLUMNS, Grading.ONE_COLUMN, Grading.NONE


def review_each_other(room: Classroom, people, points=4) -> None:
    """Everybody gives a review, all the same."""
    for person in people:
        with room.database.write() as rows:
            held = reviews.pull(rows, room.visit(person), room.activity)
        with room.database.write() as rows:
            draft = room.written(points)
            reviews.send(rows, room.visit(person), room.activity, held.id, held.version, draft)


def settle_all(room: Classroom, people) -> None:
    for person in people:
        with room.database.write() as rows:
            settle(rows, room.activity.id, person)


def choose(room: Classroom, grading: Grading) -> int:
    with room.database.write() as rows:
        return switch(rows, room.visit(room.instructor, role=Role.INSTRUCTOR), grading)


def scores(room: Classroom, state: SyncState) -> set[Column]:
    return {score.column for score in room.all(Score, Score.state == state)}


@pytest.fixture
def room(database) -> Classroom:
    return Classroom(database, wanted=1, given=2)


def test_one_score_is_four_fifths_the_work_and_one_fifth_the_reviewing():
    assert total(1, 1, 0.8) == 1
    assert total(1, 0, 0.8) == pytest.approx(0.8)
    assert total(0, 1, 0.8) == pytest.approx(0.2)
    assert total(0.5, 0.5, 0.8) == pytest.approx(0.5)


@pytest.mark.every_database
def test_one_column_has_a_total_as_soon_as_the_work_has_a_score(room):
    room.set(Activity, Activity.id == room.activity.id, grading=ONE)
    author, reviewer, idle = room.people(3)
    review_each_other(room, [reviewer])
    settle_all(room, (author, reviewer, idle))
    [score] = room.all(Score, Score.column == Column.TOTAL)
    assert (score.value, score.basis, score.state) == (pytest.approx(0.8), 1, SyncState.WAITING)
    assert scores(room, SyncState.KEPT) == {Column.WORK, Column.REVIEWING}
    [scored] = room.all(Event, Event.type == EventType.SCORED)  # statements tell of the work, as ever
    assert scored.facts["score"]["raw"] == 100


def test_switching_back_and_forth_loses_nothing(room):
    people = room.people(2)
    review_each_other(room, people)
    settle_all(room, people)
    before = {(s.person_id, s.column): (s.value, s.revision) for s in room.all(Score)}
    assert choose(room, ONE) == 2
    assert scores(room, SyncState.WAITING) == {Column.TOTAL}
    assert [s.value for s in room.all(Score, Score.column == Column.TOTAL)] == [pytest.approx(0.9)] * 2
    assert choose(room, ONE) == 0
    assert choose(room, NONE) == 0
    assert scores(room, SyncState.WAITING) == set()
    assert choose(room, TWO) == 4
    after = {(s.person_id, s.column): (s.value, s.revision) for s in room.all(Score)}
    assert {key: after[key] for key in before} == before
    assert scores(room, SyncState.WAITING) == {Column.WORK, Column.REVIEWING}


@pytest.mark.every_database
def test_what_was_earned_while_there_were_no_grades_counts_when_there_are(room):
    people = room.people(2)
    choose(room, NONE)
    review_each_other(room, people)
    settle_all(room, people)
    assert room.all(Score) == []
    choose(room, TWO)
    assert scores(room, SyncState.WAITING) == {Column.WORK, Column.REVIEWING}
    assert len(room.all(Score)) == 4


def test_only_who_sets_up_activities_may_choose(room):
    [learner] = room.people(1)
    for role in (Role.LEARNER, Role.ASSISTANT, Role.SUPPORT, Role.OBSERVER):
        with room.database.write() as rows, pytest.raises(NotAllowedError):
            switch(rows, room.visit(learner, role=role), NONE)
    elsewhere = replace(room.visit(room.instructor, role=Role.INSTRUCTOR), course_id=room.tenant)
    with room.database.write() as rows, pytest.raises(NotFoundError):
        switch(rows, elsewhere, NONE)
    assert room.reload().grading is TWO


def test_the_page_says_what_a_choice_does_before_it_is_made(room, app):
    review_each_other(room, room.people(3))
    instructor = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    assert "/gradebook/columns" in instructor.get("/").text
    page = html.unescape(instructor.get("/gradebook/columns").text)
    assert "80% for the work, 20% for the reviewing." in page
    assert "The column for the reviewing is deleted in the LMS." in page
    assert "Both columns are deleted in the LMS" in page
    answer = instructor.post("/gradebook/columns", data={"grading": "one-column"})
    assert answer.status_code == 303
    page = html.unescape(instructor.get(answer.location).text)
    assert "scores are on their way." in page
    assert "The LMS gets a second column." in page
    assert room.reload().grading is ONE
    assert '<th scope="col">Total</th>' in instructor.get("/").text
    assert instructor.post("/gradebook/columns", data={"grading": "three"}).status_code == 422
    instructor.post("/gradebook/columns", data={"grading": "none"})
    assert '<th scope="col">Work</th>' not in instructor.get("/").text
    assistant = browser_of(app, room.database, room.visit(room.instructor, role=Role.ASSISTANT))
    assert assistant.get("/gradebook/columns").status_code == 403
    assert "/gradebook/columns" not in assistant.get("/").text


# In the LMS


def begun(on, personality):
    """An activity whose two learners have scores in both columns of the LMS."""
    course = on(personality)
    people = course.learners(2)
    course.set(Activity, wanted=1, given=1)
    course.room.activity = course.room.reload()
    review_each_other(course.room, people)
    settle_all(course.room, people)
    course.send()
    assert [course.grade(people[0], column) for column in (Column.WORK, Column.REVIEWING)] == [100, 100]
    return course, people


@pytest.mark.parametrize("personality", PERSONALITIES, ids=lambda personality: personality.name)
def test_two_columns_become_one_and_two_again(on, personality):
    course, people = begun(on, personality)
    own, beside = course.column().url, course.column(Column.REVIEWING).url
    with course.database.write() as rows:  # so that the total tells itself from the work
        rows.query(Score).filter(Score.column == Column.REVIEWING).update({"value": 0.5})
    course.set(Activity, given=2)
    choose(course.room, ONE)
    course.send()
    assert course.column(Column.TOTAL).url == own
    assert [course.grade(who, Column.TOTAL) for who in people] == [pytest.approx(90)] * 2
    grade = course.lms.grades[own, people[0].hex]
    assert grade.comment.replace("<br/>", "\n").splitlines() == [
        "Mean of 1 review: 80% of the score", "1 of 2 reviews given: 20% of the score",
    ]  # fmt: skip
    if personality is OPENEDX:
        assert course.column(Column.REVIEWING).problem.startswith(f"{sync.STAYS}\n403 ")
    else:
        assert beside not in course.lms.line_items
        assert course.column(Column.REVIEWING) is None
    choose(course.room, TWO)
    course.send()
    assert [course.grade(who) for who in people] == [100, 100]
    assert [course.grade(who, Column.REVIEWING) for who in people] == [50, 50]
    assert len(course.lms.line_items) == 2
    assert {score.state for score in course.room.all(Score)} == {SyncState.SENT, SyncState.KEPT}


@pytest.mark.parametrize(
    ("personality", "left", "status"),
    [(MOODLE, 0, ""), (D2L, 0, ""), (CANVAS, 1, "401"), (OPENEDX, 2, "403")],
    ids=lambda each: getattr(each, "name", None),
)  # fmt: skip
def test_columns_are_deleted_where_the_lms_lets_us_and_else_it_is_told(
    on, instructor_of, personality, left, status
):
    course, _ = begun(on, personality)
    choose(course.room, NONE)
    course.send()
    assert len(course.lms.line_items) == left
    assert len(course.room.all(LineItem)) == left
    asked = len(course.lms.requests)
    course.send()
    assert len(course.lms.requests) == asked  # nobody insists
    instructor = instructor_of(course)
    page = html.unescape(instructor.get("/gradebook/columns").text)
    assert (sync.STAYS in page) is bool(left)
    assert f"The LMS says: {status}" in page if status else "The LMS says" not in page


def test_a_deletion_waits_for_an_lms_that_is_down(on):
    course, _ = begun(on, MOODLE)
    choose(course.room, ONE)
    course.lms.fail("/lineitem$", [Answer(503)], method="DELETE")
    course.send()
    assert course.column(Column.REVIEWING).tries == 1
    assert len(course.lms.line_items) == 2
    course.later()
    course.send()
    assert len(course.lms.line_items) == 1


def test_a_column_deleted_by_us_is_found_or_made_when_it_is_wanted_again(on):
    course, people = begun(on, MOODLE)
    choose(course.room, NONE)
    course.send()
    assert course.lms.line_items == {}
    choose(course.room, TWO)
    course.send()
    assert [course.grade(who) for who in people] == [100, 100]
    assert len(course.lms.line_items) == 2


def test_a_switch_while_scores_are_on_their_way_leaves_the_new_ones_in_the_lms(on):
    course, people = begun(on, MOODLE)
    for person in people:
        course.score(person, 0.25)
    post = course.connector.call

    def switch_meanwhile(*args, **kwargs):
        course.connector.call = post
        answer = post(*args, **kwargs)
        choose(course.room, ONE)
        return answer

    course.connector.call = switch_meanwhile
    course.send()
    course.set(LineItem, claimed_until=None)  # the lease of what was in hand has ended
    course.send()
    posted = [asked.json["scoreGiven"] for asked in course.lms.asked("POST", "/scores$")]
    assert posted.count(25) == 1  # the second work score was not sent
    assert {course.state(who, Column.TOTAL).state for who in people} == {SyncState.SENT}
    assert [course.grade(who, Column.TOTAL) for who in people] == [pytest.approx(100)] * 2
