"""Which two contributions a judge compares next."""

from collections import Counter
from itertools import combinations
from random import Random

import pytest

from lti_tool.reviews.pairing import WINDOW, Candidate, NoPair, Pair, key, next_pair


def connected(pairs, people):
    linked, rest = {0}, set(range(people))
    while reached := {one for pair in pairs if pair & linked for one in pair} - linked:
        linked |= reached
    return linked == rest


@pytest.mark.parametrize("seed", [1, 2])
def test_sixty_people_compare_ten_pairs_each(seed):
    """Each finds the 20 least shown contributions of others, as a bounded query gives them."""
    random, people = Random(seed), range(60)
    shown, left, met = Counter(), Counter(), Counter()
    judged = {judge: set() for judge in people}
    for turn in range(1, 11):
        for judge in random.sample(people, 60):
            least = sorted((shown[one], random.random(), one) for one in people if one != judge)[:WINDOW]
            found = next_pair(
                [Candidate(one, shown[one], left[one]) for _, _, one in least], judged[judge], met, random
            )
            assert isinstance(found, Pair)
            assert judge not in found
            assert key(*found) not in judged[judge]
            judged[judge].add(key(*found))
            met[key(*found)] += 1
            shown.update(found)
            left[found.left] += 1
            assert max(shown.values()) - min(shown[one] for one in people) <= 2
        if turn == 2:
            assert connected(met, 60)
    assert max(abs(2 * left[one] - shown[one]) for one in people) <= 3
    assert max(met.values()) <= 2
    assert sum(count == 1 for count in met.values()) > 0.95 * 600


def test_why_there_is_no_pair():
    random, two = Random(1), [Candidate(1, 0), Candidate(2, 0)]
    assert next_pair([], set(), {}, random) is NoPair.TOO_FEW
    assert next_pair(two[:1], set(), {}, random) is NoPair.TOO_FEW
    assert next_pair(two, {key(2, 1)}, {}, random) is NoPair.ALL_JUDGED
    assert set(next_pair(two, set(), {}, random)) == {1, 2}


def test_all_pairs_come_once():
    random, four = Random(1), [Candidate(one, 0) for one in range(4)]
    judged = set()
    while isinstance(found := next_pair(four, judged, {}, random), Pair):
        assert key(*found) not in judged
        judged.add(key(*found))
    assert judged == {key(*pair) for pair in combinations(range(4), 2)}


def test_opponents_vary_and_sides_even_out():
    random = Random(1)
    equals = [Candidate(1, 2, left=2), Candidate(2, 2, left=0), Candidate(3, 2, left=1)]
    assert next_pair(equals, {key(1, 3)}, {key(2, 3): 1}, random) == Pair(2, 1)


def test_scores_choose_opponents_late_only():
    def closest(shown):
        scores = {1: 0.0, 2: 3.0, 3: 0.1, 4: 5.0}
        four = [Candidate(one, shown, score=score) for one, score in scores.items()]
        return [set(next_pair(four, set(), {}, Random(seed))) for seed in range(20)]

    assert all(pair == {1, 3} for pair in closest(10))
    assert any(pair != {1, 3} for pair in closest(9))
