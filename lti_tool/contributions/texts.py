"""What one writes in a contribution: how it is kept, how long it may be, what is still missing. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..activities.kinds import KindTemplate
from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..kernel.markup import count_words, plain

TITLE_LEAST, TITLE_MOST = 3, 200  # characters
ANSWER_MOST = 20_000
SHOWS_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Text:
    """A title, and an answer for each prompt of the kind by its key."""

    title: str
    answers: dict[str, str]

    @property
    def words(self) -> int:
        """The words of the answers."""
        return sum(count_words(answer) for answer in self.answers.values())


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that must be written before sharing; `field` is the form's name for it."""

    field: str
    sentence: str


def field_of(key: str) -> str:
    """The form's name for a prompt."""
    return f"answer-{key}"


def kept(template: KindTemplate, title: str, answers: Mapping[str, Any]) -> Text:
    """A text as it is stored: plain, with the kind's prompts and no others.

    Raises:
        InvalidError: a part of it is too long.

    """
    text = Text(
        " ".join(plain(title).split()),
        {prompt.key: plain(str(answers.get(prompt.key) or "")) for prompt in template.prompts},
    )
    if len(text.title) > TITLE_MOST:
        raise _too_long("title", len(text.title), TITLE_MOST)
    for key, answer in text.answers.items():
        if len(answer) > ANSWER_MOST:
            raise _too_long(field_of(key), len(answer), ANSWER_MOST)
    return text


def described(shows: str) -> str:
    """What a file shows, as it is stored. Raises InvalidError when it is too long."""
    line = " ".join(plain(shows).split())
    if len(line) > SHOWS_MOST:
        raise _too_long("file", len(line), SHOWS_MOST)
    return line


def gaps(template: KindTemplate, text: Text) -> list[Gap]:
    """What is missing before the text can be shared, in the order of the form."""
    missing = [
        Gap(field_of(prompt.key), N_("Write a few words here."))
        for prompt in template.prompts
        if prompt.required and not text.answers.get(prompt.key)
    ]
    if len(text.title) < TITLE_LEAST:
        missing.insert(0, Gap("title", N_("Give it a title.")))
    return missing


def _too_long(field: str, length: int, most: int) -> InvalidError:
    sentence = N_("This has %(length)d characters. It can have %(most)d at most.")
    return InvalidError(sentence, field=field, code="too-long", length=length, most=most)
