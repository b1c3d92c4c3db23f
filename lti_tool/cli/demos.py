"""`entraide demo` and `entraide seed`."""

import json
import sys

import click

from ..settings import Settings
from .opening import opened, prepare


@click.command()
@click.option("--lms-port", default=8090, show_default=True)
@click.option("--port", default=8091, show_default=True, help="The tool's port.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--fast", is_flag=True, help="Seed, deliver, check, and exit.")
def demo(lms_port: int, port: int, no_open: bool, fast: bool) -> None:
    """Run a small LMS, the tool, its worker and a statement store, with a ready course."""
    from ..demo.run import run_demo

    sys.exit(run_demo(lms_port=lms_port, port=port, open_browser=not no_open, fast=fast))


@click.command()
@click.option("--people", default=30, show_default=True)
@click.option("--contributions", default=30, show_default=True)
@click.option("--reviews", default=90, show_default=True)
@click.option("--seed", "number", default=1, show_default=True, help="The same number makes the same course.")
@click.pass_obj
def seed(settings: Settings, people: int, contributions: int, reviews: int, number: int) -> None:
    """Make a synthetic course, marked as such, by the actions a person uses. Prints counts as JSON."""
    from ..synthetic import make_course

    prepare(settings)
    with opened(settings) as database:
        try:
            counts = make_course(
                database, people=people, contributions=contributions, reviews=reviews, seed=number
            )
        except ValueError as error:
            raise click.ClickException(str(error)) from None
    click.echo(json.dumps(counts))
