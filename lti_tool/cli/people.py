"""`entraide person`: what an organisation decides about one person's data."""

import click
from sqlalchemy import select

from ..kernel.audit import COMMAND_LINE
from ..kernel.secrets import Sealer
from ..people.accounts import Keys, known_account
from ..people.models import Deployment, Person, Platform
from ..privacy.erasure import erase as erase_person
from ..settings import Settings
from .opening import opened


@click.group()
def person() -> None:
    """The people whom platforms launch."""


@person.command()
@click.option("--platform", "name", required=True, help="The platform, as `entraide platform list` calls it.")
@click.option("--user", "sub", required=True, help="The user number (`sub`) that the platform gives them.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@click.pass_obj
def erase(settings: Settings, name: str, sub: str, yes: bool) -> None:
    """Erase what a person wrote and what names them, in all courses of a platform. There is no way back."""
    with opened(settings) as database:
        with database.write() as writing:
            found = writing.scalars(
                select(Person)
                .join(Deployment, Deployment.id == Person.tenant_id)
                .join(Platform, Platform.id == Deployment.platform_id)
                .where(Platform.name == name, Person.sub == sub)
            ).all()
            if not found:
                raise click.ClickException(f"{name} has launched nobody whose user number is {sub}.")
            yes or click.confirm(f"Erase {found[0].name or sub} and all they wrote?", abort=True, err=True)
            keys = Keys(database, Sealer(settings.secret_key))
            known = [account for each in found if (account := known_account(writing, each, keys))]
            files = [file for each in found for file in erase_person(writing, each, COMMAND_LINE)]
        storage = settings.storage()
        for file in files:
            storage.delete(file)
    click.echo(
        f"Erased, with {len(files)} files. Backups, the platform and record stores have their own copies."
    )
    click.echo("The worker voids their statements in every record store that was sent them.")
    for account in known:
        click.echo(f"There they are those of the account {account.name} at {account.home_page}.")
