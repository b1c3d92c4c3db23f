"""What one writes in a contribution: how it is kept, how long it may be, what is still missing. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ..activities.kinds import KINDS
from ..activities.models import Activity
from ..activities.prompts import prompts_of
from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..kernel.markup import count_words, plain
from .steps import MOST, STEPS, Step, read_steps, to_fill

TITLE_LEAST, TITLE_MOST = 3, 200  # characters
ANSWER_MOST = 20_000
STEP_MOST = 2_000
SHOWS_MOST = 1_000
TRANSCRIPT_MOST = 50_000
WHY_MOST = 200


@dataclass(frozen=True, slots=True)
class Text:
    """A title, an answer for each prompt by its key, and a gesture's steps."""

    title: str
    answers: dict[str, str]
    steps: tuple[Step, ...] = ()

    @classmethod
    def read(cls, title: str, stored: Mapping[str, Any]) -> Self:
        """A text from `Contribution.answers`, those of the time when steps were lines of a text too."""
        answers = {key: answer for key, answer in stored.items() if key != STEPS}
        return cls(title, answers, read_steps(stored.get(STEPS)))

    @property
    def stored(self) -> dict[str, Any]:
        """As `Contribution.answers` keeps it."""
        return (
            {**self.answers, STEPS: [step.stored for step in self.steps]} if self.steps else {**self.answers}
        )

    @property
    def passages(self) -> list[str]:
        """What is written under the title, one passage after the other."""
        steps = [line for step in self.steps for line in (step.text, step.watch_out)]
        return [passage for passage in (*self.answers.values(), *steps) if passage]

    @property
    def words(self) -> int:
        """The words of the passages."""
        return sum(count_words(passage) for passage in self.passages)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that must be written before sharing; `field` is the form's name for it."""

    field: str
    sentence: str


def field_of(key: str) -> str:
    """The form's name for a prompt."""
    return f"answer-{key}"


def kept(
    activity: Activity,
    title: str,
    answers: Mapping[str, Any],
    steps: Sequence[Step] = (),
    before: Mapping[str, str] | None = None,
) -> Text:
    """A text as it is stored: plain, with what the activity asks for and no more.

    Args:
        activity: says what is asked.
        title: as it was typed.
        answers: by the prompts' keys, as they were typed.
        steps: a gesture's; of other kinds they do not count.
        before: the answers kept until now: what was answered to a prompt of the past stays.

    Raises:
        InvalidError: a part of it is too long, or there are too many steps.

    """
    before = before or {}
    keys = [prompt.key for prompt in prompts_of(activity, answered=[key for key in before if before[key]])]
    text = Text(
        " ".join(plain(title).split()),
        {key: plain(str(answers.get(key, before.get(key)) or "")) for key in keys},
        tuple(Step(step.id, plain(step.text), " ".join(plain(step.watch_out).split())) for step in steps)
        if KINDS[activity.kind].steps
        else (),
    )
    _check_length("title", text.title, TITLE_MOST)
    for key, answer in text.answers.items():
        _check_length(field_of(key), answer, ANSWER_MOST)
    if len(text.steps) > MOST:
        raise InvalidError(N_("A gesture can have %(most)d steps at most."), field=STEPS, most=MOST)
    for step in text.steps:
        _check_length(step.field("text"), step.text, STEP_MOST)
        _check_length(step.field("watch_out"), step.watch_out, STEP_MOST)
    return text


def described(shows: str) -> str:
    """What a file shows, as it is stored. Raises InvalidError when it is too long."""
    line = " ".join(plain(shows).split())
    _check_length("file", line, SHOWS_MOST)
    return line


def transcribed(said: str) -> str:
    """What is said in a video or a sound, as it is stored. Raises InvalidError when it is too long."""
    text = plain(said)
    _check_length("transcript", text, TRANSCRIPT_MOST)
    return text


def reason(why: str) -> str:
    """What was changed, as it is stored. Raises InvalidError when it is too long."""
    line = " ".join(plain(why).split())
    _check_length("why", line, WHY_MOST)
    return line


def gaps(activity: Activity, text: Text) -> list[Gap]:
    """What is missing before the text can be shared, in the order of the form."""
    missing = [
        Gap(field_of(prompt.key), N_("Write a few words here."))
        for prompt in prompts_of(activity)
        if prompt.required and not text.answers.get(prompt.key)
    ]
    if len(text.title) < TITLE_LEAST:
        missing.insert(0, Gap("title", N_("Give it a title.")))
    if KINDS[activity.kind].steps and not any(step.text for step in text.steps):
        missing.append(Gap(to_fill(text.steps)[0].field("text"), N_("Describe one step at least.")))
    return missing


def _check_length(field: str, text: str, most: int) -> None:
    if len(text) > most:
        sentence = N_("This has %(length)d characters. It can have %(most)d at most.")
        raise InvalidError(sentence, field=field, code="too-long", length=len(text), most=most)
