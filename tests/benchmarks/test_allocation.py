"""Picking the next review must cost the same in a course of 100 as in one of 10,000."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import pytest
from classroom import Classroom, statements
from sqlalchemy import text

from lti_tool.kernel.database import Database
from lti_tool.reviews import actions
from lti_tool.reviews.models import Review

ROUNDS = 60


def prepared(database: Database, contributions: int) -> tuple[Classroom, list]:
    """A course in full swing: served one to three times in the order of nothing."""
    room = Classroom(database)
    people = room.people(contributions)
    with database.write() as session:
        session.execute(text("UPDATE contribution SET served = 1 + CAST(draw * 2.99 AS INTEGER)"))
    with database.write() as session:
        session.execute(text("ANALYZE"))
    return room, people


def pick(room: Classroom, person) -> tuple[float, int, Review]:
    """Seconds and statements of one pull, begin and commit included."""
    visit = room.visit(person)
    with statements(room.database.engine) as seen:
        start = time.perf_counter()
        with room.database.write() as session:
            review = actions.pull(session, visit, room.activity)
        return time.perf_counter() - start, len(seen), review


@pytest.fixture
def two_rooms(database_server, template_url):
    with database_server.fresh(template_url) as small, database_server.fresh(template_url) as large:
        databases = Database(small), Database(large)
        yield [prepared(database, n) for database, n in zip(databases, (100, 10_000), strict=True)]
        for database in databases:
            database.dispose()


def test_the_next_review_among_10_000_contributions(two_rooms):
    times = {}
    for _ in range(2):  # once to warm up
        times = {100: [], 10_000: []}
        for n in range(ROUNDS):
            for (room, people), spent in zip(two_rooms, times.values(), strict=True):
                seconds, count, review = pick(room, people[n])
                assert count <= 4
                spent.append(seconds)
                with room.database.write() as session:
                    actions.give_back(session, room.visit(people[n]), room.activity, review.id)
    small, large = median(times[100]), median(times[10_000])
    print(f"\npick: {small * 1e3:.2f} ms of 100, {large * 1e3:.2f} ms of 10,000, ratio {large / small:.2f}")
    assert large <= 2 * small


def test_eight_threads_on_200_contributions(database):
    room = Classroom(database)
    people = room.people(200)
    barrier = threading.Barrier(8)
    waits: list[float] = []

    def take_turns(mine) -> None:
        barrier.wait()
        for _ in range(room.activity.given):
            for person in mine:
                start = time.perf_counter()
                with database.write() as session:
                    review = actions.pull(session, room.visit(person), room.activity)
                waits.append(time.perf_counter() - start)
                with database.write() as session:
                    visit = room.visit(person)
                    actions.send(session, visit, room.activity, review.id, 0, room.written())

    start = time.perf_counter()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(take_turns, [people[n::8] for n in range(8)]))
    seconds = time.perf_counter() - start
    served = room.served().values()
    reviews = room.all(Review)
    held = Counter(review.reviewer_id for review in reviews if review.state == "assigned")
    most_held = max(held.values(), default=0)
    print(
        f"\n8 threads: {len(reviews)} reviews in {seconds:.1f} s, a pull in {median(waits) * 1e3:.1f} ms, "
        f"served {min(served)} to {max(served)} times, {sum(served)} in all, "
        f"at most {most_held} open in one hand"
    )
    assert sum(served) == len(reviews) == 800
    assert len({(r.contribution_id, r.reviewer_id) for r in reviews}) == 800
