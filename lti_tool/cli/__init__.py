"""The command `entraide`."""

import logging
import sys

import click
import structlog
from pydantic import ValidationError

from ..settings import Settings
from . import administration, databases, demos, files, platforms, running, stores


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="entraide")
@click.pass_context
def entraide(context: click.Context) -> None:
    """Peers who teach each other, inside the course: an LTI 1.3 tool that speaks xAPI."""
    if context.invoked_subcommand in {"demo", "validate"}:
        return  # these bring their own settings, or need none
    try:
        context.obj = Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = f"ENTRAIDE_{'_'.join(map(str, problem['loc'])).upper()}" if problem["loc"] else "settings"
            click.echo(f"{name}: {problem['msg'].removeprefix('Value error, ')}", err=True)
        sys.exit(2)
    logging.basicConfig(stream=sys.stderr, level=context.obj.log_level, format="%(message)s")
    for noisy in ("httpx", "alembic"):
        logging.getLogger(noisy).setLevel("WARNING")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(context.obj.log_level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


for command in (
    running.serve,
    running.web,
    running.worker,
    databases.db,
    platforms.platform,
    stores.lrs,
    administration.admin,
    administration.keys,
    demos.demo,
    demos.seed,
    files.validate,
):
    entraide.add_command(command)


def main() -> None:
    """The console script's entry."""
    entraide(prog_name="entraide")
