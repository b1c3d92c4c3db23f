"""What being late costs."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.gradebook.penalties import days_late, lost

BY = datetime(2026, 3, 28, 18, tzinfo=UTC)  # the night in which clocks change


@pytest.mark.parametrize(
    ("after", "days"),
    [
        (timedelta(hours=-1), 0),
        (timedelta(0), 0),
        (timedelta(microseconds=1), 1),
        (timedelta(days=1), 1),
        (timedelta(days=1, seconds=1), 2),
        (timedelta(days=30), 30),
    ],
)
def test_each_period_of_24_hours_begun_counts(after, days):
    assert days_late(BY + after, BY) == days


def test_without_a_date_or_a_work_nothing_is_late():
    assert days_late(BY, None) == days_late(None, BY) == 0


def test_no_more_is_lost_than_the_most():
    assert lost(2, 0.1, 0.5) == pytest.approx(0.2)
    assert lost(9, 0.1, 0.5) == 0.5
    assert lost(0, 0.1, 0.5) == 0
    assert lost(9, 1.0, 1.0) == 1.0
