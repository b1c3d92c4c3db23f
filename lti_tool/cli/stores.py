"""`entraide lrs`: the record stores that statements go to."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import Any

import click

from ..kernel.secrets import Sealer
from ..settings import Settings
from ..worker import stores
from ..worker.clients import Clients
from .opening import opened


@contextmanager
def _told() -> Iterator[None]:
    """Tell what cannot be done as a sentence, not as a trace."""
    try:
        yield
    except stores.StoreError as error:
        raise click.ClickException(f"{error}.") from None


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
@click.pass_obj
def add(settings: Settings, /, **given: Any) -> None:
    """Add a store; it gets what happens from now on."""
    with _told(), opened(settings) as database:
        stores.add(database, Sealer(settings.secret_key), **given)
    click.echo(f"{given['name']} is added. Try it with: entraide lrs test {given['name']}")


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
@click.pass_obj
def test(settings: Settings, name: str) -> None:
    """Try a store: does it answer, and does it let us in? Exit 1 if not."""
    sealer = Sealer(settings.secret_key)
    with _told(), opened(settings) as database, closing(Clients(settings, database, sealer)) as clients:
        result = stores.test(database, clients, name)
    click.echo(f"{name} answers, xAPI {result.version}." if result.ok else f"{name}: {result.problem}")
    sys.exit(0 if result.ok else 1)


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
    with _told(), opened(settings) as database:
        queued = stores.retry(database, name)
    click.echo(f"{queued} statement(s) queued again.")
