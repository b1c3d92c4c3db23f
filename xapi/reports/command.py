"""The command that writes a report: `entraide report`, or `python -m xapi.reports`."""

import sys
from datetime import datetime
from pathlib import Path

import click
import duckdb

from xapi.lrs import LrsError
from xapi.reports.api import Report
from xapi.reports.cache import CacheError
from xapi.reports.formats import Formats
from xapi.reports.measures.model import LEAST, Language
from xapi.reports.problems import problem
from xapi.reports.progress import Progress
from xapi.reports.rows import REASONS
from xapi.reports.words import WORDS, spoken
from xapi.vocabulary import PROFILE

INCOMPLETE = 3
"""The exit code of a report on an LRS that could not be read to the end."""

_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%SZ"]


@click.command()
@click.option("--url", required=True, help="The xAPI endpoint, to which /statements is added.")
@click.option("--username", required=True, envvar="ENTRAIDE_REPORT_USERNAME", show_envvar=True)
@click.option("--password", required=True, envvar="ENTRAIDE_REPORT_PASSWORD", show_envvar=True)
@click.option(
    "--since", metavar="DAY", type=click.DateTime(_DATES), help="First day of the report, UTC. Without: all."
)
@click.option(
    "--until",
    metavar="DAY",
    type=click.DateTime(_DATES),
    help="The report ends before it, UTC. Without: now.",
)
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where the report goes."
)
@click.option("--course", help="The IRI of one course. Without: all.")
@click.option("--names", is_flag=True, help="Keep people's names.")
@click.option("--rows", is_flag=True, help="Write the rows too, as Parquet: personal data.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option(
    "--cache", type=click.Path(file_okay=False, path_type=Path),
    help="Where statements are kept, to read only new ones next time. Without: the folder cache in --out.",
)  # fmt: skip
@click.option("--no-fetch", is_flag=True, help="Take what the cache has; ask the LRS nothing.")
@click.option("--profile", default=PROFILE, show_default=True, help="Base IRI of the statements' vocabulary.")
@click.option(
    "--least", type=click.IntRange(2), default=LEAST, show_default=True, help="The smallest group shown."
)
def report(
    url: str,
    username: str,
    password: str,
    since: datetime | None,
    until: datetime | None,
    out: Path,
    course: str | None,
    names: bool,
    rows: bool,
    language: Language,
    cache: Path | None,
    no_fetch: bool,
    profile: str,
    least: int,
) -> None:
    """Report on peer learning from the statements of any LRS.

    Exit 0 if everything was read, 3 if the report was written although the LRS could not be read to the end,
    1 if there is none.
    """
    try:
        with Report.read(
            url, username, password, cache=cache or out / "cache", names=names, profile=profile,
            fetch=not no_fetch, tell=Progress(language=language),
        ) as found:  # fmt: skip
            files = found.write(
                out, language, rows=rows, since=since, until=until, course=course, least=least
            )
            _tell(found, files, language)
    except LrsError as error:
        told = WORDS["unread"][language].format(problem=problem(error).told(language))
        raise click.ClickException(told) from error
    except (CacheError, ValueError, OSError, duckdb.Error) as error:
        raise click.ClickException(str(error)) from error
    if found.problem:
        sys.exit(INCOMPLETE)


def _tell(found: Report, files: list[Path], language: Language) -> None:
    """Say what was read, what was left out and why, and where the report is."""
    words = spoken(WORDS, language)
    number = Formats(language).number
    click.echo(words["told_read"].format(read=number(found.read_now), acts=number(found.counts["acts"])))
    for reason, count in found.left_out.items():
        click.echo(words["told_left_out"].format(count=number(count), reason=REASONS[reason][language]))
    if found.problem:
        click.echo(words["incomplete"].format(problem=found.problem.told(language)), err=True)
    for file in files:
        click.echo(str(file))
