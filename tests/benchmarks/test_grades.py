"""1,000 scores to an LMS that answers in 20 ms, without errors and with all kinds: all there, each once."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from graded import Graded, graded
from platforms.lms import CANVAS, DROP, HANG, MOODLE, Answer, Asked, Personality
from services.sqlite import Files
from sqlalchemy import insert, update

from lti_tool.gradebook import sync
from lti_tool.gradebook.models import Column, Score, SyncState
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.migrations import upgrade
from lti_tool.people.models import Person

LEARNERS, LATENCY = 1000, 0.02  # seconds
EACH = LEARNERS * 2 // 100  # errors of each kind
PATIENCE = 0.4  # seconds that an answer is waited for
HOURLY = (replace(MOODLE, token_life=3600), CANVAS)  # as the recorded Moodle says
KINDS = {
    "500": Answer(500, {}, "Something is wrong"),
    "502 with a page": Answer(502, {"Content-Type": "text/html"}, "<html><h1>Bad gateway</h1></html>"),
    "429": Answer(429, {"Retry-After": "1"}),
    "409": Answer(409, {}, "[]"),
    "dropped before": DROP,
    "dropped after": DROP,
    "no answer in time": HANG,
    "token revoked": None,
    "an odd answer to a score taken": Answer(200, {"Content-Type": "text/html"}, "<h1>Welcome</h1>"),
}
AFTER = {"dropped after", "an odd answer to a score taken"}


@pytest.fixture
def database(sqlite_files: Files) -> Iterator[Database]:
    with sqlite_files.fresh() as url:
        database = Database(url)
        upgrade(database)
        yield database
        database.dispose()


def waiting(course: Graded, value: float) -> dict[str, float]:
    """A score for each learner, which waits: by `sub`, the points that the LMS is to have."""
    people = course.learners(LEARNERS)
    values = {person: (place % 101) / 100 * value for place, person in enumerate(people)}
    now = clock.now()
    with course.database.write() as rows:
        rows.execute(
            insert(Score),
            [
                {
                    "activity_id": course.room.activity.id, "person_id": person, "column": Column.WORK,
                    "value": share, "basis": 2, "revision": 1, "changed_at": now, "next_try_at": now,
                }
                for person, share in values.items()
            ],
        )  # fmt: skip
    return {person.hex: share * 100 for person, share in values.items()}


def fail(course: Graded, subs: list[str]) -> Counter[str]:
    """Have the first score of some learners fail, EACH for each kind; count what was injected."""
    kinds = dict(enumerate(KINDS))
    planned = {sub: kinds[place % 50] for place, sub in enumerate(subs) if place % 50 in kinds}
    injected: Counter[str] = Counter()

    def behave(asked: Asked, *, after: bool) -> Answer | None:
        sub = asked.json["userId"]
        kind = planned.get(sub)
        if kind is None or (kind in AFTER) is not after:
            return None
        del planned[sub]
        injected[kind] += 1
        if kind == "token revoked":
            course.lms.revoke_tokens()
        return KINDS[kind]

    course.lms.fail("/scores$", lambda asked: behave(asked, after=False))
    course.lms.fail("/scores$", lambda asked: behave(asked, after=True), after=True)
    return injected


def send_all(course: Graded, change: dict[str, float] | None = None) -> float:
    """Work until nothing waits, as a worker does; return the seconds. Midway some scores `change`."""
    start, batches = time.perf_counter(), 0
    while True:
        if sync.send_due(course.database, course.connector, course.platform_id):
            batches += 1
            if batches == LEARNERS // 50 and change:
                set_values(course, change)
        elif course.room.all(Score, Score.state == SyncState.WAITING):
            time.sleep(0.05)
        else:
            return time.perf_counter() - start


def set_values(course: Graded, points: dict[str, float]) -> None:
    ids = {person.sub: person.id for person in course.room.all(Person)}
    with course.database.write() as rows:
        for sub, value in points.items():
            changed = {
                "value": value / 100,
                "revision": Score.revision + 1,
                "state": SyncState.WAITING,
                "next_try_at": clock.now(),
            }
            rows.execute(update(Score).where(Score.person_id == ids[sub]).values(**changed))


def told(course: Graded) -> dict[str, float | None]:
    """What the LMS has, by `sub`."""
    own = course.link.line_item
    return {sub: grade.score for (item, sub), grade in course.lms.grades.items() if own and item == own.id}


@pytest.mark.parametrize("personality", HOURLY, ids=lambda personality: personality.name)
def test_without_errors(database: Database, personality: Personality) -> None:
    with graded(database, personality, read=5, latency=LATENCY) as course:
        points = waiting(course, 1)
        seconds = send_all(course)
        calls = len(course.lms.requests)
        print(
            f"\n{personality.name}: {LEARNERS} scores in {seconds:.1f} s, {calls} calls, ratio to the bare "
            f"{LEARNERS} x {LATENCY * 1000:.0f} ms {seconds / (LEARNERS * LATENCY):.2f}; "
            f"tokens {len(course.lms.tokens_issued)}"
        )
        assert told(course) == pytest.approx(points)
        assert calls == LEARNERS + 2  # a token, and a look at the column
        assert len(course.lms.tokens_issued) == 1


@pytest.mark.parametrize("personality", HOURLY, ids=lambda personality: personality.name)
def test_with_errors_of_every_kind(database: Database, personality: Personality) -> None:
    with graded(database, personality, read=PATIENCE, latency=LATENCY) as course:
        points = waiting(course, 1)
        injected = fail(course, list(points))
        newer = {sub: 100 - value for sub, value in list(points.items())[::10]}
        seconds = send_all(course, newer)
        lms = course.lms
        counts = {sub: grade.count for (_, sub), grade in lms.grades.items()}
        print(
            f"\n{personality.name}: {dict(injected)}; {len(lms.requests)} calls in {seconds:.1f} s, "
            f"ratio to the bare {LEARNERS} x {LATENCY * 1000:.0f} ms {seconds / (LEARNERS * LATENCY):.2f}; "
            f"tokens {len(lms.tokens_issued)}; attempts {sum(lms.attempts.values())}; "
            f"scores taken {sum(counts.values())} for {LEARNERS + len(newer)} values"
        )
        assert set(injected.values()) == {EACH}
        assert injected.keys() == KINDS.keys()
        assert {score.state for score in course.room.all(Score)} == {SyncState.SENT}
        assert told(course) == pytest.approx(points | newer)
        # Taken twice: what was changed after it was sent, and what was taken without our hearing of it
        assert sum(counts.values()) <= LEARNERS + len(newer) + injected["dropped after"]
        assert sum(lms.attempts.values()) == 0
        assert len(lms.tokens_issued) == 1 + injected["token revoked"]
