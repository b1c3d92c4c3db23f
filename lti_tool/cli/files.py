"""Commands on files: the tool's own rules for scripts and researchers. No database needed."""

import json
import sys
from typing import Literal, TextIO

import click

from xapi.validation import check_lines


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--version", type=click.Choice(["1.0.3", "2.0.0"]), default="2.0.0", show_default=True)
def validate(file: TextIO, version: Literal["1.0.3", "2.0.0"]) -> None:
    """Check xAPI statements strictly, one on each line of FILE.

    Prints one line of JSON for each problem; exit 1 if there is any.
    """
    problems = 0
    for problem in check_lines(file, version):
        problems += 1
        click.echo(json.dumps(problem, ensure_ascii=False))
    sys.exit(1 if problems else 0)
