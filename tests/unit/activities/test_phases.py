"""What may be done in an activity, and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.activities.kinds import KINDS, LEVEL_LABELS
from lti_tool.activities.models import Kind
from lti_tool.activities.phases import Door, Phase, Schedule, lets_in

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


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


PHASED = Schedule(
    opened_at=day(0), share_by=day(2), review_by=day(6), closed_at=None, late_allowed=False,
    review_from=day(3), revising_allowed=True, revise_from=day(6), revise_by=day(8), closes_at=day(10),
)  # fmt: skip
NOT_YET, OPEN, LATE, CLOSED = Door.NOT_YET, Door.OPEN, Door.LATE, Door.CLOSED


@pytest.mark.parametrize(
    ("at", "phase", "doors", "following"),
    [
        (-1, Phase.DRAFT, (NOT_YET, NOT_YET, NOT_YET), 0),
        (0, Phase.CONTRIBUTE, (OPEN, NOT_YET, NOT_YET), 2),
        (2.5, Phase.CONTRIBUTE, (CLOSED, NOT_YET, NOT_YET), 3),
        (3, Phase.REVIEW, (CLOSED, OPEN, NOT_YET), 6),
        (6.1, Phase.REVISE, (CLOSED, CLOSED, OPEN), 8),
        (8.1, Phase.CLOSED, (CLOSED, CLOSED, CLOSED), 10),
        (10, Phase.CLOSED, (CLOSED, CLOSED, CLOSED), None),
    ],
)
def test_phases_move_by_the_clock_alone(at, phase, doors, following) -> None:
    assert PHASED.phase(now := day(0) + timedelta(days=at)) is phase
    assert (PHASED.sharing(now), PHASED.reviewing(now), PHASED.revising(now)) == doors
    assert PHASED.next_change(now) == (None if following is None else day(following))


def test_who_is_late_shares_while_the_others_review() -> None:
    late = replace(PHASED, late_allowed=True)
    assert (late.sharing(day(4)), late.reviewing(day(4))) == (LATE, OPEN)
    assert (late.phase(day(9)), late.revising(day(9))) == (Phase.REVISE, LATE)
    assert late.phase(day(10)) is Phase.CLOSED


def test_closing_by_its_date_or_by_hand() -> None:
    assert (PHASED.closed(day(9)), PHASED.closed(day(10))) == (False, True)
    by_hand = replace(PHASED, closed_at=day(4))
    assert (by_hand.phase(day(4)), by_hand.ended_at(day(11))) == (Phase.CLOSED, day(4))
    assert (PHASED.ended_at(day(9)), PHASED.ended_at(day(11))) == (day(8), day(10))
    assert (by_hand.next_change(day(5)), by_hand.of_staff().reviewing(day(5))) == (None, CLOSED)


def test_without_a_date_for_reviews_it_flows() -> None:
    flow = Schedule(day(0), None, None, None, late_allowed=True, revising_allowed=True)
    assert flow.phase(day(50)) is Phase.FLOW
    assert {flow.sharing(day(50)), flow.reviewing(day(50)), flow.revising(day(50))} == {OPEN}
    assert flow.next_change(day(1)) is None


def test_later_dates_of_ones_own() -> None:
    mine = PHASED.extended(day(4), day(7), day(9))
    assert (mine.sharing(day(4)), mine.reviewing(day(7)), mine.revising(day(9))) == (OPEN, OPEN, OPEN)
    assert mine.revising(day(6) + timedelta(hours=1)) is OPEN  # one's own reviewing does not delay it
    assert mine.extended(day(1), None, None) == mine
    assert mine.sharing(day(10)) is CLOSED


def test_staff_is_bound_by_the_closing_alone() -> None:
    assert PHASED.of_staff().reviewing(day(1)) is OPEN


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_whole(kind: Kind) -> None:
    template = KINDS[kind]
    assert template.kind is kind
    assert len({prompt.key for prompt in template.prompts}) == len(template.prompts) >= 1
    assert any(prompt.required for prompt in template.prompts)
    assert template.criteria
    for criterion in template.criteria:
        assert len(criterion.sentences) == len(LEVEL_LABELS)
