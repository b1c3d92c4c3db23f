"""A page of statements as an LRS answers it, also where a broken statement spoils the page."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from xapi.answers import Answer
from xapi.outcomes import LrsError, Paused

_ATTEMPTS = 100_000  # to find the next statement, so that a page of braces does not hold a report for ever
_MORE = re.compile(r'"more"\s*:\s*("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True)
class Page:
    """What one answer holds: statements, whatever they are, and where it goes on.

    `consistent_through` is the time up to which the LRS tells all that it has (xAPI 1.0.3, Part Three,
    2.1.3). A page that is not `whole` was not JSON: what could be read of it is here. `problem` says what is
    wrong with it, or with its `more`.
    """

    statements: list[Any]
    more: Any = None
    consistent_through: datetime | None = None
    whole: bool = True
    problem: LrsError | None = None


def page_of(answer: Answer, *, salvage: bool = False) -> Page:
    """Return the page in `answer`. Raises LrsError when it is none; with `salvage`, what is there of one."""
    through = _moment(answer.headers.get("x-experience-api-consistent-through"))
    try:
        document = answer.document()
    except LrsError as error:
        if not salvage:
            raise
        text = answer.body.decode("utf-8", "replace")
        ended = answer.complete and text.rstrip().endswith("}")
        more = _more(text) if ended else None
        return Page(list(_whole_statements(text)), more, through, whole=False, problem=error)
    listed = document.get("statements")
    if not isinstance(listed, list):
        raise LrsError(Paused(f"not a StatementResult: {answer.words}"[:500]), answer.status)
    return Page(listed, document.get("more"), through)


def _whole_statements(text: str) -> Iterator[dict[str, Any]]:
    """Yield what parses as a statement: it has an id and a verb, and stands in no other one."""
    decoder = json.JSONDecoder()
    position = text.find("{", text.find('"statements"'))
    attempts = 0
    while position >= 0 and attempts < _ATTEMPTS:
        try:
            found, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            found, end = None, position + 1
            attempts += 1
        if isinstance(found, dict) and "id" in found and "verb" in found:
            yield found
        else:
            end = position + 1
        position = text.find("{", end)


def _more(text: str) -> str | None:
    found = _MORE.search(text)
    try:
        more = json.loads(found[1]) if found else None
    except ValueError:
        return None
    return more or None


def _moment(header: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(header.strip().upper()) if header else None
    except ValueError:
        return None
    return found.astimezone(UTC) if found and found.tzinfo else None
