"""What may be done in an activity, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.activities.kinds import KINDS, LEVEL_LABELS
from lti_tool.activities.models import Kind
from lti_tool.activities.phases import Door, Schedule, lets_in

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("opened", "until", "closed", "late", "door"),
    [
        (None, None, None, True, Door.NOT_YET),
        (AFTER, None, None, True, Door.NOT_YET),
        (BEFORE, None, None, True, Door.OPEN),
        (BEFORE, AFTER, None, False, Door.OPEN),
        (BEFORE, NOW, None, False, Door.OPEN),
        (BEFORE, BEFORE, None, True, Door.LATE),
        (BEFORE, BEFORE, None, False, Door.CLOSED),
        (BEFORE, AFTER, BEFORE, True, Door.CLOSED),
        (BEFORE, BEFORE, BEFORE, True, Door.CLOSED),
    ],
)
def test_door(opened: datetime, until: datetime, closed: datetime, late: bool, door: Door) -> None:
    schedule = Schedule(opened, until, until, closed, late)
    assert schedule.sharing(NOW) is door
    assert schedule.reviewing(NOW) is door
    assert lets_in(door) is (door in {Door.OPEN, Door.LATE})


def test_sharing_and_reviewing_have_dates_of_their_own() -> None:
    schedule = Schedule(BEFORE, BEFORE, AFTER, None, late_allowed=False)
    assert schedule.sharing(NOW) is Door.CLOSED
    assert schedule.reviewing(NOW) is Door.OPEN


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_whole(kind: Kind) -> None:
    template = KINDS[kind]
    assert template.kind is kind
    assert len({prompt.key for prompt in template.prompts}) == len(template.prompts) >= 1
    assert any(prompt.required for prompt in template.prompts)
    assert template.criteria
    for criterion in template.criteria:
        assert len(criterion.sentences) == len(LEVEL_LABELS)
