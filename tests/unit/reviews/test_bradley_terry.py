"""From comparisons to a scale."""

import math
import random
import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.reviews.bradley_terry import Graph, luck
from lti_tool.reviews.judging import Doubt, Judgement, misfit, scale


def judged(items, rounds, judges, truth=lambda item: 0.0, seed=1):
    """Judgements of pairs drawn at random, each item once in each round; tosses of a coin without a truth."""
    draw = random.Random(seed)
    found = []
    for _ in range(rounds):
        order = draw.sample(range(items), items)
        for one, other in zip(order[::2], order[1::2], strict=True):
            if draw.random() > 1 / (1 + math.exp(truth(other) - truth(one))):
                one, other = other, one
            found.append(Judgement(draw.randrange(judges), one, other))
    return found


def finite(found):
    numbers = [number for strength in found.items.values() for number in strength]
    return all(map(math.isfinite, numbers)) and all(one.se > 0 for one in found.items.values())


def test_two_items_by_hand():
    """3 wins of 4 count as 0.3 + 3.4 * 3/4 = 2.85: the log odds are ln(2.85 / 1.15)."""
    found = scale([Judgement(1, "a", "b")] * 3 + [Judgement(2, "b", "a")])
    log_odds = math.log(2.85 / 1.15)
    assert found.items["a"].score == pytest.approx(log_odds / 2, abs=1e-6)
    assert found.items["b"].score == pytest.approx(-log_odds / 2, abs=1e-6)
    error = 1 / math.sqrt(4 * 2.85 / 4 * 1.15 / 4)
    assert found.items["a"].se == pytest.approx(error, abs=1e-6)
    variance = log_odds**2 / 2  # of two numbers, over n - 1
    assert found.ssr == pytest.approx(1 - error**2 / variance, abs=1e-5)


def test_the_chance_of_tossed_coins_by_hand():
    """3 wins to 1: chi-squared (3 - 1)² / 4 = 1, one degree of freedom; two such pairs: 2 of 2."""
    winners, losers = np.array([0, 0, 0, 1, 2, 2, 2, 3]), np.array([1, 1, 1, 0, 3, 3, 3, 2])
    assert luck(Graph(winners[:4], losers[:4], 2)) == pytest.approx(0.3173, abs=1e-4)
    assert luck(Graph(winners, losers, 4)) == pytest.approx(math.exp(-1), abs=1e-4)
    judgements = [Judgement(1, "a", "b")] * 3 + [Judgement(1, "b", "a")]
    assert Doubt.NOISE in scale(judgements, splits=0).doubts


def test_expected_wins_are_the_adjusted_ones():
    """The equations of the most likely strengths, on items that were judged unequally often."""
    judgements = judged(12, 9, 3, truth=lambda item: item / 3)[:50]
    found = scale(judgements).items
    wins = {item: sum(one.winner == item for one in judgements) for item in found}
    games = {item: sum(item in one[1:] for one in judgements) for item in found}
    adjusted = {item: 0.3 + (games[item] - 0.6) * wins[item] / games[item] for item in found}
    over = (sum(adjusted.values()) - len(judgements)) / len(found)
    for item in found:
        expected = sum(
            1 / (1 + math.exp(found[({*one[1:]} - {item}).pop()].score - found[item].score))
            for one in judgements
            if item in one[1:]
        )
        assert expected == pytest.approx(adjusted[item] - over, abs=1e-5)


def test_the_scale_is_the_truth_and_no_doubt():
    found = scale(judged(30, 30, 15, truth=lambda item: item / 5))
    assert found.doubts == ()
    assert found.ssr > 0.85
    assert 0.7 < found.split_half < found.ssr
    assert min(list(found.items)[:8]) > max(list(found.items)[-8:])  # the strongest first


@pytest.mark.parametrize(
    ("items", "rounds", "judges"), [(6, 20, 6), (30, 20, 30), (100, 20, 10), (30, 20, 1)]
)
def test_tossed_coins_are_noise(items, rounds, judges):
    found = scale(judged(items, rounds, judges), splits=20)
    assert Doubt.NOISE in found.doubts
    if items > 10:
        assert abs(found.split_half) < 0.2


def test_tossed_coins_on_pairs_chosen_by_their_scores_look_reliable_and_are_doubted():
    judgements = judged(30, 1, 5)
    for at in range(12):
        order = list(scale(judgements, splits=0).items)
        toss = random.Random(at).choice((-1, 1))
        judgements += [Judgement(at % 5, *pair[::toss]) for pair in zip(order[::2], order[1::2], strict=True)]
    found = scale(judgements, splits=5)
    assert found.ssr > 0.8
    assert Doubt.CHOSEN in found.doubts


def test_always_never_once_and_apart():
    """A hub that beats many once, one that always loses, and a pair that nothing links to the rest."""
    found = scale(
        [Judgement(n % 2, "hub", n) for n in range(50)]
        + [Judgement(n % 3, "a", "b") for n in range(100)]
        + [Judgement(1, "b", "hub"), Judgement(1, "lone", "only")]
    )
    assert finite(found)
    assert found.parts == 2
    assert {Doubt.APART, Doubt.FEW} <= set(found.doubts)
    assert found.items["lone"].score == -found.items["only"].score > 0


ITEM = st.integers(0, 6)
TWO = st.tuples(ITEM, ITEM).filter(lambda two: two[0] != two[1])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), TWO), min_size=1, max_size=25))
def test_whatever_was_judged_makes_numbers_in_any_order(judged_pairs):
    judgements = [Judgement(judge, *two) for judge, two in judged_pairs]
    found = scale(judgements, splits=4)
    assert finite(found)
    assert found == scale(judgements[::-1], splits=4)
    assert found.ssr is None or math.isfinite(found.ssr)
    assert found.split_half is None or -1 <= found.split_half <= 1
    assert all(map(math.isfinite, misfit(judgements).values()))


def test_nothing_and_oneself_make_no_scale():
    with pytest.raises(ValueError, match="no judgements"):
        scale([])
    with pytest.raises(ValueError, match="itself"):
        scale([Judgement(1, "a", "a")])


def test_one_comparison():
    found = scale([Judgement("j", "a", "b")])
    assert finite(found)
    assert found.split_half is None
    assert list(found.items) == ["a", "b"]


def test_a_judge_who_contradicts_the_others_misfits():
    pairs = list(combinations(range(8), 2))
    agreed = [Judgement(judge, high, low) for judge in range(4) for low, high in pairs]
    contrary = [Judgement("contrary", low, high) for low, high in pairs]
    found = misfit(agreed + contrary)
    assert found["contrary"] > 2 * max(found[judge] for judge in range(4))
    assert found[0] < 1


def test_the_rules_of_judging_do_not_load_scipy():
    script = "import sys, lti_tool.reviews.judging; sys.exit(bool({'numpy', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == 0
