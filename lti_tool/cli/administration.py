"""`entraide admin` and `entraide keys`."""

import click

from ..admin.signing import LINK_LIFE, make_link
from ..kernel.audit import COMMAND_LINE
from ..kernel.secrets import Sealer
from ..lti import keys as tool_keys
from ..settings import Settings
from .opening import opened


@click.group()
def admin() -> None:
    """The administrator's pages."""


@admin.command()
@click.option("--name", default="administrator", show_default=True, help="What the log calls who uses it.")
@click.pass_obj
def link(settings: Settings, name: str) -> None:
    """Print a one-time address that signs an administrator in."""
    with opened(settings) as database, database.write() as writing:
        code = make_link(writing, name, COMMAND_LINE)
    click.echo(f"{settings.base_url}/admin/enter?code={code}")
    click.echo(f"It works once, within {LINK_LIFE.total_seconds() / 60:.0f} minutes.", err=True)


@click.group()
def keys() -> None:
    """The key pairs that the tool signs with."""


@keys.command()
@click.option("--now", is_flag=True, help="The present key leaked: sign with the new one at once.")
@click.pass_obj
def rotate(settings: Settings, now: bool) -> None:
    """Make a new key. It is published at once, and signs a day later, when platforms know it."""
    with opened(settings) as database, database.write() as writing:
        key = tool_keys.rotate(writing, Sealer(settings.secret_key), COMMAND_LINE, leaked=now)
        listed = tool_keys.list_keys(writing)
    for each in listed:
        if each.kid == key.kid:
            when = f"{each.signs_from:%Y-%m-%d %H:%M} UTC" if each.signs_from else "now"
            click.echo(f"{each.kid} is published. It signs from {when} on.")
        elif each.leaves_at:
            click.echo(f"{each.kid} leaves the key set on {each.leaves_at:%Y-%m-%d}.")
