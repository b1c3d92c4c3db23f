"""`entraide compare`: comparative judgements in a file, as a scale. No database needed."""

import json
from typing import BinaryIO

import click

from ..reviews.judging import WHY, Judgement, scale
from . import tables


@click.command()
@click.argument("file", type=click.File("rb"))
def compare(file: BinaryIO) -> None:
    """Turn the comparisons in FILE into one score for each item.

    FILE is CSV with the columns judge,winner,loser; - is the standard input. Prints CSV with item,score,se,
    best first: a score is in logits, se is its standard error. On the standard error, one line of JSON:
    ssr, the reliability; split_half, how well two halves of the judges agree; warning, null when all is well.
    """
    judgements = [_judgement(row) for row in tables.read(file, ("judge", "winner", "loser"))]
    if not judgements:
        raise click.ClickException("There are no comparisons in the file. Write one on each line.")
    found = scale(judgements)
    tables.write(("item", "score", "se"), [(item, one.score, one.se) for item, one in found.items.items()])
    said = {
        "ssr": found.ssr,
        "split_half": found.split_half,
        "warning": " ".join(WHY[doubt] for doubt in found.doubts) or None,
    }
    click.echo(json.dumps(said), err=True)


def _judgement(row: tables.Row) -> Judgement:
    judgement = Judgement(row["judge"], row["winner"], row["loser"])
    if judgement.winner == judgement.loser:
        row.refuse(f'"{judgement.winner}" is compared with itself. Correct the line, or remove it.')
    return judgement
