"""`entraide lrs backfill` and its kin: what the worker carries to a store, and whether all is there."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from ..kernel.audit import COMMAND_LINE
from ..kernel.database import Database
from ..kernel.errors import RefusedError
from ..kernel.heartbeat import alive
from ..records import carrying, reconciling
from ..records.models import Backfill, Carrying, Lrs, Reconciliation
from ..records.stores import named
from ..settings import Settings
from .opening import opened

SINCE = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
LOOK = 0.5  # seconds between two looks at how far it is
FIGURES = (
    "produced", "delivered", "refused", "waiting", "counted", "voided", "missing", "unknown",
)  # fmt: skip

_follow = click.option("--follow", is_flag=True, help="Wait for the end, and show how far it is.")


@contextmanager
def told() -> Iterator[None]:
    """Tell what cannot be done as a sentence, not as a trace."""
    try:
        yield
    except RefusedError as error:
        raise click.ClickException(str(error)) from None


def in_zone(since: datetime | None, settings: Settings) -> datetime | None:
    """A moment as it was typed, in the installation's time zone."""
    return since.replace(tzinfo=settings.zone) if since else None


@click.command()
@click.argument("name")
@click.option("--since", type=SINCE, help="Only what happened from then on.")
@click.option("--cancel", is_flag=True, help="End one that is on its way.")
@_follow
@click.pass_obj
def backfill(settings: Settings, name: str, since: datetime | None, cancel: bool, follow: bool) -> None:
    """Send a store what happened before it was added, with the same ids. What it has is not sent again."""
    _carry(settings, name, Carrying.BACKFILL, since, cancel=cancel, follow=follow)


@click.command()
@click.argument("name")
@click.option("--since", type=SINCE, required=True, help="When it lost what it had got from then on.")
@click.option("--cancel", is_flag=True, help="End one that is on its way.")
@_follow
@click.pass_obj
def resend(settings: Settings, name: str, since: datetime | None, cancel: bool, follow: bool) -> None:
    """Send a store again what it got from a moment on: it lost it. What it still has does not double."""
    _carry(settings, name, Carrying.RESEND, since, cancel=cancel, follow=follow)


@click.command()
@click.argument("name")
@click.option("--since", type=SINCE, help="Only what was stored from then on.")
@click.option("--keep", is_flag=True, help="Go on with what others write later.")
@click.option("--cancel", is_flag=True, help="End one that is on its way.")
@_follow
@click.pass_obj
def forward(
    settings: Settings, name: str, since: datetime | None, keep: bool, cancel: bool, follow: bool
) -> None:
    """Send a store what others wrote into the local store."""
    _carry(settings, name, Carrying.FORWARD, since, keep=keep, cancel=cancel, follow=follow and not keep)


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True)
@click.option("--send", is_flag=True, help="Send the missing ones again.")
@click.pass_obj
def reconcile(settings: Settings, name: str, as_json: bool, send: bool) -> None:
    """Count what a store itself lists of ours, and compare. Exit 1 if anything is missing or unknown.

    The worker reads the store's list; this waits for it.
    """
    with told(), opened(settings) as database:
        with database.write() as session:
            run = reconciling.ask(session, named(session, name), COMMAND_LINE).id
        _warn(database)
        found = _wait(database, Reconciliation, run)
        if send and found.missing:
            with database.write() as session:
                reconciling.send_missing(session, named(session, name), COMMAND_LINE)
    if as_json:
        ids = {"missing_ids": found.missing_ids, "unknown_ids": found.unknown_ids}
        figures = {figure: getattr(found, figure) for figure in FIGURES}
        click.echo(json.dumps(figures | ids | {"problem": found.problem}, indent=2))
    elif found.problem:
        click.echo(f"{name} could not be read to its end: {found.problem}")
    else:
        click.echo(
            f"{found.produced} produced; {found.delivered} delivered, {found.waiting} waiting,"
            f" {found.refused} refused. {name} lists {found.counted}, and {found.voided} are voided:"
            f" {found.missing} missing, {found.unknown} unknown here."
        )
        for what, ids in (("missing", found.missing_ids), ("unknown", found.unknown_ids)):
            for each in ids:
                click.echo(f"  {what}: {each}")
    raise SystemExit(1 if found.problem or found.missing or found.unknown else 0)


COMMANDS = (backfill, resend, forward, reconcile)


def _carry(
    settings: Settings,
    name: str,
    kind: Carrying,
    since: datetime | None,
    *,
    cancel: bool,
    follow: bool,
    keep: bool = False,
) -> None:
    with told(), opened(settings) as database:
        with database.write() as session:
            store = named(session, name)
            if cancel:
                ended = carrying.cancel(session, store, kind, actor=COMMAND_LINE)
                click.echo("It is ended; what was queued is still sent." if ended else "There is none.")
                return
            moment = in_zone(since, settings)
            row = carrying.ask(session, store, kind, moment, actor=COMMAND_LINE, keep=keep).id
        _warn(database)
        if not follow:
            click.echo(f"The worker does it. See how far it is: entraide lrs status, or the page of {name}.")
            return
        found = _wait(database, Backfill, row, lambda session, it: carrying.headway(session, it))
    click.echo("It was cancelled." if found.cancelled else f"Done: {found.done} statement(s).")
    for sample in found.samples:
        click.echo(f"  refused: {sample['id']}: {sample['reason']}")


def _warn(database: Database) -> None:
    with database.read() as session:
        if not alive(session):
            click.echo("No worker is running: start one with `entraide worker`.", err=True)


def _wait(
    database: Database,
    table: type[Any],
    key: UUID,
    headway: Callable[[Session, Any], carrying.Headway] | None = None,
) -> Any:
    """Wait until a row has ended and, where its headway is known, all of it arrived; show a bar meanwhile."""
    bar: Any = None
    while True:
        with database.read() as session:
            row = session.get(table, key)
            if row is None:
                raise click.ClickException("The store was removed meanwhile.")
            so_far = headway(session, row) if headway else None
            paused = session.get_one(Lrs, row.lrs_id).paused
        if so_far and so_far.total > 0:
            bar = bar or click.progressbar(length=so_far.total, label="Arrived")
            bar.length = so_far.total
            bar.update(so_far.there - bar.pos)
        if row.ended_at and (so_far is None or row.cancelled or so_far.there >= row.done):
            if bar:
                bar.render_finish()
            return row
        if paused:
            raise click.ClickException(f"The store is paused: {paused}")
        time.sleep(LOOK)
