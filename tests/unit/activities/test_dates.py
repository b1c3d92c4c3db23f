"""Dates: their order, those that a copy is proposed, and nights in which the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lti_tool.activities.dates import Dates, Odd, common_zones, moment_of, odd, wall_of, zone_named

PARIS = ZoneInfo("Europe/Paris")


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=PARIS)


OPENED, NOW = at(2026, 1, 5, 23, 30), at(2026, 9, 7, 0, 15)


def test_each_keeps_its_distance_in_days_and_its_time_of_day():
    dates = Dates(
        share_by=at(2026, 1, 12, 18), review_from=at(2026, 1, 13, 8), review_by=at(2026, 1, 19, 12, 30),
        revise_by=at(2026, 1, 20), closes_at=at(2026, 1, 30), feedback_from=at(2026, 1, 21, 7),
    )  # fmt: skip
    assert dates.moved(since=OPENED, to=NOW, zone=PARIS) == Dates(
        share_by=at(2026, 9, 14, 18), review_from=at(2026, 9, 15, 8), review_by=at(2026, 9, 21, 12, 30),
        revise_by=at(2026, 9, 22), closes_at=at(2026, 10, 2), feedback_from=at(2026, 9, 23, 7),
    )  # fmt: skip


def test_the_clocks_change_and_the_time_of_day_does_not():
    dates = Dates(at(2026, 1, 12, 18).astimezone(UTC))  # winter time, as the database gives it
    assert dates.moved(since=OPENED, to=at(2026, 7, 1, 9), zone=PARIS).share_by.isoformat() == (
        "2026-07-08T18:00:00+02:00"
    )


def test_a_copy_in_the_night_when_the_clocks_go_forward():
    moved = Dates(at(2026, 1, 12, 2, 30)).moved(since=OPENED, to=at(2026, 3, 22, 9), zone=PARIS)
    assert moved.share_by.isoformat() == "2026-03-29T03:30:00+02:00"


@pytest.mark.parametrize("dates", [Dates(), Dates(at(2026, 1, 4, 12)), Dates(at(2026, 1, 5, 0, 10))])
def test_none_is_proposed_where_there_is_none_or_it_would_be_past(dates):
    assert dates.moved(since=OPENED, to=NOW, zone=PARIS) == Dates()


def test_one_that_is_missing_stays_so():
    assert Dates(at(2026, 1, 12, 18)).moved(since=OPENED, to=NOW, zone=PARIS).review_by is None


@pytest.mark.parametrize(
    ("wall", "taken", "strange"),
    [
        ("2026-03-29 01:59", "2026-03-29T00:59+00:00", None),
        ("2026-03-29 02:00", "2026-03-29T01:00+00:00", Odd.SKIPPED),  # the clocks show 3:00 then
        ("2026-03-29 02:30", "2026-03-29T01:30+00:00", Odd.SKIPPED),
        ("2026-03-29 03:00", "2026-03-29T01:00+00:00", None),
        ("2026-10-25 01:59", "2026-10-24T23:59+00:00", None),
        ("2026-10-25 02:00", "2026-10-25T00:00+00:00", Odd.TWICE),
        ("2026-10-25 02:59", "2026-10-25T00:59+00:00", Odd.TWICE),  # the first of the two
        ("2026-10-25 03:00", "2026-10-25T02:00+00:00", None),
    ],
)
def test_the_nights_when_the_clocks_change(wall, taken, strange):
    assert moment_of(datetime.fromisoformat(wall), PARIS).isoformat(timespec="minutes") == taken
    assert odd(datetime.fromisoformat(wall), PARIS) is strange


@settings(max_examples=200, deadline=None)
@given(some.integers(0, 25 * 365 * 48), some.sampled_from(common_zones()))
def test_a_wall_clock_comes_back_unless_it_is_skipped(half_hours, name):
    wall = datetime.fromisoformat("2010-01-01 00:00") + timedelta(minutes=30 * half_hours)
    zone = ZoneInfo(name)
    moment, strange = moment_of(wall, zone), odd(wall, zone)
    assert moment.tzinfo is UTC
    back = wall_of(moment, zone)
    assert back > wall if strange is Odd.SKIPPED else back == wall
    if strange is Odd.TWICE:
        assert any(wall_of(moment + timedelta(minutes=n), zone) == wall for n in (30, 60))


def test_the_zones_that_are_offered_are_known():
    assert "Europe/Paris" in common_zones()
    assert all(zone_named(name, UTC).key == name for name in common_zones())


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "Europe/Paris\0", "x" * 5000, "Europe"]
)
def test_what_is_no_zone_is_the_default(name):
    assert zone_named(name, PARIS) is PARIS


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        ({}, []),
        ({"share_by": 1, "review_from": 1, "review_by": 1, "revise_by": 1, "closes_at": 1}, []),
        ({"share_by": 2, "closes_at": 3, "feedback_from": 1, "scores_from": 9}, []),
        ({"share_by": 2, "review_by": 1}, [("review_by", "share_by")]),
        ({"share_by": 2, "review_from": 1}, [("review_from", "share_by")]),
        ({"review_from": 2, "review_by": 1}, [("review_by", "review_from")]),
        (
            {"share_by": 3, "revise_by": 2, "closes_at": 1},
            [("revise_by", "share_by"), ("closes_at", "revise_by")],
        ),
    ],
)
def test_order(days, wrong):
    dates = Dates(**{name: NOW + timedelta(days=day) for name, day in days.items()})
    assert list(dates.out_of_order()) == wrong
