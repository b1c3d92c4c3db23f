"""Scores by every method, by hand, late, held back and released: over HTTP and by the worker's chores."""

import random
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from classroom import Classroom, statements
from factories import browser_of, tool

from lti_tool.activities.models import Activity, Scoring
from lti_tool.contributions.models import Contribution
from lti_tool.exchanges.models import News
from lti_tool.gradebook.actions import settle
from lti_tool.gradebook.announcing import announce
from lti_tool.gradebook.models import Column, Override, Refit, ReviewerScale, Score, SyncState, WorkScore
from lti_tool.gradebook.refits import mark, refit_due
from lti_tool.gradebook.releases import release_due
from lti_tool.kernel import clock
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.reviews import actions
from lti_tool.reviews.models import Review, ReviewKind, ReviewState
from lti_tool.reviews.steering_models import ReviewerWeight
from lti_tool.worker.relay import _touched
from lti_tool.worker.translate import journal_lines


@pytest.fixture
def room(one_database) -> Classroom:
    return Classroom(one_database, wanted=1, given=1)


def reviewed(room: Classroom, author, scores, reviewers=None, kind=ReviewKind.PEER) -> None:
    """Reviews of somebody's work as rows, sent an hour ago."""
    [work] = room.all(Contribution, Contribution.author_id == author)
    then = clock.now() - timedelta(hours=1)
    with room.database.write() as rows:
        for reviewer, score in zip(reviewers or room.people(len(scores)), scores, strict=True):
            rows.add(
                Review(
                    id=uuid4(), activity_id=room.activity.id, contribution_id=work.id, author_id=author,
                    reviewer_id=reviewer, state=ReviewState.SENT, sent_at=then, assigned_at=then,
                    lease_until=then, score=score, sends=1, overall="Five words are enough here.", kind=kind,
                )
            )  # fmt: skip


def made(room: Classroom, person, column=Column.WORK) -> Score:
    with room.database.write() as rows:
        settle(rows, room.activity.id, person)
    [score] = room.all(Score, Score.person_id == person, Score.column == column)
    return score


def refitted(room: Classroom) -> None:
    """As the worker does: soon is now."""
    with room.database.write() as rows:
        mark(rows, room.activity.id)
    room.set(Refit, Refit.activity_id == room.activity.id, due_at=clock.now())
    assert refit_due(room.database)


def read(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def instructor(room: Classroom, app):
    return browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))


@pytest.fixture(scope="module")
def app(one_database, tmp_path_factory):
    app = tool(one_database, tmp_path_factory.mktemp("tool"))
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.mark.parametrize(
    ("method", "value", "said"),
    [
        (Scoring.MEAN, 0.56, "The mean of 5 reviews: 0; 60; 60; 70; 90."),
        (Scoring.MEDIAN, 0.6, "The middle one of 5 reviews: 0; 60; 60; 70; 90."),
        (Scoring.TRIMMED, 0.6333333, "the lowest and the highest fifth are left out"),
        (Scoring.WEIGHTED, 0.7, "0 × 0.00 = 0"),
    ],
)
def test_each_method_makes_its_score_and_the_page_tells_how(room, app, method, value, said):
    [author], reviewers = room.people(1), room.people(5)
    room.set(Activity, Activity.id == room.activity.id, scoring=method)
    reviewed(room, author, [0.0, 0.6, 0.6, 0.7, 0.9], reviewers)
    with room.database.write() as rows:
        rows.add(ReviewerWeight(activity_id=room.activity.id, person_id=reviewers[0], weight=0))
    assert made(room, author).value == pytest.approx(value)
    refitted(room)
    [work] = room.all(WorkScore, WorkScore.activity_id == room.activity.id)
    assert work.low < value < work.high
    reviewed(room, reviewers[0], [1.0], [author])  # so that the author may read
    learner = browser_of(app, room.database, room.visit(author))
    with statements(app.extensions["entraide.database"].engine) as seen:
        assert f"Score: {value * 100:.1f} of 100" in read(learner.get("/received").text)
    assert len(seen) <= 13  # one more the first time: it is read now
    with statements(app.extensions["entraide.database"].engine) as seen:
        page = read(learner.get("/score").text)
    assert len(seen) <= 12
    assert said in page
    assert "most likely between" in page
    assert room.all(Score, Score.person_id == author, Score.read_at.is_not(None))
    side = read(instructor(room, app).get(f"/people/{author}/score").text)
    assert said in side


def test_discounted_staff_and_own_reviews_make_no_score(room):
    [author], [reviewer] = room.people(1), room.people(1)
    reviewed(room, author, [0.8, 0.2], [reviewer, *room.people(1)])
    reviewed(room, author, [0.0], [room.instructor], ReviewKind.STAFF)
    reviewed(room, author, [1.0], [author], ReviewKind.SELF)
    low = Review.activity_id == room.activity.id, Review.score == 0.2
    with room.database.write() as rows:
        for review in rows.query(Review).where(*low):
            review.discounted_at = clock.now()
    assert made(room, author).value == pytest.approx(0.8)


def test_the_model_follows_and_tells_each_reviewers_part(room, app):
    draw = random.Random(7)
    people = room.people(12)
    room.set(Activity, Activity.id == room.activity.id, scoring=Scoring.MODEL)
    for place, author in enumerate(people):
        others = [people[(place + step) % 12] for step in (1, 2, 3)]
        true = 0.3 + 0.04 * place
        lenient = [0.2 if each == people[0] else 0 for each in others]
        given = [min(1, max(0, true + extra + draw.gauss(0, 0.05))) for extra in lenient]
        reviewed(room, author, given, others)
    before = made(room, people[11])
    assert room.all(WorkScore, WorkScore.pull.is_not(None), WorkScore.activity_id == room.activity.id) == []
    refitted(room)
    assert room.all(Refit, Refit.activity_id == room.activity.id) == []
    scales = {
        each.person_id: each
        for each in room.all(ReviewerScale, ReviewerScale.activity_id == room.activity.id)
    }
    assert max(scales, key=lambda person: scales[person].bias) == people[0]
    [after] = room.all(Score, Score.person_id == people[11], Score.column == Column.WORK)
    assert after.value < before.value  # a lenient reviewer's part is taken away
    page = read(instructor(room, app).get(f"/people/{people[11]}/score").text)
    parts = [float(each) for each in re.findall(r"\) × [\d.]+ = (-?[\d.]+)", page)]
    [rest] = re.findall(r"if there is one: (-?[\d.]+)", page)
    assert len(parts) == 3
    assert sum(parts) + float(rest) == pytest.approx(after.value * 100, abs=0.3)


def test_late_work_loses_for_each_day_begun_and_an_override_wins(room, app):
    [author] = room.people(1)
    reviewed(room, author, [0.8])
    now = clock.now()
    room.set(
        Activity, Activity.id == room.activity.id,
        share_by=now - timedelta(hours=30), late_penalty=0.1, late_penalty_most=0.5,
    )  # fmt: skip
    room.set(Contribution, Contribution.author_id == author, shared_at=now)
    assert made(room, author).value == pytest.approx(0.64)
    teacher = instructor(room, app)
    assert "2 days late: 20 of 100 are lost." in read(teacher.get(f"/people/{author}/score").text)
    address = f"/people/{author}/score"
    for points in ("101", "NaN", "-1", "", "lots"):
        answer = teacher.post(address, data={"points": points, "because": "Seen in class.", "column": "work"})
        assert answer.status_code == 422, points
    assert teacher.post(address, data={"points": "90", "because": " ", "column": "work"}).status_code == 422
    assert room.all(Override) == []
    learner = browser_of(app, room.database, room.visit(author))
    assert (
        learner.post(address, data={"points": "100", "because": "Me.", "column": "work"}).status_code == 403
    )
    data = {"points": "72,5", "because": "Seen in class.", "column": "work"}
    for _ in range(2):  # twice is once
        assert teacher.post(address, data=data).status_code == 303
    assert (
        len(room.all(Event, Event.type == EventType.OVERRIDDEN, Event.activity_id == room.activity.id)) == 1
    )
    [score] = room.all(Score, Score.person_id == author, Score.column == Column.WORK)
    assert (score.value, score.state) == (0.725, SyncState.WAITING)
    assert "Seen in class." in teacher.get(f"/people/{author}/score").text
    assert "Set by the teacher" in teacher.get(f"/people/{author}").text
    assert teacher.post(address, data={"do": "take-back", "column": "work"}).status_code == 303
    assert made(room, author).value == pytest.approx(0.64)


def test_held_scores_go_nowhere_and_released_ones_leave_once(room, app):
    [author], [reviewer] = room.people(1), room.people(1)
    reviewed(room, author, [0.8], [reviewer])
    reviewed(room, reviewer, [0.4], [author])
    room.set(Activity, Activity.id == room.activity.id, scores_held=True)
    here = Event.activity_id == room.activity.id
    for person in (author, reviewer):
        assert made(room, person).state is SyncState.HELD
    assert room.all(Event, Event.type == EventType.SCORED, here) == []
    learner = browser_of(app, room.database, room.visit(author))
    assert "Score:" not in learner.get("/received").text
    teacher = instructor(room, app)
    with statements(app.extensions["entraide.database"].engine) as seen:
        page = read(teacher.get("/gradebook/release").text)
    assert len(seen) <= 12
    assert re.search(r"2 scores ?: 2 new, 0 changed", page)
    assert teacher.get("/gradebook/release/new").status_code == 200
    assert learner.get("/gradebook/release").status_code == 403
    assert teacher.post(f"/people/{reviewer}/withhold", data={"do": "hold"}).status_code == 303
    for _ in range(2):
        assert teacher.post("/gradebook/release/scores", data={"do": "now"}).status_code == 303
    refitted(room)
    states = {
        score.person_id: score.state for score in room.all(Score, Score.activity_id == room.activity.id)
    }
    assert states == {author: SyncState.WAITING, reviewer: SyncState.HELD}
    [told] = room.all(Event, Event.type == EventType.SCORED, here)
    assert told.person_id == author
    [released] = room.all(Event, Event.type == EventType.RELEASED, here)
    while announce(room.database, clock.now().tzinfo, mail=False):
        pass
    assert [each.person_id for each in room.all(News, News.event_id == released.id)] == [author]
    assert "You can read your score now." in learner.get("/news").text
    assert "Score: 80.0 of 100" in read(learner.get("/received").text)
    assert teacher.post("/gradebook/release/scores", data={"do": "hold"}).status_code == 409
    assert teacher.post(f"/people/{reviewer}/withhold", data={"do": "release"}).status_code == 303
    refitted(room)
    assert len(room.all(Event, Event.type == EventType.SCORED, here)) == 2


def test_a_date_releases_by_itself(room, app):
    [author] = room.people(1)
    reviewed(room, author, [0.8])
    teacher = instructor(room, app)
    past = {"do": "date", "moment": "2020-01-01T10:00"}
    assert teacher.post("/gradebook/release/scores", data=past).status_code == 422
    data = {"do": "date", "moment": "2199-01-01T10:00"}
    assert teacher.post("/gradebook/release/scores", data=data).status_code == 303
    assert made(room, author).state is SyncState.HELD
    room.set(Activity, Activity.id == room.activity.id, scores_from=clock.now() - timedelta(minutes=1))
    with room.database.write() as rows:
        assert release_due(rows, clock.now()) == 1
    with room.database.write() as rows:
        assert release_due(rows, clock.now()) == 0
    refitted(room)
    assert made(room, author).state is SyncState.WAITING
    assert len(room.all(Event, Event.type == EventType.RELEASED, Event.activity_id == room.activity.id)) == 1


def test_weights_that_leave_no_review_are_refused(room, app):
    [author], [reviewer] = room.people(1), room.people(1)
    room.set(Activity, Activity.id == room.activity.id, scoring=Scoring.WEIGHTED)
    reviewed(room, author, [0.8], [reviewer])
    teacher = instructor(room, app)
    answer = teacher.post(f"/people/{reviewer}/weight", data={"weight": "0"})
    assert answer.status_code == 422
    assert "Then no review would count." in answer.text
    assert teacher.post(f"/people/{reviewer}/weight", data={"weight": "2.5"}).status_code == 303
    assert [each.weight for each in room.all(ReviewerWeight)][-1:] == [2.5]


def test_a_spot_check_is_an_anchor_and_in_no_average(room, app):
    [author] = room.people(1)
    reviewed(room, author, [0.8])
    [work] = room.all(Contribution, Contribution.author_id == author)
    teacher = instructor(room, app)
    address = f"/work/{work.id}/check"
    assert teacher.get(address).status_code == 200
    assert teacher.post(address, data={"version": "0"}).status_code == 422
    marks = {f"mark-{each.id}": "1" for each in room.activity.criteria}
    for version in ("0", "1"):
        assert teacher.post(address, data={"version": version, **marks}).status_code == 303
    [check] = room.all(Review, Review.contribution_id == work.id, Review.kind == ReviewKind.STAFF)
    assert (check.score, check.sends, check.state) == (0, 1, ReviewState.SENT)
    assert made(room, author).value == pytest.approx(0.8)
    assert room.all(Contribution, Contribution.id == work.id)[0].served == 0
    learner = browser_of(app, room.database, room.visit(author))
    assert learner.get(address).status_code == 403


def test_what_a_group_reviews_together_each_of_it_has_given(room):
    writer, mate, loner = room.people(3)
    team = room.group("Ward 3", [writer, mate]).hex
    room.set(Activity, Activity.id == room.activity.id, as_group=True)
    room.activity = room.reload()
    with room.database.write() as rows:
        here = rows, room.visit(writer), room.activity
        review = actions.pull(*here)
        actions.send(*here, review.id, review.version, room.written())
    assert room.all(Review, Review.reviewer_id == writer)[0].team == team
    with room.database.read() as rows:
        [event] = journal_lines(rows, (Event.type == EventType.REVIEWED) & (Event.person_id == writer), 1)
        touched = {person for _, person in _touched(rows, [event])}
    assert {writer, mate} <= touched
    for person in (writer, mate):
        assert made(room, person, Column.REVIEWING).value == 1
    with room.database.write() as rows:
        settle(rows, room.activity.id, loner)
    assert not room.all(Score, Score.person_id == loner, Score.column == Column.REVIEWING)
