"""Numbers, times and dates as a reader of English or French writes them."""

from datetime import date, datetime
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from xapi.reports.measures.model import Kind, Language

LOCALES: dict[Language, str] = {"en": "en_GB", "fr": "fr"}
NONE = "–"
"""Stands where there is no number, or none that may be shown."""

_UNITS = ((86400, "duration-day"), (3600, "duration-hour"), (60, "duration-minute"), (1, "duration-second"))


class Formats:
    """How values are written in `language`."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._locale = Locale.parse(LOCALES[language])

    def value(self, value: float | None, kind: Kind) -> str:
        """Return a measure's value: a share in percent, seconds in the unit that people would use."""
        if value is None:
            return NONE
        match kind:
            case "share":
                return self.share(value)
            case "seconds":
                return self.span(value)
            case "count" | "words":
                return self.number(value, 0)
            case "each":
                return self.number(value, 1)
            case "points":
                return self.number(value * 100, 1)
            case "coefficient":
                return format_decimal(round(value, 2) + 0.0, "#,##0.00", locale=self._locale)

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with at most so many `digits` behind the comma."""
        return format_decimal(round(value, digits) + 0.0, "#,##0." + "#" * digits, locale=self._locale)

    def share(self, value: float) -> str:
        """Return a share of 1 in percent."""
        return format_percent(
            value, "#,##0\u202f%" if self.language == "fr" else "#,##0%", locale=self._locale
        )

    def span(self, seconds: float, short: bool = False) -> str:
        """Return how long something took, in the unit of which it has one and a half at least."""
        size, unit = next((one for one in _UNITS if seconds == one[0] or seconds >= 1.5 * one[0]), _UNITS[-1])
        digits = 1 if size == 86400 and seconds < 10 * size else 0
        told = format_unit(
            round(seconds / size, digits), unit, "short" if short else "long", "#,##0.#", self._locale
        )
        return told.replace(" ", "\u00a0")

    def day(self, moment: date) -> str:
        """Return a day."""
        told = format_date(moment, "d MMM y", locale=self._locale)
        return f"1er{told[1:]}" if self.language == "fr" and moment.day == 1 else told

    def moment(self, moment: datetime) -> str:
        """Return a day and its time."""
        return format_datetime(moment, "d MMM y HH:mm", locale=self._locale)

    def cell(self, value: Any) -> str:
        """Return what stands in a table, whatever it is."""
        match value:
            case None:
                return NONE
            case bool():
                return str(value)
            case int():
                return self.number(value)
            case float():
                return self.value(value, "coefficient")
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
        return str(value)
