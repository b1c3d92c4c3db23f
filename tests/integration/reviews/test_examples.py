"""Examples: an instructor scores a work, reviewers try their eyes on it before they review."""

import pytest
from classroom import Classroom
from factories import browser_of, tool
from lxml import html

from lti_tool.activities.models import Activity, Calibration
from lti_tool.contributions.models import Contribution
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Person
from lti_tool.reviews.steering_models import Example, Trial


@pytest.fixture
def room(database):
    return Classroom(database, given=2, wanted=2, calibration=Calibration.WITHIN, tolerance=0.2)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def people(room):
    return room.people(3)


@pytest.fixture
def me(room, app, people):
    return browser_of(app, room.database, room.visit(people[0]))


@pytest.fixture
def teacher(room, app):
    return browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))


def text(response, status=200):
    assert response.status_code == status, response.get_data(as_text=True)
    return " ".join(html.fromstring(response.get_data(as_text=True)).find(".//main").text_content().split())


def marks(room, points, **more):
    return {f"mark-{criterion.id}": points for criterion in room.activity.criteria} | more


def an_example(room, teacher, points="3", **more):
    form = marks(room, points, title="A calm welcome", why="I look for the first minute.", **more)
    form["answer-what_i_do"] = "I greet everybody by name."
    form[f"comment-{room.activity.criteria[0].id}"] = "One could do it tomorrow."
    assert teacher.post("/examples/new", data=form).status_code == 303
    return room.all(Example)[-1]


def test_who_is_far_off_learns_why_and_reviews_once_near(room, app, people, me, teacher):
    example = an_example(room, teacher)
    assert "First score the examples" in text(me.post("/review/next"))
    assert me.get("/calibration").status_code == 200
    assert me.post(f"/calibration/{example.id}", data=marks(room, "1")).status_code == 303
    read = text(me.get(f"/calibration/{example.id}/difference"))
    for words in ("67% of the scale apart", "You were stricter", "One could do it tomorrow.", "first minute"):
        assert words in read
    assert "First score the examples" in text(me.post("/review/next"))
    for _ in range(2):  # sent twice is sent once
        me.post(f"/calibration/{example.id}", data=marks(room, "3"))
    assert "You are near" in text(me.get(f"/calibration/{example.id}/difference"))
    assert me.post("/review/next").status_code == 303
    trial = room.all(Trial, Trial.person_id == people[0])[0]
    assert (trial.tries, trial.first_score, trial.distance) == (2, 0, 0)
    told = [event.facts["within"] for event in room.all(Event, Event.type == EventType.CALIBRATED)]
    assert told == [False, True]


def test_a_contribution_becomes_an_example_without_its_authors_name(room, app, people, me, teacher):
    room.set(Person, Person.id == people[1], name="Zofia Zimmer")
    work = room.all(Contribution, Contribution.author_id == people[1])[0]
    form = marks(room, "2", why="See the steps.")
    assert teacher.post(f"/examples/new?contribution={work.id}", data=form).status_code == 303
    [example] = room.all(Example)
    for address in (f"/calibration/{example.id}", "/calibration"):
        page = me.get(address).get_data(as_text=True)
        assert "Zofia" not in page
        assert str(people[1]) not in page
    assert work.title in text(me.get(f"/calibration/{example.id}"))
    room.set(Contribution, Contribution.id == work.id, state="draft", shared_at=None)
    assert me.get(f"/calibration/{example.id}").status_code == 404, "its author took it back"
    assert "No example yet" in text(me.get("/calibration"))


def test_what_is_missing_or_on_no_scale_is_told_and_nothing_is_lost(room, me, teacher):
    form = marks(room, "9", title="Half an example", **{"answer-what_i_do": "I greet."})
    page = text(teacher.post("/examples/new", data=form), 422)
    assert "Choose or write what you give." in page
    assert "I greet." in page
    assert "Write the example" in text(teacher.post("/examples/new", data=marks(room, "2")), 422)
    example = an_example(room, teacher)
    assert "Choose or write what you give." in text(me.post(f"/calibration/{example.id}", data={}), 422)
    assert not room.all(Trial)


def test_examples_are_the_instructors_to_make_and_the_activitys_own(room, app, database, me, teacher):
    example = an_example(room, teacher)
    assert me.get("/examples").status_code == 403
    assert me.post(f"/examples/{example.id}/remove").status_code == 403
    elsewhere = Classroom(database)
    stranger = browser_of(app, database, elsewhere.visit(elsewhere.people(1)[0]))
    assert stranger.get(f"/calibration/{example.id}").status_code == 404
    assert teacher.post(f"/examples/{example.id}/remove").status_code == 303
    assert not room.all(Example)


def test_without_examples_nobody_is_held_up(room, me):
    assert me.post("/review/next").status_code == 303
    room.set(Activity, Activity.id == room.activity.id, calibration=Calibration.VOLUNTARY)
    assert "No example yet" in text(me.get("/calibration"))
