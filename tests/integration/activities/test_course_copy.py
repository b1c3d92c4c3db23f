"""A course that was copied: its links find what they led to, and the instructor is offered a copy of it."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from platforms import lms as platforms
from sqlalchemy import delete, inspect, select, update
from sqlalchemy.orm import selectinload

from lti_tool.activities import actions
from lti_tool.activities.actions import NOT_COPIED
from lti_tool.activities.dates import Dates
from lti_tool.activities.models import Activity, Criterion, Placement
from lti_tool.activities.suiting import Settings
from lti_tool.contributions.models import Contribution
from lti_tool.kernel import clock
from lti_tool.kernel.errors import InvalidError, NotAllowedError, NotFoundError
from lti_tool.kernel.permissions import Role, Visit
from lti_tool.lti.models import ResourceLink
from lti_tool.people.models import Course, Enrolment, Person

MOODLE = Path(__file__).parents[2] / "platforms" / "moodle"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
OFFER = "Make an independent copy of “How I welcome”"


def copied(school, **changes):
    """The link of a copied course, with an instructor and a learner; the original has a contribution."""
    link = school.picked(title="How I welcome", minimum_words="77", wanted="2", given="5", **changes)
    page = school.launch(school.ann, link).follow("Share mine")
    texts = {area.name: "At seven." for area in page.form("share-form").xpath(".//textarea")}
    page.submit("share-form", texts | {"title": "Mine", "do": "preview"}).submit("send-form")
    course = school.lms.copy(school.course)
    for person in (school.tina, school.ann):
        school.lms.enrol(person, course)
    [again] = course.links.values()
    return again


@pytest.mark.parametrize(
    "school",
    [platforms.MOODLE, platforms.CANVAS, platforms.BLACKBOARD, platforms.D2L, platforms.OPENEDX],
    ids=lambda each: each.name,
    indirect=True,
)
def test_the_first_screen_offers_a_copy(school):
    """One click: settings and criteria are copied, people's work never."""
    link = copied(school)
    [original] = school.rows(Activity)
    with school.database.write() as rows:
        answered = {"type": "scale", "weight": 3.0, "comment_required": True}
        rows.execute(update(Criterion).where(Criterion.position == 0).values(**answered))
    assert "Opens soon" in school.launch(school.ann, link).title  # a learner is not asked
    page = school.launch(school.tina, link)
    assert page.title == OFFER
    assert "This course was copied." in page.text
    assert "Useful, Clear, Safe" in page.text
    assert "The activity is open." in page.submit("copy-activity", {"open": "now"}).text

    made = school.activity(link)
    assert (made.id != original.id, made.copied_from_id) == (True, original.id)
    assert (made.title, made.minimum_words, made.wanted, made.given) == ("How I welcome", 77, 2, 5)
    assert made.course_id != original.course_id
    criteria = [
        {
            (each.position, each.name, str(each.levels), each.type, each.weight, each.comment_required)
            for each in found
            if each.retired_at is None
        }
        for found in (school.rows(Criterion, Criterion.activity_id == each.id) for each in (original, made))
    ]
    assert criteria[0] == criteria[1]
    assert len(criteria[0]) == 3
    assert [work.activity_id for work in school.rows(Contribution)] == [original.id]
    assert "Share mine" in school.launch(school.ann, link).text


def test_two_links_to_one_activity_lead_to_its_one_copy(school):
    link = copied(school)
    twin = school.lms.link(link.course, "Again", custom=dict(link.custom))
    school.launch(school.tina, link).submit("copy-activity", {"open": "now"})
    assert "Share mine" in school.launch(school.ann, twin).text
    assert school.activity(twin).id == school.activity(link).id


@pytest.mark.parametrize(
    "school", [platforms.BLACKBOARD, platforms.D2L], ids=lambda each: each.name, indirect=True
)
def test_links_made_without_the_dialog_are_known_by_their_history(school):
    link = school.lms.link(
        school.course, "Welcoming", custom={"resource_link_history": "$ResourceLink.id.history"}
    )
    school.launch(school.tina, link).submit("create-activity", {"kind": "practice", "title": "How I welcome"})
    [again] = school.lms.copy(school.course).links.values()
    assert school.launch(school.tina, again).title == OFFER


def test_links_made_without_the_dialog_are_known_by_course_and_title(school):
    """As in Moodle, which knows no history of links."""
    school.lms.custom = {"context_history": "$Context.id.history"}
    titles = ("How I welcome", "Another")
    for title in titles:
        link = school.lms.link(school.course, title)
        assert school.launch(school.tina, link).submit("create-activity", {"kind": "gesture"}).status == 200
    course = school.lms.copy(school.course)
    for link in course.links.values():
        assert school.launch(school.tina, link).title == f"Make an independent copy of “{link.title}”"

    page = school.launch(school.tina, school.lms.link(course, "Of another name"))
    assert page.title == "Copy an activity"
    assert {text.partition(" A work")[0] for text in page.links()} == {*titles, "Start a new one"}
    assert page.follow("Start a new one").title == "New activity"
    assert page.follow("Another").submit("copy-activity", {"open": "later"}).title == "Another"


def test_the_nearest_copy_counts(school):
    """A link copied year after year still names its first activity; last year's is the one to copy."""
    second = copied(school)
    school.launch(school.tina, second).submit("copy-activity")
    last_year = school.activity(second)
    third_course = school.lms.copy(second.course)
    [third] = third_course.links.values()
    assert third.custom["activity"] != str(last_year.id)
    school.launch(school.tina, third).submit("copy-activity")
    assert school.activity(third).copied_from_id == last_year.id


def test_starting_anew_is_one_click_away(school):
    link = copied(school)
    page = school.launch(school.tina, link).follow("Start a new one")
    assert page.title == "New activity"
    page.submit("create-activity", {"kind": "practice"})
    assert school.activity(link).copied_from_id is None


def test_a_copy_may_wait_and_is_made_once(school):
    link = copied(school)
    page = school.launch(school.tina, link)
    assert "Draft" in page.submit("copy-activity", {"open": "later"}).text
    page.submit("copy-activity", {"open": "now"})
    assert len(school.rows(Activity)) == 2
    assert school.activity(link).opened_at is None
    assert "Opens soon" in school.launch(school.ann, link).title


def test_dates_keep_their_distance_and_may_be_changed(school):
    zone = school.app.config["ENTRAIDE"].zone
    link = copied(school, when="dates", share_by="2030-01-10T18:00", review_by="2030-01-17T12:30")
    with school.database.write() as rows:
        opened = datetime(2030, 1, 3, 9, tzinfo=zone)
        rows.execute(update(Activity).values(opened_at=opened))
    page = school.launch(school.tina, link)
    fields = page.form("copy-activity").fields
    today = clock.now().astimezone(zone).date()
    assert fields["share_by"] == f"{today + timedelta(days=7)}T18:00"
    assert fields["review_by"] == f"{today + timedelta(days=14)}T12:30"
    wrong = page.submit("copy-activity", {"share_by": fields["review_by"], "review_by": fields["share_by"]})
    assert wrong.status == 422
    assert wrong.form("copy-activity").fields["share_by"] == fields["review_by"]
    wrong.submit("copy-activity", {"share_by": fields["share_by"], "review_by": "2040-05-05T10:00"})
    made = school.activity(link)
    assert made.share_by.astimezone(zone).date() == today + timedelta(days=7)
    assert made.review_by == datetime(2040, 5, 5, 10, tzinfo=zone)


def test_a_copy_of_mine_is_three_clicks(school):
    """In the dialog of another course, and on the page of a link there; for who teaches both."""
    original = school.activity_of(school.picked(title="How I welcome"))
    other = school.lms.course("c2", "Course Two")
    school.lms.enrol(school.tina, other)
    page = school.choose(course=other).follow("Copy one of mine").follow("How I welcome")
    assert "This course was copied" not in page.text
    [link] = school.take(page.submit("copy-activity", {"open": "now"}))
    assert school.launch(school.tina, link).title == "How I welcome"
    assert school.activity(link).copied_from_id == original.id

    plain = school.lms.link(other)
    page = school.launch(school.tina, plain).follow("Copy one of mine").follow("How I welcome")
    page.submit("copy-activity")
    assert school.activity(plain).copied_from_id == original.id

    stranger = school.lms.add_person("9", "Ugo Unknown", "Instructor", courses=[other])
    page = school.launch(stranger, school.lms.link(other))
    assert "Copy one of mine" not in page.links()
    assert page.open(f"{page.path.removesuffix('/new')}/copy/{original.id}").status == 404


def test_the_recorded_launch_of_a_copied_moodle_course(school):
    """With the custom parameters we ask for, in the values that Moodle 5.1 gave."""
    original = school.activity_of(
        school.picked(course=school.lms.course("2", "Course One"), title="How I welcome")
    )
    recorded = json.loads((MOODLE / "launch_after_course_copy_teacher.json").read_text())["payload"]
    said = recorded[LTI + "custom"]
    custom = {
        "activity": str(original.id),
        "context_history": said["ctx_hist"],
        "resource_link_history": said["rl_hist"],
    }
    assert custom["resource_link_history"].startswith("$")
    assert school.replay(recorded, custom).title == OFFER
    # And without the activity, for a link that was not made in the dialog: by the course.
    del custom["activity"]
    page = school.replay(recorded | {LTI + "resource_link": {"id": "7", "title": "how i welcome"}}, custom)
    assert page.title == OFFER
    page.submit("copy-activity")
    [row] = school.rows(ResourceLink, ResourceLink.resource_link_id == "7")
    [placement] = school.rows(Placement)
    assert placement.resource_link_id == row.id
    assert row.history == []


def test_the_recorded_launch_of_a_link_made_in_the_dialog(school):
    original = school.activity_of(school.picked(course=school.lms.course("2", "Course One")))
    recorded = json.loads((MOODLE / "launch_from_deep_link_student.json").read_text())["payload"]
    assert "Share mine" in school.replay(recorded, {"activity": str(original.id)}).text
    assert school.rows(Placement)[0].activity_id == original.id


# The action


@pytest.fixture
def room(school):
    """An activity, and a visit of its instructor from a new course of the same tenant."""
    original = school.activity_of(school.picked(title="How I welcome"))
    with school.database.write() as rows:
        course = Course(tenant_id=school.tenant, context_id="c2", title="")
        rows.add(course)
        rows.flush()
        tina = rows.scalars(select(Person).where(Person.sub == school.tina.sub)).one()
    visit = Visit(
        launch_id=uuid4().hex, tenant_id=school.tenant, course_id=course.id, resource_link_id=None,
        person_id=tina.id, role=Role.INSTRUCTOR, locale="en",
    )  # fmt: skip
    return original, visit


def copy(school, visit, source, *dates):
    with school.database.write() as rows:
        made = actions.copy(rows, visit, source, Dates(*dates), open_now=False)
        return rows.scalars(
            select(Activity).where(Activity.id == made.id).options(selectinload(Activity.criteria))
        ).one()


def test_every_setting_is_copied(school, room):
    """A column added to activities is copied, or stands among what is not."""
    original, visit = room
    with school.database.write() as rows:
        rows.execute(
            update(Activity).values(
                kind="gesture", language="fr", title="T", instructions="I", grading="one-column", wanted=5,
                given=6, lease_hours=48, minimum_words=7, late_allowed=False, closed_at=clock.now(),
                share_by=clock.now(), revising=True, zone="Asia/Tokyo", named=True, reviews_named=True,
                review_type="comparison", allocation="push", pushed_at=clock.now(), self_review=True,
                calibration="within", tolerance=0.3, feedback_held=True, scores_held=True, scoring="model",
                late_penalty=0.1, late_penalty_most=0.4, work_share=0.6, reminders=False,
                reviewing_weights={"completion": 1.0}, closes_at=clock.now(), feedback_from=clock.now(),
            )
        )  # fmt: skip
    [original] = school.rows(Activity)
    made = copy(school, visit, original.id)
    columns = {column.key for column in inspect(Activity).column_attrs}
    assert columns >= NOT_COPIED
    for name in columns - NOT_COPIED:
        assert getattr(made, name) == getattr(original, name), name
    assert (made.closed_at, made.opened_at, made.share_by, made.pushed_at) == (None, None, None, None)
    assert (made.closes_at, made.feedback_from) == (None, None)
    with school.database.write() as rows:
        rows.execute(update(Activity).values(names_at_end=True, matching="within-group", as_group=True))
    later = [clock.now() + timedelta(days=days) for days in range(1, 8)]
    made = copy(school, visit, original.id, *later)
    assert (made.named, made.reviews_named, made.names_at_end) == (False, False, True)  # hidden again
    assert (made.matching, made.as_group) == ("anyone", False)  # its course has no groups
    assert Settings.of(made).dates == Dates(*later)
    assert (made.course_id, made.creator_id) == (visit.course_id, visit.person_id)


def test_the_copy_is_independent(school, room):
    original, visit = room
    made = copy(school, visit, original.id)
    with school.database.write() as rows:
        rows.execute(
            update(Criterion).where(Criterion.activity_id == original.id).values(levels=[], name="x")
        )
    assert {each.name for each in school.rows(Criterion, Criterion.activity_id == made.id)} == {
        "Useful", "Clear", "Safe",
    }  # fmt: skip
    with school.database.write() as rows:
        rows.execute(delete(Activity).where(Activity.id == original.id))
    assert [each.copied_from_id for each in school.rows(Activity)] == [None]


@pytest.mark.parametrize("role", [Role.LEARNER, Role.ASSISTANT, Role.OBSERVER, Role.SUPPORT])
def test_only_who_sets_up_copies(school, room, role):
    original, visit = room
    with pytest.raises(NotAllowedError):
        copy(
            school,
            Visit(**{name: getattr(visit, name) for name in visit.__slots__} | {"role": role}),
            original.id,
        )


@pytest.mark.parametrize(
    "change", [{"role": Role.LEARNER}, {"role": Role.ASSISTANT}, {"active": False}], ids=str
)
def test_only_courses_that_one_sets_up_are_copied_from(school, room, change):
    original, visit = room
    with school.database.write() as rows:
        rows.execute(update(Enrolment).where(Enrolment.course_id == original.course_id).values(**change))
    with pytest.raises(NotFoundError):
        copy(school, visit, original.id)


def test_dates_out_of_order_are_refused(school, room):
    original, visit = room
    with pytest.raises(InvalidError):
        copy(school, visit, original.id, clock.now(), clock.now() - timedelta(days=1))
    with pytest.raises(NotFoundError):
        copy(school, visit, uuid4())
