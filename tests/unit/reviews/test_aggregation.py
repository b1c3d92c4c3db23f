"""From reviews to a score."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.reviews.aggregation import share_given, work_score

scores = st.floats(0, 1)
reviews = st.lists(scores, min_size=1, max_size=12)


def test_no_review_no_score():
    assert work_score([]) is None


@given(reviews)
def test_the_mean_lies_between_the_lowest_and_the_highest(given_scores):
    assert min(given_scores) <= work_score(given_scores) <= max(given_scores)


@given(scores, st.integers(1, 12))
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
