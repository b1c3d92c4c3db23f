"""`entraide platform`: registrations by hand."""

import json
from typing import Any
from urllib.parse import urlsplit

import click
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from ..kernel import clock
from ..people.models import Course, Deployment, Platform
from ..settings import Settings
from .opening import opened


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
    for option in ("auth_url", "token_url", "jwks_url"):
        _check_address(settings, option, given[option])
    try:
        with opened(settings) as database, database.write() as writing:
            known = _find(writing, given["name"])
            if known and (known.issuer, known.client_id) != (given["issuer"], given["client_id"]):
                raise click.ClickException(
                    f"A platform is already called {given['name']!r}: choose another name."
                )
            target = known or Platform(**given, created_at=clock.now())
            writing.add(target)
            writing.flush()
            have = {each.deployment_id for each in target.deployments} if known else set()
            for deployment_id in dict.fromkeys(deployment_ids):
                if deployment_id not in have:
                    writing.add(Deployment(platform_id=target.id, deployment_id=deployment_id, approved=True))
    except IntegrityError:
        raise click.ClickException(
            f"This issuer and client are registered already, under another name ({given['issuer']},"
            f" {given['client_id']}). See `entraide platform list`."
        ) from None
    click.echo(f"{given['name']} is registered. Tell the platform:")
    for label, path in (
        ("Initiate login URL", "/lti/login"),
        ("Redirection URI", "/lti/launch"),
        ("Tool URL (target link)", "/lti/launch"),
        ("Public keyset URL", "/lti/jwks"),
    ):
        click.echo(f"  {label}: {settings.base_url}{path}")


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


@platform.command()
@click.argument("name")
@click.pass_obj
def show(settings: Settings, name: str) -> None:
    """Show one platform."""
    with opened(settings) as database, database.read() as reading:
        for key, value in _described(_named(reading, name)).items():
            click.echo(f"{key}: {', '.join(value) if isinstance(value, list) else value}")


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
        "deployment_ids": [each.deployment_id for each in target.deployments]
    }


def _check_address(settings: Settings, option: str, address: str) -> None:
    parts = urlsplit(address)
    flag = "--" + option.replace("_", "-")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise click.ClickException(f"{flag}: {address!r} is not a web address.")
    if parts.scheme == "http" and not settings.allow_private_networks:
        raise click.ClickException(
            f"{flag}: must be https. For a demo or a test, set ENTRAIDE_ALLOW_PRIVATE_NETWORKS=true."
        )
