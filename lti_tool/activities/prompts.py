"""What an activity asks for: its kind's prompts, until an instructor words them otherwise. Pure."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import uuid4

from ..kernel.errors import InvalidError
from ..kernel.i18n import N_
from ..kernel.markup import plain
from .kinds import KINDS, Prompt
from .models import Activity, Kind

Translate = Callable[[str], str]
MOST = 12
LONGEST_LABEL, LONGEST_HINT = 100, 300  # characters
MOST_REMOVED = 40  # whose names are remembered


def prompts_of(
    activity: Activity, translate: Translate = str, answered: Collection[str] = ()
) -> tuple[Prompt, ...]:
    """What the activity asks for, in its order; then what is asked no more, of the keys in `answered`.

    Args:
        activity: its own prompts count, else its kind's.
        translate: for the kind's texts; an instructor's own are shown as they are.
        answered: the keys of what somebody wrote.

    """
    asked = tuple(_own(activity, removed=False)) or suggested(activity.kind, translate)
    keys = {prompt.key for prompt in asked}
    names = {prompt.key: prompt for prompt in _known(activity, translate)}
    gone = [key for key in answered if key not in keys and key != "steps"]
    return asked + tuple(
        replace(names.get(key) or Prompt(key, _readable(key), ""), required=False) for key in gone
    )


def suggested(kind: Kind, translate: Translate = str) -> tuple[Prompt, ...]:
    """The kind's own prompts."""
    return tuple(_translated(prompt, translate) for prompt in KINDS[kind].prompts)


@dataclass(frozen=True, slots=True)
class Asked:
    """The prompts as an instructor changes them, one act after the other; `stored` is what the row keeps."""

    prompts: tuple[Prompt, ...]
    removed: tuple[Prompt, ...] = ()

    @classmethod
    def of(cls, activity: Activity, translate: Translate) -> "Asked":
        """As the activity asks now."""
        return cls(prompts_of(activity, translate), tuple(_own(activity, removed=True)))

    def reworded(self, wordings: Sequence[Prompt]) -> "Asked":
        """With the label, the hint and the need of each prompt that is named by its key, in their order."""
        known = {prompt.key: prompt for prompt in self.prompts}
        new = [
            replace(known[each.key], label=each.label, hint=each.hint, required=each.required)
            for each in wordings
            if each.key in known
        ]
        left = [prompt for prompt in self.prompts if prompt.key not in {each.key for each in new}]
        return replace(self, prompts=(*new, *left))

    def with_one_more(self, label: str, hint: str, *, required: bool) -> "Asked":
        """With a new prompt at the end.

        Raises:
            InvalidError: there are MOST already.

        """
        if len(self.prompts) >= MOST:
            sentence = N_("There are %(most)d questions already. Remove one to add another.")
            raise InvalidError(sentence, field="label-new", most=MOST)
        return replace(self, prompts=(*self.prompts, Prompt(f"q{uuid4().hex[:8]}", label, hint, required)))

    def without(self, key: str) -> "Asked":
        """Without a prompt; its name is remembered for what was answered to it.

        Raises:
            InvalidError: it is the only one.

        """
        gone = tuple(prompt for prompt in self.prompts if prompt.key == key)
        left = tuple(prompt for prompt in self.prompts if prompt.key != key)
        if not left:
            raise InvalidError(N_("Keep at least one question."), field=f"label-{key}")
        return replace(self, prompts=left, removed=(*self.removed, *gone)[-MOST_REMOVED:])

    def moved(self, key: str, by: int) -> "Asked":
        """With a prompt `by` places further down, or up; at the ends nothing moves."""
        keys = [prompt.key for prompt in self.prompts]
        if key not in keys or not 0 <= keys.index(key) + by < len(keys):
            return self
        order = list(self.prompts)
        order.insert(keys.index(key) + by, order.pop(keys.index(key)))
        return replace(self, prompts=tuple(order))

    def suggested(self, kind: Kind, translate: Translate) -> "Asked":
        """What the kind asks for; the names of all others are remembered."""
        prompts = suggested(kind, translate)
        own = tuple(each for each in self.prompts if each.key not in {prompt.key for prompt in prompts})
        return Asked(prompts, (*self.removed, *own)[-MOST_REMOVED:])

    def checked(self) -> "Asked":
        """With plain texts.

        Raises:
            InvalidError: a question is empty, or a text is too long.

        """
        prompts = tuple(
            replace(each, label=" ".join(plain(each.label).split()), hint=" ".join(plain(each.hint).split()))
            for each in self.prompts
        )
        for prompt in prompts:
            if not prompt.label:
                raise InvalidError(N_("Write the question."), field=f"label-{prompt.key}")
            for field, text, most in (
                ("label", prompt.label, LONGEST_LABEL),
                ("hint", prompt.hint, LONGEST_HINT),
            ):
                if len(text) > most:
                    sentence = N_("Shorten this to %(max)d characters.")
                    raise InvalidError(sentence, field=f"{field}-{prompt.key}", max=most)
        return replace(self, prompts=prompts)

    @property
    def stored(self) -> list[dict[str, Any]]:
        """As `Activity.prompts` keeps it."""
        return [asdict(prompt) for prompt in self.prompts] + [
            asdict(prompt) | {"removed": True} for prompt in self.removed
        ]


def _own(activity: Activity, *, removed: bool) -> list[Prompt]:
    """The prompts that an instructor worded, or those that they removed."""
    return [
        Prompt(
            each["key"],
            each["label"],
            each.get("hint", ""),
            bool(each.get("required", True)),
            bool(each.get("listed", False)),
        )
        for each in activity.prompts or ()
        if bool(each.get("removed")) is removed
    ]


def _known(activity: Activity, translate: Translate) -> list[Prompt]:
    """Everything that was ever asked here, the instructor's words last."""
    template = KINDS[activity.kind]
    kinds = [_translated(prompt, translate) for prompt in (*template.former, *template.prompts)]
    return [*kinds, *_own(activity, removed=True)]


def _translated(prompt: Prompt, translate: Translate) -> Prompt:
    return replace(prompt, label=translate(prompt.label), hint=prompt.hint and translate(prompt.hint))


def _readable(key: str) -> str:
    return key.replace("_", " ").capitalize()
