"""`entraide profile`: the xAPI profile as a file, to be published where its IRIs point."""

import click

from xapi.profile.publishing import as_csv, as_json
from xapi.vocabulary import PROFILE


@click.command()
@click.option("--url", default=PROFILE, show_default=True, help="The base IRI that its terms stand under.")
@click.option("--dictionary", type=click.Choice(["en", "fr"]), help="The data dictionary instead, as CSV.")
def profile(url: str, dictionary: str | None) -> None:
    """Print the xAPI profile that statements keep to, as JSON-LD."""
    click.echo(as_csv(dictionary, url) if dictionary else as_json(profile=url), nl=False)
