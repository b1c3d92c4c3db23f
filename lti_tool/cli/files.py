"""Commands on files: the tool's own rules for scripts and researchers. No database needed."""

import io
import json
import sys
from collections.abc import Iterator
from typing import BinaryIO, Literal, cast

import click

from xapi.validation import check_lines

UTF16, GZIP = (b"\xff\xfe", b"\xfe\xff"), b"\x1f\x8b"


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--version", type=click.Choice(["1.0.3", "2.0.0"]), default="2.0.0", show_default=True)
def validate(file: BinaryIO, version: Literal["1.0.3", "2.0.0"]) -> None:
    """Check xAPI statements strictly, one on each line of FILE.

    Prints one line of JSON for each problem; exit 1 if there is any. `-` is the standard input.
    """
    lines = _Counted(_text(file))
    found = 0
    for problem in check_lines(lines, version):
        found += 1
        click.echo(json.dumps(problem, ensure_ascii=False))
    click.echo(f"{lines.number} line(s), {found} problem(s)", err=True)
    sys.exit(1 if found else 0)


class _Counted:
    """Lines, and how many of them were not empty."""

    def __init__(self, lines: io.TextIOBase) -> None:
        self._lines, self.number = lines, 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.number += not line.isspace()
            yield line


def _text(file: BinaryIO) -> io.TextIOBase:
    """A file's text: UTF-8, or UTF-16 with its mark; what is neither is left for the line that has it."""
    whole = io.BufferedReader(cast(io.RawIOBase, file))
    start = whole.peek(2)[:2]
    if start == GZIP:
        raise click.ClickException("It is compressed. Unpack it: gunzip -c FILE | entraide validate -")
    encoding = "utf-16" if start in UTF16 else "utf-8"
    return io.TextIOWrapper(whole, encoding, errors="surrogateescape")
