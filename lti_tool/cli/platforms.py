"""`entraide platform`: registrations, by hand or by invitation, and what an administrator decides of them."""

import json
import shlex
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from ..kernel.audit import COMMAND_LINE, note
from ..kernel.errors import ConflictError, InvalidError
from ..lti import approvals, byhand, invitations
from ..people import accounts
from ..people.models import ActorMode, Course, Deployment, Platform
from ..settings import Settings
from .opening import opened

_HINTS = {"address-https": " For a demo or a test, set ENTRAIDE_ALLOW_PRIVATE_NETWORKS=true."}


@click.group()
def platform() -> None:
    """The learning platforms (LMSs) that may launch this tool."""


@platform.command()
@click.option("--name", required=True, help="What you call it.")
@click.option("--issuer", required=True, help="The platform's issuer (`iss`), exactly as it gives it.")
@click.option("--client-id", required=True)
@click.option("--auth-url", required=True, help="OIDC authentication request URL.")
@click.option("--token-url", required=True, help="Access token URL.")
@click.option("--jwks-url", required=True, help="Public key set URL.")
@click.option("--audience", help="Audience of service tokens, where it is not the token URL (D2L).")
@click.option(
    "--deployment-id", "deployment_ids", required=True, multiple=True, help="Can be given several times."
)
@click.pass_obj
def add(settings: Settings, /, deployment_ids: tuple[str, ...], **given: Any) -> None:
    """Register a platform, or add deployments to a known one (same name, issuer and client)."""
    try:
        with opened(settings) as database, database.write() as writing:
            byhand.register(
                writing,
                byhand.Details(**given),
                deployment_ids,
                COMMAND_LINE,
                private=settings.allow_private_networks,
            )
    except InvalidError as error:
        flag, hint = "--" + error.field.replace("_", "-"), _HINTS.get(error.code, "")
        raise click.ClickException(f"{flag} {given[error.field]}: {error}{hint}") from None
    except ConflictError as error:
        raise click.ClickException(f"{error} See `entraide platform list`.") from None
    click.echo(f"{given['name']} is registered. Tell the platform:")
    for label, path in byhand.OURS:
        click.echo(f"  {label}: {settings.base_url}{path}")


@platform.command()
@click.option("--name", default="", help="What you will call it; else it is called after its address.")
@click.option("--days", default=invitations.DAYS, show_default=True, type=click.IntRange(1, 90))
@click.pass_obj
def invite(settings: Settings, name: str, days: int) -> None:
    """Print an address that registers a platform, once: for dynamic registration in the LMS."""
    with opened(settings) as database, database.write() as writing:
        click.echo(invitations.invite(writing, name.strip(), base_url=settings.base_url, days=days))
    click.echo(f"Paste it where the LMS asks for a registration address, within {days} day(s).", err=True)


@platform.command()
@click.argument("name")
@click.pass_obj
def confirm(settings: Settings, name: str) -> None:
    """Let a platform in that registered itself."""
    with opened(settings) as database, database.write() as writing:
        target = _named(writing, name)
        approvals.confirm(writing, target)
    click.echo(f"{name} ({target.issuer}) is confirmed.")
    if not target.deployments:
        click.echo(
            "Its first launch names its deployment, which you then approve; or let all in:"
            f" entraide platform policy {shlex.quote(name)} --deployments approve"
        )


@platform.command()
@click.argument("name")
@click.argument("deployment")
@click.pass_obj
def approve(settings: Settings, name: str, deployment: str) -> None:
    """Let a deployment in that waits."""
    with opened(settings) as database, database.write() as writing:
        known = {each.deployment_id: each for each in _named(writing, name).deployments}
        if deployment not in known:
            raise click.ClickException(
                f"{name} has no deployment {deployment!r}. See `entraide platform show {shlex.quote(name)}`."
            )
        approvals.approve_deployment(writing, known[deployment])
    click.echo(f"Deployment {deployment} of {name} is approved.")


@platform.command()
@click.argument("name")
@click.option(
    "--deployments", type=click.Choice(["wait", "approve"]), required=True, help="What new ones do."
)
@click.pass_obj
def policy(settings: Settings, name: str, deployments: str) -> None:
    """Choose whether new deployments of a platform wait for you, or are approved by themselves."""
    with opened(settings) as database, database.write() as writing:
        target = _named(writing, name)
        approvals.set_policy(writing, target, trusts_deployments=deployments == "approve")
    done = "are approved by themselves" if deployments == "approve" else "wait for you"
    click.echo(f"New deployments of {name} {done}.")
    _tell_what_waits(_described(target))


@platform.command()
@click.argument("name")
@click.option(
    "--actor", type=click.Choice([mode.value for mode in ActorMode]), help="By what people are named."
)
@click.option("--texts/--no-texts", default=None, help="Whether statements hold what people write.")
@click.pass_obj
def statements(settings: Settings, name: str, actor: str | None, texts: bool | None) -> None:
    """Choose what statements say of a platform's people from now on; without options, show it."""
    with opened(settings) as database, database.write() as writing:
        target = _named(writing, name)
        mode = ActorMode(actor) if actor else target.actor_mode
        texts = target.texts_told if texts is None else texts
        accounts.choose(writing, target, mode, texts=texts, actor=COMMAND_LINE)
    held = "hold" if texts else "do not hold"
    click.echo(f"Statements name people of {name} by {mode.value}, and {held} what they write.")


@platform.command("forget-pseudonyms")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget_pseudonyms(settings: Settings, name: str, yes: bool) -> None:
    """Destroy the key of a platform's pseudonyms: what people do next gets new ones. There is no way back."""
    if not yes:
        click.confirm(f"Destroy the key of the pseudonyms of {name}?", abort=True, err=True)
    with opened(settings) as database, database.write() as writing:
        keys = accounts.forget_pseudonyms(writing, _named(writing, name), actor=COMMAND_LINE)
    click.echo(f"Destroyed {keys} key(s) of {name}.")


@platform.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """List the platforms."""
    with opened(settings) as database, database.read() as reading:
        query = select(Platform).options(selectinload(Platform.deployments)).order_by(Platform.name)
        platforms = [_described(each) for each in reading.scalars(query)]
    if as_json:
        click.echo(json.dumps(platforms, indent=2))
    elif not platforms:
        click.echo("No platform is registered. Register one with `entraide platform add`.")
    else:
        for each in platforms:
            click.echo(f"{each['name']}: {each['issuer']}, client {each['client_id']}")
            _tell_what_waits(each)


@platform.command()
@click.argument("name")
@click.pass_obj
def show(settings: Settings, name: str) -> None:
    """Show one platform."""
    with opened(settings) as database, database.read() as reading:
        described = _described(_named(reading, name))
    for key, value in described.items():
        click.echo(f"{key}: {', '.join(value) if isinstance(value, list) else value}")
    _tell_what_waits(described)


@platform.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove(settings: Settings, name: str, yes: bool) -> None:
    """Remove a platform and everything that came from it: courses, people, contributions, reviews."""
    with opened(settings) as database:
        with database.read() as reading:
            target = _named(reading, name)
            courses = reading.scalar(
                select(func.count())
                .select_from(Course)
                .join(Deployment, Deployment.id == Course.tenant_id)
                .where(Deployment.platform_id == target.id)
            )
        if courses and not yes:
            click.confirm(f"{name} has {courses} course(s) with people's work. Remove all of it?", abort=True)
        with database.write() as writing:
            note(writing, COMMAND_LINE, "platform.removed", name, issuer=target.issuer)
            writing.execute(Platform.__table__.delete().where(Platform.id == target.id))  # type: ignore[attr-defined]
    click.echo(f"{name} is removed.")


def _find(session: Session, name: str) -> Platform | None:
    query = select(Platform).options(selectinload(Platform.deployments)).where(Platform.name == name)
    return session.scalar(query)


def _named(session: Session, name: str) -> Platform:
    found = _find(session, name)
    if found is None:
        raise click.ClickException(f"No platform is called {name!r}. See `entraide platform list`.")
    return found


def _described(target: Platform) -> dict[str, Any]:
    names = ("name", "issuer", "client_id", "auth_url", "token_url", "jwks_url", "audience", "product")
    return {name: getattr(target, name) for name in names} | {
        "confirmed": target.confirmed,
        "new_deployments": "approve" if target.trusts_deployments else "wait",
        "statements_actor": target.actor_mode.value,
        "statements_texts": target.texts_told,
        "deployment_ids": [each.deployment_id for each in target.deployments if each.approved],
        "waiting_deployment_ids": [each.deployment_id for each in target.deployments if not each.approved],
    }


def _tell_what_waits(described: dict[str, Any]) -> None:
    name = shlex.quote(described["name"])
    if not described["confirmed"]:
        click.echo(f"  It waits for you: entraide platform confirm {name}")
        return
    for deployment in described["waiting_deployment_ids"]:
        click.echo(
            f"  A deployment waits for you: entraide platform approve {name} {shlex.quote(deployment)}"
        )
