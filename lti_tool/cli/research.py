"""Commands for researchers: from reviews to scores, on files of their own. No database needed."""

from collections.abc import Sequence
from typing import BinaryIO

import click

from ..reviews.aggregation import Given, Method, scores
from . import tables

METHODS = [Method.MEAN, Method.MEDIAN, Method.TRIMMED, Method.MODEL]


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--method", type=click.Choice([str(method) for method in METHODS]), default="mean", show_default=True,
    help="Model: corrected for each reviewer's bias and reliability.",
)  # fmt: skip
@click.option(
    "--max", "most", type=float, help="Upper end of the scale, which starts at 0. Without: the highest score."
)
@click.option(
    "--anchors", type=click.File("rb"), help="CSV with contribution,score: true scores, for the model."
)
def score(file: BinaryIO, method: str, most: float | None, anchors: BinaryIO | None) -> None:
    """Turn the reviews in FILE into one score for each contribution.

    FILE is CSV with the columns reviewer,contribution,score; - is the standard input. Prints CSV with
    contribution,score,low,high,reviews: low and high hold the true score with 90 % probability.
    """
    if most is not None and not 0 < most < float("inf"):
        raise click.BadParameter("the scale ends above 0", param_hint="--max")
    given = _reviews(tables.read(file, ("reviewer", "contribution", "score")), most)
    known = _anchors(tables.read(anchors, ("contribution", "score")), most) if anchors else {}
    if known and method != Method.MODEL:
        click.echo("Anchors change nothing here: only --method model uses them.", err=True)
    reviewed = {one.work for one in given}
    for contribution in known:
        if contribution not in reviewed:
            click.echo(f'No review of the anchor "{contribution}": passed over.', err=True)
    found = scores(
        given, Method(method), anchors=known,
        high=most or max([0.0, *(one.score for one in given), *known.values()]),
    )  # fmt: skip
    tables.write(
        ("contribution", "score", "low", "high", "reviews"),
        [(work, one.score, one.low, one.high, one.reviews) for work, one in found.items()],
    )


def _reviews(rows: Sequence[tables.Row], most: float | None) -> list[Given]:
    seen: dict[tuple[str, str], int] = {}
    given = []
    for row in rows:
        pair = row["reviewer"], row["contribution"]
        if pair in seen:
            row.refuse(f'"{pair[0]}" already reviewed "{pair[1]}" in line {seen[pair]}. Keep one of them.')
        seen[pair] = row.line
        given.append(Given(*pair, _on_the_scale(row, most)))
    return given


def _anchors(rows: Sequence[tables.Row], most: float | None) -> dict[str, float]:
    known: dict[str, float] = {}
    for row in rows:
        if row["contribution"] in known:
            row.refuse(f'a second true score of "{row["contribution"]}". Keep one of them.')
        known[row["contribution"]] = _on_the_scale(row, most)
    return known


def _on_the_scale(row: tables.Row, most: float | None) -> float:
    points = row.number("score")
    if points < 0:
        row.refuse(f"a score of {points:g} is below 0. Shift the scale so that it starts at 0.")
    if most is not None and points > most:
        row.refuse(f"a score of {points:g} is above the scale's end of {most:g}. Correct it, or raise --max.")
    return points
