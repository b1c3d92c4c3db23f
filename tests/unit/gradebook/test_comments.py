"""What stands beside a score in the LMS."""

import pytest

from lti_tool.gradebook.comments import Basis, comment, label
from lti_tool.gradebook.models import Column


@pytest.mark.parametrize(("basis", "sentence"), [(1, "Mean of 1 review"), (3, "Mean of 3 reviews")])
def test_the_work_names_what_its_mean_rests_on(basis, sentence):
    assert comment(Column.WORK, Basis(basis, 0, 4), "en") == sentence


@pytest.mark.parametrize(
    ("given", "asked", "sentence"),
    [(1, 4, "1 of 4 reviews given"), (1, 1, "1 of 1 review given"), (6, 4, "4 of 4 reviews given")],
)
def test_reviewing_names_how_many_were_given_of_those_asked_for(given, asked, sentence):
    assert comment(Column.REVIEWING, Basis(0, given, asked), "en") == sentence


def test_a_total_has_a_line_for_each_of_its_parts():
    assert comment(Column.TOTAL, Basis(3, 2, 4), "en").splitlines() == [
        "Mean of 3 reviews: 80% of the score",
        "2 of 4 reviews given: 20% of the score",
    ]


def test_a_language_without_a_catalogue_is_english():
    assert comment(Column.WORK, Basis(2, 0, 4), "xx") == "Mean of 2 reviews"


def test_labels_have_at_most_a_hundred_characters():
    assert label(Column.WORK, "How I welcome", "en") == "How I welcome"
    assert label(Column.REVIEWING, "How I welcome", "en") == "How I welcome (reviewing)"
    assert label(Column.TOTAL, "How I welcome", "en") == "How I welcome"
    assert all(len(column.tag) <= 50 for column in Column)
    long = label(Column.REVIEWING, "x" * 300, "en")
    assert len(long) == 100
    assert long.endswith("x (reviewing)")


def test_a_french_activity_has_french_words_beside_its_scores():
    assert comment(Column.WORK, Basis(1, 0, 4), "fr") == "Moyenne de 1 relecture"
    assert comment(Column.REVIEWING, Basis(0, 3, 4), "fr") == "3 relectures faites sur 4"
    assert label(Column.REVIEWING, "Comment j’accueille", "fr") == "Comment j’accueille (relectures)"


@pytest.mark.parametrize(
    ("basis", "sentence"),
    [
        (Basis(3, 0, 4, "median"), "Median of 3 reviews"),
        (Basis(4, 0, 4, "model"), "Estimate from 4 reviews"),
        (Basis(2, 0, 4, "mean", 0.125), "Mean of 2 reviews; late: 12.5% less"),
        (Basis(2, 0, 4, "mean", 0.1, by_hand=frozenset({Column.WORK})), "Set by the teacher"),
    ],
)
def test_the_work_names_its_method_what_it_lost_and_who_set_it(basis, sentence):
    assert comment(Column.WORK, basis, "en") == sentence


def test_a_total_has_the_shares_that_the_activity_gives_its_parts():
    basis = Basis(3, 2, 4, work_share=0.6, by_hand=frozenset({Column.REVIEWING}))
    assert comment(Column.TOTAL, basis, "en").splitlines() == [
        "Mean of 3 reviews: 60% of the score",
        "Set by the teacher: 40% of the score",
    ]
