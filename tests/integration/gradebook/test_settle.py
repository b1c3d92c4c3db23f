"""From reviews to scores: what is in the rows and in the journal after `settle`."""

import pytest
from classroom import Classroom

from lti_tool.activities.models import Activity, Grading
from lti_tool.gradebook.actions import settle
from lti_tool.gradebook.models import Column, Score, SyncState
from lti_tool.kernel.journal import Event, EventType
from lti_tool.reviews import actions as reviews

pytestmark = pytest.mark.every_database


def review(room: Classroom, reviewer, points: float) -> None:
    with room.database.write() as rows:
        held = reviews.pull(rows, room.visit(reviewer), room.activity)
    with room.database.write() as rows:
        reviews.send(rows, room.visit(reviewer), room.activity, held.id, held.version, room.written(points))


def settled(room: Classroom, person) -> dict[Column, Score]:
    with room.database.write() as rows:
        settle(rows, room.activity.id, person)
    return {score.column: score for score in room.all(Score, Score.person_id == person)}


def events(room: Classroom, kind: EventType) -> list[Event]:
    return list(room.all(Event, Event.type == kind))


@pytest.fixture
def room(database) -> Classroom:
    return Classroom(database, wanted=1, given=1)


def test_nothing_before_the_first_review(room):
    [author] = room.people(1)
    assert settled(room, author) == {}
    assert events(room, EventType.SCORED) == []


def test_the_mean_of_the_reviews_and_the_share_given(database):
    room = Classroom(database, wanted=2, given=2)
    author, first, second = room.people(1) + room.people(2, shared=True)
    for reviewer, points in ((first, 1), (second, 4)):
        while not any(r.author_id == author for r in _sent_by(room, reviewer)):
            review(room, reviewer, points)
    scores = settled(room, author)
    assert scores[Column.WORK].value == pytest.approx(0.5)  # (0 + 1) / 2
    assert (scores[Column.WORK].basis, scores[Column.WORK].state) == (2, SyncState.WAITING)
    assert settled(room, first)[Column.REVIEWING].value in (0.5, 1.0)


def _sent_by(room, reviewer):
    from lti_tool.reviews.models import Review, ReviewState

    return room.all(Review, Review.reviewer_id == reviewer, Review.state == ReviewState.SENT)


def test_a_score_is_recorded_when_its_value_changes_and_only_then(room):
    author, first = room.people(2)
    review(room, first, 3)
    before = settled(room, author)[Column.WORK]
    assert settled(room, author)[Column.WORK].revision == before.revision == 1
    [event] = events(room, EventType.SCORED)
    assert event.person_id == author
    assert event.facts["score"] == {"raw": pytest.approx(66.666667), "min": 0.0, "max": 100.0}


def test_completion_is_recorded_once(room):
    author, first = room.people(2)
    review(room, first, 3)
    settled(room, first)
    settled(room, first)
    settled(room, author)
    assert [event.person_id for event in events(room, EventType.COMPLETED)] == [first]


def test_test_users_have_no_scores(room):
    author, first = room.people(2, test_user=True)
    review(room, first, 3)
    assert settled(room, author) == settled(room, first) == {}
    assert events(room, EventType.COMPLETED) == []


def test_an_ungraded_activity_has_completion_but_no_scores(room):
    author, first = room.people(2)
    room.set(Activity, Activity.id == room.activity.id, grading=Grading.NONE)
    review(room, first, 3)
    assert settled(room, author) == settled(room, first) == {}
    assert len(events(room, EventType.COMPLETED)) == 1
