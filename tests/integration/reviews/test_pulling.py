"""Taking the next review: who gets what, in how many statements, and why somebody gets nothing."""

from collections import Counter
from datetime import timedelta

import pytest
from classroom import Classroom, statements

from lti_tool.activities.models import Activity
from lti_tool.contributions.models import Contribution, ContributionState
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.errors import NotAllowedError
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Enrolment
from lti_tool.reviews import actions, leases
from lti_tool.reviews.actions import NothingToReviewError
from lti_tool.reviews.allocation import Because
from lti_tool.reviews.models import Review, ReviewState

pytestmark = pytest.mark.every_database


@pytest.fixture
def room(database: Database) -> Classroom:
    return Classroom(database, wanted=1, given=2)


def pull(room: Classroom, person) -> Review:
    with room.database.write() as session:
        return actions.pull(session, room.visit(person), room.activity)


def send(room: Classroom, person, review: Review) -> Review:
    with room.database.write() as session:
        return actions.send(
            session, room.visit(person), room.activity, review.id, review.version, room.written()
        )


def refused(room: Classroom, person) -> Because:
    with pytest.raises(NothingToReviewError) as refusal:
        pull(room, person)
    return refusal.value.because


def test_the_least_served_comes_first_and_among_equals_the_smallest_draw(room):
    me, *others = room.people(5)
    room.set(Contribution, Contribution.author_id == others[0], served=2, draw=0.1)
    room.set(Contribution, Contribution.author_id == others[1], served=1, draw=0.9)
    room.set(Contribution, Contribution.author_id == others[2], served=1, draw=0.2)
    room.set(Contribution, Contribution.author_id == others[3], served=3, draw=0.0)
    assert pull(room, me).author_id == others[2]


def test_a_pull_takes_four_statements_and_writes_one_event(room):
    me, _ = room.people(2)
    with statements(room.database.engine) as seen:
        review = pull(room, me)
    assert len(seen) <= 4, "\n".join(seen)
    (event,) = room.all(Event)
    assert (event.type, event.entity, event.revision) == (EventType.ASSIGNED_REVIEW, review.id, 1)
    assert event.facts == {"contribution": str(review.contribution_id)}
    assert (event.tenant_id, event.course_id, event.person_id) == (room.tenant, room.course, me)


def test_pulling_again_gives_the_same_review(room):
    me, *_ = room.people(4)
    first = pull(room, me)
    with statements(room.database.engine) as seen:
        assert pull(room, me).id == first.id
    assert len(seen) == 1
    assert len(room.all(Event)) == 1
    assert sum(room.served().values()) == 1


def test_never_ones_own_and_never_the_same_twice(room):
    me, *others = room.people(3)
    got = []
    for _ in others:
        got.append(pull(room, me))
        send(room, me, got[-1])
    assert {review.author_id for review in got} == set(others)
    assert refused(room, me) is Because.READ_ALL


def test_beyond_the_quota_only_what_is_short_of_reviews(room):
    me, *others = room.people(5)
    for _ in range(2):
        send(room, me, pull(room, me))
    room.set(Contribution, Contribution.author_id != me, served=1)
    assert refused(room, me) is Because.ALL_SERVED
    unread = next(o for o in others if o not in {r.author_id for r in room.all(Review)})
    room.set(Contribution, Contribution.author_id == unread, served=0)
    assert pull(room, me).author_id == unread


def test_within_the_quota_everything_is_eligible(room):
    me, _ = room.people(2)
    room.set(Contribution, Contribution.author_id != me, served=9)
    assert pull(room, me).state is ReviewState.ASSIGNED


def test_the_reasons(room):
    first, second = room.people(2, shared=False)
    assert refused(room, first) is Because.SHARE_FIRST
    (alone,) = room.people(1)
    assert refused(room, alone) is Because.NOBODY_ELSE
    room.set(Activity, Activity.id == room.activity.id, closed_at=clock.now())
    room.activity = room.reload()
    assert refused(room, second) is Because.CLOSED
    room.set(Activity, Activity.id == room.activity.id, closed_at=None, opened_at=None)
    room.activity = room.reload()
    assert refused(room, second) is Because.NOT_OPEN


def test_a_draft_is_not_reviewed(room):
    me, _ = room.people(2)
    room.set(Contribution, Contribution.author_id != me, state=ContributionState.DRAFT, shared_at=None)
    assert refused(room, me) is Because.NOBODY_ELSE


def test_only_those_who_take_part(room):
    (me, _) = room.people(2)
    visits = [
        room.visit(me, active=False), room.visit(me, role=Role.OBSERVER), room.visit(me, role=Role.INSTRUCTOR)
    ]  # fmt: skip
    for visit in visits:
        with room.database.write() as session, pytest.raises(NotAllowedError):
            actions.pull(session, visit, room.activity)


def test_test_users_and_learners_do_not_meet(room):
    (learner,) = room.people(1)
    (tester,) = room.people(1, test_user=True)
    assert refused(room, learner) is Because.NOBODY_ELSE
    assert refused(room, tester) is Because.NOBODY_ELSE
    (other,) = room.people(1, test_user=True)
    assert pull(room, tester).author_id == other


def test_who_left_the_course_gets_no_more_reviews(room):
    me, gone = room.people(2)
    room.set(Enrolment, Enrolment.person_id == gone, active=False)
    assert refused(room, me) is Because.NOBODY_ELSE


def test_two_activities_do_not_mix(room, database):
    (me,) = room.people(1)
    Classroom(database).people(3)
    assert refused(room, me) is Because.NOBODY_ELSE


def test_what_was_given_back_comes_again_only_when_nothing_else_remains(room):
    me, *_ = room.people(3)
    first = pull(room, me)
    with room.database.write() as session:
        actions.save_draft(session, room.visit(me), room.activity, first.id, 0, room.written(2))
        actions.give_back(session, room.visit(me), room.activity, first.id)
        actions.give_back(session, room.visit(me), room.activity, first.id)
    assert room.served()[first.contribution_id] == 0
    second = pull(room, me)
    assert second.contribution_id != first.contribution_id
    send(room, me, second)
    with statements(room.database.engine) as seen:
        again = pull(room, me)
    assert len(seen) <= 4
    assert (again.id, again.leases, again.state) == (first.id, 2, ReviewState.ASSIGNED)
    assert again.overall == room.written().overall
    assert room.served()[first.contribution_id] == 1
    assigned = Event.entity == first.id, Event.type == EventType.ASSIGNED_REVIEW
    revisions = [e.revision for e in room.all(Event, *assigned)]
    assert sorted(revisions) == [1, 2]


def test_a_lease_that_ran_out_unnoticed_is_still_mine(room):
    me, _ = room.people(2)
    review = pull(room, me)
    room.set(Review, Review.id == review.id, lease_until=clock.now() - timedelta(minutes=1))
    again = pull(room, me)
    assert again.id == review.id
    assert again.lease_until > clock.now() + timedelta(hours=23)
    assert sum(room.served().values()) == 1


def test_expired_leases_go_back_to_the_pool_once(room):
    people = room.people(4)
    reviews = [pull(room, person) for person in people]
    room.set(Review, Review.id != reviews[0].id, lease_until=clock.now() - timedelta(seconds=1))
    for expected in (2, 1, 0):
        with room.database.write() as session:
            assert leases.lapse_expired(session, clock.now(), limit=2) == expected
    assert Counter(review.state for review in room.all(Review)) == {"lapsed": 3, "assigned": 1}
    assert sum(room.served().values()) == room.counted() == 1
