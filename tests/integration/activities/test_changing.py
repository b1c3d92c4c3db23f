"""Settings and questions of an activity that is there: what may change, what it does, what is refused."""

import pytest
from classroom import Classroom
from factories import browser_of, tool
from lxml import html
from sqlalchemy import delete

from lti_tool.activities.models import Activity, Feedback, Grading, Kind, Placement, Writing
from lti_tool.contributions.models import Contribution
from lti_tool.kernel.journal import EventType, record_act
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Group, GroupSource

SETTINGS = {
    "title": "How I greet", "instructions": "Share one.", "when": "always", "wanted": "2", "given": "3",
    "minimum_words": "10", "late_allowed": "y", "feedback": "reviews", "writing": "alone", "names": "double",
    "target_words": "150", "quota_mb": "100",
}  # fmt: skip
DATED = {"when": "dates", "share_by": "2040-01-02T12:00"}


@pytest.fixture
def room(database):
    return Classroom(database)


@pytest.fixture
def app(database, tmp_path):
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def staff(room, app):
    return browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))


def learner(room, app):
    [person] = room.people(1, shared=False)
    return person, browser_of(app, room.database, room.visit(person))


def texts(answer, path):
    return [" ".join(each.text_content().split()) for each in html.fromstring(answer.text).xpath(path)]


def errors(answer):
    assert answer.status_code == 422
    return html.fromstring(answer.text).xpath("//*[@data-error-summary]//a/@href")


@pytest.mark.every_database
def test_settings_are_changed_after_the_start(room, app, staff):
    assert staff.get("/activity/settings").status_code == 200
    answer = staff.post("/activity/settings", data={**SETTINGS, "names": "single", "presence": "y"})
    assert answer.status_code == 303
    now = room.reload()
    assert (now.title, now.wanted, now.given, now.named, now.presence) == ("How I greet", 2, 3, True, True)
    assert (now.target_words, now.quota_mb, now.feedback) == (150, 100, Feedback.REVIEWS)
    _, me = learner(room, app)
    assert "0 words. About 150 is good." in me.get("/share").text
    again = staff.get("/activity/settings").text
    assert 'value="150"' in again
    assert '<option selected value="single">' in again


REFUSED = [
    ({"feedback": "comments"}, "feedback"),  # scores come from reviews
    ({"writing": "groups"}, "writing"),  # there are none
    ({"writing": "course"}, "feedback"),  # nobody is left to review
    ({"quota_mb": "0"}, "quota_mb"),
    ({"target_words": "many"}, "target_words"),
    ({"given": "1"}, "given"),
    ({"late_penalty": "nan"}, "late_penalty"),
    ({"late_penalty": "30", "late_penalty_most": "20"}, "late_penalty_most"),
    ({"work_share": "101"}, "work_share"),
    ({"tolerance": "1e9"}, "tolerance"),
    ({"zone": "Europe/Paris\0"}, "zone"),
    ({"zone": "../../etc/passwd"}, "zone"),
    ({"matching": "within-group"}, "matching"),  # there are no groups
    ({"as_group": "y"}, "as_group"),
    ({"review_type": "comparison", "self_review": "y"}, "self_review"),
    ({"review_type": "comparison", "allocation": "push"}, "allocation"),
    ({"review_type": "comparison", "calibration": "required"}, "calibration"),
    (DATED | {"review_from": "2040-01-01T00:00"}, "review_from"),
    (DATED | {"review_from": "2040-01-05T00:00", "review_by": "2040-01-03T00:00"}, "review_by"),
    (DATED | {"revising": "y", "review_from": "2040-01-05T00:00"}, "review_by"),
    (DATED | {"revise_by": "2040-01-05T00:00"}, "revise_by"),  # nobody revises
    (DATED | {"closes_at": "2040-01-01T00:00"}, "closes_at"),
    (DATED | {"share_by": "2020-01-01T00:00"}, "share_by"),  # before it opened
    (DATED | {"share_by": "0001-01-01T00:00"}, "share_by"),
    ({"feedback_from": "9999-12-31T23:59"}, "feedback_from"),
]


def test_what_does_not_go_together_is_refused_at_its_field(room, staff):
    for change, field in REFUSED:
        assert errors(staff.post("/activity/settings", data=SETTINGS | change)) == [f"#{field}"], change
    assert room.reload().title != SETTINGS["title"]


def test_reviews_given_and_who_writes_stay(room, staff):
    room.set(Activity, Activity.id == room.activity.id, grading=Grading.NONE)
    [author] = room.people(1)
    [work] = room.all(Contribution)
    with room.database.write() as rows:
        rows.add(Group(course_id=room.course, source=GroupSource.OWN, external_id="1", name="Night"))
        record_act(rows, room.visit(author), EventType.SUBMITTED, room.activity.id, work.id)
        record_act(rows, room.visit(author), EventType.REVIEWED, room.activity.id, work.id)
    assert errors(staff.post("/activity/settings", data=SETTINGS | {"feedback": "none"})) == ["#feedback"]
    assert errors(staff.post("/activity/settings", data=SETTINGS | {"writing": "groups"})) == ["#writing"]


def test_only_who_sets_up_may_change(room, app):
    _, me = learner(room, app)
    for path in ("/activity/settings", "/activity/questions"):
        assert me.get(path).status_code == 403
        assert me.post(path, data=SETTINGS).status_code == 403


def questions(staff):
    """The form as it stands: what a browser would send."""
    form = html.fromstring(staff.get("/activity/questions").text).get_element_by_id("questions")
    return [(name, value) for name, value in form.form_values() if name != "csrf_token"]


def ask(staff, do, **changes):
    """Press a button of the form, some of it changed."""
    sent = [(name, changes.pop(name.replace("-", "_"), value)) for name, value in questions(staff)]
    data: dict[str, list[str]] = {}
    for name, value in [*sent, *((name.replace("_", "-", 1), value) for name, value in changes.items())]:
        data.setdefault(name, []).append(value)
    return staff.post("/activity/questions", data=data | {"do": do})


def test_questions_are_reworded_added_moved_and_removed(room, app, staff):
    person, me = learner(room, app)
    first = {
        "title": "A welcome",
        "answer-situation": "Mondays.",
        "answer-what_i_do": "I greet.",
        "version": "0",
    }
    assert me.post("/share", data=first).status_code == 303
    assert ask(staff, "save", label_situation="When it is <b>", label_new="What it costs").status_code == 303
    labels = texts(me.get("/share"), "//label[starts-with(@for, 'answer-')]")
    assert labels[0] == "When it is <b> (required)"
    assert labels[-1] == "What it costs"
    new = room.reload().prompts[-1]["key"]
    assert ask(staff, f"up-{new}").status_code == 303
    assert ask(staff, "remove-situation").status_code == 303
    labels = texts(me.get("/share"), "//label[starts-with(@for, 'answer-')]")
    assert labels == [
        "What I do (required)", "Why it works (required)", "What it costs", "When not to do it",
        "When it is <b>",
    ]  # fmt: skip
    [work] = room.all(Contribution, Contribution.author_id == person)
    me.post(
        "/share", data={"title": "A welcome", "answer-what_i_do": "I smile.", "version": str(work.version)}
    )
    [work] = room.all(Contribution, Contribution.author_id == person)
    assert (work.answers["situation"], work.answers["what_i_do"]) == ("Mondays.", "I smile.")
    assert "When it is &lt;b&gt;" in me.get("/share/preview").text
    assert ask(staff, "reset").status_code == 303
    labels = texts(me.get("/share"), "//label[starts-with(@for, 'answer-')]")
    assert labels[0] == "The context (required)"


def test_questions_that_cannot_be_asked_are_refused_with_what_was_typed(room, staff):
    answer = ask(staff, "save", label_situation="  ", hint_what_i_do="Typed here")
    assert errors(answer) == ["#label-situation"]
    assert "Typed here" in answer.text
    for number in range(8):
        assert ask(staff, "save", label_new=f"Question {number}").status_code == 303
    assert "One more question" not in staff.get("/activity/questions").text
    assert len(room.reload().prompts) == 12
    for prompt in room.reload().prompts[1:]:
        assert ask(staff, f"remove-{prompt['key']}").status_code == 303
    assert errors(ask(staff, "remove-situation")) == ["#label-situation"]


def test_the_suggested_questions_are_kept_in_no_row(room, staff):
    assert ask(staff, "save").status_code == 303
    assert room.reload().prompts is None


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("kind", "feedback", "writing", "named", "grading"),
    [
        (Kind.PRACTICE, Feedback.REVIEWS, Writing.ALONE, False, Grading.TWO_COLUMNS),
        (Kind.QUESTION, Feedback.COMMENTS, Writing.ALONE, True, Grading.NONE),
        (Kind.SYNTHESIS, Feedback.COMMENTS, Writing.COURSE, True, Grading.NONE),
    ],
)
def test_a_kind_brings_what_suits_it(room, staff, kind, feedback, writing, named, grading):
    with room.database.write() as rows:
        rows.execute(delete(Placement))
    chosen = {
        **SETTINGS,
        "kind": kind.value,
        "grading": "two-columns",
        "feedback": "",
        "writing": "",
        "names": "",
    }
    assert staff.post("/activity/new", data=chosen).status_code == 303
    made = room.reload()
    assert (made.kind, made.feedback, made.writing, made.named) == (kind, feedback, writing, named)
    assert made.grading is grading
