"""From a place on the scale to a share, and which judges are to be looked at."""

from math import exp, log

import pytest

from lti_tool.reviews.comparing_fit import MOST_MISFITS, Placed, misfitting


def test_a_score_is_the_chance_against_an_average_work():
    assert Placed(0.0, 1.0, 5).value == 0.5
    three_to_one = Placed(log(3), 0.5, 5)
    assert three_to_one.value == pytest.approx(0.75)
    assert three_to_one.low == pytest.approx(3 / (3 + exp(1.6449 * 0.5)), abs=1e-4)
    assert 0 < Placed(-800.0, 9.0, 1).low < Placed(800.0, 9.0, 1).high < 1


def test_only_judges_far_above_the_others_are_looked_at():
    infits = {f"j{n}": 1.0 + n / 100 for n in range(10)} | {"odd": 4.0}
    judged = dict.fromkeys(infits, 7)
    assert misfitting(infits, judged) == [{"judge": "odd", "infit": 4.0, "judged": 7}]
    assert misfitting({"one": 1.3}, {"one": 2}) == []
    assert misfitting(dict.fromkeys("abc", 0.4) | {"d": 0.9}, dict.fromkeys("abcd", 1)) == [], "all fit well"
    many = {f"j{n}": 1.0 for n in range(3000)} | {f"odd{n}": 9.0 for n in range(60)}
    assert len(misfitting(many, dict.fromkeys(many, 1))) == MOST_MISFITS
