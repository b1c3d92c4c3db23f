"""The criteria of an activity: built, changed while reviews use them, kept, shared, taken in and out."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from classroom import Classroom
from factories import browser_of, tool
from lxml import html
from sqlalchemy.orm import selectinload

from lti_tool.activities.models import Criterion, CriterionType, Rubric
from lti_tool.gradebook.models import Refit
from lti_tool.gradebook.reweighing import reweigh_due
from lti_tool.kernel import clock
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Enrolment, Person
from lti_tool.reviews import actions
from lti_tool.reviews.forms import review_form
from lti_tool.reviews.models import Mark, Review
from lti_tool.reviews.rubric import Answer, Draft

RUBRIC = "/activity/rubric"


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


def page_of(answer):
    return html.fromstring(answer.text)


def typed(answer) -> dict[str, list[str]]:
    """What the builder's form would post."""
    form = page_of(answer).get_element_by_id("rubric")
    found: dict[str, list[str]] = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value)
    return found


def names(answer) -> list[str]:
    form = typed(answer)
    return [form[f"name-{key}"][0] for key in form["criterion-order"]]


def criteria(room) -> list[Criterion]:
    return room.reload().criteria


def keys(room) -> list[str]:
    return [each.id.hex for each in criteria(room)]


def sent(room, points=(3, 3)) -> Review:
    """One more review that was sent."""
    _, reviewer = room.people(2)
    useful, clear = room.activity.criteria
    answers = {useful.id: Answer(points[0], "Yes."), clear.id: Answer(points[1], "Yes.")}
    with room.database.write() as session:
        visit = room.visit(reviewer)
        review = actions.pull(session, visit, room.activity)
        return actions.send(
            session, visit, room.activity, review.id, 0, Draft("Five words are enough here.", answers)
        )


@pytest.mark.every_database
def test_it_is_built_button_by_button_and_nothing_typed_is_lost(room, staff):
    useful, clear = keys(room)
    form = typed(staff.get(RUBRIC)) | {f"name-{useful}": "Of use", f"weight-{useful}": "a lot"}
    before = [each.name for each in criteria(room)]
    answer = staff.post(RUBRIC, data=form | {"do": f"down-{useful}"})
    assert (answer.status_code, names(answer)) == (200, ["Clear", "Of use"])
    assert page_of(answer).xpath("//*[@autofocus]/@id") == [f"down-{useful}"]
    answer = staff.post(RUBRIC, data=typed(answer) | {"do": f"copy-{clear}"})
    assert names(answer) == ["Clear", "Clear", "Of use"]
    answer = staff.post(RUBRIC, data=typed(answer) | {"do": f"delete-{clear}"})
    answer = staff.post(RUBRIC, data=typed(answer) | {"do": f"level-{useful}"})
    answer = staff.post(RUBRIC, data=typed(answer) | {"do": "add"})
    assert [each.name for each in criteria(room)] == before, "nothing is saved yet"
    form = typed(answer)
    assert form[f"weight-{useful}"] == ["a lot"]
    new = form["criterion-order"][-1]
    form |= {f"name-{new}": "Mistakes", f"type-{new}": "errors", f"errors-{new}": "8", "do": "save"}
    refused = staff.post(RUBRIC, data=form)
    assert refused.status_code == 422
    links = page_of(refused).xpath("//*[@data-error-summary]//a/@href")
    assert links == [f"#weight-{useful}", f"#label-{useful}-4"]
    form |= {f"weight-{useful}": "2,5", f"label-{useful}-4": "More than that"}
    assert staff.post(RUBRIC, data=form).status_code == 303
    made, of_use, mistakes = criteria(room)
    assert [each.name for each in (made, of_use, mistakes)] == ["Clear", "Of use", "Mistakes"]
    assert (of_use.id.hex, of_use.weight, [each["points"] for each in of_use.levels]) == (
        useful,
        2.5,
        [1, 2, 3, 4, 5],
    )
    assert (mistakes.type, mistakes.levels[-1]["points"]) == (CriterionType.ERRORS, 8)


@pytest.mark.parametrize(
    "change",
    [
        {"criterion-order": []},
        {"weight-{0}": "0", "weight-{1}": "0"},
        {"type-{0}": "question", "type-{1}": "question"},
    ],
)
def test_a_rubric_that_gives_no_score_is_refused(room, staff, change):
    form = typed(staff.get(RUBRIC)) | {key.format(*keys(room)): value for key, value in change.items()}
    answer = staff.post(RUBRIC, data=form | {"do": "save"})
    assert answer.status_code == 422
    assert page_of(answer).xpath("//*[@data-error-summary]")
    assert len(criteria(room)) == 2


def test_texts_and_order_change_freely_while_reviews_use_them(room, staff):
    sent(room)
    useful, clear = keys(room)
    form = typed(staff.get(RUBRIC)) | {f"name-{clear}": "Clear to all", "criterion-order": [clear, useful]}
    assert staff.post(RUBRIC, data=form | {"do": "save"}).status_code == 303
    assert [(each.id.hex, each.name) for each in criteria(room)] == [
        (clear, "Clear to all"),
        (useful, "Useful"),
    ]


@pytest.mark.every_database
@pytest.mark.parametrize("choice", ["keep-both", "ask-again"])
def test_what_reviews_were_scored_by_is_kept_beside_its_successor(room, app, staff, choice):
    review = sent(room, points=(3, 4))
    useful, clear = keys(room)
    form = typed(staff.get(RUBRIC)) | {
        f"type-{useful}": "scale",
        f"lowest-{useful}": "0",
        f"highest-{useful}": "20",
    }
    answer = staff.post(RUBRIC, data=form | {"do": "save"})
    assert answer.status_code == 409
    assert "1 review uses these criteria" in answer.text
    assert typed(answer)[f"highest-{useful}"] == ["20"]
    assert staff.post(RUBRIC, data=form | {"do": "reweigh"}).status_code == 409
    assert keys(room) == [useful, clear]
    assert staff.post(RUBRIC, data=form | {"do": choice}).status_code == 303
    now, same = criteria(room)
    assert (now.replaces_id.hex, now.type, same.id.hex) == (useful, CriterionType.SCALE, clear)
    [old] = room.all(Criterion, Criterion.retired_at.is_not(None))
    assert (old.id.hex, len(old.levels)) == (useful, 4)
    [kept] = room.all(Review, Review.id == review.id)
    assert kept.score == review.score == 5 / 6
    room.set(Review, Review.id == review.id, sent_at=clock.now() - timedelta(days=1))
    theirs = browser_of(app, room.database, room.visit(review.reviewer_id))
    asked = choice == "ask-again"
    assert ("Change 1 review: the criteria have changed" in theirs.get("/").text) is asked
    assert ("The criteria have changed since" in theirs.get(f"/review/{review.id}").text) is asked
    shown = staff.get(f"/work/{review.contribution_id}").text
    assert "Sentence of level 3." in shown
    assert "Sentence of level 4." in shown
    with room.database.read() as session:
        mine = session.get(Review, review.id, options=[selectinload(Review.marks)])
    with app.test_request_context():
        again = review_form(room.reload(), mine)
    assert (again[f"comment-{now.id}"].data, again[f"mark-{now.id}"].data) == ("Yes.", "3")


@pytest.mark.every_database
def test_other_weights_give_the_reviews_that_were_sent_other_scores(room, staff):
    review = sent(room, points=(4, 1))
    useful, clear = keys(room)
    form = typed(staff.get(RUBRIC)) | {f"weight-{useful}": "3"}
    answer = staff.post(RUBRIC, data=form | {"do": "save"})
    assert answer.status_code == 409
    assert "Save and compute the scores again" in answer.text
    assert staff.post(RUBRIC, data=form | {"do": "reweigh"}).status_code == 303
    assert keys(room) == [useful, clear]
    assert reweigh_due(room.database)
    assert not reweigh_due(room.database)
    assert room.all(Review, Review.id == review.id)[0].score == 0.75
    assert [each.activity_id for each in room.all(Refit)] == [room.activity.id]


def test_a_review_in_hand_keeps_what_was_typed_when_a_criterion_changes(room, staff):
    reviewer, _ = room.people(2)
    useful, clear = (each.id for each in room.activity.criteria)
    with room.database.write() as session:
        visit = room.visit(reviewer)
        review = actions.pull(session, visit, room.activity)
        draft = Draft("", {useful: Answer(2, "So far."), clear: Answer()})
        actions.save_draft(session, visit, room.activity, review.id, 0, draft)
    form = typed(staff.get(RUBRIC)) | {f"type-{useful.hex}": "errors"}
    assert staff.post(RUBRIC, data=form | {"do": "save"}).status_code == 303, (
        "none was sent: nothing to choose"
    )
    errors, same = room.reload().criteria
    with room.database.write() as session:
        answers = {errors.id: Answer(2, "So far."), same.id: Answer(4, "Yes.")}
        words = "Five words are enough here."
        done = actions.send(session, room.visit(reviewer), room.reload(), review.id, 1, Draft(words, answers))
        assert done.score == (0.8 + 1) / 2
    assert {each.criterion_id for each in room.all(Mark)} == {errors.id, same.id}


def test_the_library_is_ones_own_until_it_is_shared_and_never_leaves_the_deployment(room, app, staff):
    assert "You keep none yet." in staff.get(f"{RUBRIC}/library").text
    assert staff.post(f"{RUBRIC}/library", data={"name": "Our words"}).status_code == 303
    assert staff.post(f"{RUBRIC}/library", data={"name": " Our  words "}).status_code == 422
    [kept] = room.all(Rubric)
    colleague, stranger = uuid4(), Classroom(room.database)
    with room.database.write() as rows:
        rows.add(Person(id=colleague, tenant_id=room.tenant, sub="c", name="Colleague"))
        rows.flush()
        rows.add(
            Enrolment(
                course_id=room.course, person_id=colleague, role=Role.INSTRUCTOR, last_seen_at=clock.now()
            )
        )
    theirs = browser_of(app, room.database, room.visit(colleague, role=Role.INSTRUCTOR))
    elsewhere = browser_of(app, room.database, stranger.visit(stranger.instructor, role=Role.INSTRUCTOR))
    address = f"{RUBRIC}?from=rubric:{kept.id}"
    assert [each.get(address).status_code for each in (staff, theirs, elsewhere)] == [200, 404, 404]
    change = f"{RUBRIC}/library/{kept.id}"
    assert [each.post(change, data={"do": "share"}).status_code for each in (theirs, elsewhere)] == [404, 404]
    assert staff.post(change, data={"do": "share"}).status_code == 303
    assert [each.get(address).status_code for each in (staff, theirs, elsewhere)] == [200, 200, 404]
    pages = [each.get(f"{RUBRIC}/library").text for each in (theirs, elsewhere)]
    assert ["Our words" in page for page in pages] == [True, False]
    assert theirs.post(change, data={"do": "delete"}).status_code == 404
    assert staff.post(change, data={"do": "rename", "name": ""}).status_code == 422
    assert staff.post(change, data={"do": "rename", "name": "Mine"}).status_code == 303
    assert room.all(Rubric)[0].name == "Mine"
    assert staff.post(change, data={"do": "delete"}).status_code == 303
    assert room.all(Rubric) == []


def test_what_is_taken_is_looked_at_first_and_keeps_what_has_its_name(room, staff):
    useful, _ = keys(room)
    answer = staff.get(f"{RUBRIC}?from=template:useful-clear-safe")
    form = typed(answer)
    assert (names(answer), form["criterion-order"][0]) == (["Useful", "Clear", "Safe"], useful)
    assert len(criteria(room)) == 2
    assert staff.get(f"{RUBRIC}?from=template:nothing").status_code == 404
    other = Classroom(room.database)
    found = [staff.get(f"{RUBRIC}?from=activity:{each.activity.id}").status_code for each in (room, other)]
    assert found == [200, 404]


@pytest.mark.parametrize("name", ["csv", "canvas", "canvas-json", "moodle"])
def test_what_is_taken_out_comes_in_again(room, staff, name):
    left = staff.get(f"{RUBRIC}/export?as={name}")
    assert left.headers["Content-Disposition"].startswith("attachment")
    answer = staff.post(f"{RUBRIC}/import", data={"file": (io.BytesIO(left.data), "rubric")})
    assert typed(answer)["criterion-order"] == keys(room)
    form = typed(answer) | {"do": "save"}
    assert staff.post(RUBRIC, data=form).status_code == 303
    assert [each.levels[1]["sentence"] for each in criteria(room)] == ["Sentence of level 2."] * 2


def test_what_cannot_be_read_stays_in_the_page(room, staff):
    text = "criterion,type,points\nClear,levels,much"
    answer = staff.post(f"{RUBRIC}/import", data={"text": text})
    assert answer.status_code == 422
    assert "Line 2: “much” is not a number." in page_of(answer).text_content()
    assert page_of(answer).get_element_by_id("text").value.strip() == text
    assert staff.get(f"{RUBRIC}/export?as=exe").status_code == 404


BAD = ["3.5", "-1", "21", "1e400", "nan", "many", "1" * 400]


@pytest.mark.parametrize("kind", [CriterionType.SCALE, CriterionType.ERRORS])
def test_a_number_out_of_the_scale_is_refused_and_shown_again(room, app, kind):
    ends = [{"points": n, "label": "", "sentence": ""} for n in (0, 20)]
    room.set(Criterion, Criterion.name == "Useful", type=kind, levels=ends)
    useful, clear = criteria(room)
    reviewer, _ = room.people(2)
    with room.database.write() as session:
        review = actions.pull(session, room.visit(reviewer), room.activity)
    me = browser_of(app, room.database, room.visit(reviewer))
    form = {f"mark-{clear.id}": "4", "overall": "Five words are enough here.", "version": "0", "do": "send"}
    for value in BAD:
        answer = me.post(f"/review/{review.id}", data=form | {f"mark-{useful.id}": value})
        assert answer.status_code == 422, value
        assert "Write a whole number from 0 to 20." in answer.text
        assert page_of(answer).get_element_by_id(f"mark-{useful.id}").value == value
    assert me.post(f"/review/{review.id}", data=form | {f"mark-{useful.id}": "20"}).status_code == 303
    share = 1 if kind is CriterionType.SCALE else 0
    assert room.all(Review)[0].score == (share + 1) / 2


def test_a_comment_that_is_required_and_a_question_are_asked_for(room, app):
    room.set(
        Criterion, Criterion.name == "Useful", type=CriterionType.QUESTION, levels=[], comment_required=True
    )
    question, clear = criteria(room)
    reviewer, _ = room.people(2)
    with room.database.write() as session:
        review = actions.pull(session, room.visit(reviewer), room.activity)
    me = browser_of(app, room.database, room.visit(reviewer))
    form = {f"mark-{clear.id}": "2", "overall": "Five words are enough here.", "version": "0", "do": "send"}
    answer = me.post(f"/review/{review.id}", data=form | {f"mark-{question.id}": "3"})
    assert (answer.status_code, "Say it in a few words." in answer.text) == (422, True)
    form["version"] = page_of(answer).xpath("//input[@name='version']/@value")[0]
    assert (
        me.post(f"/review/{review.id}", data=form | {f"comment-{question.id}": "Because."}).status_code == 303
    )
    assert room.all(Review)[0].score == 1 / 3
