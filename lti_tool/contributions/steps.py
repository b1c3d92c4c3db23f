"""The steps of a gesture: how they are kept, and how their order changes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

STEPS = "steps"  # among a contribution's answers, and in the form
MOST = 30


@dataclass(frozen=True, slots=True)
class Step:
    """One step, in its author's words. Its files know it by its id."""

    id: UUID
    text: str = ""
    watch_out: str = ""

    @property
    def stored(self) -> dict[str, str]:
        """As `Contribution.answers` keeps it."""
        return {"id": self.id.hex, "text": self.text, "watch_out": self.watch_out}

    def field(self, part: str) -> str:
        """The form's name for its "text" or "watch_out"."""
        return f"step-{self.id.hex}-{part}"


def read_steps(stored: Any) -> tuple[Step, ...]:
    """The steps that a contribution keeps; of the time when they were a text, one for each line."""
    if isinstance(stored, str):
        lines = [line.strip() for line in stored.splitlines() if line.strip()]
        return tuple(Step(numbered(place), line) for place, line in enumerate(lines, start=1))
    return tuple(
        Step(UUID(hex=each["id"]), each.get("text", ""), each.get("watch_out", "")) for each in stored or ()
    )


def numbered(place: int) -> UUID:
    """The id of a step that nobody saved yet: the same one each time that the form is opened."""
    return UUID(int=place)


def to_fill(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps of the form: there is always one to begin with."""
    return tuple(steps) or (Step(numbered(1)),)


def changed(steps: Sequence[Step], act: str) -> tuple[tuple[Step, ...], str]:
    """The steps after a button of the form, and the name of the part of the page to go on in.

    Args:
        steps: as they stand.
        act: "step-add", or "step-up", "step-down" or "step-remove" with "-" and the step's id; of anything
            else nothing comes.

    """
    if act == "step-add":
        new = Step(uuid4())
        return (*steps, new), new.field("text")
    act, _, step_id = act.rpartition("-")
    at = next((place for place, step in enumerate(steps) if step.id.hex == step_id), None)
    if at is None or act not in {"step-up", "step-down", "step-remove"}:
        return tuple(steps), ""
    order = list(steps)
    step = order.pop(at)
    if act == "step-remove":
        return tuple(order), STEPS
    order.insert(max(0, at + (1 if act == "step-down" else -1)), step)
    return tuple(order), f"step-{step.id.hex}"
