"""`entraide store`: who may use the local statement store, and what for."""

import json
from dataclasses import asdict

import click

from xapi.store import credentials

from ..kernel.audit import COMMAND_LINE, note
from ..settings import Settings
from .opening import opened


@click.group()
def store() -> None:
    """The local statement store, and who may use it."""


@store.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(credentials.SCOPES),
    multiple=True,
    default=credentials.USUAL,
    show_default=True,
    help="Can be given several times.",
)
@click.option("--username", help="Made up when not given.")
@click.option("--password", help="Made up when not given.")
@click.pass_obj
def add(
    settings: Settings, /, name: str, scopes: tuple[str, ...], username: str | None, password: str | None
) -> None:
    """Make credentials for NAME, whom its statements will be asserted by."""
    try:
        with opened(settings) as database, database.write() as writing:
            made = credentials.add(writing.connection(), name, scopes, username, password)
            note(writing, COMMAND_LINE, "store.added", name, username=made[0], scopes=list(scopes))
    except credentials.CredentialError as error:
        raise click.ClickException(f"{error}.") from None
    click.echo(f"{name} may use {settings.base_url}/xapi/ with:")
    click.echo(f"  username {made[0]}")
    click.echo(f"  password {made[1]}")
    click.echo("The password is shown only now.", err=True)


@store.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """List the credentials, without their passwords."""
    with opened(settings) as database, database.read() as reading:
        found = credentials.listed(reading.connection())
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2, default=str))
    for each in () if as_json else found:
        ended = f", ended {each.ended_at:%Y-%m-%d}" if each.ended_at else ""
        click.echo(f"{each.name}: {each.username} ({', '.join(each.scopes)}){ended}")


@store.command()
@click.argument("name")
@click.pass_obj
def end(settings: Settings, name: str) -> None:
    """End the credentials of NAME, or those with the user name NAME, at once."""
    with opened(settings) as database, database.write() as writing:
        ended = credentials.end(writing.connection(), name)
        if ended:
            note(writing, COMMAND_LINE, "store.ended", name)
    if not ended:
        raise click.ClickException(f"{name} has no credentials.")
    click.echo(f"{ended} pair(s) of credentials ended.")
