"""The grade for reviewing: what counts, what is damped, and what never counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.reviews.aggregation import Given
from lti_tool.reviews.reviewing_grade import (
    RATING_BAND,
    WEIGHTS,
    Rating,
    Share,
    agreement,
    effort,
    grade,
    usefulness,
)

shares = st.floats(0, 1)


@given(
    st.integers(0, 6), st.lists(st.integers(0, 900), max_size=6), st.none() | shares, st.none() | shares,
    st.fixed_dictionaries({share: st.sampled_from([0, 0.1, 1, 30]) for share in Share}),
)  # fmt: skip
def test_terms_add_up(sent, words, useful, agreed, weights):
    if not any(weights.values()):
        return
    found = grade(sent, 3, words, 50, useful, agreed, weights)
    if found is None:
        return
    assert 0 <= found.grade <= 1
    assert found.grade == pytest.approx(sum(term.part for term in found.terms))
    assert sum(term.weight for term in found.terms) == pytest.approx(1)
    for term in found.terms:
        assert 0 <= term.value <= 1
        assert term.part == pytest.approx(term.value * term.weight)


def test_what_has_no_data_leaves_its_weight_to_the_others():
    alone = grade(2, 4)
    assert (alone.grade, [term.share for term in alone.terms]) == (0.5, [Share.COMPLETION])
    both = grade(2, 4, words=[50, 25], least_words=50)
    assert both.grade == pytest.approx((0.4 * 0.5 + 0.2 * 0.75) / 0.6)


def test_padding_earns_nothing():
    assert effort([50, 50], 50) == effort([5000, 50], 50) == 1
    assert effort([5000, 0], 50) == 0.5
    assert effort([], 50) is effort([5000], 0) is None


@pytest.mark.parametrize("weights", [{}, {Share.EFFORT: 0}, {Share.EFFORT: -1, Share.COMPLETION: 2}])
def test_weights_that_weigh_nothing_are_an_error(weights):
    with pytest.raises(ValueError, match="above 0"):
        grade(1, 1, weights=weights)


def test_who_reviewed_nothing_that_counts_has_no_grade():
    assert grade(1, 1, weights={Share.AGREEMENT: 1}) is None


def test_colluders_do_not_rank_above_the_honest_one():
    three = [Given("one", "work", 0.2), Given("two", "work", 0.2), Given("honest", "work", 0.8)]
    assert agreement(three, {}) == {}  # nobody agrees or disagrees with peers
    found = agreement(three, {"work": 0.8})
    grades = {who: grade(3, 3, agreement=found[who]).grade for who in found}
    assert grades["honest"] == 1
    assert grades["one"] == grades["two"] < 0.7


def test_two_reviews_do_not_make_everybody_perfect():
    pair = [Given("a", "work", 0.1), Given("b", "work", 0.9)]
    assert agreement(pair, {"another": 0.5}) == {}
    assert grade(1, 2, agreement=agreement(pair, {}).get("a")).grade == 0.5


def tit_for_tat(strict, authors=40):
    """Four reviewers of each work, one of them strict; authors rate as they were scored."""
    return [
        Rating(who, author, min(max(received + 0.1 * (who == "b"), 0), 1), received)
        for author in range(authors)
        for who in ("a", "b", "c", "strict")
        for received in [0.6 + 0.003 * author - strict * (who == "strict")]
    ]


def test_retaliation_is_taken_away():
    fair, hurt = usefulness(tit_for_tat(0)), usefulness(tit_for_tat(0.3))
    assert hurt["strict"] > hurt["a"] - 0.08  # 0.3 lower in every rating
    assert fair["b"] > fair["a"]
    assert hurt["b"] > hurt["a"]  # what is useful still shows


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), shares, shares), min_size=1))
def test_no_alliance_of_authors_moves_anybody_further_than_stated(rows):
    honest = [Rating(*row) for row in rows]
    found = usefulness(honest)
    usual = sum(one.useful for one in honest) / len(honest)
    for who, useful in found.items():
        count = sum(one.reviewer == who for one in honest)
        assert 0 <= useful <= 1
        assert abs(useful - usual) <= RATING_BAND * count / (count + 2) + 1e-9
    assert RATING_BAND * WEIGHTS[Share.USEFULNESS] <= 0.05  # of the whole grade, where all has data


def test_the_first_rating_says_little():
    others = [Rating("b", author, 0.5, 0.5) for author in range(20)]
    once = usefulness([*others, Rating("a", 20, 1.0, 0.5)])["a"]
    often = usefulness([*others, *(Rating("a", 20 + n, 1.0, 0.5) for n in range(8))])["a"]
    assert 0.5 < once < 0.65 < often
    assert usefulness([]) == {}
