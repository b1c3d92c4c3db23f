"""The sections of a page: each begins with a heading, as "## After the visit". Pure."""

import re
from itertools import pairwise
from typing import NamedTuple

from ..kernel.errors import NotFoundError
from ..kernel.i18n import N_
from .merging import spans

_HEADING = re.compile(r"^(?=#{1,2}[ \t]+[^\s#])", re.MULTILINE)


class Section(NamedTuple):
    """A part of a page, its heading line included. What comes before the first heading has no `title`."""

    number: int
    title: str
    text: str


def sections(text: str) -> list[Section]:
    """The sections of a text, in their order; glued together they are the text."""
    unsettled = spans(text)
    starts = [
        match.start()
        for match in _HEADING.finditer(text)
        if match.start() and not any(start <= match.start() < end for start, end in unsettled)
    ]
    parts = [text[start:end] for start, end in pairwise([0, *starts, len(text)])] if text else []
    return [Section(number, _title(part), part) for number, part in enumerate(parts)]


def section(text: str, number: int) -> Section:
    """One section. Raises NotFoundError: there is none of this number."""
    for each in sections(text):
        if each.number == number:
            return each
    raise NotFoundError(N_("This section does not exist any more."))


def replaced(text: str, number: int, by: str) -> str:
    """The text with another text in place of one section. Raises NotFoundError: there is no such section."""
    section(text, number)
    parts = [by if each.number == number else each.text for each in sections(text)]
    return "\n\n".join(part.strip("\n") for part in parts if part.strip("\n"))


def _title(part: str) -> str:
    line = part.partition("\n")[0]
    return line.lstrip("#").strip() if _HEADING.match(line) else ""
