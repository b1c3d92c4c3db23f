"""Writing and sending a review: once, whole, and nothing typed is lost."""

from datetime import timedelta

import pytest
from classroom import TEXT, Classroom

from lti_tool.activities.models import Activity
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.errors import ConflictError, NotFoundError
from lti_tool.kernel.journal import Event, EventType
from lti_tool.reviews import actions, leases
from lti_tool.reviews.actions import LostLeaseError
from lti_tool.reviews.models import Mark, Review, ReviewState
from lti_tool.reviews.releasing import GRACE
from lti_tool.reviews.rubric import Answer, Draft, Fault
from lti_tool.reviews.writing import FaultyReviewError

pytestmark = pytest.mark.every_database


@pytest.fixture
def room(database: Database) -> Classroom:
    return Classroom(database)


@pytest.fixture
def me(room):
    return room.people(3)[0]


@pytest.fixture
def review(room, me) -> Review:
    return act(room, me, actions.pull)


def act(room: Classroom, person, action, *rest, **options) -> Review:
    with room.database.write() as session:
        return action(session, room.visit(person), room.activity, *rest, **options)


def stored(room, review) -> Review:
    (row,) = room.all(Review, Review.id == review.id)
    return row


def test_a_sent_review_has_its_score_and_its_event(room, me, review):
    room.set(Review, Review.id == review.id, assigned_at=clock.now() - timedelta(seconds=90))
    sent = act(room, me, actions.send, review.id, 0, room.written(3))
    assert (sent.state, sent.score, sent.overall) == (ReviewState.SENT, 2 / 3, TEXT)
    (event,) = room.all(Event, Event.type == EventType.REVIEWED)
    assert (event.entity, event.revision, event.person_id) == (review.id, 0, me)
    facts = dict(event.facts)
    assert facts.pop("seconds") in range(90, 100)
    assert facts == {
        "contribution": str(review.contribution_id),
        "author": str(review.author_id),
        "score": {"raw": 6, "min": 2, "max": 8},
        "marks": [
            {"criterion": str(c.id), "name": c.name, "points": 3, "min": 1, "max": 4}
            for c in room.activity.criteria
        ],
        "words": 21,  # 19 in the overall comment, one in each criterion's
    }
    assert room.served()[review.contribution_id] == 1


def test_sending_twice_is_sending_once(room, me, review):
    act(room, me, actions.send, review.id, 0, room.written())
    again = act(room, me, actions.send, review.id, 0, room.written())
    assert (again.sends, again.changed_at) == (1, None)
    with pytest.raises(ConflictError) as refusal:  # the page of before it was sent, left open
        act(room, me, actions.send, review.id, 0, room.written(1, "Another text, quite another one."))
    assert refusal.value.code == "two-tabs"
    assert stored(room, review).overall == TEXT
    assert len(room.all(Event, Event.type == EventType.REVIEWED)) == 1


def test_a_sent_review_is_changed_until_its_author_reads_it(room, me, review):
    first = act(room, me, actions.send, review.id, 0, room.written())
    other = room.written(1, "Another text, quite another one.")
    changed = act(room, me, actions.send, review.id, 1, other)
    assert (changed.sends, changed.score, changed.sent_at) == (2, 0, first.sent_at)
    assert changed.changed_at
    assert [event.revision for event in room.all(Event, Event.type == EventType.REVIEWED)] == [0, 1]
    assert room.served()[review.contribution_id] == 1
    room.set(Review, Review.id == review.id, sent_at=clock.now() - GRACE)
    with pytest.raises(ConflictError) as refusal:
        act(room, me, actions.send, review.id, 2, room.written())
    assert refusal.value.code == "final"
    assert act(room, me, actions.send, review.id, 2, other).sends == 2  # a second click
    room.set(Activity, Activity.id == room.activity.id, feedback_held=True, closed_at=clock.now())
    room.activity = room.reload()
    assert act(room, me, actions.send, review.id, 2, room.written()).sends == 3


def test_giving_back_is_told_once_each_time(room, me, review):
    for _ in range(2):
        act(room, me, actions.give_back, review.id)
    (event,) = room.all(Event, Event.type == EventType.RETURNED)
    facts = {"contribution": str(review.contribution_id)}
    assert (event.entity, event.revision, event.facts) == (review.id, 1, facts)


@pytest.mark.parametrize("act_of", [actions.keep_longer, actions.give_back])
def test_a_sent_review_is_not_kept_or_given_back(room, me, review, act_of):
    act(room, me, actions.send, review.id, 0, room.written())
    with pytest.raises(ConflictError) as refusal:
        act(room, me, act_of, review.id)
    assert refusal.value.code == "sent-already"
    with pytest.raises(ConflictError):
        act(room, me, actions.save_draft, review.id, 1, room.written())


def test_nobody_touches_the_review_of_somebody_else(room, me, review, database):
    stranger = room.people(1)[0]
    elsewhere = Classroom(database)
    for action, rest in [
        (actions.keep_longer, ()),
        (actions.give_back, ()),
        (actions.save_draft, (0, room.written())),
        (actions.send, (0, room.written())),
    ]:
        with pytest.raises(NotFoundError):
            act(room, stranger, action, review.id, *rest)
        with pytest.raises(NotFoundError):
            act(elsewhere, me, action, review.id, *rest)


def test_all_faults_are_told_at_once_and_nothing_is_changed(room, me, review):
    useful, clear = (criterion.id for criterion in room.activity.criteria)
    with pytest.raises(FaultyReviewError) as refusal:
        act(room, me, actions.send, review.id, 0, Draft("Too short", {useful: Answer(7)}))
    assert refusal.value.answers == {useful: Fault.NOT_A_LEVEL, clear: Fault.MISSING}
    assert refusal.value.overall is Fault.TOO_SHORT
    assert stored(room, review).state is ReviewState.ASSIGNED
    assert room.all(Mark) == []


def test_a_draft_may_be_incomplete_and_grows(room, me, review):
    useful, clear = (criterion.id for criterion in room.activity.criteria)
    saved = act(room, me, actions.save_draft, review.id, 0, Draft("So far\r\n", {useful: Answer(2)}))
    assert (saved.version, saved.overall, saved.state) == (1, "So far", ReviewState.ASSIGNED)
    act(room, me, actions.save_draft, review.id, 1, Draft("Further", {clear: Answer(None, "Why")}))
    marks = {mark.criterion_id: (mark.points, mark.comment) for mark in room.all(Mark)}
    assert marks == {useful: (None, ""), clear: (None, "Why")}
    with pytest.raises(FaultyReviewError):
        act(room, me, actions.save_draft, review.id, 2, Draft("", {useful: Answer(9)}))


@pytest.mark.parametrize("action", [actions.save_draft, actions.send])
def test_an_older_tab_does_not_overwrite_a_newer_one(room, me, review, action):
    act(room, me, actions.save_draft, review.id, 0, room.written(4, "What the newer tab says of it."))
    with pytest.raises(ConflictError) as refusal:
        act(room, me, action, review.id, 0, room.written())
    assert refusal.value.code == "two-tabs"
    assert stored(room, review).overall == "What the newer tab says of it."


def test_the_same_text_from_two_tabs_is_no_conflict(room, me, review):
    act(room, me, actions.save_draft, review.id, 0, room.written())
    assert act(room, me, actions.save_draft, review.id, 0, room.written()).version == 1
    assert act(room, me, actions.send, review.id, 0, room.written()).state is ReviewState.SENT


def test_a_closed_activity_takes_drafts_but_no_reviews(room, me, review):
    room.set(Activity, Activity.id == room.activity.id, closed_at=clock.now())
    room.activity = room.reload()
    with pytest.raises(ConflictError) as refusal:
        act(room, me, actions.send, review.id, 0, room.written())
    assert refusal.value.code == "closed"
    assert act(room, me, actions.save_draft, review.id, 0, room.written()).version == 1


def test_keeping_longer_renews_the_lease(room, me, review):
    room.set(Review, Review.id == review.id, lease_until=clock.now() + timedelta(minutes=5))
    kept = act(room, me, actions.keep_longer, review.id)
    assert kept.lease_until > clock.now() + timedelta(hours=23)


def test_a_lost_lease_is_sent_as_an_extra_review_when_wished(room, me, review):
    room.set(Review, Review.id == review.id, lease_until=clock.now() - timedelta(minutes=5))
    with room.database.write() as session:
        assert leases.lapse_expired(session, clock.now()) == 1
    with pytest.raises(LostLeaseError):
        act(room, me, actions.keep_longer, review.id)
    with pytest.raises(LostLeaseError):
        act(room, me, actions.send, review.id, 0, room.written())
    assert act(room, me, actions.save_draft, review.id, 0, room.written()).version == 1
    assert room.served()[review.contribution_id] == 0
    sent = act(room, me, actions.send, review.id, 1, room.written(), extra=True)
    assert sent.state is ReviewState.SENT
    assert room.served()[review.contribution_id] == 1


def test_an_expired_lease_that_nobody_took_back_is_still_good(room, me, review):
    room.set(Review, Review.id == review.id, lease_until=clock.now() - timedelta(minutes=5))
    assert act(room, me, actions.send, review.id, 0, room.written()).state is ReviewState.SENT
    assert room.served()[review.contribution_id] == 1
