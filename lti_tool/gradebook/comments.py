"""What the LMS's gradebook says beside our numbers, in the activity's language. Pure."""

from functools import lru_cache
from pathlib import Path

from babel.support import NullTranslations, Translations

from .models import Column

_CATALOGUES = Path(__file__).parents[1] / "translations"
_LONGEST = 100  # characters of a column's label that Open edX takes


def comment(column: Column, basis: int, asked: int, language: str) -> str:
    """The sentence beside a score: what it rests on."""
    catalogue = _catalogue(language)
    if column is Column.WORK:
        sentence = catalogue.ngettext("Mean of %(num)d review", "Mean of %(num)d reviews", basis)
        return sentence % {"num": basis}
    sentence = catalogue.ngettext(
        "%(given)d of %(num)d review given", "%(given)d of %(num)d reviews given", asked
    )
    return sentence % {"given": min(basis, asked), "num": asked}


def label(column: Column, title: str, language: str) -> str:
    """The name of a column."""
    if column is Column.WORK:
        return title[:_LONGEST]
    around = _catalogue(language).gettext("%(title)s (reviewing)")
    room = _LONGEST - len(around % {"title": ""})
    return around % {"title": title[:room]}


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(_CATALOGUES, [language])
