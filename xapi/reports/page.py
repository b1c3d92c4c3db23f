"""The report as one page of HTML that asks nothing of anybody, with its charts as files beside it.

jinja2 and babel are a part of the extra `reports`.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from xapi.reports.charts import Charts
from xapi.reports.drawing import png, svg
from xapi.reports.findings import Finding, findings, verdict
from xapi.reports.formats import LOCALES, Formats
from xapi.reports.grids import Grids
from xapi.reports.measures import definitions
from xapi.reports.measures.model import Language, Network, Node, Results
from xapi.reports.parts import HIDDEN
from xapi.reports.picture import SIZE, Picture, picture
from xapi.reports.rows import REASONS
from xapi.reports.words import WORDS, spoken

if TYPE_CHECKING:
    from xapi.reports.api import Report

FILE = "report.html"
SHADES = ("#0b655f", "#b4560b", "#3b5fa8", "#8a3a7d", "#6f7d16", "#3f4750", "#8f8a82")
"""Of communities, apart for the colour-blind; the last is of people in none that is shown."""

_FOLDER = Path(__file__).with_name("templates")
_SVG = re.compile(r"<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>")

_ROLES = re.compile(r"(<g [^>]*?) role=\"graphics-\w+\" aria-roledescription=\"[^\"]*\"")
"""Of each group of marks: one picture with one name is more to a listener than thirty without."""


@dataclass(frozen=True)
class Told:
    """What the cache knows of the period: how many acts are in it, and when the newest of all was."""

    acts: int
    newest: datetime | None


def write(report: "Report", results: Results, folder: Path, language: Language, version: str) -> list[Path]:
    """Write `report.html` and its charts as SVG and PNG into `folder`, which is there; return the files.

    `version` says what the report was made by.
    """
    formats = Formats(language)
    drawn = {
        f"chart-{name}": (title, svg(title, chart, language))
        for name, (title, chart) in Charts(results, formats).all().items()
    }
    templates = _templates(results, formats)
    if results.network and results.network.nodes:
        drawn["network"] = _drawn(templates, results.network, results.least)
    files = []
    for name, (_, drawing) in drawn.items():
        (folder / f"{name}.svg").write_text(drawing, "utf-8")
        (folder / f"{name}.png").write_bytes(png(drawing))
        files += [folder / f"{name}.svg", folder / f"{name}.png"]
    style = (_FOLDER / "report.css").read_text("utf-8")
    page = templates.get_template("report.html").render(
        report=report,
        told=_told(report, results),
        findings=_findings(results, formats),
        verdict=verdict(results),
        charts={name: _inside(title, drawing) for name, (title, drawing) in drawn.items()},
        grids=Grids(results, formats),
        definitions=definitions(),
        reasons={reason: words[language] for reason, words in REASONS.items()},
        groups=spoken(HIDDEN, language),
        last_day=results.period.until - timedelta(seconds=1),
        endpoint=address(report.source.endpoint),
        made_by=version,
        made_at=datetime.now(UTC),
        style=Markup(style),  # noqa: S704 - a file of ours
        digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )
    (folder / FILE).write_text(page, "utf-8")
    return [folder / FILE, *files]


def address(endpoint: str) -> str:
    """Return an LRS's address without the name, the password and the query that it may hold."""
    url = urlsplit(endpoint)
    return url._replace(netloc=url.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _templates(results: Results, formats: Formats) -> Environment:
    """Return the templates, with what all of them know."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        results=results, formats=formats, language=formats.language, words=spoken(WORDS, formats.language),
        lang=LOCALES[formats.language].replace("_", "-"),
        colon="\u202f: " if formats.language == "fr" else ": ",
    )  # fmt: skip
    return made


def _findings(results: Results, formats: Formats) -> list[tuple[Finding, str]]:
    """Return the findings, each with the name of its chart."""
    return [(one, f"chart-{one.name}") for one in findings(results, formats)]


def _told(report: "Report", results: Results) -> Told:
    period = results.period
    [(acts, newest)] = report.connection.execute(
        """
        SELECT count(*) FILTER (WHERE a."at" >= $since AND a."at" < $until), max(a."at") FROM acts AS a
        WHERE (a.course = $course OR $course IS NULL) AND coalesce(a.synthetic, FALSE) = $synthetic""",
        {
            "since": period.since,
            "until": period.until,
            "course": period.course,
            "synthetic": bool(period.synthetic),
        },
    ).fetchall()
    return Told(acts, newest)


def _drawn(templates: Environment, network: Network, least: int) -> tuple[str, str]:
    """Return the network's title, and its picture as an SVG document."""
    words: Any = templates.globals["words"]
    formats: Any = templates.globals["formats"]
    title = words["picture_flat" if network.communities is None else "picture"].format(
        people=formats.number(network.people),
        links=formats.number(network.links),
        communities=formats.number(network.communities or 0),
    )
    shown: Picture = picture(network)
    text = words["picture_how"].format(least=least)
    if shown.left_out or len(network.nodes) < network.people:
        text += " " + words["picture_part"].format(
            people=formats.number(len(network.nodes)), links=formats.number(len(shown.lines))
        )
    drawing = templates.get_template("network.svg").render(
        size=SIZE, title=title, text=text, picture=shown, shades=SHADES, called=partial(_called, words)
    )
    return title, drawing


def _called(words: Mapping[str, str], node: Node) -> str:
    told = words["node" if node.community < 0 else "node_community"]
    return told.format(name=node.name, links=node.links, community=node.community + 1)


def _inside(title: str, drawing: str) -> tuple[str, Markup]:
    """Return a chart as it stands in a page: as wide as there is room, and told by its title."""
    root = Markup('<svg class="chart" role="img" aria-label="{}" ').format(title)
    shown = drawing
    if 'class="network"' not in drawing[:80]:
        shown = _ROLES.sub(r"\1", _SVG.sub(lambda found: f"{root}{found[1]}>", drawing, count=1))
    return title, Markup(shown)  # noqa: S704 - vega and our template escape what they write
