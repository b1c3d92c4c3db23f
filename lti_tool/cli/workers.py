"""`entraide worker`."""

import click

from ..settings import Settings
from ..worker.loop import run_until_signalled


@click.command()
@click.pass_obj
def worker(settings: Settings) -> None:
    """Run a worker alone. Any number of them may run."""
    run_until_signalled(settings)
