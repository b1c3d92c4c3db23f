"""All of an activity as tables, for those who may see all work: CSV files, each column explained.

What is only a draft is nobody's to take away. Rows are read and written one after the other, however many.
"""

import csv
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import Enum
from io import TextIOWrapper
from itertools import groupby
from typing import IO, Any, NamedTuple

from sqlalchemy.orm import Session

from ..activities.models import Activity, Criterion
from . import export_queries as queries

ROWS = 500  # read at a time
_FORMULA = re.compile(r"[=+\-@\t\r]")
Translate = Callable[[str], str]


class Table(NamedTuple):
    """A file: its name, what a row is, and what each column holds."""

    name: str
    about: str
    columns: dict[str, str]


def write_table(session: Session, activity: Activity, table: Table, out: IO[bytes]) -> None:
    """Write one table as CSV, with the mark that spreadsheets know UTF-8 by; no cell of it is a formula.

    Args:
        session: a reading session.
        activity: whose; its criteria with it, also those no longer in use.
        table: which.
        out: for writing.

    """
    text = TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    criteria = queries.all_criteria(session, activity) if table.name == queries.REVIEWS else []
    writer.writerow(_inert(each) for each in (*table.columns, *_headings(criteria)))
    for row in _rows(session, activity, table, criteria):
        writer.writerow(_inert(_cell(value)) for value in row)
    text.flush()
    text.detach()


def write_zip(
    session: Session, activity: Activity, tables: Iterable[Table], out: IO[bytes], _: Translate
) -> None:
    """Write all tables into a ZIP, with a README that explains their columns in the language of `_`."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", readme(activity, tables, _))
        for table in tables:
            with archive.open(f"{table.name}.csv", "w", force_zip64=True) as entry:
                write_table(session, activity, table, entry)


def readme(activity: Activity, tables: Iterable[Table], _: Translate) -> str:
    """What is in the files, column by column."""
    lines = [activity.title, "", _("Times are in UTC. Scores lie between 0 and 1."), ""]
    for table in tables:
        lines += [f"{table.name}.csv: {_(table.about)}"]
        lines += [f"  {column}: {_(meaning)}" for column, meaning in table.columns.items()] + [""]
    return "\n".join(lines)


def _rows(
    session: Session, activity: Activity, table: Table, criteria: list[Criterion]
) -> Iterator[Iterable[Any]]:
    query = queries.QUERIES[table.name](activity).execution_options(yield_per=ROWS)
    rows = session.execute(query)
    if table.name != queries.REVIEWS:
        yield from rows
        return
    width = len(table.columns)
    for _review, group in groupby(rows, key=lambda row: row[0]):
        marks = list(group)
        by_criterion = {row[width]: row[width + 1 :] for row in marks}
        told = (by_criterion.get(each.id, ("", "")) for each in criteria)
        yield [*marks[0][:width], *(value for mark in told for value in mark)]


def _headings(criteria: list[Criterion]) -> list[str]:
    return [f"{each.name} ({what})" for each in criteria for what in ("points", "comment")]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    return str(value)


def _inert(cell: str) -> str:
    """A cell that no spreadsheet computes (OWASP, CSV injection); a negative number is no formula."""
    return f"'{cell}" if _FORMULA.match(cell) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell) is not None
