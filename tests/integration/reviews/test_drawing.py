"""Who gets what under groups, rules and draws: pulled, pushed, chosen, and as a group."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from classroom import Classroom
from sqlalchemy import select

from lti_tool.activities.models import Activity, Allocation, Matching
from lti_tool.contributions.models import Contribution
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.errors import ConflictError, NotFoundError
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Enrolment
from lti_tool.reviews import actions, drawing, leases, steering
from lti_tool.reviews.actions import NothingToReviewError
from lti_tool.reviews.allocation import Because
from lti_tool.reviews.models import Flag, FlagReason, Origin, Review, ReviewState
from lti_tool.reviews.steering import Rule
from lti_tool.reviews.steering_models import PairRule

pytestmark = pytest.mark.every_database


@pytest.fixture
def room(database: Database) -> Classroom:
    return Classroom(database, wanted=2, given=3)


def settings(room: Classroom, **values: object) -> None:
    room.set(Activity, Activity.id == room.activity.id, **values)
    room.activity = room.reload()


def pull(room: Classroom, person: UUID, *, extra: bool = False) -> Review:
    with room.database.write() as session:
        return actions.pull(session, room.visit(person), room.activity, extra=extra)


def send(room: Classroom, person: UUID, review: Review) -> Review:
    with room.database.write() as session:
        return actions.send(session, room.visit(person), room.activity, review.id, 0, room.written())


def all_pulled(room: Classroom, person: UUID) -> list[UUID]:
    """The authors of all that a person gets, one after the other; and why there is no more."""
    found = []
    while True:
        try:
            review = pull(room, person, extra=True)
        except NothingToReviewError:
            return found
        found.append(review.author_id)
        send(room, person, review)


def work_of(room: Classroom, person: UUID) -> UUID:
    (work,) = room.all(Contribution, Contribution.author_id == person)
    return work.id


def steer(room: Classroom, act, reviewer: UUID, author: UUID, *more, **how):
    with room.database.write() as session:
        staff = room.visit(room.instructor, role=Role.INSTRUCTOR)
        return act(session, staff, room.activity, reviewer, work_of(room, author), *more, **how)


def drawn(room: Classroom, *, anyway: bool = False, seed: int = 1) -> list[Review]:
    with room.database.write() as session:
        steering.ask_draw(
            session, room.visit(room.instructor, role=Role.INSTRUCTOR), room.activity, anyway=anyway
        )
    with room.database.read() as session:
        assert drawing.draws_wait(session)
    assert drawing.draw_due(room.database)
    assert not drawing.draw_due(room.database)
    room.activity = room.reload()
    return room.all(Review, Review.origin == Origin.PUSHED)


def served_is_true(room: Classroom) -> None:
    """What is counted is what there is."""
    there = Counter(each.contribution_id for each in room.all(Review, Review.state != ReviewState.LAPSED))
    assert {work: n for work, n in room.served().items() if n} == there


def test_groups_and_rules_say_whose_work_one_gets(room):
    people = room.people(7)
    a, b, c, d, e, free, free_too = people
    room.group("North", [a, b, c])
    room.group("South", [d, e])
    settings(room, matching=Matching.WITHIN_GROUP)
    assert set(all_pulled(room, a)) == {b, c}
    assert all_pulled(room, free) == [free_too]
    settings(room, matching=Matching.ACROSS_GROUPS)
    assert set(all_pulled(room, d)) == {a, b, c, free, free_too}
    assert a in {b, *all_pulled(room, free_too)}
    settings(room, matching=Matching.WITHIN_GROUP)
    room.set(Contribution, Contribution.author_id == c, served=9)
    with room.database.write() as rows:
        rows.add(PairRule(activity_id=room.activity.id, reviewer_id=e, author_id=c, must=True))
        rows.add(PairRule(activity_id=room.activity.id, reviewer_id=e, author_id=d, must=False))
    assert all_pulled(room, e) == [c], "a must is above groups and counts, a must-not keeps away"


def test_who_gave_all_gets_one_more_only_if_they_say_so(room):
    people = room.people(6)
    for _ in range(3):
        for person in people:
            send(room, person, pull(room, person))
    with pytest.raises(NothingToReviewError) as refusal:
        pull(room, people[0])
    assert refusal.value.because is Because.ALL_SERVED
    assert pull(room, people[0], extra=True).state is ReviewState.ASSIGNED
    served_is_true(room)


def test_a_draw_is_regular_and_taken_before_anything_else(room):
    people = room.people(12)
    (tester,) = room.people(1, test_user=True)
    waiting, gone = room.people(1, shared=False)[0], people.pop()
    room.set(Enrolment, Enrolment.person_id == gone, active=False)
    settings(room, allocation=Allocation.PUSH)
    early = pull(room, people[0])
    send(room, people[0], early)
    made = drawn(room)
    everything = room.all(Review)
    for side in ("reviewer_id", "author_id"):
        assert Counter(getattr(each, side) for each in everything) == dict.fromkeys(people, 2)
    assert len(made) == 21
    assert {each.state for each in made} == {ReviewState.ALLOCATED}
    served_is_true(room)
    events = room.all(Event, Event.type == EventType.ASSIGNED_REVIEW)
    assert {each.entity for each in events} == {each.id for each in everything}
    assert {(each.entity, each.person_id) for each in events} == {(r.id, r.reviewer_id) for r in everything}
    mine = {each.id for each in made if each.reviewer_id == people[1]}
    got = [send(room, people[1], pull(room, people[1])).id for _ in mine]
    assert set(got) == mine
    assert len(room.all(Event, Event.type == EventType.ASSIGNED_REVIEW)) == 22, "no second event"
    served_is_true(room)
    assert pull(room, people[1]).id not in mine, "asked for three, drawn two: the third is pulled"
    assert room.activity.pushed_at
    assert room.activity.push_obstacle is None
    assert not room.all(Review, Review.reviewer_id.in_([tester, waiting, gone]))
    (late,) = room.people(1)
    assert pull(room, late)
    assert pull(room, people[2]).origin is Origin.PUSHED


def test_a_draw_that_cannot_be_says_why_and_goes_as_far_as_it_can(room):
    people = room.people(5)
    room.group("All", people[:4])
    settings(room, allocation=Allocation.PUSH, matching=Matching.ACROSS_GROUPS)
    assert drawn(room) == []
    assert room.activity.pushed_at is None
    assert room.activity.push_obstacle["why"]
    assert len(drawn(room, anyway=True)) > 2
    assert room.activity.pushed_at
    served_is_true(room)


def test_a_draw_at_its_date_by_rules_and_never_again_what_was_given_back(room):
    people = room.people(6)
    settings(room, review_from=None)
    review = pull(room, people[0])
    with room.database.write() as session:
        actions.give_back(session, room.visit(people[0]), room.activity, review.id)
    steer(room, steering.rule, people[1], people[2], Rule.MUST)
    steer(room, steering.rule, people[2], people[1], Rule.MUST_NOT)
    with room.database.read() as session:
        assert not drawing.draws_wait(session)
    settings(room, allocation=Allocation.PUSH, review_from=clock.now() - timedelta(seconds=1))
    assert drawing.draw_due(room.database)
    pairs = {(each.reviewer_id, each.author_id) for each in room.all(Review, Review.state == "allocated")}
    assert len(pairs) == 12
    assert (people[1], people[2]) in pairs
    assert not pairs & {(people[2], people[1]), (people[0], review.author_id)}


def test_a_group_that_reviews_as_one_gives_one_review_of_a_work(room):
    people = room.people(6)
    pairs = [people[:2], people[2:4], people[4:]]
    for number, pair in enumerate(pairs):
        room.group(str(number), pair)
    settings(room, as_group=True)
    first = pull(room, people[0])
    assert first.author_id not in pairs[0]
    assert first.team
    assert pull(room, people[1]).id == first.id, "the other one finds it in hand"
    send(room, people[1], first)
    others = [first.author_id, *all_pulled(room, people[0]), *all_pulled(room, people[1])]
    assert sorted(others, key=str) == sorted(people[2:], key=str), "each work once, none of their own"
    settings(room, allocation=Allocation.PUSH)
    made = drawn(room)
    assert Counter(each.team for each in made) == dict.fromkeys({each.team for each in made}, 2)
    mine = next(each for each in made if each.reviewer_id in pairs[1])
    begun = pull(room, people[2])
    assert begun.team == mine.team
    assert pull(room, people[3]).id == begun.id
    with room.database.write() as session:
        actions.give_back(session, room.visit(people[3]), room.activity, begun.id)
    served_is_true(room)


def test_an_instructor_chooses_and_takes_back(room):
    a, b, c, d = room.people(4)
    steer(room, steering.choose, a, b)
    steer(room, steering.choose, a, b)
    served_is_true(room)
    review = pull(room, a)
    assert (review.author_id, review.origin) == (b, Origin.CHOSEN)
    with pytest.raises(ConflictError, match="writing"):
        steer(room, steering.take_back, a, b)
    steer(room, steering.take_back, a, b, in_hand=True)
    steer(room, steering.take_back, a, b, in_hand=True)
    steer(room, steering.choose, a, b)
    again = send(room, a, pull(room, a))
    assert (again.id, again.leases) == (review.id, 2)
    with pytest.raises(ConflictError, match="sent"):
        steer(room, steering.take_back, a, b)
    assert sorted(e.revision for e in room.all(Event, Event.type == EventType.ASSIGNED_REVIEW)) == [1, 2]
    steer(room, steering.choose, c, d)
    steer(room, steering.rule, c, d, Rule.MUST_NOT)
    with pytest.raises(ConflictError, match="rule"):
        steer(room, steering.choose, c, d)
    served_is_true(room)
    with pytest.raises(ConflictError, match="own"):
        steer(room, steering.choose, c, c)
    (tester,) = room.people(1, test_user=True)
    with pytest.raises(ConflictError, match="Test"):
        steer(room, steering.choose, tester, a)
    elsewhere = Classroom(room.database)
    (stranger,) = elsewhere.people(1)
    with pytest.raises(NotFoundError):
        steer(room, steering.choose, stranger, a)
    with room.database.write() as rows:
        rows.add(
            Flag(
                activity_id=room.activity.id, contribution_id=work_of(room, d), review_id=review.id,
                of_review=False, person_id=a, reason=FlagReason.CONFLICT, flagged_at=clock.now(),
            )
        )  # fmt: skip
    with pytest.raises(ConflictError, match="cannot judge"):
        steer(room, steering.choose, a, d)


def test_what_waits_for_nobody_goes_back(room):
    a, b, c = room.people(3)
    settings(room, allocation=Allocation.PUSH)
    drawn(room)
    room.set(Enrolment, Enrolment.person_id == a, active=False)
    with room.database.write() as session:
        assert leases.release_departed(session) == 2
    room.set(Contribution, Contribution.author_id == b, state="draft", shared_at=None)
    with room.database.write() as session:
        leases.release_departed(session)
    assert {each.state for each in room.all(Review, Review.author_id == b)} == {ReviewState.LAPSED}
    room.set(Review, Review.state == ReviewState.ALLOCATED, lease_until=clock.now() - timedelta(seconds=1))
    with room.database.write() as session:
        leases.lapse_expired(session, clock.now())
    with room.database.read() as session:
        assert set(session.scalars(select(Review.state))) == {ReviewState.LAPSED}
    served_is_true(room)
    assert c
