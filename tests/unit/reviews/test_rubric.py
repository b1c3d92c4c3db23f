"""A review against its criteria."""

from dataclasses import replace
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.activities.models import CriterionType
from lti_tool.reviews import rubric
from lti_tool.reviews.rubric import (
    MAX_COMMENT,
    MAX_OVERALL,
    Answer,
    Fault,
    NothingCountsError,
    Scale,
    answer_faults,
    overall_fault,
)

levels = st.lists(st.integers(-20, 20).map(lambda n: n / 2), min_size=2, max_size=5, unique=True).map(sorted)
scales = st.lists(levels.map(lambda points: Scale(uuid4(), "Useful", tuple(points))), min_size=1, max_size=5)


@st.composite
def answered(draw) -> tuple[list[Scale], dict[UUID, float]]:
    chosen = draw(scales)
    return chosen, {scale.criterion: draw(st.sampled_from(scale.points)) for scale in chosen}


@given(answered())
def test_a_score_is_a_share(case):
    assert 0 <= rubric.score(*case) <= 1


@given(answered())
def test_the_order_of_the_criteria_does_not_matter(case):
    criteria, points = case
    assert rubric.score(criteria, points) == rubric.score(criteria[::-1], points)


@given(scales)
def test_the_best_levels_give_one_and_the_lowest_nothing(criteria):
    assert rubric.score(criteria, {c.criterion: c.points[-1] for c in criteria}) == 1
    assert rubric.score(criteria, {c.criterion: c.points[0] for c in criteria}) == 0


@given(answered(), st.integers(2, 5))
def test_the_unit_of_the_points_does_not_matter(case, factor):
    criteria, points = case
    scaled = [Scale(c.criterion, c.name, tuple(factor * p for p in c.points)) for c in criteria]
    assert rubric.score(scaled, {key: factor * p for key, p in points.items()}) == rubric.score(
        criteria, points
    )


def test_nothing_is_rounded_on_the_way():
    one, two = Scale(uuid4(), "Useful", (1, 2, 3, 4)), Scale(uuid4(), "Clear", (0, 1))
    assert rubric.score([one, two], {one.criterion: 2, two.criterion: 1}) == (1 / 3 + 1) / 2


def test_a_criterion_without_a_choice_is_met():
    only = Scale(uuid4(), "Shared", (1,))
    assert rubric.score([only], {only.criterion: 1}) == 1


NUMBERS = (1.0, 7.0)
ONE, OTHER, WORDS = uuid4(), uuid4(), uuid4()


def test_a_score_is_the_mean_by_the_weights_unrounded():
    criteria = [
        Scale(ONE, "Useful", (1, 2, 3, 4), weight=2.0),
        Scale(OTHER, "Whole", NUMBERS, CriterionType.SCALE, weight=0.5),
        Scale(WORDS, "Why", (), CriterionType.QUESTION),
        Scale(uuid4(), "Looked at", (0, 1), weight=0.0),
    ]
    points = {ONE: 2, OTHER: 6}
    assert rubric.score(criteria, points) == float((2 * Fraction(1, 3) + Fraction(5, 6) / 2) / Fraction(5, 2))
    assert rubric.tally(criteria, points) == {"raw": 2 + 9 * float(Fraction(13, 30)), "min": 2, "max": 11}


def test_errors_take_away():
    errors = Scale(ONE, "Errors", (0, 10), CriterionType.ERRORS)
    assert [rubric.score([errors], {ONE: n}) for n in (0, 3, 10)] == [1, 0.7, 0]


@pytest.mark.parametrize(
    "criteria", [[], [Scale(WORDS, "Why", (), CriterionType.QUESTION)], [Scale(ONE, "a", (0, 1), weight=0)]]
)
def test_without_anything_that_counts_there_is_no_score(criteria):
    with pytest.raises(NothingCountsError):
        rubric.score(criteria, {ONE: 1})


@pytest.mark.parametrize("points", [0, 7.5, 8, -1, float("nan"), float("inf"), 1e300])
@pytest.mark.parametrize("kind", [CriterionType.SCALE, CriterionType.ERRORS])
def test_only_whole_numbers_of_the_scale_are_taken(kind, points):
    scale = Scale(ONE, "Whole", NUMBERS, kind)
    assert answer_faults([scale], {ONE: Answer(points)}, complete=False) == {ONE: Fault.NOT_A_LEVEL}
    assert answer_faults([scale], {ONE: Answer(7.0)}, complete=True) == {}


def test_a_question_takes_words_alone():
    question = Scale(WORDS, "Why", (), CriterionType.QUESTION)
    assert answer_faults([question], {}, complete=True) == {}
    assert answer_faults([question], {WORDS: Answer(1)}, complete=False) == {WORDS: Fault.NOT_A_LEVEL}
    needed = replace(question, comment_required=True)
    assert answer_faults([needed], {}, complete=True) == {WORDS: Fault.NO_COMMENT}
    assert answer_faults([needed], {}, complete=False) == {}


@given(answered())
def test_what_can_be_scored_has_no_fault(case):
    criteria, points = case
    answers = {criterion: Answer(p, "Why") for criterion, p in points.items()}
    assert answer_faults(criteria, answers, complete=True) == {}


@given(answered(), st.data())
def test_a_missing_criterion_is_a_fault_only_when_sent(case, data):
    criteria, points = case
    left_out = data.draw(st.sampled_from(list(points)))
    answers = {criterion: Answer(p) for criterion, p in points.items() if criterion != left_out}
    assert answer_faults(criteria, answers, complete=True) == {left_out: Fault.MISSING}
    assert answer_faults(criteria, answers, complete=False) == {}


@pytest.mark.parametrize("points", [0, 5, 2.5, float("nan"), float("inf"), -1])
def test_only_points_of_a_level_are_taken(points):
    scale = Scale(uuid4(), "Useful", (1, 2, 3, 4))
    faults = answer_faults([scale], {scale.criterion: Answer(points)}, complete=False)
    assert faults == {scale.criterion: Fault.NOT_A_LEVEL}


def test_criteria_of_another_activity_and_long_comments_are_faults():
    scale, foreign = Scale(uuid4(), "Useful", (1, 2)), uuid4()
    answers = {scale.criterion: Answer(1, "x" * (MAX_COMMENT + 1)), foreign: Answer(1)}
    assert answer_faults([scale], answers, complete=False) == {
        scale.criterion: Fault.TOO_LONG,
        foreign: Fault.NOT_ASKED,
    }


def test_the_overall_comment_has_a_least_and_a_most():
    assert overall_fault("a b", 2, 3, complete=True) is Fault.TOO_SHORT
    assert overall_fault("a b", 2, 3, complete=False) is None
    assert overall_fault("a b c", 3, 3, complete=True) is None
    assert overall_fault("x" * (MAX_OVERALL + 1), 1, 0, complete=False) is Fault.TOO_LONG
