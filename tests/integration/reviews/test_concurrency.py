"""Many at once: two tabs, sixteen people, two workers. No count is lost, nobody holds two or deadlocks."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from classroom import Classroom
from sqlalchemy import func, select

from lti_tool.contributions.models import Contribution
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.journal import Event, EventType
from lti_tool.reviews import actions, leases, pool
from lti_tool.reviews.actions import NothingToReviewError
from lti_tool.reviews.models import Review, ReviewState

pytestmark = pytest.mark.every_database

THREADS = {"postgresql": 16, "sqlite": 8}  # one writes at a time in SQLite, and the others wait in no order


@pytest.fixture
def room(database: Database) -> Classroom:
    return Classroom(database, wanted=3, given=4)


def at_once(works: Iterable[Callable[[], object]]) -> list[object]:
    """Run all of them at the same moment; the first exception of any is raised."""
    works = list(works)
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return [each.result() for each in [threads.submit(run, work) for work in works]]


def pull(room: Classroom, person: UUID) -> Review:
    with room.database.write() as session:
        return actions.pull(session, room.visit(person), room.activity)


def send(room: Classroom, person: UUID, review: Review) -> Review:
    with room.database.write() as session:
        return actions.send(
            session, room.visit(person), room.activity, review.id, review.version, room.written()
        )


def pull_watched(room: Classroom, person: UUID) -> tuple[Review, int, int]:
    """Pull; tell how often the least served eligible contribution was served before, and this one after."""
    with room.database.write() as session:
        review = actions.pull(session, room.visit(person), room.activity)
        after = session.scalars(
            select(Contribution.served).where(Contribution.id == review.contribution_id)
        ).one()
        eligible = pool.unread(room.activity, person).with_only_columns(func.min(pool.Work.served))
        least = session.scalar(eligible)
    return review, min(after - 1, after - 1 if least is None else least), after


def test_people_at_once_who_pull_and_send(database):
    room = Classroom(database, wanted=1, given=2)
    people = room.people(64)
    overshoots: list[int] = []

    def take_turns(mine: list[UUID]) -> None:
        for _ in range(room.activity.given):
            for person in mine:
                review, least, after = pull_watched(room, person)
                overshoots.append(after - least)
                send(room, person, review)

    threads = THREADS[database.engine.dialect.name]
    at_once(lambda mine=people[n::threads]: take_turns(mine) for n in range(threads))

    served = room.served()
    assert max(overshoots) == 1, "somebody got a contribution although a less served one was eligible"
    assert sum(served.values()) == room.counted() == 128
    assert Counter(review.contribution_id for review in room.all(Review)) == served
    assert max(served.values()) - min(served.values()) <= 2
    assert Counter(event.type for event in room.all(Event)) == {"assigned-review": 128, "reviewed": 128}


def test_pulls_at_once_of_100_contributions_leave_none_more_than_one_ahead(room):
    people = room.people(100)
    works = room.served()
    spread = select(func.max(Contribution.served) - func.min(Contribution.served))

    def take(mine: list[UUID]) -> None:
        for person in mine:
            pull(room, person)
            with room.database.read() as session:
                assert session.scalar(spread) <= 1

    threads = THREADS[room.database.engine.dialect.name]
    at_once(lambda mine=people[n::threads]: take(mine) for n in range(threads))
    holders = Counter(review.reviewer_id for review in room.all(Review, Review.state == ReviewState.ASSIGNED))
    assert set(holders.values()) == {1}
    assert len(holders) == 100
    assert sum(room.served().values()) == 100
    assert room.served().keys() == works.keys()


@pytest.mark.parametrize("tabs", [2, 8])
def test_tabs_of_one_person_get_the_same_review(room, tabs):
    me, *_ = room.people(12)
    for turn in range(1, 5):
        reviews = at_once([lambda: pull(room, me)] * tabs)
        assert len({review.id for review in reviews}) == 1
        assert sum(room.served().values()) == turn
        send(room, me, reviews[0])


def test_a_double_click_sends_once(room):
    me, *_ = room.people(3)
    review = pull(room, me)
    sent = at_once([lambda: send(room, me, review)] * 4)
    assert {each.state for each in sent} == {ReviewState.SENT}
    assert len(room.all(Event, Event.type == EventType.REVIEWED)) == 1
    assert sum(room.served().values()) == 1


def test_workers_and_people_on_expired_leases_lose_no_count(room):
    people = room.people(40)
    reviews = {person: pull(room, person) for person in people}
    room.set(Review, Review.state == "assigned", lease_until=clock.now() - timedelta(seconds=1))

    def worker() -> None:
        for _ in range(10):
            with room.database.write() as session:
                leases.lapse_expired(session, clock.now(), limit=5)

    def people_come_back(mine: list[UUID]) -> None:
        for n, person in enumerate(mine):
            review = reviews[person]
            with room.database.write() as session:
                here = session, room.visit(person), room.activity
                if n % 3 == 0:
                    actions.send(*here, review.id, 0, room.written(), extra=True)
                elif n % 3 == 1:
                    actions.give_back(*here, review.id)
                else:
                    actions.pull(*here)

    at_once([worker, worker, *(lambda mine=people[n::4]: people_come_back(mine) for n in range(4))])
    counted = Counter(r.contribution_id for r in room.all(Review, Review.state != ReviewState.LAPSED))
    assert {work: n for work, n in room.served().items() if n} == counted


def test_the_last_one_is_given_to_one_person_beyond_the_quota(database):
    room = Classroom(database, wanted=1, given=1)
    people = room.people(6)
    for person in people[:5]:
        send(room, person, pull(room, person))
    room.set(Contribution, Contribution.author_id != people[5], served=1)
    room.set(Contribution, Contribution.author_id == people[5], served=0)
    read = {r.reviewer_id for r in room.all(Review, Review.author_id == people[5])}
    willing = [person for person in people[:5] if person not in read]

    def try_to(person: UUID) -> bool:
        try:
            pull(room, person)
        except NothingToReviewError:
            return False
        return True

    assert at_once([lambda person=person: try_to(person) for person in willing]).count(True) == 1
