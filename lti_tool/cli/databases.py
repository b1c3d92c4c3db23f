"""`entraide db`."""

import click

from ..settings import Settings
from .opening import prepare


@click.group()
def db() -> None:
    """The database's schema."""


@db.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Bring the database to the present schema. Safe to run again."""
    prepare(settings)
    click.echo("The database is up to date.")
