"""The steps of a gesture: read, changed, counted."""

from uuid import UUID

import pytest

from lti_tool.activities.models import Activity, Kind
from lti_tool.contributions.steps import Step, changed, numbered, read_steps
from lti_tool.contributions.texts import Text, kept

ONE, TWO, THREE = (Step(numbered(n), text) for n, text in enumerate(("Roll.", "Push.", "Sit."), start=1))
ALL = (ONE, TWO, THREE)


@pytest.mark.parametrize(
    ("act", "order"),
    [
        (f"step-up-{TWO.id.hex}", (TWO, ONE, THREE)),
        (f"step-down-{TWO.id.hex}", (ONE, THREE, TWO)),
        (f"step-up-{ONE.id.hex}", ALL),
        (f"step-down-{THREE.id.hex}", ALL),
        (f"step-remove-{ONE.id.hex}", (TWO, THREE)),
        (f"step-remove-{UUID(int=9).hex}", ALL),
        ("step-remove", ALL),
        ("submit", ALL),
    ],
)
def test_buttons_change_the_order(act: str, order: tuple[Step, ...]) -> None:
    assert changed(ALL, act)[0] == order


def test_a_step_more_is_empty_and_is_where_one_goes_on() -> None:
    steps, place = changed(ALL, "step-add")
    assert steps[:3] == ALL
    assert (steps[3].text, place) == ("", steps[3].field("text"))


def test_what_is_stored_is_read_again_and_lines_of_old_are_steps() -> None:
    text = kept(Activity(kind=Kind.GESTURE), "Sit", {"what_it_is_for": "To sit."}, ALL)
    assert Text.read(text.title, text.stored) == text
    assert text.words == 5
    assert [step.text for step in read_steps(" Roll. \n\nSit.")] == ["Roll.", "Sit."]
    assert read_steps("Roll.\nSit.") == read_steps("Roll.\nSit."), "their ids are the same each time"


def test_other_kinds_have_no_steps() -> None:
    assert kept(Activity(kind=Kind.PRACTICE), "Sit", {}, ALL).steps == ()
