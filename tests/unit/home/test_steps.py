"""A learner's one next step."""

import pytest

from lti_tool.activities.phases import Door
from lti_tool.home.steps import Standing, Step, next_step

START = Standing(
    drafted=False, shared=False, reviewing=False, given=0, asked=4, work_waits=False, received=0,
    sharing=Door.OPEN, reviews=Door.OPEN,
)  # fmt: skip


def at(**changes: object) -> Standing:
    return Standing(**{name: getattr(START, name) for name in Standing.__slots__} | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("standing", "step"),
    [
        (START, Step.SHARE),
        (at(drafted=True), Step.CONTINUE),
        (at(sharing=Door.LATE), Step.SHARE),
        (at(drafted=True, sharing=Door.CLOSED), Step.NOTHING),
        (at(drafted=True, shared=True, work_waits=True), Step.REVIEW),
        (at(drafted=True, shared=True, reviewing=True, work_waits=True), Step.CONTINUE_REVIEW),
        (at(shared=True, reviewing=True, reviews=Door.CLOSED), Step.NOTHING),
        (at(shared=True, work_waits=False), Step.NOTHING),
        (at(shared=True, work_waits=False, received=1), Step.READ),
        (at(shared=True, given=4, work_waits=True, received=1), Step.READ),
        (at(shared=True, given=4, work_waits=True), Step.NOTHING),
        (at(shared=True, given=1, work_waits=True, received=2), Step.REVIEW),
        (at(shared=True, given=1, work_waits=True, received=2, reviews=Door.CLOSED), Step.READ),
        (at(shared=True, calibrates=True, work_waits=False), Step.CALIBRATE),
        (at(shared=True, given=4, judges_own=True, received=2), Step.OWN_REVIEW),
        (at(shared=True, given=1, work_waits=True, judges_own=True), Step.REVIEW),
        (at(shared=True, given=4, judges_own=True, received=2, reviews=Door.CLOSED), Step.READ),
        (at(shared=True, given=4, look_again=1, received=2), Step.LOOK_AGAIN),
        (at(shared=True, given=4, received=2, revising=Door.OPEN), Step.READ),
        (at(shared=True, received=2, revising=Door.OPEN, reviews=Door.CLOSED), Step.IMPROVE),
        (at(shared=True, revising=Door.OPEN, reviews=Door.CLOSED), Step.NOTHING),
    ],
)
def test_one_next_step(standing: Standing, step: Step) -> None:
    assert next_step(standing) is step
