"""A page of statements as an LRS answers it, also where a broken statement spoils the page."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from xapi.answers import Answer
from xapi.outcomes import LrsError, Paused

_ATTEMPTS = 100_000  # to find the next statement, so that a page of braces does not hold a report for ever
_LIST = re.compile(r'"statements"\s*:\s*\[')


@dataclass(frozen=True)
class Page:
    """What one answer holds: statements, whatever they are, and where it goes on.

    `consistent_through` is the time up to which the LRS tells all that it has (xAPI 1.0.3, Part Three,
    2.1.3). `broken` is what of a page that is no JSON could not be read: the text between statements that
    could. `problem` says what is wrong with the page as such, or with its `more`.
    """

    statements: list[Any]
    more: Any = None
    consistent_through: datetime | None = None
    broken: Sequence[str] = ()
    problem: LrsError | None = None


def page_of(answer: Answer, *, salvage: bool = False) -> Page:
    """Return the page in `answer`. Raises LrsError when it is none; with `salvage`, what is there of one."""
    through = _moment(answer.headers.get("x-experience-api-consistent-through"))
    try:
        document = answer.document()
    except LrsError as error:
        if not salvage:
            raise
        return _salvaged(answer, through, error)
    listed = document.get("statements")
    if not isinstance(listed, list):
        raise LrsError(Paused(f"not a StatementResult: {answer.words}"[:500]), answer.status)
    return Page(listed, document.get("more"), through)


def _salvaged(answer: Answer, through: datetime | None, error: LrsError | None) -> Page:
    """Return what can be read of a page that is no JSON; `error` unless it says where it goes on."""
    text = answer.body.decode("utf-8", "replace").rstrip()
    listed = _LIST.search(text)
    if not listed:
        return Page([], None, through, problem=error)
    statements, gaps, end = [], [], listed.end()
    for first, behind, statement in _whole_statements(text, end):
        statements.append(statement)
        gaps.append(text[end:first])
        end = behind
    inside, _, after = text[end:].rpartition("]")
    more = None
    try:
        # The page without its statements says where it goes on, unless it was cut within one of them
        rest = json.loads(f"{text[: listed.end()]}]{after}")
        if answer.complete and inside.count("{") == inside.count("}") < _ATTEMPTS:
            more, error = rest.get("more"), None
            gaps.append(inside)
    except (ValueError, RecursionError):
        pass
    broken = [gap for gap in (gap.strip(", \t\r\n") for gap in gaps) if gap]
    return Page(statements, more, through, broken, error)


def _whole_statements(text: str, begin: int) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Yield where it begins and ends, and what parses as a statement: it has an id and a verb."""
    decoder = json.JSONDecoder()
    position = text.find("{", begin)
    attempts = 0
    while position >= 0 and attempts < _ATTEMPTS:
        try:
            found, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            found, end = None, position + 1
            attempts += 1
        if isinstance(found, dict) and "id" in found and "verb" in found:
            yield position, end, found
        else:
            end = position + 1
        position = text.find("{", end)


def _moment(header: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(header.strip().upper()) if header else None
    except ValueError:
        return None
    return found.astimezone(UTC) if found and found.tzinfo else None
