"""A submission review opens one person's work: for those who may see it, whoever it is asked about."""

import json
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from classroom import Classroom
from door import TOOL, Door, make_settings
from factories import browser_of
from platforms.strict import LTI, key_server
from sqlalchemy import update

from lti_tool.activities.models import Activity, Placement
from lti_tool.app import create_app
from lti_tool.contributions.models import Contribution, ContributionState
from lti_tool.gradebook.models import Column, Score, SyncState
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Purpose, Role
from lti_tool.lti.models import ResourceLink
from lti_tool.people.models import Course, Deployment, Enrolment, Person
from lti_tool.reviews import actions as reviews

RECORDED = Path(__file__).parents[2] / "platforms" / "moodle"
OF_THE_PLATFORM = {"iss", "aud", "azp", "nonce", "iat", "exp", LTI + "target_link_uri"}


def recorded(who: str) -> dict:
    """What Moodle 5.1 signed, but for what belongs to the platform and the moment."""
    payload = json.loads((RECORDED / f"launch_LtiSubmissionReviewRequest_{who}.json").read_text())["payload"]
    return {name: value for name, value in payload.items() if name not in OF_THE_PLATFORM}


@pytest.fixture
def door(database, tmp_path):
    url = database.engine.url.render_as_string(hide_password=False)
    app = create_app(make_settings(url, tmp_path))
    with key_server() as keys:
        yield Door(app, database, keys)
    app.extensions["entraide.database"].dispose()


def arrive(door: Door, who: str, **changes) -> tuple:
    """A recorded launch; the browser after it, and the page it comes to."""
    client = door.browser()
    answer = door.launch(client=client, **recorded(who) | changes)
    page = client.get(answer.location, base_url=TOOL, follow_redirects=True)
    return client, answer.location, page


def place_activity(door: Door) -> Classroom:
    """Have the recorded link lead to an activity where the recorded student has shared."""
    room = Classroom(door.database)
    with door.database.write() as rows:
        [link] = [one for one in rows.query(ResourceLink) if one.resource_link_id == "3"]
        [student] = [one for one in rows.query(Person) if one.sub == "4"]
        activity = room.activity.id
        rows.execute(update(Activity).values(course_id=link.course_id))
        rows.add(Placement(resource_link_id=link.id, activity_id=activity, placed_at=clock.now()))
        rows.add(
            Contribution(
                id=uuid4(), activity_id=activity, author_id=student.id, language="en",
                state=ContributionState.SHARED, title="Calm greetings", answers={"situation": "Monday."},
                change=None, saved_at=clock.now(), shared_at=clock.now(),
            )
        )  # fmt: skip
    return room


def test_moodles_own_launches(door):
    arrive(door, "student")  # known from now on
    _, _, page = arrive(door, "teacher")
    assert "New activity" in page.text  # there is nothing to see yet: the way leads where it always does
    place_activity(door)
    client, start, page = arrive(door, "teacher")
    assert page.status_code == 200
    assert "<h1>Ann Ames</h1>" in page.text
    assert "Calm greetings" in page.text
    assert "Who takes part" in client.get(start, base_url=TOOL).text  # "Back to the activity" leads there
    for about in ("4", "3"):  # Moodle signs one for any student who asks, about whomever
        client, _, page = arrive(door, "student", **{LTI + "for_user": {"user_id": about}})
        assert page.request.path.count("/") == 3  # their own first screen
        assert "My activity" in page.text
        assert client.get(f"{page.request.path}asked-for", base_url=TOOL).location == page.request.path


@pytest.mark.every_database
def test_somebody_unknown_is_told_so(door):
    arrive(door, "student")
    place_activity(door)
    client, start, page = arrive(door, "teacher", **{LTI + "for_user": {"user_id": "999"}})
    assert page.status_code == 404
    assert "We do not know this person." in page.text
    assert "Who takes part" in client.get(start, base_url=TOOL).text


@pytest.fixture
def room(database) -> Classroom:
    return Classroom(database, wanted=2, given=2)


@pytest.mark.every_database
def test_the_page_tells_what_was_shared_received_given_and_earned(room, app):
    author, one, two = room.people(3)
    for reviewer, points in ((one, 1), (two, 4)):
        for _ in range(2):
            with room.database.write() as rows:
                held = reviews.pull(rows, room.visit(reviewer), room.activity)
            with room.database.write() as rows:
                draft = room.written(points)
                reviews.send(rows, room.visit(reviewer), room.activity, held.id, held.version, draft)
    with room.database.write() as rows:
        for column, value, basis, state in (
            (Column.WORK, 0.5, 2, SyncState.SENT), (Column.REVIEWING, 0.0, 0, SyncState.NOWHERE),
        ):  # fmt: skip
            rows.add(
                Score(
                    activity_id=room.activity.id, person_id=author, column=column, value=value, basis=basis,
                    revision=1, changed_at=clock.now(), next_try_at=clock.now(), state=state,
                )
            )  # fmt: skip
    instructor = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    page = instructor.get(f"/people/{author}").text
    assert "2 reviews received" in page
    assert "0 reviews given" in page
    assert "The reviews lie between 0 and 100 of 100." in page
    assert "Mean of 2 reviews" in page
    assert "0 of 2 reviews given" in page
    assert "in the gradebook" in page
    assert "The LMS offers no gradebook for this link." in page
    assert "2 reviews given" in instructor.get(f"/people/{one}").text
    assert f"/people/{author}" in instructor.get("/").text
    assert instructor.post("/scores/send-again", data={"person": author, "all": "1"}).location.endswith(
        f"/people/{author}"
    )
    assert {score.state for score in room.all(Score)} == {SyncState.WAITING}


@pytest.mark.every_database
def test_a_draft_stays_its_authors(room, app):
    [author] = room.people(1)
    room.set(
        Contribution, Contribution.author_id == author, state=ContributionState.DRAFT, shared_at=None,
        title="Not yet yours",
    )  # fmt: skip
    instructor = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    page = instructor.get(f"/people/{author}")
    assert "Nothing shared yet." in page.text
    assert "Not yet yours" not in page.text


@pytest.mark.every_database
@pytest.mark.parametrize("role", [Role.LEARNER, Role.DESIGNER, Role.OBSERVER, Role.SUPPORT])
def test_others_see_nobodys_page(room, app, role):
    one, two = room.people(2)
    room.set(Enrolment, Enrolment.person_id == one, role=role)
    browser = browser_of(app, room.database, room.visit(one, role=role))
    assert browser.get(f"/people/{two}").status_code == 403
    assert browser.get("/asked-for").location.endswith("/")


def test_people_of_another_course_or_school_are_not_found(room, app):
    elsewhere, neighbours = Classroom(room.database), uuid4()
    [stranger] = elsewhere.people(1)
    with room.database.write() as rows:  # the same school, another course
        rows.add(Course(id=neighbours, tenant_id=room.tenant, context_id="8"))
        rows.add(neighbour := Person(tenant_id=room.tenant, sub="n", name="Neighbour"))
        rows.flush()
        rows.add(
            Enrolment(
                course_id=neighbours, person_id=neighbour.id, role=Role.LEARNER, last_seen_at=clock.now()
            )
        )
    assert len(room.all(Deployment)) == 2
    instructor = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    for person in (stranger, neighbour.id, uuid4()):
        answer = instructor.get(f"/people/{person}")
        assert answer.status_code == 404
        assert "We do not know this person." in answer.text


def test_who_arrives_for_a_persons_work_comes_to_it(room, app):
    [author] = room.people(1)
    visit = room.visit(room.instructor, role=Role.INSTRUCTOR)
    asked = replace(visit, purpose=Purpose.SEE_WORK, about_person_id=author)
    instructor = browser_of(app, room.database, asked)
    assert instructor.get("/").location.endswith("/asked-for")
    assert instructor.get("/asked-for").location.endswith(f"/people/{author}")
