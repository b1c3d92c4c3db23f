"""`entraide doctor`: is all well here? One line for each thing that is looked at, with what to do."""

from collections.abc import Iterator
from contextlib import ExitStack

import click
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError

from ..kernel.secrets import Sealer
from ..settings import Settings
from ..worker.clients import Clients
from . import contacting, examining
from .findings import Finding, State, fail, looked
from .opening import opened
from .surroundings import problems, write_logs


@click.command()
def doctor() -> None:
    """Look whether all is well here, and say what to do.

    One line for each thing: ok, warn (it works, but somebody should look) or fail. Exit 1 if anything fails.
    Nothing is sent that stays.
    """
    write_logs("CRITICAL")
    counts = dict.fromkeys(State, 0)
    for finding in _findings():
        counts[finding.state] += 1
        click.echo(finding)
    if trouble := [f"{counts[state]} {state}" for state in (State.FAIL, State.WARN) if counts[state]]:
        click.echo(", ".join(trouble), err=True)
    raise SystemExit(1 if counts[State.FAIL] else 0)


def _findings() -> Iterator[Finding]:
    try:
        settings = Settings()
    except ValidationError as error:
        yield from (fail("settings", problem, "See the README's table.") for problem in problems(error))
        return
    yield examining.settings_held(settings)
    with ExitStack() as closing:
        try:
            database = closing.enter_context(opened(settings))
        except (ArgumentError, ImportError, OSError) as error:
            yield fail("database", str(error), "Correct ENTRAIDE_DATABASE_URL or ENTRAIDE_DATA_DIR.")
            return
        [found] = looked("database", lambda: [examining.database_reached(database)])
        yield found
        if found.state is State.FAIL:
            return  # nothing else can be known
        sealer, clocks = Sealer(settings.secret_key), contacting.Clocks()
        clients = Clients(settings, database, sealer)
        closing.callback(clients.close)
        yield from looked("keys", lambda: [examining.keys_opened(database, sealer)])
        yield from looked("address", lambda: [examining.address_answering(settings, database)])
        yield from looked("files", lambda: examining.files_kept(settings))
        yield from looked("worker", lambda: [examining.worker_alive(database)])
        yield from looked("mail", lambda: [examining.mail_taken(settings)])
        yield from looked("platforms", lambda: contacting.platforms(settings, database, clocks))
        yield from looked("record stores", lambda: contacting.record_stores(database, clients, clocks))
        yield from looked("clock", lambda: [contacting.clock_agreed(database, clocks)])
