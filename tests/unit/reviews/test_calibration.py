"""How near a reviewer is to the instructor, and whether that is near enough."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from lti_tool.activities.models import Calibration, CriterionType
from lti_tool.reviews.calibration import Tried, calibrated, distance, following, gaps
from lti_tool.reviews.rubric import Scale

CLEAR, SAFE = (Scale(uuid4(), name, (1.0, 2.0, 3.0, 4.0)) for name in ("Clear", "Safe"))
ERRORS = Scale(uuid4(), "Errors", (0.0, 10.0), CriterionType.ERRORS, weight=2.0)
WORDS = Scale(uuid4(), "Words", (), CriterionType.QUESTION)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
ONE, TWO = uuid4(), uuid4()


def off(example, by, hours):
    return Tried(example, by, NOW + timedelta(hours=hours))


def test_too_much_here_and_too_little_there_do_not_cancel_out():
    found = gaps(
        [CLEAR, SAFE], {CLEAR.criterion: 1, SAFE.criterion: 4}, {CLEAR.criterion: 4, SAFE.criterion: 1}
    )
    assert distance(found) == 1
    assert [gap.stricter for gap in found] == [True, False]


def test_the_distance_goes_by_the_weights_and_the_scales():
    mine, theirs = {CLEAR.criterion: 2, ERRORS.criterion: 5}, {CLEAR.criterion: 3, ERRORS.criterion: 0}
    found = gaps([CLEAR, ERRORS, WORDS], mine, theirs)
    assert distance(found) == pytest.approx((1 / 3 + 2 * 0.5) / 3)
    assert [gap.stricter for gap in found] == [True, True], "more errors found is stricter"


def test_what_one_of_them_did_not_score_or_scored_on_another_scale_is_left_out():
    found = gaps([CLEAR, SAFE], {CLEAR.criterion: 2, SAFE.criterion: 9}, {SAFE.criterion: 3})
    assert found == []
    with pytest.raises(ValueError, match="in common"):
        distance(found)


@pytest.mark.parametrize(
    ("mode", "tried", "expected"),
    [
        (Calibration.NONE, [Tried(ONE)], True),
        (Calibration.VOLUNTARY, [Tried(ONE)], True),
        (Calibration.REQUIRED, [], True),
        (Calibration.REQUIRED, [off(ONE, 0.9, 0), Tried(TWO)], False),
        (Calibration.REQUIRED, [off(ONE, 0.9, 0), off(TWO, 0.9, 1)], True),
        (Calibration.WITHIN, [Tried(ONE)], False),
        (Calibration.WITHIN, [off(ONE, 0.9, 0), off(TWO, 0.2, 1)], True),
        (Calibration.WITHIN, [off(ONE, 0.2, 0), off(TWO, 0.9, 1)], False),
        (Calibration.WITHIN, [off(ONE, 0.9, 0), off(TWO, 0.21, 1)], False),
    ],
)
def test_who_may_review(mode, tried, expected):
    assert calibrated(mode, tried, 0.2) is expected


def test_new_examples_come_first_then_the_one_furthest_off():
    assert following([off(ONE, 0.9, 0), Tried(TWO)], 0.2) == TWO
    assert following([off(ONE, 0.9, 0), off(TWO, 0.3, 1)], 0.2) == ONE
    assert following([off(ONE, 0.1, 0), off(TWO, 0.2, 1)], 0.2) is None
