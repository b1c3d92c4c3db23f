"""Scores on their way to an LMS that has Moodle's rules, over real HTTP."""

import threading
from datetime import timedelta

import pytest
from classroom import Classroom
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from misbehaving import AGS, Lms

from lti_tool.gradebook import advice, outbox, sync
from lti_tool.gradebook.actions import send_again
from lti_tool.gradebook.models import Column, LineItem, Score, SyncState
from lti_tool.kernel import clock, outgoing
from lti_tool.kernel.errors import NotAllowedError
from lti_tool.kernel.permissions import Role
from lti_tool.lti.models import ResourceLink
from lti_tool.lti.services import ServiceConnector
from lti_tool.people.models import Platform

SCOPES = [AGS + name for name in ("lineitem", "lineitem.readonly", "score")]


@pytest.fixture(scope="module")
def key():
    return generate_private_key(public_exponent=65537, key_size=2048)


class Course:
    """A classroom whose platform is an LMS that answers, and scores to be sent to it."""

    def __init__(self, database, lms: Lms, key) -> None:
        self.room = Classroom(database)
        self.database, self.lms = database, lms
        self.http = outgoing.client("http://localhost", private=True, read=1.0)
        self.connector = ServiceConnector(self.http, lambda: ("kid", key))
        [platform] = self.room.all(Platform)
        self.platform_id = platform.id
        self.platform(client_id="client", token_url=lms.token_url)
        self.link(lineitems_url=lms.items_url, ags_scopes=SCOPES)

    def platform(self, **values) -> None:
        self.room.set(Platform, Platform.id == self.platform_id, **values)

    def link(self, **values) -> None:
        self.room.set(ResourceLink, ResourceLink.id == self.room.link, **values)

    def own_column(self) -> str:
        url = self.lms.add_item(label="How I welcome", scoreMaximum=100, resourceLinkId="1")
        self.link(lineitem_url=url)
        return url

    def score(self, value: float, column=Column.WORK, person=None, enrolled=True):
        person = person or self.room.people(1)[0]
        if enrolled:
            self.lms.learners.add(person.hex)
        with self.database.write() as rows:
            rows.add(
                Score(
                    activity_id=self.room.activity.id, person_id=person, column=column, value=value, basis=2,
                    revision=1, changed_at=clock.now(), next_try_at=clock.now(),
                )
            )  # fmt: skip
        return person

    def change(self, person, value: float, **more) -> None:
        values = {"value": value, "revision": Score.revision + 1, "state": SyncState.WAITING, **more}
        self.room.set(Score, Score.person_id == person, next_try_at=clock.now(), **values)

    def send(self) -> None:
        while sync.send_due(self.database, self.connector, self.platform_id):
            pass

    def later(self) -> None:
        self.room.set(Score, Score.state == SyncState.WAITING, next_try_at=clock.now())
        self.room.set(LineItem, LineItem.unwanted.is_(False), next_try_at=None)

    def state(self, person, column=Column.WORK) -> Score:
        [score] = self.room.all(Score, Score.person_id == person, Score.column == column)
        return score


@pytest.fixture
def course(database, key):
    lms = Lms(key.public_key(), "kid", set())
    with lms.running():
        course = Course(database, lms, key)
        yield course
        course.http.close()


def test_a_score_arrives_in_the_links_own_column(course):
    course.own_column()
    learner = course.score(0.75)
    course.send()
    grade = course.lms.grade("1", learner.hex)
    assert grade["value"] == 75
    assert grade["comment"] == "Mean of 2 reviews"
    assert (grade["activityProgress"], grade["gradingProgress"]) == ("Completed", "FullyGraded")
    assert "submittedAt" in grade["submission"]
    state = course.state(learner)
    assert (state.state, state.sent_revision, state.problem) == (SyncState.SENT, 1, "")
    [(_, path, headers, _)] = course.lms.seen("POST", "/scores")
    assert path == "/lineitems/1/lineitem/scores?type_id=3"
    assert headers["User-Agent"].startswith("Entraide/")
    assert headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"


def test_points_are_of_the_columns_own_maximum(course):
    course.link(lineitem_url=course.lms.add_item(label="x", scoreMaximum=20, resourceLinkId="1"))
    learner = course.score(0.75)
    course.send()
    assert course.lms.grade("1", learner.hex)["scoreGiven"] == 15


def test_without_a_column_of_its_own_the_link_gets_one_found_or_made_once(course):
    one, two = course.score(0.5), course.score(1.0)
    course.send()
    third = course.score(0.25)
    course.send()
    [item] = course.lms.items.values()
    assert item["resourceLinkId"] == "1"
    assert [course.lms.grade("1", who.hex)["value"] for who in (one, two, third)] == [50, 100, 25]


def test_the_column_for_reviewing_stands_beside_the_link(course):
    learner = course.score(0.5, Column.REVIEWING)
    course.send()
    [item] = course.lms.items.values()
    assert "resourceLinkId" not in item
    assert (item["tag"], item["resourceId"]) == ("reviewing", str(course.room.activity.id))
    assert item["label"] == "How I welcome (reviewing)"
    assert course.lms.grade("reviewing", learner.hex)["comment"] == "2 of 4 reviews given"


@pytest.mark.every_database
def test_a_column_made_before_is_found_again(course):
    course.score(0.5, Column.REVIEWING)
    course.send()
    course.room.set(LineItem, LineItem.url != "", url="")
    course.score(1.0, Column.REVIEWING)
    course.send()
    assert len(course.lms.items) == 1


@pytest.mark.every_database
def test_two_workers_make_a_column_once(course):
    for _ in range(4):
        course.score(0.5, Column.REVIEWING)
    workers = [threading.Thread(target=course.send) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    course.send()
    assert len(course.lms.items) == 1
    assert len(course.lms.grades) == 4


def test_timestamps_rise_by_whole_seconds_even_within_one(course):
    course.own_column()
    learner = course.score(0.5)
    for value in (0.6, 0.7, 0.8):
        course.send()
        course.change(learner, value)
    course.send()
    assert course.lms.grade("1", learner.hex)["value"] == pytest.approx(80)
    assert len(course.lms.seen("POST", "/scores")) == 4  # none was refused as too early


def test_a_score_that_is_newer_in_the_lms_is_overwritten_with_a_later_moment(course):
    course.own_column()
    learner = course.score(0.5)
    course.lms.skew = 120
    course.lms.grades[1, learner.hex] = {"at": (clock.now() + timedelta(seconds=100)).replace(microsecond=0)}
    course.send()
    assert course.lms.grade("1", learner.hex)["value"] == 50
    assert course.state(learner).sent_at_lms > clock.now() + timedelta(seconds=100)


def test_a_refused_learner_is_shown_with_the_lms_words_and_the_others_go_on(course):
    course.own_column()
    teacher, learner = course.score(0.5, enrolled=False), course.score(1.0)
    course.send()
    state = course.state(teacher)
    assert state.state is SyncState.REFUSED
    assert (
        state.problem == f'{advice.NOT_A_LEARNER}\n400 Bad Request {{"reason": "Incorrect score received"}}'
    )
    assert course.state(learner).state is SyncState.SENT
    activity = course.room.activity
    course.lms.learners.add(teacher.hex)
    with course.database.write() as rows, pytest.raises(NotAllowedError):
        send_again(rows, course.room.visit(learner), activity)
    with course.database.write() as rows:
        assert (
            send_again(rows, course.room.visit(course.room.instructor, role=Role.INSTRUCTOR), activity) == 1
        )
    course.send()
    assert course.state(teacher).state is SyncState.SENT


def test_a_token_is_kept_and_one_that_is_refused_is_renewed_once(course):
    course.own_column()
    first, second = course.score(0.5), course.score(0.6)
    course.send()
    assert len(course.lms.seen("POST", "/token")) == 1
    course.lms.tokens.clear()
    third = course.score(0.7)
    course.send()
    assert len(course.lms.seen("POST", "/token")) == 2
    assert all(course.state(who).state is SyncState.SENT for who in (first, second, third))


def test_a_platform_that_always_refuses_the_token_is_not_asked_for_ever(course):
    course.own_column()
    learner = course.score(0.5)
    course.lms.next_answers.extend(["" for _ in range(1)])  # the token
    course.lms.next_answers.extend([(401, {}, b"no"), (200, {}, b'{"access_token": "x"}'), (401, {}, b"no")])
    course.send()
    state = course.state(learner)
    assert (state.state, state.tries) == (SyncState.WAITING, 1)  # it is not the learner who is refused
    assert state.problem == f"{sync.NO_TOKEN}\n401 Unauthorized no"
    assert len(course.lms.requests) == 4


def test_open_edx_says_403_to_an_old_token(course):
    course.own_column()
    course.score(0.5)
    course.send()
    learner = course.score(0.6)
    course.lms.next_answers.append((403, {}, b"Forbidden"))
    course.send()
    assert course.state(learner).state is SyncState.SENT


@pytest.mark.parametrize("trouble", [(503, {"Retry-After": "120"}, b"later"), "reset", "reset after"])
def test_trouble_is_waited_out_and_seen(course, trouble):
    course.own_column()
    course.score(0.1)
    course.send()
    learner = course.score(0.5)
    course.lms.next_answers.append(trouble)
    course.send()
    state = course.state(learner)
    assert (state.state, state.tries) == (SyncState.WAITING, 1)
    assert state.problem.startswith(sync.UNAVAILABLE)
    assert state.next_try_at > clock.now()
    if trouble[0] == 503:
        assert state.next_try_at > clock.now() + timedelta(seconds=100)
    course.later()
    course.send()
    assert course.state(learner).state is SyncState.SENT
    assert course.lms.grade("1", learner.hex)["value"] == 50


@pytest.mark.every_database
def test_a_hanging_platform_is_left_after_the_timeout_and_asked_once_for_all(course):
    course.own_column()
    learners = [course.score(0.5) for _ in range(3)]
    course.lms.hanging.set()
    course.send()
    assert sorted(course.state(who).tries for who in learners) == [0, 0, 1]
    assert len(course.lms.requests) == 1
    course.lms.hanging.clear()
    course.later()
    course.send()
    assert {course.state(who).state for who in learners} == {SyncState.SENT}


@pytest.mark.every_database
def test_no_token_says_that_an_administrator_must_look(course):
    course.own_column()
    course.platform(client_id="stranger")
    learner = course.score(0.5)
    course.send()
    state = course.state(learner)
    assert state.state is SyncState.WAITING
    assert state.problem.startswith(sync.NO_TOKEN)
    assert "invalid_client" in state.problem


def test_a_column_that_is_gone_is_found_anew(course):
    course.own_column()
    course.score(0.5)
    course.send()
    course.lms.items.clear()
    learner = course.score(0.6)
    course.send()
    assert course.state(learner).state is SyncState.SENT
    assert [item["tag"] for item in course.lms.items.values()] == ["work"]


@pytest.mark.every_database
def test_a_score_that_changes_on_its_way_is_sent_again(course):
    course.own_column()
    learner = course.score(0.5)
    with course.database.write() as rows:
        batch = outbox.claim(rows, course.platform_id)
    course.change(learner, 0.9)
    with course.database.write() as rows:
        outbox.sent(rows, batch.entries[0], clock.now().replace(microsecond=0))
        outbox.hold(rows, batch.column, None)
    assert (course.state(learner).state, course.state(learner).sent_revision) == (SyncState.WAITING, 1)
    course.send()
    assert course.lms.grade("1", learner.hex)["value"] == 90


@pytest.mark.every_database
def test_a_column_in_hand_is_left_alone_until_its_lease_ends(course):
    course.own_column()
    learner = course.score(0.5)
    with course.database.write() as rows:
        assert outbox.claim(rows, course.platform_id)  # and this worker dies
    course.send()
    assert course.state(learner).state is SyncState.WAITING
    past = clock.now() - timedelta(seconds=1)
    course.room.set(LineItem, LineItem.claimed_until.is_not(None), claimed_until=past)
    with course.database.read() as rows:
        assert sync.due_platforms(rows) == [course.platform_id]
    course.send()
    assert course.state(learner).state is SyncState.SENT


@pytest.mark.every_database
@pytest.mark.parametrize("offer", [{"ags_scopes": []}, {"lineitems_url": ""}, {"ags_scopes": SCOPES[:2]}])
def test_where_there_is_no_gradebook_nothing_is_sent(course, offer):
    course.link(**offer)
    learner = course.score(0.5)
    course.send()
    assert course.state(learner).state is SyncState.NOWHERE
    assert course.lms.requests == []


def test_a_link_with_a_column_and_no_right_to_make_one_has_work_but_no_reviewing(course):
    course.own_column()
    course.link(lineitems_url="", ags_scopes=[AGS + "score"])
    learner = course.score(0.5)
    course.score(0.5, Column.REVIEWING, learner)
    course.send()
    assert course.state(learner).state is SyncState.SENT
    assert course.state(learner, Column.REVIEWING).state is SyncState.NOWHERE


@pytest.mark.every_database
def test_a_synthetic_platform_is_never_called(course):
    course.own_column()
    course.platform(synthetic=True)
    learner = course.score(0.5)
    course.send()
    assert course.state(learner).state is SyncState.NOWHERE
    assert course.lms.requests == []


def test_on_canvas_a_score_is_not_another_attempt(course):
    course.own_column()
    course.platform(product="canvas")
    learner = course.score(0.5)
    course.send()
    extension = course.lms.grade("1", learner.hex)["https://canvas.instructure.com/lti/submission"]
    assert extension == {"new_submission": False}


def test_private_networks_are_refused_unless_allowed(course, key):
    course.own_column()
    learner = course.score(0.5)
    with outgoing.client("http://localhost", private=False) as http:
        connector = ServiceConnector(http, lambda: ("kid", key))
        sync.send_due(course.database, connector, course.platform_id)
    assert "ForbiddenAddressError" in course.state(learner).problem
    assert course.lms.requests == []
