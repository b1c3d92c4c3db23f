"""What an activity asks for: the kind's questions, an instructor's own, and those of the past."""

import pytest

from lti_tool.activities.models import Activity, Kind
from lti_tool.activities.prompts import MOST, Asked, prompts_of
from lti_tool.kernel.errors import InvalidError


def upper(text: str) -> str:
    return text.upper()


def keys(activity: Activity, **more) -> list[str]:
    return [prompt.key for prompt in prompts_of(activity, **more)]


def test_the_kinds_own_questions_are_translated_and_an_instructors_are_not() -> None:
    activity = Activity(kind=Kind.PRACTICE)
    assert prompts_of(activity, upper)[0].label == "THE CONTEXT"
    activity.prompts = [{"key": "a", "label": "Why?", "hint": "", "required": False}]
    assert [(p.key, p.label, p.required) for p in prompts_of(activity, upper)] == [("a", "Why?", False)]


def test_what_is_asked_no_more_is_named_as_it_was_and_never_required() -> None:
    activity = Activity(kind=Kind.GESTURE)
    assert "watch_out" not in keys(activity)
    old = prompts_of(activity, upper, ["watch_out", "steps", "of_another_time"])[-2:]
    assert [(p.label, p.required) for p in old] == [("WATCH OUT", False), ("Of another time", False)]
    asked = Asked.of(activity, str).with_one_more("Who helps?", "", required=True)
    new = asked.prompts[-1].key
    activity.prompts = asked.without(new).stored
    assert new not in keys(activity)
    assert prompts_of(activity, str, [new])[-1].label == "Who helps?"


def test_questions_move_and_stay_at_the_ends() -> None:
    asked = Asked.of(Activity(kind=Kind.PRACTICE), str)
    order = [prompt.key for prompt in asked.prompts]
    assert [p.key for p in asked.moved(order[1], -1).prompts] == [order[1], order[0], *order[2:]]
    assert asked.moved(order[0], -1) == asked.moved(order[-1], 1) == asked.moved("nothing", 1) == asked


def test_a_list_stays_a_list_when_it_is_reworded() -> None:
    asked = Asked.of(Activity(kind=Kind.GESTURE), str)
    activity = Activity(kind=Kind.GESTURE, prompts=asked.stored)
    assert [prompt.listed for prompt in prompts_of(activity)] == [False, True]


def test_there_is_one_question_and_no_more_than_most() -> None:
    asked = Asked.of(Activity(kind=Kind.SYNTHESIS), str)
    with pytest.raises(InvalidError):
        asked.without(asked.prompts[0].key)
    for _ in range(MOST - 1):
        asked = asked.with_one_more("Why?", "", required=False)
    assert len({prompt.key for prompt in asked.checked().prompts}) == MOST
    with pytest.raises(InvalidError):
        asked.with_one_more("Why?", "", required=False)
