"""A push to a whole organisation: seconds of the processor, memory, and how both grow."""

import os
import time
import tracemalloc
from collections import Counter
from itertools import pairwise

import pytest

from lti_tool.reviews.feasibility import Among, of_people
from lti_tool.reviews.regular import push

K = 5
SIZES = 1_000, int(os.environ.get("ENTRAIDE_TEST_PEOPLE", "10000"))  # `make bench`: 100,000


def groups(people: int) -> dict[int, int]:
    """People in groups of 20 to 30."""
    ends = [0]
    while ends[-1] < people:
        ends.append(ends[-1] + 20 + 7 * len(ends) % 11)
    return {n: group for group, (a, b) in enumerate(pairwise(ends)) for n in range(a, b)}


@pytest.mark.parametrize("among", Among)
def test_everyone_gives_and_receives_five(among):
    push(of_people(groups(100), K, among))  # once to warm up
    seconds, peaks = {}, {}
    for size in SIZES:
        people = groups(size)
        wish = of_people(people, K, among)
        start = time.process_time()  # others on the machine do not count
        plan = push(wish, seed=size)
        seconds[size] = (time.process_time() - start) / len(people)
        assert plan.obstacle is None
        assert len(set(plan.pairs)) == K * len(people)
        for side in (0, 1):
            assert set(Counter(pair[side] for pair in plan.pairs).values()) == {K}
    for size in SIZES:
        wish = of_people(groups(size), K, among)
        tracemalloc.start()
        push(wish, seed=size)
        peaks[size] = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
    small, large = seconds.values()
    print(
        f"\npush, {among}: "
        + ", ".join(f"{size:,} people in {each * size:.2f} s" for size, each in seconds.items())
        + f"; {large / small:.1f} times the time for each; "
        + " and ".join(f"{peak:.0f} MB" for peak in peaks.values())
    )
    assert large < 5 * small
