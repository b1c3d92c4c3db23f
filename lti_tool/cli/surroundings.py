"""What surrounds most commands: their settings, where they listen, and where their logs go."""

import logging
import sys

import click
import structlog
from pydantic import ValidationError

from ..settings import Settings

HOST, PORT = "127.0.0.1", 8091


def read_settings() -> Settings:
    """The settings of the environment; exits with 2, and says which of them do not hold."""
    try:
        return Settings()
    except ValidationError as error:
        for problem in problems(error):
            click.echo(problem, err=True)
        sys.exit(2)


def problems(error: ValidationError) -> list[str]:
    """Which settings do not hold, and why: a line for each."""
    names = ["ENTRAIDE_" + "_".join(map(str, one["loc"])).upper() for one in error.errors()]
    return [
        f"{name if one['loc'] else 'settings'}: {one['msg'].removeprefix('Value error, ')}"
        for name, one in zip(names, error.errors(), strict=True)
    ]


def write_logs(level: str) -> None:
    """Write logs to the standard error, a line of JSON each."""
    logging.basicConfig(stream=sys.stderr, level=level, format="%(message)s")
    for noisy in ("httpx", "alembic"):
        logging.getLogger(noisy).setLevel("WARNING")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
