"""`entraide allocate`: a push on a file of one's own. No database needed."""

from typing import BinaryIO

import click

from ..reviews.feasibility import Among, of_people
from . import tables


@click.command()
@click.argument("file", type=click.File("rb", lazy=True))
@click.option(
    "--per-person",
    type=click.IntRange(min=1),
    required=True,
    metavar="K",
    help="Reviews that each person gives and gets.",
)
@click.option("--within", metavar="COLUMN", help="Only people with the same value in this column.")
@click.option("--across", metavar="COLUMN", help="Only people with another value in this column.")
@click.option("--seed", type=click.IntRange(min=0), help="The same seed draws the same pairs.")  # fmt: skip
def allocate(
    file: BinaryIO, per_person: int, within: str | None, across: str | None, seed: int | None
) -> None:
    """Draw who reviews whom among the people in FILE.

    FILE is CSV with the column person, and one of groups if you name it; - is the standard input. Prints CSV
    with reviewer,author. Where not everyone can give and get K, exit 1 and the reason.
    """
    if within and across:
        raise click.UsageError("--within and --across exclude each other: choose one.")
    people = _people(file, within or across)
    from ..reviews.regular import push  # numpy, which reading a wrong file does not need

    plan = push(
        of_people(people, per_person, Among.WITHIN if within else Among.ACROSS if across else Among.EVERYONE),
        seed,
    )
    if plan.obstacle:
        raise click.ClickException(str(plan.obstacle))
    tables.write(("reviewer", "author"), plan.pairs)


def _people(file: BinaryIO, column: str | None) -> dict[str, str | None]:
    """Who takes part, each with their group.

    Raises:
        click.UsageError: the file cannot be used; exit 1 is kept for what cannot be allocated.

    """
    lines: dict[str, int] = {}
    people: dict[str, str | None] = {}
    group = column.casefold() if column else None
    try:
        for row in tables.read(file, ("person", group) if group else ("person",)):
            person = row["person"]
            if person in people:
                row.refuse(f'"{person}" is already in line {lines[person]}. Keep one of them.')
            lines[person], people[person] = row.line, row[group] if group else None
    except click.ClickException as error:
        raise click.UsageError(error.format_message()) from error
    if not people:
        raise click.UsageError("nobody is in the file. Write one person a line under the name of the column.")
    return people
