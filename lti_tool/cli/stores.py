"""`entraide lrs`: the record stores that statements go to."""

import json
import shlex
import sys
from contextlib import closing
from dataclasses import asdict
from typing import Any

import click

from xapi.lrs import Probe

from ..kernel.audit import COMMAND_LINE
from ..kernel.secrets import Sealer
from ..records import carrying, removing
from ..records import stores as records
from ..records.models import Carrying
from ..settings import Settings
from ..worker import stores
from ..worker.clients import Clients
from .carrying import COMMANDS, SINCE, in_zone, told
from .opening import opened

KEPT = ("pending", "delivered", "dead")  # what is known of a store's statements


@click.group()
def lrs() -> None:
    """The learning record stores (LRSs) that statements go to."""


@lrs.command()
@click.option("--name", required=True)
@click.option("--url", required=True, help="The xAPI endpoint, to which /statements is added.")
@click.option("--username", required=True)
@click.option("--password", required=True)
@click.option("--version", type=click.Choice(stores.VERSIONS), default="auto", show_default=True)
@click.option("--batch", default=50, show_default=True, help="Statements in one request.")
@click.option("--max-bytes", default=1_000_000, show_default=True, help="Bytes of one request.")
@click.option("--files", is_flag=True, help="Send the contents of attachments too.")
@click.option("--backfill", is_flag=True, help="Send it what happened before, too.")
@click.option("--since", type=SINCE, help="With --backfill: only what happened from then on.")
@click.pass_obj
def add(settings: Settings, /, backfill: bool, since: Any, **given: Any) -> None:
    """Add a store; it gets what happens from now on."""
    sealer, moment = Sealer(settings.secret_key), in_zone(since, settings)
    with told(), opened(settings) as database, database.write() as session:
        store = records.add(session, sealer, records.Details(**given), COMMAND_LINE)
        if backfill:
            carrying.ask(session, store, Carrying.BACKFILL, moment, actor=COMMAND_LINE)
    click.echo(f"{given['name']} is added. Try it with: entraide lrs test {shlex.quote(given['name'])}")


@lrs.command()
@click.argument("name")
@click.option("--username", required=True)
@click.option("--password", required=True)
@click.option("--second", is_flag=True, help="A second pair, tried where the first is refused.")
@click.pass_obj
def credentials(settings: Settings, name: str, username: str, password: str, second: bool) -> None:
    """Set what a store is entered with. While an LRS changes its credentials, give the new pair as second."""
    sealer = Sealer(settings.secret_key)
    with told(), opened(settings) as database, database.write() as session:
        store = records.named(session, name)
        records.set_credentials(session, sealer, store, username, password, COMMAND_LINE, second=second)
    click.echo(f"{name} has its {'second ' if second else ''}credentials.")


@lrs.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove(settings: Settings, name: str, yes: bool) -> None:
    """Remove a store. What it got stays there; what waits for it is forgotten."""
    with told(), opened(settings) as database:
        standing = stores.status(database).get(name, {})
        waits, known = (sum(standing.get(each, 0) for each in some) for some in (KEPT[:1], KEPT))
        if waits and not yes:
            click.confirm(f"{waits} statement(s) wait for {name}. Remove it?", abort=True)
        with database.write() as session:
            store = records.named(session, name)
            records.remove(session, store, COMMAND_LINE)
        with click.progressbar(length=known, label="Forgotten", hidden=known <= removing.PORTION) as bar:
            for portion in removing.portions(database, store.id):
                bar.update(portion)
    click.echo(f"{name} is removed.")


@lrs.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """List the stores."""
    with opened(settings) as database:
        found = stores.list_all(database)
    if as_json:
        click.echo(json.dumps([asdict(store) for store in found], indent=2))
    for store in () if as_json else found:
        click.echo(f"{store.name}: {store.url} ({store.version}){', paused' if store.paused else ''}")


@lrs.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def test(settings: Settings, name: str, as_json: bool) -> None:
    """Try a store: what is it, does it answer, may we read and write? Exit 1 if it will not do.

    Nothing is stored there.
    """
    sealer = Sealer(settings.secret_key)
    with told(), opened(settings) as database, closing(Clients(settings, database, sealer)) as clients:
        said = stores.test(database, clients, name)
    click.echo(json.dumps(asdict(said), indent=2) if as_json else "\n".join(_sentences(name, said)))
    sys.exit(0 if said.can_write and not said.problem else 1)


@lrs.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """Tell how far the delivery to each store is."""
    with opened(settings) as database:
        report = stores.status(database)
    if as_json:
        click.echo(json.dumps(report, indent=2))
    for name, state in () if as_json else report.items():
        click.echo(
            f"{name}: {state['delivered']} delivered, {state['pending']} waiting, {state['dead']} refused"
            + (f". Paused: {state['problem']}" if state["paused"] else "")
        )


@lrs.command()
@click.argument("name", required=False)
@click.pass_obj
def retry(settings: Settings, name: str | None) -> None:
    """Queue again what a store (or every store) refused, and let paused ones go on."""
    with told(), opened(settings) as database:
        queued = stores.retry(database, name)
    click.echo(f"{queued} statement(s) queued again.")


for command in COMMANDS:
    lrs.add_command(command)


def _sentences(name: str, said: Probe) -> list[str]:
    if said.problem:
        return [f"{name}: {said.problem}"]
    lines = [f"{name} answers, xAPI {said.version}."]
    if said.kind:
        lines.append(f"It seems to be {records.KINDS.get(said.kind, said.kind)}.")
    if said.versions:
        lines.append(f"It lists the versions {', '.join(said.versions)}.")
    lines.append("We may store statements." if said.can_write else "We may not store statements.")
    lines.append(
        "We may read them."
        if said.can_read
        else "We may not read them: a conflict or a reconciliation cannot be settled."
    )
    if said.clock:
        where = "ahead of" if said.clock > 0 else "behind"
        lines.append(f"Its clock is {abs(said.clock):g} seconds {where} ours.")
    return lines
