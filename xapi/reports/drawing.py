"""How a chart looks, and how it becomes a picture: SVG for a page, PNG for slides.

altair and vl-convert are a part of the extra `reports`.
"""

import textwrap
from typing import Literal

import altair as alt
import vl_convert

from xapi.reports.measures.model import Language

INK, MUTED, LINE, ACCENT, PAPER = "#262b30", "#5b6167", "#ddd6ca", "#0b655f", "#ffffff"
"""The only colours: AA on paper, and apart in grey; a page's style gives them other values in the dark."""

WIDTH, HEIGHT = 340, 84  # px: of a phone, on which nothing is scaled down
_LETTERS = 42  # of a title's line


def svg(title: str, chart: alt.LayerChart, language: Language) -> str:
    """Return `chart` as an SVG document of its own."""
    drawn = chart.properties(
        width=WIDTH,
        height=HEIGHT if chart.height is alt.Undefined else chart.height,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        title=alt.TitleParams(text=textwrap.wrap(title, _LETTERS) or [title]),
    )
    drawn = drawn.configure(
        aria=False,
        background=PAPER,
        font="sans-serif",
        padding=6,
        view=alt.ViewConfig(stroke=None),
        text=alt.MarkConfig(fontSize=12),
        title=alt.TitleConfig(
            anchor="start",
            frame="bounds",
            fontSize=13,
            color=INK,
            fontWeight="bold",
            lineHeight=17,
            offset=10,
        ),
        axis=alt.AxisConfig(
            labelColor=MUTED, labelFontSize=12, domainColor=LINE, tickColor=LINE, gridColor=LINE
        ),
    )
    place: Literal["en-GB", "fr-FR"] = "fr-FR" if language == "fr" else "en-GB"
    return vl_convert.vegalite_to_svg(
        drawn.to_dict(validate=False), format_locale=place, time_format_locale=place
    )


def png(drawing: str) -> bytes:
    """Return an SVG document as a PNG picture, twice as fine."""
    return vl_convert.svg_to_png(drawing, scale=2)
