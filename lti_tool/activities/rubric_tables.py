"""Tables as text: cells that spreadsheets leave alone, and lines with their numbers. Pure."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

from ..kernel.i18n import N_
from .rubric_reading import UnreadableRubricError

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
Row = tuple[int, list[str]]


def table(lines: Iterable[Sequence[str]]) -> str:
    """Lines as CSV, with the mark that spreadsheets know UTF-8 by; no cell of it is a formula."""
    text = StringIO()
    csv.writer(text).writerows([_inert(cell) for cell in line] for line in lines)
    return "\ufeff" + text.getvalue()


def rows_of(text: str) -> list[Row]:
    """The lines that have something in them, numbered; comma, semicolon or tab between the cells.

    Raises:
        UnreadableRubricError: a line cannot be read.

    """
    text = text.lstrip("\ufeff")
    first = text.lstrip("\r\n").partition("\n")[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max("\t;,", key=first.count), strict=True)
    try:
        rows = [(reader.line_num, [_cell(cell) for cell in cells]) for cells in reader]
    except csv.Error:
        raise UnreadableRubricError(N_("This line cannot be read."), line=reader.line_num) from None
    return [(line, cells) for line, cells in rows if any(cells)]


def _cell(cell: str) -> str:
    """A cell without what kept a spreadsheet from computing it."""
    return (cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell).strip()


def _inert(cell: str) -> str:
    """A cell that no spreadsheet computes (OWASP, CSV injection); `_cell` takes the mark off again."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
