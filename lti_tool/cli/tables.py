"""Tables in and out of the commands for researchers: CSV as spreadsheets and scripts write it."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

import click

SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
STANDARD_INPUT = "<stdin>"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: where it stands, and what it says under each column that was asked for."""

    file: str
    line: int
    values: Mapping[str, str]
    decimal_comma: bool

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def number(self, column: str) -> float:
        """The finite number under a column; 12,5 is one where commas do not separate values."""
        text = self.values[column]
        plain = text.replace(",", ".") if self.decimal_comma else text
        if not NUMBER.fullmatch(plain) or abs(number := float(plain)) == float("inf"):
            self.refuse(f'"{text}" under "{column}" is not a number. Write it like 12.5')
        return number

    def refuse(self, why: str) -> NoReturn:
        """Stop the command, saying which line is wrong and why."""
        raise click.ClickException(f"{self.file}, line {self.line}: {why}")


def read(file: BinaryIO, columns: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
    """The rows of a CSV file, or of the standard input, opened by `click.File("rb")`.

    Commas, semicolons or tabs separate; columns come in any order and others are passed over; a byte order
    mark, empty lines, spaces around values and capitals in the names of columns do not matter.

    Args:
        file: bytes in UTF-8, or UTF-16 with its mark.
        columns: names that the first line must hold; no row may leave one of them empty.
        optional: names that it may hold; empty text where it does not.

    Raises:
        click.ClickException: the file or a line of it cannot be used; says where, why and what to do.

    """
    name = getattr(file, "name", STANDARD_INPUT)
    name = "standard input" if name == STANDARD_INPUT else str(name)
    text = _decoded(file.read(), name)
    try:
        return list(_rows(name, text, columns, optional))
    except csv.Error as error:
        raise click.ClickException(f"{name} is not a table in CSV: {error}") from error


def write(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table in CSV: UTF-8, comma, every digit that a number has, nothing for None.

    Names come out as they came in, so that programs find them again: one that starts with = is not disarmed.
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    click.echo(table.getvalue().encode(), nl=False)


def _decoded(data: bytes, name: str) -> str:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise click.ClickException(f"{name}, line {line}: not UTF-8. Save the file as CSV UTF-8.") from error


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, each with its number."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True
    )
    start = 1
    for values in reader:
        stripped = [value.strip() for value in values]
        if any(stripped):
            yield start, stripped
        start = reader.line_num + 1


def _rows(name: str, text: str, columns: Sequence[str], optional: Sequence[str]) -> Iterator[Row]:
    separator = _separator(text)
    lines = _lines(text, separator)
    at, found = next(lines, (1, []))
    header = [column.casefold() for column in found]
    for column in columns:
        if column not in header:
            names = ",".join(columns)
            raise click.ClickException(
                f'{name}, line {at}: no column "{column}". Name the columns in the first line: {names}'
            )
    wanted = [column for column in (*columns, *optional) if column in header]
    for column in wanted:
        if header.count(column) > 1:
            raise click.ClickException(f'{name}, line {at}: two columns are called "{column}". Rename one.')
    for line, values in lines:
        said = dict.fromkeys(optional, "") | dict.fromkeys(wanted, "")
        said |= {column: value for column, value in zip(header, values, strict=False) if column in wanted}
        row = Row(name, line, said, decimal_comma=separator != ",")
        if any(values[len(header) :]):
            row.refuse(
                f"{len(values)} values for {len(header)} columns. Put quotes around a value "
                f"that holds {SEPARATORS[separator]}."
            )
        for column in columns:
            if not said[column]:
                row.refuse(f'nothing under "{column}". Fill it in, or remove the line.')
        yield row


def _separator(text: str) -> str:
    """What separates the names of the columns, of which quotes may hide some."""
    first = re.sub(r'"[^"]*"', "", text.lstrip("\r\n ").partition("\n")[0].partition("\r")[0])
    return max(SEPARATORS, key=lambda separator: first.count(separator))
