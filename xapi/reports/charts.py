"""Charts of a report: small, with a title that states the finding.

altair is a part of the extra `reports`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from xapi.reports.drawing import ACCENT, INK, MUTED, PAPER, WIDTH
from xapi.reports.formats import NONE, Formats
from xapi.reports.measures.model import Headline, Kind, Results, Row
from xapi.reports.parts import PARTS
from xapi.reports.words import WORDS, spoken

_ROW = 38  # px
_MOST = 8  # bars
_TICKS = 4  # weeks named under a chart
_DAY = 86400
_DOMAIN_OF_ALPHA = [-0.2, 1.0]

KINDS: Mapping[str, Kind] = {
    "reach": "share", "speed": "seconds", "quality": "share", "use": "count", "links": "each"
}  # fmt: skip
_MEASURES = {
    "reach": "reach", "speed": "feedback_time", "quality": "usefulness", "use": "applied",
    "links": "links_each",
}  # fmt: skip


class Charts:
    """The charts of `results`, in the language of `formats`. Each is None where there is nothing to show."""

    def __init__(self, results: Results, formats: Formats) -> None:
        self._results = results
        self._formats = formats
        self._words = spoken(WORDS, formats.language)
        self._parts = spoken(PARTS, formats.language)

    def all(self) -> dict[str, tuple[str, alt.LayerChart]]:
        """Return each chart that there is something for, with its title, by name."""
        found = {name: self._weeks(name) for name in KINDS}
        found["work"] = self._work()
        found["balance"] = self._parted("given_received", "balance", "people")
        found["waits"] = self._waits()
        found["agreement"] = self._agreement()
        found["severity"] = self._parted("severity", "severity", "people")
        found["disagreement"] = self._parted("disagreement", "spread", "people")
        found["skills"] = self._skills()
        found["fate"] = self._parted("by_use", "use", "works", "found_fate")
        return {name: chart for name, chart in found.items() if chart}

    def _weeks(self, name: str) -> "tuple[str, alt.LayerChart] | None":
        rows = [row for row in self._results.series[name] if row["value"] is not None]
        kind = KINDS[name]
        if len(rows) < 2 or (kind == "count" and not any(row["value"] for row in rows)):
            return None  # a week is no trend
        told = [self._told(row["value"], kind) for row in rows]
        title = self._results.headline[_MEASURES[name]].measure.title[self._formats.language]
        found = "found_sum" if kind == "count" else "found_weeks"
        if kind == "count":
            told[-1] = self._formats.number(sum(row["value"] for row in rows))
        title = self._words[found].format(title=title, first=told[0], last=told[-1])
        size, unit = self._unit(max(row["value"] for row in rows)) if kind == "seconds" else (1, "")
        last = len(rows) - 1
        data = _data(
            {
                "week": row["week"].isoformat(),
                "value": row["value"] / size,
                "label": label,
                "end": at in (0, last),
            }
            for at, (row, label) in enumerate(zip(rows, told, strict=True))
        )
        most = 1 if kind == "share" else max(row["value"] for row in rows) / size * 1.1 or 1
        ticks: Row = {"format": "%", "values": [0, 0.5, 1]} if kind == "share" else {"tickCount": 3}
        if unit:
            ticks["labelExpr"] = f"datum.label + '\u00a0{unit}'"
        base = alt.Chart(data).encode(
            x=_week(rows),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(domain=[0, most]), axis=_axis(ticks)),
        )
        if kind == "count":
            return title, _over(base.mark_bar(color=ACCENT, size=max(2, min(18, 220 // len(rows)))))
        ends = base.transform_filter("datum.end")
        return title, _over(
            base.mark_line(color=ACCENT, strokeWidth=2.5),
            ends.mark_point(color=ACCENT, filled=True, size=45, opacity=1),
            ends.mark_text(dy=-11, stroke=PAPER, strokeWidth=4).encode(text="label:N"),  # a halo
            ends.mark_text(color=INK, dy=-11, fontWeight="bold").encode(text="label:N"),
        )

    def _labelled(self, headline: Headline) -> str:
        """Return a measure with its value."""
        told = self._formats.value(headline.now.value, headline.measure.kind)
        title = headline.measure.title[self._formats.language]
        return self._words["found_one"].format(title=title, last=told)

    def _told(self, value: float, kind: Kind) -> str:
        return (
            self._formats.span(value, short=True) if kind == "seconds" else self._formats.value(value, kind)
        )

    def _unit(self, longest: float) -> tuple[int, str]:
        """Return the seconds of the unit that fits, and its sign."""
        day = "j" if self._formats.language == "fr" else "d"
        units = ((_DAY, day), (3600, "h"), (60, "min"), (1, "s"))
        return next((unit for unit in units if longest >= 2 * unit[0]), units[-1])

    def _work(self) -> "tuple[str, alt.LayerChart] | None":
        """Return contributions and reviews by week: two lines, and a title that tells them apart."""
        rows = self._results.tables["by_week"]
        if len(rows) < 2:
            return None
        said = {what: self._words[what] for what in ("contributions", "reviews")}
        title = self._words["found_work"].format(
            **{what: self._formats.number(sum(row[what] for row in rows)) for what in said}
        )
        long = _data(
            {"week": row["week"].isoformat(), "what": name, "value": row[what]}
            for what, name in said.items()
            for row in rows
        )
        colours = alt.Scale(domain=[*said.values()], range=[MUTED, ACCENT])
        dashes = alt.Scale(domain=[*said.values()], range=[[4, 3], [1, 0]])
        base = alt.Chart(long).encode(
            x=_week(rows),
            y=alt.Y("value:Q", title=None, axis=_axis({"tickCount": 3})),
            color=alt.Color("what:N", scale=colours, legend=None),
        )
        lines = base.mark_line(strokeWidth=2.5, point={"size": 25}).encode(
            strokeDash=alt.StrokeDash("what:N", scale=dashes, legend=None)
        )
        return title, _over(lines)

    def _parted(
        self, table: str, column: str, count: str, found: str = "found_most"
    ) -> "tuple[str, alt.LayerChart] | None":
        """Return bars of how many there are in each part, in the order that makes sense."""
        rows = sorted(self._results.tables[table], key=lambda row: [*PARTS].index(row[column]))
        if len(rows) < 2:
            return None
        most = max(rows, key=lambda row: row[count])
        title = self._words[found].format(
            title=self._words[table],
            part=self._parts[most[column]],
            people=self._formats.number(most[count]),
            all=self._formats.number(sum(row[count] for row in rows)),
        )
        return title, self._bars([(self._parts[row[column]], row[count]) for row in rows])

    def _skills(self) -> "tuple[str, alt.LayerChart] | None":
        rows = self._results.tables["skills"][:_MOST]
        if not rows:
            return None
        named = [(short(row["skill"]), row["people"]) for row in rows]
        title = self._words["found_skills"].format(
            skill=named[0][0], people=self._formats.number(named[0][1])
        )
        return title, self._bars(named)

    def _bars(self, rows: Sequence[tuple[str, int]]) -> alt.LayerChart:
        base = _rows(
            {
                "label": self._words["found_one"].format(title=part, last=self._formats.number(value)),
                "value": value,
            }
            for part, value in rows
        )
        x = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, max(value for _, value in rows) or 1]))
        bars = base.mark_bar(color=ACCENT, height=10, yOffset=6).encode(x=x)
        return _over(bars, _names(base)).properties(height=_ROW * len(rows))

    def _waits(self) -> "tuple[str, alt.LayerChart] | None":
        """Return medians between their quartiles; a line without an end: fewer than 3 in 4 have come."""
        names = ("review_time", "feedback_time", "answer_time")
        found = [self._results.headline[name] for name in names]
        shown = [one for one in found if one.now.value is not None]
        if not shown:
            return None
        longest = 1.6 * max(max(one.now.high or 0, one.now.value or 0, 60.0) for one in shown)
        rows = [
            {
                "value": max(one.now.value or 0, 30),
                "low": max(one.now.low or 0, 30),
                "high": longest if one.now.high is None else max(one.now.high, 30),
                "label": self._labelled(one),
            }
            for one in shown
        ]
        ticks = [tick for tick in (60, 3600, _DAY, 7 * _DAY, 30 * _DAY) if tick <= longest]
        told = {tick: self._formats.span(tick, short=True) for tick in ticks}
        choice = " : ".join(f"datum.value == {tick} ? '{name}'" for tick, name in told.items())
        labels = {"values": ticks, "labelExpr": f"{choice} : ''"}
        x = alt.Scale(type="log", domain=[30, longest])
        base = _rows(rows)
        return self._words["found_waits"], _over(
            base.mark_rule(color=ACCENT, strokeWidth=6, opacity=0.45, yOffset=8).encode(
                x=alt.X("low:Q", scale=x, title=None, axis=_axis(labels)), x2="high:Q"
            ),
            base.mark_tick(color=INK, thickness=3, size=16, yOffset=8).encode(x=alt.X("value:Q", scale=x)),
            _names(base),
        ).properties(height=_ROW * len(rows) + 24)

    def _agreement(self) -> "tuple[str, alt.LayerChart] | None":
        names = ("alpha_ordinal", "alpha_interval", "icc_one", "icc_mean")
        shown = [one for one in map(self._results.headline.__getitem__, names) if one.now.value is not None]
        if not shown:
            return None
        rows = [
            {
                "value": max(one.now.value or 0, _DOMAIN_OF_ALPHA[0]),
                "low": max(one.now.value if one.now.low is None else one.now.low, _DOMAIN_OF_ALPHA[0]),
                "high": one.now.value if one.now.high is None else one.now.high,
                "label": self._labelled(one),
            }
            for one in shown
            if one.now.value is not None
        ]
        x = alt.Scale(domain=_DOMAIN_OF_ALPHA, clamp=True)
        base = _rows(rows)
        return self._words["found_trust"], _over(
            base.mark_rule(color=ACCENT, strokeWidth=2, yOffset=8).encode(
                x=alt.X(
                    "low:Q", scale=x, title=None, axis=_axis({"values": [0, 0.5, 0.75, 1], "format": ".2~f"})
                ),
                x2="high:Q",
            ),
            base.mark_point(color=ACCENT, filled=True, size=60, opacity=1, yOffset=8).encode(
                x=alt.X("value:Q", scale=x)
            ),
            _names(base),
        ).properties(height=_ROW * len(rows) + 24)


def short(identifier: str) -> str:
    """Return the end of an IRI or of an account, which is what a reader knows it by."""
    return identifier.rstrip("/#").rpartition("|")[2].rpartition("/")[2].rpartition("#")[2] or NONE


def _over(*layers: alt.Chart) -> alt.LayerChart:
    return alt.LayerChart(layer=list(layers))


def _data(rows: Iterable[Row]) -> alt.InlineData:
    return alt.InlineData(values=list(rows))


def _axis(more: Mapping[str, Any]) -> alt.Axis:
    return alt.Axis(domain=False, ticks=False, **more)


def _week(rows: Sequence[Row]) -> alt.X:
    """Return the axis of these weeks, some of which it names: each by its Monday."""
    weeks = [row["week"] for row in rows]
    named = weeks[:: math.ceil(len(weeks) / _TICKS)]
    days = [alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True) for day in named]
    return alt.X(
        "week:T",
        title=None,
        scale=alt.Scale(type="utc", padding=24),
        axis=alt.Axis(format="%b %Y" if len(weeks) > 40 else "%-d %b", values=days, grid=False),
    )


def _rows(rows: Iterable[Row]) -> alt.Chart:
    """Return a chart with a row for each of `rows`, in their order."""
    data = _data({"place": place, **row} for place, row in enumerate(rows))
    return alt.Chart(data).encode(y=alt.Y("place:O", axis=None))


def _names(base: alt.Chart) -> alt.Chart:
    """Write each row's name over it: beside it there is no room on a phone."""
    over = base.mark_text(color=INK, align="left", dy=-9, limit=WIDTH - 16)
    named: alt.Chart = over.encode(x=alt.value(0), text="label:N")
    return named
