"""The pages of a course's people and groups, as an instructor, an assistant and a learner see them."""

import io
import re
from datetime import timedelta

import pytest
from classroom import Classroom, statements
from factories import browser_of, tool

from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.permissions import Role
from lti_tool.lti import rosters
from lti_tool.migrations import upgrade
from lti_tool.people.models import Enrolment, Group, GroupMember, GroupSource, Person, Roster

pytestmark = pytest.mark.every_database


@pytest.fixture(scope="module")
def sqlite_template(sqlite_files):
    with sqlite_files.fresh() as url:
        database = Database(url)
        upgrade(database)
        database.dispose()
        yield url


@pytest.fixture
def room(sqlite_files, sqlite_template):
    """A course. What is special about a database is tested with `any_room`."""
    with sqlite_files.fresh(sqlite_template) as url:
        database = Database(url)
        yield Classroom(database)
        database.dispose()


@pytest.fixture
def any_room(database):
    return Classroom(database)


@pytest.fixture
def open_as(request, tmp_path):
    room = request.getfixturevalue("any_room" if "any_room" in request.fixturenames else "room")
    app = tool(room.database, tmp_path)

    def browser(role=Role.INSTRUCTOR, person=None):
        return browser_of(app, room.database, room.visit(person or room.instructor, role=role))

    yield browser
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def named(room):
    """Three learners with names of their own."""
    people = room.people(3)
    for person, name in zip(people, ("Ann Ames", "Bo Berg", "Cy Cole"), strict=True):
        room.set(Person, Person.id == person, name=name)
    return people


def make_roster(room: Classroom, **values) -> None:
    values = {
        "memberships_url": "https://lms.example/m",
        "next_try_at": clock.now() + timedelta(days=1),
    } | values
    with room.database.write() as rows:
        rows.add(Roster(course_id=room.course, **values))


def own(room: Classroom) -> dict[str, set]:
    members = room.all(GroupMember)
    return {
        group.name: {member.person_id for member in members if member.group_id == group.id}
        for group in room.all(Group, Group.source == GroupSource.OWN)
    }


def listed(page: str) -> list[str]:
    """The names in the first page's list."""
    return re.findall(r'<th scope="row">(?:<a [^>]*>)?([^<]*)', page)


# The list of people


def test_without_a_list_of_the_lms_the_page_says_so(open_as):
    page = open_as().get("/groups")
    assert page.status_code == 200
    assert "gives us no list of people" in page.text
    assert "No groups yet" in page.text
    assert open_as().post("/people/read-again").status_code == 404


def test_reading_again_is_asked_for_and_done_from_end_to_end(room, open_as):
    make_roster(room, synced_at=clock.now(), members=12, tries=3, differences_url="https://lms.example/d")
    page = open_as().get("/groups").text
    assert "12 people in the LMS’s list." in page
    assert "Read the list of people again" in page
    answer = open_as().post("/people/read-again")
    assert answer.status_code == 303
    [roster] = room.all(Roster)
    assert roster.next_try_at <= clock.now()
    assert (roster.tries, roster.differences_url) == (0, "")
    page = open_as().get("/groups").text
    assert "It is being read." in page
    assert "Read the list of people again" not in page


def test_the_problem_is_shown_here_and_on_the_first_page(room, open_as):
    make_roster(room, problem=f"{rosters.REFUSED}\n403 Forbidden <no>")
    assert "403 Forbidden &lt;no&gt;" in open_as().get("/groups").text
    for path in ("/groups", "/"):
        assert rosters.REFUSED in open_as().get(path).text


def test_who_never_came_is_in_the_list_and_says_so(room, open_as, named):
    room.set(Enrolment, Enrolment.person_id == named[0], last_seen_at=None)
    page = open_as().get("/").text
    assert page.count("not seen yet</td>") == 1
    page = open_as().get("/?show=not-seen").text
    assert listed(page) == ["Ann Ames"]


def test_totals_and_lists_are_of_the_people_who_are_here(room, open_as, named):
    room.people(2, test_user=True)
    room.set(Enrolment, Enrolment.person_id == named[0], active=False)
    page = open_as().get("/").text
    assert listed(page) == ["Bo Berg", "Cy Cole"]
    tiles = re.findall(r"<strong>(.*?)</strong> <span>(.*?)</span>", page)
    assert tiles[0] == ("2/2", "people shared")
    assert tiles[1] == (f"0/{2 * room.activity.given}", "reviews are given")
    assert tiles[2][0] == "2"


# Groups


def test_groups_and_where_they_come_from(room, open_as, named):
    with room.database.write() as rows:
        for key, name, kind in (("1", "Lab <1>", "Labs"), ("47", "", "")):
            group = Group(
                course_id=room.course, source=GroupSource.LMS, external_id=key, name=name, set_name=kind
            )
            rows.add(group)
            rows.flush()
            rows.add_all(GroupMember(group_id=group.id, person_id=person) for person in named[: int(key) % 5])
    room.set(Enrolment, Enrolment.person_id == named[1], active=False)
    page = open_as(Role.ASSISTANT).get("/groups").text
    assert "Lab &lt;1&gt;" in page
    assert "The LMS: Labs" in page
    assert "Group 47" in page
    assert "Check the list" not in page
    address = re.search(r'href="([^"]*/groups/[^"]*)">Lab', page)[1]
    page = open_as(Role.ASSISTANT).get(re.sub("^/l/[0-9a-f]+", "", address)).text
    assert "Ann Ames" in page
    assert "Bo Berg" not in page


def test_a_list_is_checked_first_and_then_kept(room, open_as, named):
    browser = open_as()
    checked = browser.post("/groups", data={"text": "Ann Ames;Lab 1\nBo Berg;Lab 1\nCy Cole;Lab 2"})
    assert checked.status_code == 200
    assert "3 people have a group." in checked.text
    assert own(room) == {}
    text = re.search(r"<textarea name=\"text\" hidden>\n(.*?)</textarea>", checked.text, re.S)[1]
    assert browser.post("/groups", data={"text": text, "keep": "1"}).status_code == 303
    assert own(room) == {"Lab 1": set(named[:2]), "Lab 2": {named[2]}}
    [lab1] = room.all(Group, Group.name == "Lab 1")
    browser.post("/groups", data={"text": "Ann Ames;Lab 3\nCy Cole;Lab 1", "keep": "1"})
    assert own(room) == {"Lab 3": {named[0]}, "Lab 1": {named[2]}}
    assert room.all(Group, Group.name == "Lab 1")[0].id == lab1.id


def test_a_file_is_taken_for_what_is_written(room, open_as, named):
    file = (io.BytesIO("\ufeffname;group\r\nBo Berg;Équipe\r\n".encode()), "groups.csv")
    checked = open_as().post("/groups", data={"text": "", "file": file})
    assert checked.status_code == 200
    assert "Équipe" in checked.text
    assert "1 person has a group." in checked.text


def test_a_list_with_a_problem_changes_nothing(room, open_as, named):
    browser = open_as()
    browser.post("/groups", data={"text": "Ann Ames,Lab 1", "keep": "1"})
    for keep in ({}, {"keep": "1"}):
        answer = browser.post("/groups", data={"text": "Bo Berg,Lab 2\nZoe <b>,Lab 2", **keep})
        assert answer.status_code == 422
        assert "Line 2: Nobody in this course is called Zoe &lt;b&gt;." in " ".join(answer.text.split())
        assert "Zoe &lt;b&gt;,Lab 2</textarea>" in answer.text
    assert own(room) == {"Lab 1": {named[0]}}
    assert browser.post("/groups", data={"text": " "}).status_code == 422


def test_people_of_another_course_test_users_and_who_left_are_unknown_to_a_list(room, open_as, named):
    [tester] = room.people(1, test_user=True)
    room.set(Person, Person.id == tester, name="Test Student")
    room.set(Enrolment, Enrolment.person_id == named[0], active=False)
    other = Classroom(room.database)
    stranger = other.people(1)[0]
    lines = f"Test Student,A\nAnn Ames,A\n{stranger.hex},A\n"
    answer = open_as().post("/groups", data={"text": lines, "keep": "1"})
    assert answer.text.count("Nobody in this course is called") == 3


def test_the_file_of_people_comes_back_as_the_same_groups(room, open_as, named):
    room.set(Person, Person.id == named[0], name='=HYPERLINK("http://evil")')
    browser = open_as()
    browser.post("/groups", data={"text": f"{named[0].hex},Lab 1\nBo Berg,Lab 1\nBo Berg,Lab 2", "keep": "1"})
    before = own(room)
    sent = browser.get("/groups.csv")
    assert sent.mimetype == "text/csv"
    assert "attachment" in sent.headers["Content-Disposition"]
    assert "'=HYPERLINK" in sent.text
    assert f"{named[2].hex},Cy Cole," in sent.text
    assert browser.post("/groups", data={"text": sent.text, "keep": "1"}).status_code == 303
    assert own(room) == before


def test_a_group_of_another_course_is_not_found(room, open_as):
    other = Classroom(room.database)
    with room.database.write() as rows:
        group = Group(course_id=other.course, source=GroupSource.OWN, external_id="A", name="A")
        rows.add(group)
        rows.flush()
    assert open_as().get(f"/groups/{group.id}").status_code == 404


@pytest.mark.parametrize(
    ("role", "sees", "makes"),
    [
        (Role.INSTRUCTOR, 200, 303), (Role.ASSISTANT, 200, 403), (Role.SUPPORT, 200, 403),
        (Role.DESIGNER, 403, 403), (Role.LEARNER, 403, 403), (Role.OBSERVER, 403, 403),
    ],
)  # fmt: skip
def test_who_may_see_and_make_groups(room, open_as, named, role, sees, makes):
    make_roster(room)
    browser = open_as(role, named[0] if role is Role.LEARNER else None)
    assert browser.get("/groups").status_code == sees
    assert browser.post("/groups", data={"text": "Ann Ames,A", "keep": "1"}).status_code == makes
    assert browser.get("/groups.csv").status_code == (200 if makes == 303 else 403)
    assert browser.post("/people/read-again").status_code == (303 if sees == 200 else 403)


def test_the_pages_cost_the_same_for_a_large_course(any_room, open_as):
    room = any_room
    people = room.people(400, shared=False)
    text = "\n".join(f"{person.hex},Group {number % 40}" for number, person in enumerate(people))
    browser = open_as()
    with statements(browser.application.extensions["entraide.database"].engine) as seen:
        assert browser.post("/groups", data={"text": text, "keep": "1"}).status_code == 303
        assert browser.get("/groups").status_code == 200
    assert len(seen) <= 20, "\n".join(seen)
    assert len(own(room)) == 40
    assert browser.post("/groups", data={"text": text.replace("Group 7", "Group 8"), "keep": "1"})
    assert len(own(room)) == 39
    assert browser.post("/groups", data={"text": text, "keep": "1"}).status_code == 303
    [group] = room.all(Group, Group.name == "Group 7")
    page = browser.get(f"/groups/{group.id}").text
    assert page.count("<li>Learner") == 10
