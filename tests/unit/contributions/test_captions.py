"""Captions as they come, and what is kept of them."""

import pytest

from lti_tool.contributions.captions import LARGEST, MOST_CUES, rewritten
from lti_tool.kernel.errors import InvalidError

KEPT = """WEBVTT

00:00:01.000 --> 00:00:02.500
Wash your hands &amp; dry them.
Twice.

01:00:00.000 --> 01:00:01.000
&lt;Silence&gt;
"""


def test_webvtt_is_written_anew_with_words_alone():
    text = """WEBVTT - by Jane Secret\r
Author: Jane Secret

STYLE
::cue { background: url(https://tracker.example/) }

NOTE Jane Secret wrote this

REGION
id:jane

first
00:01.000 --> 00:02.500 position:10% line:0
<v Jane>Wash <b>your</b> hands &amp; dry them.
<00:00:02.000>Twice.

01:00:00.000 --> 01:00:01.000
&lt;Silence&gt;
"""
    assert rewritten(b"\xef\xbb\xbf" + text.encode()) == KEPT
    assert rewritten(KEPT.encode()) == KEPT


def test_subrip_becomes_webvtt():
    text = """1
00:00:01,000 --> 00:00:02,500
Wash your <i>hands</i> & dry them.
Twice.

2
01:00:00,000 --> 01:00:01,000
&lt;Silence&gt;"""
    assert rewritten(text.encode()) == KEPT


def test_nothing_stays_nothing():
    assert rewritten(b" \n") == ""


CUE = "00:01.000 --> 00:02.000\nWords"


@pytest.mark.parametrize(
    "text",
    [
        "<html><script>alert(1)</script>",
        CUE,
        "WEBVTT",
        "WEBVTT\n\n00:02.000 --> 00:01.000\nBackwards",
        "WEBVTT\n\n00:01.000 -> 00:02.000\nNo arrow",
        "WEBVTT\n\n00:99.000 --> 02:00.000\nNo time",
        "WEBVTT\n\n" + CUE + "w" * 500,
        "WEBVTT\n\n" + "\n\n".join([CUE] * (MOST_CUES + 1)),
        "WEBVTT\n\n" + CUE + "\n" * LARGEST,
    ],
    ids=["html", "no header", "no cue", "backwards", "no arrow", "no time", "long cue", "many", "large"],
)
def test_what_is_no_captions_is_refused(text):
    with pytest.raises(InvalidError) as refused:
        rewritten(text.encode())
    assert (refused.value.code, refused.value.field) == ("captions", "captions")


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(InvalidError):
        rewritten(b"WEBVTT\n\n\xff\xfe")
