"""When a date reminds by itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lti_tool.home.reminding import occasion

PARIS = ZoneInfo("Europe/Paris")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def paris(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("deadline", "now", "due"),
    [
        (paris(20, 18), paris(18, 17, 59), ""),
        (paris(20, 18), paris(18, 18), "48h"),
        (paris(20, 18), paris(20, 4, 59), "48h"),
        (paris(20, 18), paris(20, 5), "day"),
        (paris(20, 18), paris(20, 18), ""),
        (paris(20, 0, 30), paris(19, 5), "day"),  # in the small hours: the day before is the last one
        (paris(25, 18, month=10), paris(25, 5, month=10), "day"),  # clocks go back that night
        (paris(25, 18, month=10), paris(23, 19, month=10), "48h"),  # 48 hours, not two wall days
    ],
)
def test_two_days_before_and_on_the_last_day(deadline: datetime, now: datetime, due: str) -> None:
    assert occasion(deadline, LONG_AGO, now, PARIS) == due


def test_what_opened_too_late_goes_without() -> None:
    deadline = paris(20, 18)
    assert occasion(deadline, deadline - timedelta(hours=40), deadline - timedelta(hours=39), PARIS) == ""
    assert occasion(deadline, deadline - timedelta(hours=40), paris(20, 6), PARIS) == "day"
