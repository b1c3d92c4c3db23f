"""`entraide report`: what peers do for each other, from the statements of any record store."""

import click

try:
    from xapi.reports.command import report
except ModuleNotFoundError as error:
    raise click.ClickException(
        f'Reports need the package "{error.name}". Install it with: pip install "entraide[reports]"'
    ) from error

__all__ = ["report"]
