"""A roster of 20,000 in pages of 50: its time, memory that does not grow with it, and nothing written twice.

The LMS runs in a process of its own, so that what is measured is the tool alone.
"""

import multiprocessing
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any

import pytest
from classroom import statements
from platforms.lms import SAKAI, roster, running
from rosters import TOOL_KEYS, Enrolled

from lti_tool.kernel.database import Database
from lti_tool.lti import paging
from lti_tool.migrations import upgrade

SMALL, LARGE = 2_000, 20_000
PAGE = 50


def serve(people: int, tool_keys: Any, pipe: Connection) -> None:
    """An LMS with one course of so many people, until the other end says enough."""
    roster._plays = lambda *_: True  # it asks for every role of every member on every page
    with running(SAKAI, tool_keys=lambda: tool_keys) as lms:
        course = lms.course("big")
        for number in range(people):
            lms.add_person(str(number), f"Learner {number:05}", courses=[course])
        link = lms.link(course)
        pipe.send(
            {
                "personality": lms.personality, "url": lms.url, "registration": lms.registration,
                "deployment_id": lms.deployment_id, "link": link.id,
            }
        )  # fmt: skip
        pipe.recv()


@contextmanager
def lms_of(people: int) -> Iterator[Any]:
    """What a test needs to know of such an LMS."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(people, TOOL_KEYS, theirs), daemon=True)
    process.start()
    try:
        told = SimpleNamespace(**ours.recv())
        told.course = lambda: SimpleNamespace(id="big")
        told.link = lambda _course, name=told.link: SimpleNamespace(id=name)
        yield told
    finally:
        ours.send(None)
        process.join(5)
        process.kill()
        ours.close()


@contextmanager
def course_on(sqlite_files: Any, lms: Any) -> Iterator[Enrolled]:
    """The course of an LMS in a database of its own, its roster due."""
    with sqlite_files.fresh() as url:
        database = Database(url)
        upgrade(database)
        course = Enrolled(database, lms)
        course.offer()
        yield course
        course.http.close()
        database.dispose()


def peak(course: Enrolled) -> float:
    """The most memory, in MB, that reading the roster takes."""
    tracemalloc.start()
    assert course.read() == 1
    most = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return most


def timed(course: Enrolled) -> tuple[float, float]:
    """Seconds that reading the roster takes: by the clock, and of our processor."""
    start, cpu = time.perf_counter(), time.process_time()
    assert course.read() == 1
    return time.perf_counter() - start, time.process_time() - cpu


@pytest.fixture(scope="module")
def large() -> Iterator[Any]:
    with lms_of(LARGE) as lms:
        yield lms


def test_memory_does_not_grow_with_the_roster(sqlite_files, large):
    most = {}
    with lms_of(SMALL) as small:
        for size, lms in ((SMALL, small), (SMALL, small), (LARGE, large)):  # the first one warms up
            with course_on(sqlite_files, lms) as course:
                most[size] = peak(course)
                assert course.roster.members == size
    ratio = most[LARGE] / most[SMALL]
    print(f"\npeak: {most[SMALL]:.2f} MB of {SMALL}, {most[LARGE]:.2f} MB of {LARGE}, ratio {ratio:.2f}")
    assert ratio < 2.5  # for ten times the people


def test_a_roster_of_20_000_and_the_same_again(sqlite_files, large):
    assert paging.PAGE == PAGE
    with course_on(sqlite_files, large) as course:
        first, first_cpu = timed(course)
        assert course.roster.members == LARGE
        assert course.roster.problem == ""
        course.later()
        with statements(course.database.engine) as seen:
            again, again_cpu = timed(course)
        writes = [each for each in seen if each.split()[0] in {"INSERT", "UPDATE", "DELETE"}]
        print(
            f"\n{LARGE} people in {LARGE // PAGE} pages: {first:.1f} s ({first_cpu:.1f} s of ours); "
            f"again, unchanged: {again:.1f} s ({again_cpu:.1f} s), {len(seen)} statements, "
            f"{len(writes)} writes, all to the roster's own row"
        )
        assert len(course.active()) == LARGE
        about_people = [each for each in writes if each.split()[1 if each[0] == "U" else 2] != "roster"]
        assert [each for each in about_people if "contact" not in each] == []
