"""Timestamps, durations and scores as a statement writes them."""

import math
import re
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi import times
from xapi.statements import (
    Score,
)

BOUNDS = datetime(1990, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - hypothesis wants naive bounds


@given(
    st.datetimes(*BOUNDS),
    st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_timestamps_are_utc_to_the_millisecond(moment, zone):
    moment = moment.replace(tzinfo=zone)
    text = times.timestamp(moment)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
    assert timedelta(0) <= moment - datetime.fromisoformat(text) < timedelta(milliseconds=1)


@given(st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_durations_keep_the_hundredth_of_a_second(span):
    match = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,2})?)S)?", times.duration(span))
    assert match
    assert any(match.groups())
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    assert minutes < 60
    assert seconds < 60
    assert math.isclose(
        hours * 3600 + minutes * 60 + seconds, span.total_seconds(), rel_tol=0, abs_tol=0.0051
    )


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(milliseconds=4), "PT0S"),
        (timedelta(seconds=59.999), "PT1M"),
        (timedelta(days=1, hours=2), "PT26H"),
        (timedelta(seconds=10), "PT10S"),
        (timedelta(seconds=0.07), "PT0.07S"),
    ],
)
def test_durations_as_people_write_them(span, text):
    assert times.duration(span) == text


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_score_is_on_its_scale_or_refused(raw, low, high):
    if low < high and low <= raw <= high:
        score = Score(raw, low, high)
        assert 0 <= score.scaled <= 1
        assert math.isclose(score.scaled, (raw - low) / (high - low), abs_tol=0.00005)
    else:
        with pytest.raises(ValueError, match="not a score"):
            Score(raw, low, high)


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_a_score_is_finite(wrong):
    for numbers in ((wrong, 0, 1), (0, 0, wrong), (0, -wrong, 1)):
        with pytest.raises(ValueError, match="not a score"):
            Score(*numbers)


def test_thirds_are_rounded_to_four_decimals():
    assert Score(1, 0, 3).scaled == 0.3333
