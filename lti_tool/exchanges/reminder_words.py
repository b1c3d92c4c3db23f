"""What a reminder says, and whom it helps to do it. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

Translate = Callable[[str], str]


def reminded(facts: Mapping[str, Any], _: Translate) -> str:
    """A reminder's words, in the language of `_`.

    Args:
        facts: "what" is asked for, how many works are "waiting" for a reader, and "when": "48h" or "day"
            before the date, empty where an instructor reminds.
        _: gives a message in the reader's language.

    """
    when = {"48h": _("Two days are left."), "day": _("The last day has come.")}.get(facts.get("when", ""), "")
    return " ".join(filter(None, [_asked(facts, _), when]))


def _asked(facts: Mapping[str, Any], _: Translate) -> str:
    waiting = int(facts.get("waiting", 0))
    match facts.get("what"):
        case "share":
            return _("Your peers can learn from what you do. Share yours.")
        case "revise":
            return _("Your peers read your work. Improve it with what they say.")
    if waiting > 1:
        return _("%(num)d colleagues wait for a reader. Review one of their works.") % {"num": waiting}
    if waiting == 1:
        return _("A colleague waits for a reader. Review their work.")
    return _("You have reviews left to give. Your words help a colleague.")
