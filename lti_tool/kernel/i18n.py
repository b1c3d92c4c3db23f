"""French and English: marking, choosing a language, and writing dates as people read them."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.core import negotiate_locale
from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_percent
from babel.support import NullTranslations, Translations

from . import clock

LANGUAGES = ("en", "fr")
_CATALOGUES = Path(__file__).parents[1] / "translations"
LANGUAGE_NAMES = {"en": "English", "fr": "Français"}


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for it)
    """Mark a message for the catalogue where it is written; it is translated where it is shown."""
    return message


def choose_language(wanted: Iterable[str]) -> str:
    """The first of the wanted locales ("fr-CA", "fr_FR", "en") that we have; English if none."""
    return negotiate_locale([w.replace("-", "_") for w in wanted if w], LANGUAGES, sep="_") or LANGUAGES[0]


@lru_cache
def catalogue(language: str) -> NullTranslations:
    """The messages of a language, for what is written outside of any request: mail, the LMS's columns."""
    return Translations.load(_CATALOGUES, [language])


def moment(when: datetime, language: str, zone: tzinfo) -> str:
    """A moment as people read it: weekday, day, month and time, with the year only when it is another one.

    English "Fri 28 Nov, 18:00", French "ven. 28 nov., 18 h".
    """
    time = "HH:mm" if language != "fr" else "H 'h' mm" if when.astimezone(zone).minute else "H 'h'"
    return f"{day(when, language, zone)}, {_format(when, time, language, zone)}"


def day(when: datetime, language: str, zone: tzinfo) -> str:
    """A day as people read it: "Fri 28 Nov", "ven. 28 nov."."""
    this_year = when.astimezone(zone).year == clock.now().astimezone(zone).year
    return _format(when, "EEE d MMM" if this_year else "EEE d MMM y", language, zone)


def distance(when: datetime, language: str) -> str:
    """How far a moment is from now: "in 3 days", "il y a 2 heures"."""
    return format_timedelta(when - clock.now(), add_direction=True, locale=Locale(language))


def percent(share: float, language: str) -> str:
    """A share as people read it, with at most one decimal: "87.5%", "87,5 %"."""
    pattern = "#,##0.#\u202f%" if language == "fr" else "#,##0.#%"
    return format_percent(share, pattern, locale=Locale(language))


def _format(when: datetime, pattern: str, language: str, zone: tzinfo) -> str:
    return format_datetime(when.astimezone(zone), pattern, tzinfo=zone, locale=Locale(language))
