"""Lanes: one thread for each that has something to do, and none that waits for another."""

import threading

from misbehaving import wait_until

from lti_tool.worker import lanes as module
from lti_tool.worker.lanes import Lanes


def test_a_lane_goes_on_while_there_is_more():
    left = [3]

    def work() -> bool:
        left[0] -= 1
        return left[0] > 0

    lanes = Lanes(threading.Event())
    lanes.start("a", work)
    lanes.join(5)
    assert left == [0]


def test_a_lane_that_hangs_is_not_started_again_and_stops_nobody():
    stop, release, started, other = threading.Event(), threading.Event(), [], threading.Event()

    def hang() -> bool:
        started.append(1)
        return not release.wait(10)

    lanes = Lanes(stop)
    for _ in range(3):
        lanes.start("hanging", hang)
    lanes.start("other", other.set)
    assert other.wait(5)
    lanes.join(0.05)
    assert started == [1]
    release.set()
    lanes.join(5)


def test_a_lane_that_fails_is_free_again_after_a_while(monkeypatch):
    monkeypatch.setattr(module, "AFTER_FAILURE", 0.05)
    tries = []

    def fail() -> bool:
        tries.append(1)
        raise RuntimeError("broken")

    lanes = Lanes(threading.Event())

    def again() -> bool:
        lanes.start("a", fail)
        return len(tries) >= 2

    wait_until(again, 5)
    lanes.join(5)
