"""The words beside the marks of a text with several versions of a passage, in the reader's language."""

from flask_babel import gettext

from . import merging


def labelled(text: str) -> str:
    """A text to be written on: each mark says what it is."""
    return merging.label(
        text,
        gettext("Two versions of this passage. The first:"),
        gettext("Another:"),
        gettext("Keep one, or make one of them. Then delete these lines."),
    )


def readable(text: str) -> str:
    """A text to be read as it is, where nobody can choose: words in place of the marks."""
    first, other = gettext("Several people changed this at once. The first version:"), gettext("Another:")
    return merging.label(text, first, other, gettext("End of the versions."), marks=False)
