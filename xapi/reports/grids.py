"""A report's tables as a page shows them: headings, and cells in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from xapi.reports.charts import KINDS, short
from xapi.reports.columns import COLUMNS
from xapi.reports.formats import NONE, Formats
from xapi.reports.measures.compute import PEOPLE
from xapi.reports.measures.model import Results, Row
from xapi.reports.parts import PARTS
from xapi.reports.words import WORDS, spoken

SHOWN = 10
"""Rows of a table on the page; of weeks, a year's."""

_WEEKS = 53
_NAMED = {"course", "activity", "team", "to_team", "skill"}
_LISTS = {query.name for query in PEOPLE}
_PARTED = {"balance", "severity", "spread", "use", "activity_kind"}
_MAYBE = {"by_team": "team", "by_kind": "activity_kind"}  # groups that nobody may be in


@dataclass(frozen=True)
class Cell:
    """What stands in a table, and whether it is a number."""

    text: str | Markup
    number: bool = False


@dataclass(frozen=True)
class Grid:
    """A table: its caption, its headings (each with whether numbers stand under it), its rows, its file."""

    caption: str
    headings: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    file: str | None
    all: int
    none: str = ""  # what is said where it has no rows


class Grids:
    """The tables of `results`, in the language of `formats`."""

    def __init__(self, results: Results, formats: Formats) -> None:
        self._results = results
        self._formats = formats
        self._words = spoken(WORDS, formats.language)
        self._parts = spoken(PARTS, formats.language)
        self._titles: dict[str, str] = {
            row[kind]: row["title"]
            for table, kind in (("by_course", "course"), ("by_activity", "activity"))
            for row in results.tables[table]
            if row["title"]
        }

    def table(self, name: str) -> Grid | None:
        """Return a table by its name, None of one that is not there."""
        rows = self._results.tables.get(name)
        if rows and name in _MAYBE and not any(row[_MAYBE[name]] for row in rows):
            return None
        return None if rows is None else self._grid(self._words[name], rows, f"{name}.csv")

    def named(self, identifier: str) -> str:
        """Return what a course, an activity, a team or a skill is called."""
        return self._titles.get(identifier) or short(identifier)

    def series(self, name: str) -> Grid | None:
        """Return the numbers of a first page's chart by week."""
        rows = self._results.series[name]
        told = [{**row, "value": self._formats.value(row["value"], KINDS[name])} for row in rows]
        return self._grid(self._words["by_week"], told, f"{name}_by_week.csv") if told else None

    def communities(self) -> Grid:
        """Return the communities big enough to be shown, by the numbers that the picture gives them."""
        sizes = self._results.network.sizes if self._results.network else ()
        headings = [Cell(self._words["community"]), Cell(self._words["in_it"], True)]
        told = map(self._formats.number, sizes)
        rows = [[Cell(str(number)), Cell(size, True)] for number, size in enumerate(told, 1)]
        return Grid(self._words["communities"], headings, rows[:SHOWN], None, len(rows))

    def figures(self, *names: str) -> Grid:
        """Return measures with their values: now, how sure, of how many, and in the period before."""
        words, formats = self._words, self._formats
        headings = [Cell(words["measure"])]
        headings += [Cell(words[name], True) for name in ("value", "range", "n", "cases", "earlier")]
        rows = []
        for headline in map(self._results.headline.__getitem__, names):
            now, kind = headline.now, headline.measure.kind
            ends = NONE
            if now.low is not None:
                ends = f"{formats.value(now.low, kind)} – {formats.value(now.high, kind).replace(NONE, '…')}"
            told = [
                formats.value(now.value, kind), ends, formats.cell(now.people), formats.cell(now.cases),
                formats.value(headline.before.value, kind),
            ]  # fmt: skip
            title = headline.measure.title[formats.language]
            linked = Markup('<a href="#measure-{}">{}</a>').format(headline.measure.name, title)
            rows.append([Cell(linked), *[Cell(one, True) for one in told]])
        kept = [at for at in range(len(headings)) if at < 2 or any(row[at].text != NONE for row in rows)]
        shown = [[row[at] for at in kept] for row in rows]
        return Grid(words["numbers"], [headings[at] for at in kept], shown, "headline.csv", len(rows))

    def _grid(self, caption: str, rows: Sequence[Row], file: str) -> Grid:
        most = _WEEKS if rows and "week" in rows[0] else SHOWN
        shown = rows[-most:] if most == _WEEKS else rows[:most]
        columns = self._columns(rows)
        told = [[self._cell(column, row) for column in columns] for row in shown]
        numbers = [any(cell.number for cell in column) for column in zip(*told, strict=True)]
        cells = [[Cell(cell.text, number) for cell, number in zip(row, numbers, strict=True)] for row in told]
        whose = {
            "title": next((kind for kind in ("activity", "course") if rows and kind in rows[0]), "title")
        }
        headings = [
            Cell(COLUMNS[whose.get(column, column)][self._formats.language][0], number)
            for column, number in zip(columns, numbers, strict=True)
        ]
        none = self._words["nobody" if file.removesuffix(".csv") in _LISTS else "no_table"]
        return Grid(caption, headings, cells, file, len(rows), none)

    @staticmethod
    def _columns(rows: Sequence[Row]) -> list[str]:
        """Return the columns worth showing: a title stands for its IRI, a name for its account."""
        if not rows:
            return []
        columns = list(rows[0])
        if "title" in columns:
            columns.remove("activity" if "activity" in columns else "course")
        if "course" in columns and len({row["course"] for row in rows}) == 1:
            columns.remove("course")
        if "name" in columns:
            columns.remove("actor")
            columns.insert(0, columns.pop(columns.index("name")))
        return columns

    def _cell(self, column: str, row: Mapping[str, Any]) -> Cell:
        value = row[column]
        if column == "title":
            value = value or short(row.get("activity") or row.get("course") or "")
        elif column == "name":
            value = value or row["actor"]
        elif column in _NAMED:
            value = self.named(value)
        elif column in _PARTED and isinstance(value, str):
            value = self._parts.get(value, value or NONE)
        elif column == "work" and value.startswith(("https://", "http://")):
            return Cell(Markup('<a href="{}" rel="noreferrer">{}</a>').format(value, short(value)))
        number = column == "value" or (isinstance(value, int | float) and not isinstance(value, bool))
        return Cell(self._formats.cell(value), number)
