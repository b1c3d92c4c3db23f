"""The dates that a copy is proposed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lti_tool.activities.phases import Dates

PARIS = ZoneInfo("Europe/Paris")


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=PARIS)


OPENED, NOW = at(2026, 1, 5, 23, 30), at(2026, 9, 7, 0, 15)


def test_each_keeps_its_distance_in_days_and_its_time_of_day():
    dates = Dates(at(2026, 1, 12, 18), at(2026, 1, 19, 12, 30))
    assert dates.moved(since=OPENED, to=NOW, zone=PARIS) == (at(2026, 9, 14, 18), at(2026, 9, 21, 12, 30))


def test_the_clocks_change_and_the_time_of_day_does_not():
    dates = Dates(at(2026, 1, 12, 18).astimezone(UTC))  # winter time, as the database gives it
    assert dates.moved(since=OPENED, to=at(2026, 7, 1, 9), zone=PARIS).share_by.isoformat() == (
        "2026-07-08T18:00:00+02:00"
    )


@pytest.mark.parametrize("dates", [Dates(), Dates(at(2026, 1, 4, 12)), Dates(at(2026, 1, 5, 0, 10))])
def test_none_is_proposed_where_there_is_none_or_it_would_be_past(dates):
    assert dates.moved(since=OPENED, to=NOW, zone=PARIS) == (None, None)


def test_one_that_is_missing_stays_so():
    assert Dates(at(2026, 1, 12, 18)).moved(since=OPENED, to=NOW, zone=PARIS).review_by is None
