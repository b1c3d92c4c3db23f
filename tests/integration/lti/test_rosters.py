"""Who is in a course, read from LMSs of several kinds over real HTTP."""

import random
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from classroom import statements
from misbehaving import wait_until
from platforms.lms import (
    BLACKBOARD,
    CANVAS,
    DROP,
    MOODLE,
    OPENEDX,
    PERSONALITIES,
    SAKAI,
    Answer,
    Lms,
    running,
)
from rosters import TOOL_KEYS, Enrolled
from sqlalchemy import select

from lti_tool.contributions.models import Contribution
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.errors import NotAllowedError
from lti_tool.kernel.permissions import Role
from lti_tool.lti import coursegroups, paging, rosters
from lti_tool.lti.models import Contact, ContactKind
from lti_tool.migrations import upgrade
from lti_tool.people.models import Group, GroupMember, GroupSource, Person, Platform, Roster
from lti_tool.reviews import actions
from lti_tool.reviews.actions import NothingToReviewError
from lti_tool.reviews.leases import release_departed
from lti_tool.reviews.models import Review, ReviewState
from lti_tool.settings import Settings
from lti_tool.worker.loop import Worker

pytestmark = pytest.mark.every_database


@pytest.fixture(scope="session")
def platforms() -> Iterator[dict[str, Lms]]:
    with ExitStack() as stack:
        yield {
            each.name: stack.enter_context(running(each, tool_keys=lambda: TOOL_KEYS))
            for each in PERSONALITIES
        }


@pytest.fixture
def course(sqlite_database, platforms, request) -> Iterator[Enrolled]:
    """A course of the LMS that the test is parametrised with, or of Moodle."""
    yield from opened(sqlite_database, platforms[getattr(request, "param", MOODLE).name])


@pytest.fixture
def any_course(database, platforms, request) -> Iterator[Enrolled]:
    """The same, on each kind of database."""
    yield from opened(database, platforms[getattr(request, "param", MOODLE).name])


@pytest.fixture(scope="module")
def sqlite_template(sqlite_files) -> Iterator[str]:
    with sqlite_files.fresh() as url:
        database = Database(url)
        upgrade(database)
        database.dispose()
        yield url


@pytest.fixture
def sqlite_database(sqlite_files, sqlite_template) -> Iterator[Database]:
    with sqlite_files.fresh(sqlite_template) as url:
        database = Database(url)
        yield database
        database.dispose()


def opened(database: Database, lms: Lms) -> Iterator[Enrolled]:
    lms.heal()
    lms.people.clear()
    lms.requests.clear()
    lms.link_loop, lms.link_elsewhere, lms.sends_names, lms.custom = False, "", True, {}
    lms.scopes = lms.personality.scopes
    course = Enrolled(database, lms)
    yield course
    course.http.close()


def on(*personalities, course="course"):
    return pytest.mark.parametrize(course, personalities, indirect=True, ids=lambda each: each.name)


def names(course: Enrolled) -> dict[str, str]:
    return {person.sub: person.name for person in course.room.all(Person)}


# Reading


@on(*PERSONALITIES)
def test_a_roster_of_several_pages_makes_people_and_enrolments(course, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 3)
    course.join("tina", role="Instructor")
    course.join("aide", role="TeachingAssistant")
    course.join(*(f"l{n}" for n in range(8)))
    course.offer()
    assert course.read() == 1
    known = course.known()
    assert course.active() == {"tina", "aide", *(f"l{n}" for n in range(8))}
    assert (known["tina"].role, known["l7"].role) == (Role.INSTRUCTOR, Role.LEARNER)
    assert known["aide"].role is (Role.LEARNER if course.lms.personality.assistants_teach else Role.ASSISTANT)
    assert all(each.listed and each.last_seen_at is None for each in known.values())
    assert names(course)["l3"] == "L3"
    assert (course.roster.members, course.roster.problem, course.roster.tries) == (10, "", 0)
    assert course.roster.next_try_at > clock.now() + timedelta(hours=23)
    assert course.read() == 0
    asked = course.lms.asked("GET", "/memberships$")
    assert len(asked) == 4
    assert course.lms.refusals == []


def test_what_the_address_says_already_is_not_said_twice(course):
    course.join("ann", "bob")
    course.offer(memberships_url=f"{course.memberships}?rlid={course.link.id}&limit=1")
    course.read()
    assert course.active() == {"ann", "bob"}
    assert [each.query.get("limit") for each in course.lms.asked("GET", "/memberships$")] == ["1", "1"]


def test_a_second_reading_of_the_same_writes_nothing_about_people(any_course):
    course = any_course
    course.join(*(f"l{n}" for n in range(60)))
    course.offer()
    course.read()
    course.later()
    with statements(course.database.engine) as seen:
        assert course.read() == 1
    writes = [each for each in seen if each.split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert {each.split()[1] for each in writes if "roster" not in each and "contact" not in each} == set()
    assert len(writes) <= 3


def test_names_are_taken_where_they_are_given_and_kept_where_they_are_not(course):
    course.join("ann", "bob")
    course.offer()
    course.read()
    course.lms.people["ann"] = course.lms.people["ann"].__class__("ann", "Ann of Ames")
    course.lms.enrol(course.person("ann"), course.course)
    course.later()
    course.read()
    assert names(course)["ann"] == "Ann of Ames"
    course.lms.sends_names = False
    course.later()
    course.read()
    assert names(course)["ann"] == "Ann of Ames"


def test_people_of_one_address_are_never_one_person(course):
    course.join("ann", "bob", email="same@example.com")
    course.offer()
    course.read()
    assert course.active() == {"ann", "bob"}


def test_who_is_missing_from_the_whole_list_is_out_and_comes_back(any_course):
    course = any_course
    course.join("ann", "bob", "cy")
    course.offer()
    course.read()
    course.lms.drop(course.person("ann"), course.course)
    course.lms.suspend(course.person("bob"), course.course)
    course.later()
    course.read()
    assert course.active() == {"cy"}
    assert course.roster.members == 1
    course.lms.enrol(course.person("ann"), course.course)
    course.later()
    course.read()
    assert course.active() == {"ann", "cy"}
    assert course.launch("bob").active
    assert course.active() == {"ann", "bob", "cy"}


@on(BLACKBOARD, SAKAI)
def test_differences_are_read_between_whole_readings(course):
    course.join("ann", "bob", "cy")
    course.offer()
    course.read()
    assert "since=" in course.roster.differences_url
    course.lms.drop(course.person("ann"), course.course)
    course.lms.suspend(course.person("bob"), course.course)
    course.join("di")
    course.lms.requests.clear()
    course.later(hours=1)
    course.room.set(Roster, Roster.tries == 0, next_try_at=clock.now())
    course.read()
    assert course.active() == {"cy", "di"}
    [asked] = course.lms.asked("GET", "/memberships$")
    assert "since" in asked.query
    course.later(days=1)
    course.read()
    assert "since" not in course.lms.asked("GET", "/memberships$")[-1].query
    assert course.active() == {"cy", "di"}


@on(SAKAI)
def test_differences_that_have_expired_lead_to_the_whole_list(course):
    course.join("ann")
    course.offer(differences_url=f"{course.memberships}?since=gone", whole_at=clock.now())
    course.read()
    assert course.active() == {"ann"}
    assert (course.roster.problem, course.roster.tries) == ("", 0)


# Who launches knows better


def test_a_non_editing_teacher_who_launched_stays_staff(course):
    course.join("aide", role="TeachingAssistant")
    course.launch("aide")
    course.read()
    assert course.known()["aide"].role is Role.INSTRUCTOR
    assert course.lms.asked("GET", "/memberships$")


def test_before_the_first_launch_the_roster_says_the_role(course):
    course.join("aide")
    course.offer()
    course.read()
    assert course.known()["aide"].role is Role.LEARNER
    course.lms.enrol(course.person("aide"), course.course, "Instructor")
    course.later()
    course.read()
    assert course.known()["aide"].role is Role.INSTRUCTOR


def test_who_is_on_no_roster_keeps_their_visit(course):
    """A manager, an administrator, Canvas's test student: they launch, and no roster lists them."""
    course.join("ann")
    course.lms.add_person("boss", "Boss", "Instructor")
    course.lms.add_person("root", "Root", "Administrator")
    course.lms.add_person("test", "Test Student", "TestUser")
    for sub in ("boss", "root", "test"):
        course.launch(sub)
    course.read()
    course.later()
    course.read()
    assert course.active() == {"ann", "boss", "root", "test"}


def test_staff_who_were_on_the_roster_and_are_no_more_are_out(course):
    course.join("tina", "ann", role="Instructor")
    course.launch("tina")
    course.read()
    course.lms.drop(course.person("tina"), course.course)
    course.later()
    course.read()
    assert course.active() == {"ann"}


def test_who_launches_while_the_list_is_read_is_not_judged_by_it(course):
    course.join("ann", "late")
    course.launch("late")
    course.lms.drop(course.person("late"), course.course)

    def come(asked):
        if "memberships" in asked.path:
            course.launch("late")

    course.lms.fail("/memberships$", come)
    course.read()
    assert course.active() == {"ann", "late"}


@on(BLACKBOARD)
def test_somebody_inactive_whom_we_never_saw_is_not_made(course):
    course.join("gone", status="Inactive")
    course.join("ann")
    course.offer()
    course.read()
    assert set(course.known()) == {"ann"}


def test_the_same_id_on_two_platforms_is_two_people(course, platforms):
    other = Enrolled(course.database, platforms[CANVAS.name])
    for each in (course, other):
        each.join("ann")
        each.offer()
        assert each.read() == 1
    other.http.close()
    assert sorted(person.sub for person in course.room.all(Person)) == ["ann", "ann", "ines", "ines"]


# When


def test_it_is_due_at_the_first_launch_daily_and_when_staff_find_it_old(course):
    course.join("ann")
    course.join("tina", role="Instructor")
    course.launch("ann")
    assert course.read() == 1
    course.launch("tina")
    assert course.read() == 0
    course.later(minutes=16)
    course.launch("ann")
    assert course.read() == 0
    course.launch("tina")
    assert course.read() == 1
    course.later(days=1)
    assert course.read() == 1


def test_a_roster_in_hand_is_left_alone_until_its_lease_ends(any_course):
    course = any_course
    course.join("ann")
    course.offer()
    with course.database.write() as rows:
        assert rosters.claim(rows, course.platform_id)
    with course.database.read() as rows:
        assert rosters.due_platforms(rows) == []
    assert course.read() == 0
    course.later(minutes=6)
    with course.database.read() as rows:
        assert rosters.due_platforms(rows) == [course.platform_id]
    assert course.read() == 1


def test_the_lease_is_renewed_while_paging_and_who_lost_it_stops(any_course, monkeypatch):
    course = any_course
    monkeypatch.setattr(paging, "PAGE", 1)
    monkeypatch.setattr(rosters, "LEASE", timedelta(0))  # every page asks for more
    course.join("ann", "bob")
    course.offer()
    assert course.read() == 1
    assert course.active() == {"ann", "bob"}

    def steal(asked):
        if "from" in asked.query:
            course.room.set(Roster, Roster.tries == 0, claimed_until=clock.now() + timedelta(minutes=1))

    course.later()
    course.lms.fail("/memberships$", steal)
    course.join("cy")
    assert course.read() == 1
    assert course.active() == {"ann", "bob"}
    assert course.roster.claimed_until > clock.now()  # the thief's
    assert course.roster.synced_at < clock.now() - timedelta(hours=1)


def test_a_synthetic_platform_is_never_called(course):
    course.offer()
    course.room.set(Platform, Platform.id == course.platform_id, synthetic=True)
    assert course.read() == 0
    assert course.lms.requests == []


# What goes wrong

TROUBLES = [
    Answer(503, {"Retry-After": "600"}), DROP,
    *(Answer(200, {}, body) for body in ("<html>", "[]", '{"members": 5}')),
]  # fmt: skip


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_is_kept_with_its_words_and_tried_again_later(course, status):
    course.join("ann")
    course.offer()
    no = Answer(status, {}, '{"error": "above_response_limit"}')
    course.lms.fail("/memberships$", lambda asked: no)
    assert course.read() == 1
    sentence, words = course.roster.problem.split("\n")
    assert sentence == rosters.REFUSED
    assert "above_response_limit" in words
    assert course.roster.tries == 1
    assert course.roster.next_try_at > clock.now() + timedelta(minutes=2)
    contact = contact_of(course)
    assert "above_response_limit" in contact.problem
    assert contact.succeeded_at is None
    course.lms.heal()
    course.later()
    course.read()
    assert (course.roster.problem, course.active()) == ("", {"ann"})
    assert contact_of(course).succeeded_at >= contact.failed_at


def contact_of(course: Enrolled, kind: ContactKind = ContactKind.ROSTER) -> Contact:
    [contact] = course.room.all(Contact, Contact.kind == kind)
    return contact


def test_without_a_token_an_administrator_must_look(course):
    course.offer()
    course.lms.fail("/token$", lambda asked: Answer(400, {}, '{"error": "invalid_scope"}'))
    course.read()
    assert course.roster.problem.startswith(rosters.NO_TOKEN)
    assert "invalid_scope" in contact_of(course, ContactKind.TOKEN).problem


@on(OPENEDX)
@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
def test_trouble_half_way_ends_no_enrolment(course, trouble, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 2)
    course.join("a", "b", "c", "d")
    course.offer()
    course.read()
    course.later()
    course.lms.fail("/memberships$", lambda asked: trouble if len(asked.query) > 1 else None)
    course.read()
    assert course.active() == {"a", "b", "c", "d"}
    assert course.roster.problem.startswith(rosters.UNAVAILABLE)
    assert course.roster.tries == 1
    if trouble.status == 503:
        assert course.roster.next_try_at > clock.now() + timedelta(seconds=500)


def test_an_empty_list_ends_no_enrolment(course):
    course.join("ann")
    course.offer()
    course.read()
    course.later()
    course.lms.fail("/memberships$", [(200, {}, '{"members": []}')])
    course.read()
    assert course.active() == {"ann"}
    assert "empty" in course.roster.problem


def test_a_list_in_a_circle_ends(course):
    course.join("ann")
    course.offer()
    course.lms.link_loop = True
    course.read()
    assert "no end" in course.roster.problem
    assert len(course.lms.asked("GET", "/memberships$")) <= 2


def test_a_list_without_end_ends(course, monkeypatch):
    monkeypatch.setattr(paging, "MOST_PAGES", 5)
    monkeypatch.setattr(paging, "PAGE", 1)
    course.join(*(f"l{n}" for n in range(9)))
    course.offer()
    course.read()
    assert "no end" in course.roster.problem
    assert len(course.lms.asked("GET", "/memberships$")) == 5


def test_no_token_goes_to_another_host(course, platforms):
    stranger = platforms[CANVAS.name]
    stranger.requests.clear()
    course.join("ann")
    course.offer()
    course.lms.link_elsewhere = f"{stranger.url}/contexts/1/memberships?page=2"
    course.read()
    assert stranger.requests == []
    assert "another address" in course.roster.problem
    assert course.active() == {"ann"}


# Odd members


def test_odd_members_do_no_harm(course):
    odd = (
        '{"members": [{"user_id": "ok", "roles": ["Learner", 7, null], "name": 5, "given_name": "O.",'
        ' "family_name": "K."}, {"user_id": ""}, {"user_id": null}, {"roles": []}, "x", null,'
        ' {"user_id": "\\u0000"}, {"user_id": "\\ud800"}, {"user_id": "'
        + "9"
        * 300
        + '"}, {"user_id": "bare"},'
        ' {"user_id": 17, "roles": ["Learner"], "status": "ACTIVE", "group_enrollments": {}}]}'
    )
    course.offer()
    course.lms.fail("/memberships$", [(200, {}, odd)])
    course.read()
    assert course.roster.problem == ""
    assert {sub: each.role for sub, each in course.known().items()} == {
        "ok": Role.LEARNER, "bare": Role.OBSERVER, "17": Role.LEARNER,
    }  # fmt: skip
    assert names(course)["ok"] == "O. K."


def test_short_and_full_names_of_roles_and_test_users(course):
    roster = """{"members": [
        {"user_id": "1", "roles": ["Instructor", "http://purl.imsglobal.org/vocab/lis/v2/person#Administrator"]},
        {"user_id": "2", "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner", "Learner"]},
        {"user_id": "3", "roles": ["http://purl.imsglobal.org/vocab/lis/v2/person#Administrator"]},
        {"user_id": "4", "roles": ["Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]}]}"""
    course.offer()
    course.lms.fail("/memberships$", [(200, {}, roster)])
    course.read()
    assert {sub: (each.role, each.test_user) for sub, each in course.known().items()} == {
        "1": (Role.INSTRUCTOR, False), "2": (Role.LEARNER, False), "3": (Role.SUPPORT, False),
        "4": (Role.LEARNER, True),
    }  # fmt: skip


# Reviews of people who left


def share(course: Enrolled, sub: str) -> None:
    with course.database.write() as rows:
        rows.add(Contribution(**course.room._contribution(course.id_of(sub), clock.now())))


def pull(course: Enrolled, sub: str) -> Review:
    person = course.id_of(sub)
    visit = course.room.visit(person, active=course.known()[sub].active)
    with course.database.write() as rows:
        return actions.pull(rows, visit, course.room.activity)


def test_who_leaves_is_released_from_their_review_and_gets_no_other(any_course):
    course = any_course
    course.join("ann", "bob")
    course.offer()
    course.read()
    for sub in ("ann", "bob"):
        share(course, sub)
    review = pull(course, "ann")
    course.lms.drop(course.person("ann"), course.course)
    course.later()
    course.read()
    with course.database.write() as rows:
        assert release_departed(rows) == 1
    with course.database.write() as rows:
        assert release_departed(rows) == 0
    [lapsed] = course.room.all(Review)
    assert lapsed.state is ReviewState.LAPSED
    assert set(course.room.served().values()) == {0}
    with pytest.raises(NotAllowedError):
        pull(course, "ann")
    course.lms.enrol(course.person("ann"), course.course)
    course.later()
    course.read()
    assert pull(course, "ann").id == review.id  # what they wrote is there


def test_a_worker_reads_what_is_due_and_releases_who_left(course, tmp_path):
    course.join("ann", "bob")
    course.offer()
    stop = threading.Event()
    settings = Settings(_env_file=None, data_dir=tmp_path, secret_key="0" * 48)
    worker = Worker(settings, course.database, course.connector, None, stop)
    worker.step()
    wait_until(lambda: course.active() == {"ann", "bob"})
    for sub in ("ann", "bob"):
        share(course, sub)
    pull(course, "ann")
    course.lms.drop(course.person("ann"), course.course)
    course.later()
    worker.step()
    wait_until(lambda: [each.state for each in course.room.all(Review)] == [ReviewState.LAPSED])
    assert set(course.room.served().values()) == {0}
    stop.set()
    worker._lanes.join(10)


def test_nobody_reads_the_work_of_who_left_until_they_are_back(course):
    course.join("ann", "bob")
    course.offer()
    course.read()
    for sub in ("ann", "bob"):
        share(course, sub)
    course.lms.drop(course.person("bob"), course.course)
    course.later()
    course.read()
    with pytest.raises(NothingToReviewError):
        pull(course, "ann")
    course.lms.enrol(course.person("bob"), course.course)
    course.later()
    course.read()
    assert pull(course, "ann").author_id == course.id_of("bob")


# Groups


def groups(course: Enrolled) -> dict[str, tuple[str, set[str]]]:
    """The groups by name: their kind, and who is in them."""
    subs = {person.id: person.sub for person in course.room.all(Person)}
    members = course.room.all(GroupMember)
    return {
        each.name or each.external_id: (
            each.set_name, {subs[member.person_id] for member in members if member.group_id == each.id}
        )
        for each in course.room.all(Group)
    }  # fmt: skip


@on(BLACKBOARD, course="any_course")
def test_groups_of_the_service_are_kept_as_they_are_there(any_course, monkeypatch):
    course = any_course
    monkeypatch.setattr(paging, "PAGE", 2)
    course.join("ann", "bob", "cy")
    lms, (ann, bob, cy) = course.lms, (course.person(sub) for sub in ("ann", "bob", "cy"))
    lms.group_set(course.course, "Labs", {"Lab 1": [ann, bob], "Lab 2": [cy], "Lab 3": []})
    group = lms.group(course.course, "Tutors", [ann])
    with course.database.write() as rows:
        rows.add(Group(course_id=course.room.course, source=GroupSource.OWN, external_id="Mine", name="Mine"))
    course.launch("ann")
    course.read()
    assert course.roster.problem == ""
    assert groups(course) == {
        "Lab 1": ("Labs", {"ann", "bob"}), "Lab 2": ("Labs", {"cy"}), "Lab 3": ("Labs", set()),
        "Tutors": ("", {"ann"}), "Mine": ("", set()),
    }  # fmt: skip
    del course.course.groups[group.id]
    lab1, lab2 = list(course.course.groups.values())[:2]
    lab1.name, lab1.members, lab2.members = "Lab One", {"bob"}, {"ann", "cy"}
    course.later()
    course.read()
    assert groups(course) == {
        "Lab One": ("Labs", {"bob"}), "Lab 2": ("Labs", {"ann", "cy"}), "Lab 3": ("Labs", set()),
        "Mine": ("", set()),
    }  # fmt: skip
    course.later()
    with statements(course.database.engine) as seen:
        course.read()
    of_groups = [each for each in seen if "course_group" in each or "group_member" in each]
    assert of_groups
    assert {each.split()[0] for each in of_groups} == {"SELECT"}


@on(BLACKBOARD)
def test_without_its_groups_the_people_are_read_all_the_same(course):
    course.join("ann")
    course.offer(groups_url=f"{course.lms.url}/contexts/{course.course.id}/groups")
    course.lms.fail("/groups$", lambda asked: Answer(403, {}, "not for you"))
    course.read()
    assert course.active() == {"ann"}
    assert course.roster.problem.startswith(rosters.NO_GROUPS)
    assert "not for you" in course.roster.problem


def test_moodles_groups_come_with_the_launches(any_course):
    course = any_course
    course.lms.custom = {"group_ids": "$Moodle.Person.userGroupIds", "section_names": "$Canvas.nothing"}
    course.join("ann", "bob")
    one = course.lms.group(course.course, "One", [course.person("ann"), course.person("bob")])
    two = course.lms.group(course.course, "Two", [course.person("ann")])
    course.launch("ann")
    course.launch("bob")
    assert groups(course) == {one.id: ("", {"ann", "bob"}), two.id: ("", {"ann"})}
    two.members.clear()
    course.launch("ann")
    assert groups(course) == {one.id: ("", {"ann", "bob"})}
    course.lms.custom = {}
    course.launch("ann")
    assert groups(course) == {one.id: ("", {"ann", "bob"})}


@on(CANVAS)
def test_canvas_sections_come_with_the_launches(course):
    course.lms.custom = {"section_names": "$com.instructure.User.sectionNames"}
    course.join("ann")
    course.lms.group(course.course, "Monday, early", [course.person("ann")])
    course.lms.group(course.course, "Lab", [course.person("ann")])
    course.launch("ann")
    assert groups(course) == {"Monday, early": ("", {"ann"}), "Lab": ("", {"ann"})}
    with statements(course.database.engine) as seen:
        course.launch("ann")
    assert sum("course_group" in each for each in seen) == 1


def test_the_names_of_sections_in_any_writing():
    assert list(coursegroups.groups_named({"section_names": "A, B ,,A"})) == ["section:A", "section:B"]
    assert list(coursegroups.groups_named({"section_names": '["A, B", 5, ""]'})) == ["section:A, B"]
    assert list(coursegroups.groups_named({"group_ids": " 4,5 , ,4"})) == ["4", "5"]


# All at once


def test_whatever_changes_the_rows_say_what_the_lms_says(any_course, monkeypatch):
    course = any_course
    monkeypatch.setattr(paging, "PAGE", 7)
    chance = random.Random(7)
    course.join(*(f"l{n}" for n in range(30)))
    course.offer()
    for _ in range(5):
        course.read()
        assert course.active() == {
            sub for sub, member in course.course.members.items() if member.status == "Active"
        }
        for sub in chance.sample(sorted(course.course.members), 8):
            course.lms.enrol(
                course.person(sub), course.course, status=chance.choice(["Active", "Deleted", "Inactive"])
            )
        course.later()
    with course.database.read() as rows:
        assert len(rows.scalars(select(Person)).all()) == 31
