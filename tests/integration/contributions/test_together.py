"""A page that many write: every save is a version, nobody's text is lost, and others stay outside."""

import re
from uuid import uuid4

import pytest
from classroom import Classroom, statements
from factories import browser_of, tool
from writers import save, write_at_once

from lti_tool.activities.models import Activity, Feedback, Kind, Writing
from lti_tool.contributions import together_queries
from lti_tool.contributions.index import SearchEntry
from lti_tool.contributions.models import Authorship, Contribution, Revision
from lti_tool.contributions.teams import WHOLE_COURSE
from lti_tool.kernel import clock
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role

SETTINGS = {"kind": Kind.SYNTHESIS, "writing": Writing.COURSE, "feedback": Feedback.COMMENTS}


@pytest.fixture
def room(database):
    return Classroom(database, **SETTINGS)


@pytest.fixture
def people(room):
    return [room.visit(each) for each in room.people(3, shared=False)]


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def open_as(app, database):
    return lambda visit: browser_of(app, database, visit)


def page(room):
    return room.all(Contribution)[0]


def send(browser, address, text, **fields):
    form = dict(
        re.findall(r'type="hidden" name="(version|form|section)" value="(\w*)"', browser.get(address).text)
    )
    return browser.post(address.split("?")[0], data={**form, "text": text, **fields})


@pytest.mark.every_database
def test_two_people_save_at_once(room, people):
    saves = 30
    words = write_at_once(room, people[:2], saves)

    versions = sorted(room.all(Revision), key=lambda each: each.number)
    assert [each.number for each in versions] == list(range(1, 2 * saves + 1))
    assert words <= set(page(room).answers["text"].split())
    assert page(room).answers == versions[-1].answers
    assert any(each.merged for each in versions)
    events = [(each.type, each.revision) for each in sorted(room.all(Event), key=lambda each: each.id)]
    assert events == [(EventType.SUBMITTED, 0), *((EventType.REVISED, n) for n in range(2, 2 * saves + 1))]
    assert len(room.all(Authorship)) == 1
    assert len(room.all(SearchEntry)) == 1

    with room.database.read() as session, statements(room.database.engine) as seen:
        here = session, people[0], room.activity
        latest = together_queries.history(*here, page(room))
        before = together_queries.history(*here, page(room), latest.before)
        standing = together_queries.standing(*here)
    assert [len(latest.versions), latest.before, before.versions[0].number] == [
        30,
        2 * saves - 29,
        2 * saves - 30,
    ]
    assert (standing.last.number, standing.mine, standing.team) == (2 * saves, saves, WHOLE_COURSE)
    assert len(seen) <= 8


def test_the_same_form_twice_is_one_version(room, people):
    form = uuid4()
    first = save(room, people[0], "## One\n\nA.", 0, form=form)
    save(room, people[1], "## One\n\nA and B.", 1)
    again = save(room, people[0], "## One\n\nA.", 0, form=form)
    assert (first.new, again.new, page(room).revision) == (True, False, 2)
    assert page(room).answers["text"] == "## One\n\nA and B."


@pytest.mark.every_database
def test_a_learner_takes_over_what_staff_began(room, people):
    staff = room.visit(room.instructor, role=Role.INSTRUCTOR)
    save(room, staff, "Begin here.", 0)
    assert page(room).by_staff
    save(room, people[0], "Begin here. I do.", 1)
    save(room, people[1], "Begin here. I do. We do.", 2)
    assert (page(room).author_id, page(room).by_staff) == (people[0].person_id, False)
    assert [each.person_id for each in room.all(Authorship)] == [people[1].person_id]


def test_the_pages(room, people, app, open_as):
    """Two write at once over HTTP; history, comparison, restoring, who wrote what, settling; bounded SQL."""
    me, other, _ = people
    mine, theirs = open_as(me), open_as(other)
    assert mine.get("/page").headers["Location"].endswith("/page/course")
    assert "Nobody has written yet" in mine.get("/page/course").text
    assert "## What we agree on" in mine.get("/page/course/edit").text
    save(room, me, "## Coffee\n\nBring it hot.\n\n## Tea\n\nWait.", 0)
    late = re.findall(r'name="(version|form)" value="(\w*)"', theirs.get("/page/course/edit").text)
    assert (
        send(mine, "/page/course/edit?section=0", "## Coffee\n\nBring it cold.", why="Summer").status_code
        == 303
    )
    changed = "## Coffee\n\nBring it warm.\n\n## Tea\n\nWait three minutes."
    answer = theirs.post("/page/course/edit", data={**dict(late), "text": changed})
    assert answer.headers["Location"].endswith("#passage-0")
    shown = theirs.get(answer.headers["Location"].partition("#")[0]).text
    assert all(
        text in shown for text in ("Bring it cold.", "Bring it warm.", "Wait three minutes.", "Others saved")
    )

    settle = {"version": 3, "form": uuid4().hex, "place": 0}
    assert mine.post("/page/course/settle", data={**settle, "choice": 7}).status_code == 404
    assert mine.post("/page/course/settle", data={**settle, "choice": 1}).status_code == 303
    assert page(room).answers["text"] == "## Coffee\n\nBring it warm.\n\n## Tea\n\nWait three minutes."

    with statements(app.extensions["entraide.database"].engine) as seen:
        assert mine.get("/page/course").status_code == 200
    assert 5 <= len(seen) <= 12
    with statements(app.extensions["entraide.database"].engine) as seen:
        history = mine.get("/page/course/history").text
    assert 5 <= len(seen) <= 12
    assert history.count('class="together-version"') == 4
    assert "Summer" in history
    assert "Learner" not in history, "peers have no names here"
    who = mine.get("/page/course/who").text
    assert "Somebody" in who
    assert "You" in who
    compared = mine.get("/page/course/compare?from=1&to=2").text
    assert re.search(r"<del[^>]*>.*hot", compared)
    assert re.search(r"<ins[^>]*>.*cold", compared)
    assert mine.get("/page/course/compare?from=1&to=9").status_code == 404
    assert "hot" in mine.get("/page/course/versions/1").text
    back = mine.post("/page/course/versions/1/restore", data={"version": 4, "form": uuid4().hex})
    assert back.status_code == 303
    assert page(room).answers["text"].startswith("## Coffee\n\nBring it hot.")
    assert page(room).revision == 5


def test_names_are_for_staff_and_for_named_activities(room, people, open_as):
    save(room, people[0], "One.", 0)
    room.set(Activity, Activity.id == room.activity.id, named=True)
    assert f"Learner {people[0].person_id.hex}" in open_as(people[1]).get("/page/course/history").text
    room.set(Activity, Activity.id == room.activity.id, named=False)
    staff = open_as(room.visit(room.instructor, role=Role.INSTRUCTOR))
    assert f"Learner {people[0].person_id.hex}" in staff.get("/page/course/history").text


def test_refusals_lose_nothing_that_was_typed(room, people, open_as):
    me = open_as(people[0])
    refused = send(me, "/page/course/edit", " ")
    assert (refused.status_code, "Leave a few words" in refused.text) == (422, True)
    long = send(me, "/page/course/edit", "x" * 60_001)
    assert (long.status_code, "x" * 60_001 in long.text) == (422, True)
    room.set(Activity, Activity.id == room.activity.id, closed_at=clock.now())
    closed = send(me, "/page/course/edit", "My words.")
    assert (closed.status_code, "My words." in closed.text) == (409, True)
    assert not room.all(Contribution)
    assert "Closed" in me.get("/page/course").text


@pytest.mark.every_database
def test_groups_write_apart(database, open_as):
    room = Classroom(database, **{**SETTINGS, "writing": Writing.GROUPS})
    anna, bo, cy = room.people(3, shared=False)
    ids = [room.group(name, people) for name, people in (("Reds", [anna]), ("Blues", [bo]))]
    learner, nobody = (open_as(room.visit(each)) for each in (anna, cy))
    assert learner.get("/page").headers["Location"].endswith(ids[0].hex)
    assert send(learner, f"/page/{ids[0].hex}/edit", "Red.").status_code == 303
    for other in (ids[1].hex, uuid4().hex, "course", "x", str(ids[0])):
        assert learner.get(f"/page/{other}").status_code == 404
        assert learner.post(f"/page/{other}/edit", data={"text": "Me too."}).status_code == 404
    assert "You are in no group yet" in nobody.get("/page").text
    assert nobody.get(f"/page/{ids[0].hex}/history").status_code == 404
    staff = open_as(room.visit(room.instructor, role=Role.INSTRUCTOR))
    listed = staff.get("/page").text
    assert all(name in listed for name in ("Reds", "Blues", "Nobody has written yet"))
    assert send(staff, f"/page/{ids[0].hex}/edit", "Red, says Ines.").status_code == 303
    assert send(staff, f"/page/{ids[1].hex}/edit", "Blue, says Ines.").status_code == 303
    observer = open_as(room.visit(bo, role=Role.OBSERVER))
    assert observer.get("/page").status_code == 403


def test_another_course_has_no_page_here(room, people, database, open_as):
    save(room, people[0], "Ours.", 0)
    elsewhere = Classroom(database, **SETTINGS)
    stranger = elsewhere.visit(elsewhere.people(1, shared=False)[0])
    there = open_as(stranger)
    assert "Ours." not in there.get("/page/course").text
    assert there.get("/page/course/versions/1").status_code == 404
    alone = Classroom(database)
    assert open_as(alone.visit(alone.instructor, role=Role.INSTRUCTOR)).get("/page").status_code == 404
