"""Where a comment points to: found by what stands there, whatever was sent."""

from math import inf, nan
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.contributions.models import Contribution
from lti_tool.kernel.errors import InvalidError
from lti_tool.reviews.places import (
    QUOTE_MOST,
    SPOTS,
    Place,
    clock_time,
    folded,
    located,
    pointed,
    seconds_in,
    spot_name,
    texts_of,
)

TEXT = "I walk with them. Then I walk back, slowly."


@pytest.mark.parametrize(
    ("quote", "near", "expected"),
    [
        ("walk", 2, (2, 6)),
        ("walk", 25, (25, 29)),  # the second one
        ("walk", 20, (25, 29)),
        ("walk", None, (2, 6)),
        ("walk", 10**12, (25, 29)),
        ("I  walk\nback", 0, (23, 34)),  # white space is one space
        ("runs", 2, (None, None)),  # kept, without a position
    ],
)
def test_a_quote_is_found_nearest_to_where_it_was_said_to_be(quote, near, expected):
    place = located(TEXT, Place("situation", near, quote=quote))
    assert (place.start, place.end) == expected
    assert place.quote == folded(quote)
    if place.start is not None:
        assert TEXT[place.start : place.end] == place.quote


@given(st.text("ab \n", max_size=30), st.text("ab \n", min_size=1, max_size=4), st.integers(0, 40))
def test_what_is_located_stands_there(text, quote, near):
    text = folded(text)
    if not folded(quote):
        return
    place = located(text, Place("x", near, quote=quote))
    if place.start is None:
        assert place.quote not in text
    else:
        assert text[place.start : place.end] == place.quote


@pytest.mark.parametrize("quote", ["", " \n ", "\x00", "a" * (QUOTE_MOST + 1)])
def test_a_passage_needs_words_and_not_too_many(quote):
    with pytest.raises(InvalidError) as refusal:
        located(TEXT, Place("situation", 0, quote=quote))
    assert refusal.value.field == "quote"


def test_texts_are_as_they_are_read():
    step = {"id": uuid4().hex, "text": "Lift.\n\nWait.", "watch_out": ""}
    answers = {"situation": "It is **very**\n\n- [calm](https://a.example)", "empty": " ", "steps": [step]}
    work = Contribution(title="A  title", answers=answers)
    said = {"title": "A title", "situation": "It is very calm", f"step-{step['id']}-text": "Lift. Wait."}
    assert texts_of(work) == said


@pytest.mark.parametrize("place", [{"x": 1.1, "y": 0}, {"x": nan, "y": 0}, {"x": 0.5}, {"x": -inf, "y": 1}])
def test_a_spot_is_in_the_picture(place):
    with pytest.raises(InvalidError):
        pointed("image/jpeg", Place(attachment_id=uuid4(), **place))


@pytest.mark.parametrize("seconds", [-1, nan, inf, 24 * 3600 + 1])
def test_a_moment_is_in_the_video(seconds):
    with pytest.raises(InvalidError):
        pointed("video/mp4", Place(attachment_id=uuid4(), seconds=seconds))


def test_a_file_has_the_places_of_its_type_alone():
    everything = Place(attachment_id=uuid4(), x=0.5, y=1, seconds=42.04)
    assert pointed("image/png", everything) == Place(attachment_id=everything.attachment_id, x=0.5, y=1)
    assert pointed("audio/mp4", everything) == Place(attachment_id=everything.attachment_id, seconds=42.0)
    assert pointed("application/pdf", everything) == Place(attachment_id=everything.attachment_id)


@pytest.mark.parametrize(
    ("text", "seconds"), [("0:42", 42), (" 1:02:03 ", 3723), ("42", 42), ("90:00", 5400), ("0:5", 5)]
)
def test_times_are_read(text, seconds):
    assert seconds_in(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "1:2:3:4", "-1", "0:42.5", "1:"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(InvalidError):
        seconds_in(text)


def test_times_and_spots_are_told():
    assert [clock_time(each) for each in (0, 42.9, 3723)] == ["0:00", "0:42", "1:02:03"]
    assert all(spot_name(x, y) == name for (x, y), name in SPOTS.items())
    assert (spot_name(0, 0), spot_name(1, 1)) == ("top left", "bottom right")
