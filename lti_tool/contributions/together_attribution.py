"""Who last wrote each paragraph of a text, from its versions. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from .merging import opcodes, paragraphs


class Paragraph(NamedTuple):
    """A paragraph, and the version in which it came or was changed last; 0: before the first one given."""

    text: str
    version: int


def attribute(versions: Iterable[tuple[int, str]]) -> list[Paragraph]:
    """The paragraphs of the last version.

    Args:
        versions: number and text of each, the oldest first; before one that is not number 1 there are others.

    """
    found: list[Paragraph] | None = None
    for number, text in versions:
        new = [Paragraph(part, number) for part in paragraphs(text)]
        if found is None:
            found = new if number == 1 else [part._replace(version=0) for part in new]
            continue
        before = [part.text for part in found]
        for tag, start, end, from_, to in opcodes(before, [part.text for part in new]):
            if tag == "equal":
                new[from_:to] = found[start:end]
        found = new
    return found or []
