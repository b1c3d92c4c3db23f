"""What is told of a change before it is saved."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.activities.consequences import consequences
from lti_tool.activities.date_consequences import scheduled
from lti_tool.activities.models import (
    Allocation,
    Calibration,
    Feedback,
    Matching,
    ReviewType,
    Scoring,
    Writing,
)  # fmt: skip
from lti_tool.activities.phases import Schedule
from lti_tool.activities.standing import Standing
from lti_tool.activities.suiting import Settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAST, PASSED, AHEAD, LATER = (NOW + timedelta(days=days) for days in (-2, -1, 1, 2))
PLAIN = Settings(title="T", feedback=Feedback.REVIEWS, writing=Writing.ALONE, named=False)
OTHERS = {
    "share_by": AHEAD, "review_from": PAST, "review_by": AHEAD, "revising": True, "revise_by": AHEAD,
    "closes_at": AHEAD, "zone": "Asia/Tokyo", "late_allowed": False, "wanted": 2, "given": 5,
    "minimum_words": 9, "feedback": Feedback.COMMENTS, "review_type": ReviewType.COMPARISON,
    "self_review": True, "calibration": Calibration.WITHIN, "tolerance": 0.2, "allocation": Allocation.PUSH,
    "matching": Matching.ACROSS_GROUPS, "as_group": True, "named": True, "reviews_named": True,
    "names_at_end": True, "presence": True, "target_words": 80, "quota_mb": 9, "scoring": Scoring.MODEL,
    "late_penalty": 0.1, "late_penalty_most": 0.5, "work_share": 0.5, "feedback_held": True,
    "feedback_from": AHEAD, "scores_held": True, "scores_from": AHEAD, "reminders": False,
}  # fmt: skip


def told(before, after, **at):
    """The consequences, `after` the changes, in an activity that opened long ago."""
    empty = Schedule(PAST - timedelta(days=9), None, None, None, late_allowed=True)
    standing = Standing(scheduled(empty, before), **at)
    return consequences(before, replace(before, **after), standing, NOW)


def test_every_setting_but_texts_has_a_consequence_both_ways():
    assert OTHERS.keys() | {"title", "instructions", "writing"} == {each.name for each in fields(Settings)}
    for name, value in OTHERS.items():
        assert told(PLAIN, {name: value}), name
        changed = replace(PLAIN, **{name: value})
        assert told(changed, {name: getattr(PLAIN, name)}), name
    assert told(PLAIN, {"title": "Other", "instructions": "Other"}) == []


@pytest.mark.parametrize(
    ("before", "after", "at", "sentence"),
    [
        ({}, {"wanted": 4}, {"shared": 14}, "+1 review wanted. 14 contributions get more; none loses one."),
        ({}, {"wanted": 1}, {}, "Fewer reviews are wanted. Those that were given stay."),
        (
            {},
            {"given": 6},
            {"done": 9, "done_after": 2},
            "7 people were done and have more to give.",
        ),
        (
            {},
            {"given": 3},
            {"done": 1, "done_after": 2},
            "1 more person is done now; nothing given is lost.",
        ),
        (
            {"share_by": AHEAD},
            {"share_by": PASSED},
            {"to_share": 3},
            "3 people who have not shared are late now.",
        ),
        (
            {"share_by": PASSED},
            {"late_allowed": False},
            {"to_share": 1},
            "1 person who has not shared can no longer do so.",
        ),
        (
            {"share_by": PASSED},
            {"share_by": AHEAD},
            {"to_share": 2},
            "2 people who have not shared are in time again.",
        ),
        ({"share_by": AHEAD}, {"late_allowed": False}, {}, "Nothing is taken after its date."),
        (
            {"review_by": AHEAD},
            {"review_by": PASSED},
            {"to_review": 5},
            "5 people with reviews to give are late now.",
        ),
        ({}, {"review_from": AHEAD}, {}, "Reviewing stops until it begins again. What is written is kept."),
        ({}, {"closes_at": PASSED}, {"to_review": 5}, "5 people with reviews to give can no longer do so."),
        (
            {"share_by": AHEAD},
            {"share_by": LATER},
            {"extended": 2},
            "2 people keep later dates of their own.",
        ),
        (
            {},
            {"named": True},
            {"shared": 41},
            "Peers see who shared, also on the 41 contributions that are there.",
        ),
        (
            {},
            {"scoring": Scoring.MODEL},
            {"reviewed": 1},
            "The score of 1 work is worked out anew. It may change.",
        ),
        ({}, {"late_penalty": 0.1}, {"late": 2}, "The scores of 2 late works may change."),
        (
            {},
            {"calibration": Calibration.REQUIRED},
            {"reviewers": 6},
            "6 people who review already score your examples before the next one.",
        ),
        ({}, {"feedback_held": True}, {"reviewed": 8}, "Reviews of 8 works can no longer be read."),
        (
            {"feedback_held": True},
            {"feedback_held": False},
            {"reviewed": 8},
            "Reviews of 8 works can be read now.",
        ),
        (
            {"scores_from": PASSED},
            {"scores_from": AHEAD},
            {},
            "Scores can no longer be read here. The LMS keeps what it has.",
        ),
    ],
)
def test_in_words(before, after, at, sentence):
    assert sentence in told(replace(PLAIN, **before), after, **at)


def test_what_does_not_touch_anybody_is_not_said():
    assert told(PLAIN, {"share_by": AHEAD}) == ["“Share by” is new."]
    comments = replace(PLAIN, feedback=Feedback.COMMENTS)
    assert told(comments, {"given": 9, "closes_at": PASSED}, to_review=4, to_share=3) == [
        "“Closes on” is new.", "3 people who have not shared can no longer do so.",
    ]  # fmt: skip
