"""The gallery and its search must cost the same in a course of 100 contributions as in one of 10,000."""

import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median
from uuid import uuid4

import pytest
from classroom import Classroom, statements
from factories import browser_of, tool
from sqlalchemy import insert, text

from lti_tool.contributions.index import SearchEntry, terms
from lti_tool.contributions.models import Contribution
from lti_tool.exchanges.models import Reading
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.permissions import Role

ROUNDS = 40
MOST_RATIO = 1.5
RARE = 40  # contributions, about, that hold the word "zebra"
VOCABULARY = [f"mot{n}s" for n in range(3000)]
PAGES = {
    "feed": "/gallery",
    "feed of the course": "/gallery?scope=course",
    "not read": "/gallery?show=not-read",
    "oldest not read": "/gallery?order=oldest-not-read",
    "needs help": "/gallery?show=needs-help",
    "rare word": "/gallery?q=zebras",
    "frequent word": "/gallery?q=welcome",
    "begins 111 words": "/gallery?q=mot7",
}


def prepared(database: Database, contributions: int) -> Classroom:
    """A course whose contributions have 120 words each; another course has as many."""
    for room in (Classroom(database), Classroom(database)):
        room.people(contributions)
        random, now = Random(7), clock.now()
        works = room.all(Contribution, Contribution.activity_id == room.activity.id)
        entries = []
        for number, work in enumerate(works):
            words = random.choices(VOCABULARY, k=120) + ["zebra"] * (number % (contributions // RARE) == 0)
            found = terms(" ".join(["A calm welcome", *words]), "en", room.activity.id, room.course)
            entries.append(
                {
                    "contribution_id": work.id, "activity_id": room.activity.id, "course_id": room.course,
                    "terms": found,
                }
            )  # fmt: skip
        with database.write() as rows:
            rows.execute(insert(SearchEntry), entries)
            few = [
                {"person_id": works[0].author_id, "contribution_id": w.id, "read_at": now} for w in works[:30]
            ]
            rows.execute(insert(Reading), few)
    with database.write() as rows:
        rows.execute(text("ANALYZE"))
    return room


@pytest.fixture
def two_rooms(database_server, template_url):
    with database_server.fresh(template_url) as small, database_server.fresh(template_url) as large:
        databases = Database(small), Database(large)
        yield [prepared(database, n) for database, n in zip(databases, (100, 10_000), strict=True)]
        for database in databases:
            database.dispose()


def opener(
    room: Classroom, folder: Path, shows: str = 'class="gallery-card"'
) -> Callable[[str], tuple[float, int]]:
    """Opens pages as the instructor, each of which shows something; gives seconds and statements."""
    app = tool(room.database, folder / uuid4().hex)
    browser = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    engine = app.extensions["entraide.database"].engine

    def look(address: str) -> tuple[float, int]:
        with statements(engine) as seen:
            start = time.perf_counter()
            answer = browser.get(address)
            seconds = time.perf_counter() - start
        assert answer.status_code == 200
        assert shows in answer.text
        return seconds, len(seen)

    return look


def test_the_gallery_of_10_000_contributions(two_rooms, tmp_path):
    lookers = [opener(room, tmp_path) for room in two_rooms]
    slow = {}
    for name, address in PAGES.items():
        for looker in lookers:
            for _ in range(8):
                looker(address)
        looks = [[looker(address) for looker in lookers] for _ in range(ROUNDS)]
        small, large = (median(look[n][0] for look in looks) for n in (0, 1))
        most = max(count for look in looks for _, count in look)
        print(
            f"\n{name}: {small * 1e3:.1f} ms of 100, {large * 1e3:.1f} ms of 10,000, "
            f"ratio {large / small:.2f}, {most} statements"
        )
        assert most <= 12
        if large > MOST_RATIO * small:
            slow[name] = large / small
    assert slow == {}
