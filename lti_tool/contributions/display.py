"""A contribution as it is read: its passages, its steps, and where each file belongs."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import gettext

from ..activities.models import Activity
from ..activities.prompts import prompts_of
from .models import Attachment
from .texts import Text
from .together_words import readable


class Passage(NamedTuple):
    """What was answered to a prompt. `items`: its lines, where they are items of a list."""

    key: str
    label: str
    text: str
    items: Collection[str]


class ShownStep(NamedTuple):
    """A step with its files; a step without anything is not shown."""

    number: int
    id: UUID
    text: str
    watch_out: str
    attachments: Sequence[Attachment]


class Shown(NamedTuple):
    """The contribution in parts; `attachments` are the files that belong to no step."""

    passages: Sequence[Passage]
    steps: Sequence[ShownStep]
    attachments: Sequence[Attachment]


def shown(activity: Activity, stored: dict[str, Any], attachments: Sequence[Attachment]) -> Shown:
    """What a contribution keeps, ready to be read in the reader's language."""
    text = Text.read("", stored)
    written = {key: readable(answer) for key, answer in text.answers.items() if answer}
    passages = [
        Passage(
            prompt.key,
            prompt.label,
            written[prompt.key],
            _items(written[prompt.key]) if prompt.listed else (),
        )
        for prompt in prompts_of(activity, gettext, written)
        if prompt.key in written
    ]
    files = {step.id: [each for each in attachments if each.step == step.id] for step in text.steps}
    steps = [step for step in text.steps if step.text or step.watch_out or files[step.id]]
    return Shown(
        passages,
        [
            ShownStep(n, each.id, each.text, each.watch_out, files[each.id])
            for n, each in enumerate(steps, start=1)
        ],
        [each for each in attachments if each.step not in files],
    )


def steps_counted(stored: dict[str, Any]) -> int:
    """How many steps a contribution tells, for its card."""
    return sum(1 for step in Text.read("", stored).steps if step.text)


def _items(answer: str) -> list[str]:
    return [line.strip() for line in answer.splitlines() if line.strip()]
