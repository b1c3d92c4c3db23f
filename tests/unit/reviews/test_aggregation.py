"""From reviews to a score."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.reviews.aggregation import (
    Given,
    Method,
    scores,
    share_given,
    trimmed_mean,
    weighted_mean,
    work_score,
)

points = st.floats(0, 1)
reviews = st.lists(points, min_size=1, max_size=12)


def test_no_review_no_score():
    assert work_score([]) is None


@given(reviews)
def test_the_mean_lies_between_the_lowest_and_the_highest(given_scores):
    assert min(given_scores) <= work_score(given_scores) <= max(given_scores)


@given(points, st.integers(1, 12))
def test_equal_reviews_give_that_very_score(score, count):
    assert work_score([score] * count) == score


@given(reviews.flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))))
def test_the_order_of_the_reviews_does_not_matter(two_orders):
    one, other = two_orders
    assert work_score(one) == work_score(other)


@given(reviews, st.data())
def test_a_better_review_never_lowers_the_score(given_scores, data):
    at = data.draw(st.integers(0, len(given_scores) - 1))
    better = [*given_scores]
    better[at] = data.draw(st.floats(better[at], 1))
    assert work_score(better) >= work_score(given_scores)


def test_nothing_is_rounded():
    assert work_score([1 / 3, 2 / 3, 2 / 3]) == pytest.approx(5 / 9, abs=1e-16)


@given(st.integers(0, 50), st.integers(1, 50))
def test_the_share_of_reviews_given_grows_to_one_and_no_further(sent, asked):
    share = share_given(sent, asked)
    assert 0 <= share <= share_given(sent + 1, asked) <= 1
    assert (share == 1) == (sent >= asked)
    assert share_given(sent, asked + 1) <= share


def test_a_share_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="no reviews"):
        share_given(1, 0)


def of_one_work(*each):
    return [Given(f"r{n}", "w", score) for n, score in enumerate(each)]


@pytest.mark.parametrize(
    ("method", "each", "score"),
    [
        (Method.MEAN, (0.1, 0.2, 0.9), 0.4),
        (Method.MEDIAN, (0.1, 0.2, 0.9), 0.2),
        (Method.MEDIAN, (0.1, 0.2, 0.4, 0.9), 0.3),
        (Method.TRIMMED, (0.1, 0.2, 0.4, 0.9), 0.4),
        (Method.TRIMMED, (0.0, 0.5, 0.5, 0.8, 1.0), 0.6),
        (Method.WEIGHTED, (0.1, 0.2, 0.9), (0.2 + 2.5 * 0.9) / 3.5),
    ],
)
def test_each_method_in_figures(method, each, score):
    found = scores(of_one_work(*each), method, weights={"r0": 0, "r2": 2.5})
    assert found["w"].score == pytest.approx(score, abs=1e-15)
    assert found["w"].reviews == len(each)


@given(reviews, st.sampled_from([Method.MEAN, Method.MEDIAN, Method.TRIMMED, Method.WEIGHTED]))
def test_a_score_lies_in_its_interval_between_the_lowest_and_the_highest(given_scores, method):
    found = scores(of_one_work(*given_scores), method)["w"]
    assert min(given_scores) <= found.score <= max(given_scores)
    assert 0 <= found.low <= found.score <= found.high <= 1


def test_a_fifth_is_trimmed_at_each_end_and_the_sum_is_exact():
    assert trimmed_mean([1, 9, 9, 9, 20]) == 9
    assert trimmed_mean([1, 2, *[9] * 6, 20, 30]) == 9
    assert weighted_mean([0.1] * 3, [0.1, 0.2, 0.3]) == 0.1


@given(points, st.lists(st.floats(0, 50), min_size=1, max_size=9))
def test_equal_scores_give_that_very_score_whatever_they_weigh(score, weights):
    assert weighted_mean([score] * len(weights), weights) in (score, None)


def test_a_weight_of_zero_is_no_review():
    both = [Given("a", "x", 0.2), Given("b", "x", 0.8), Given("a", "y", 0.4)]
    found = scores(both, Method.WEIGHTED, weights={"a": 0})
    assert [(work, one.score) for work, one in found.items()] == [("x", 0.8)]
    with pytest.raises(ValueError, match="above 0"):
        scores(both, Method.WEIGHTED, weights={"a": 0, "b": 0})
    with pytest.raises(ValueError, match="0 or more"):
        scores(both, Method.WEIGHTED, weights={"a": -1})


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan"), float("inf")])
@pytest.mark.parametrize("method", Method)
def test_a_score_outside_the_scale_is_an_error(method, score):
    with pytest.raises(ValueError, match="not between"):
        scores(of_one_work(0.5, score), method)


def test_more_reviews_make_an_interval_narrower():
    pairs = [("x", n) for n in range(8)] + [("y", n) for n in range(2)]
    found = scores([Given(n, work, 0.4 + 0.2 * (n % 2)) for work, n in pairs], Method.MEAN)
    widths = {work: one.high - one.low for work, one in found.items()}
    assert widths["y"] == pytest.approx(2 * widths["x"])


def test_nothing_reviewed_nothing_scored():
    assert scores([], Method.MODEL) == scores([], Method.MEAN) == {}
