"""The button that sends scores again."""

import pytest
from classroom import Classroom
from factories import browser_of

from lti_tool.gradebook.models import Column, Score, SyncState
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Role

pytestmark = pytest.mark.every_database


@pytest.fixture
def room(database):
    return Classroom(database)


@pytest.fixture
def refused(room):
    [person] = room.people(1)
    with room.database.write() as rows:
        rows.add(
            Score(
                activity_id=room.activity.id, person_id=person, column=Column.WORK, value=0.5, basis=1,
                revision=1, changed_at=clock.now(), next_try_at=clock.now(), state=SyncState.REFUSED,
                problem="The LMS refused this score.\n400 Bad Request",
            )
        )  # fmt: skip
    return person


def test_an_instructor_sends_them_again(room, app, refused):
    instructor = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    assert "400 Bad Request" in instructor.get("/").text
    answer = instructor.post("/scores/send-again")
    assert answer.status_code == 303
    [score] = room.all(Score)
    assert score.state is SyncState.WAITING
    assert "1 score is on its way." in instructor.get(answer.location).text


def test_a_learner_may_not(room, app, refused):
    learner = browser_of(app, room.database, room.visit(refused))
    assert learner.post("/scores/send-again").status_code == 403
    assert room.all(Score)[0].state is SyncState.REFUSED


def test_another_activitys_scores_stay_as_they_are(room, app, refused):
    elsewhere = Classroom(room.database)
    instructor = browser_of(app, room.database, elsewhere.visit(elsewhere.instructor, role=Role.INSTRUCTOR))
    assert instructor.post("/scores/send-again").status_code == 303
    assert room.all(Score)[0].state is SyncState.REFUSED
