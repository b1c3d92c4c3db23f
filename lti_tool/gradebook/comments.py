"""What the LMS's gradebook says beside our numbers, in the activity's language. Pure."""

from ..kernel.i18n import catalogue
from .models import WORK_SHARE, Column

_LONGEST = 100  # characters of a column's label that Open edX takes


def comment(column: Column, received: int, given: int, asked: int, language: str) -> str:
    """What stands beside a score: what it rests on. A total has a line for each of its parts."""
    messages = catalogue(language)
    if column is Column.WORK:
        sentence = messages.ngettext("Mean of %(num)d review", "Mean of %(num)d reviews", received)
        return sentence % {"num": received}
    if column is Column.REVIEWING:
        sentence = messages.ngettext(
            "%(given)d of %(num)d review given", "%(given)d of %(num)d reviews given", asked
        )
        return sentence % {"given": min(given, asked), "num": asked}
    part = messages.gettext("%(reason)s: %(percent)d%% of the score")
    shares = {Column.WORK: WORK_SHARE, Column.REVIEWING: 1 - WORK_SHARE}
    return "\n".join(
        part % {"reason": comment(each, received, given, asked, language), "percent": round(share * 100)}
        for each, share in shares.items()
    )


def label(column: Column, title: str, language: str) -> str:
    """The name of a column."""
    if column.coupled:
        return title[:_LONGEST]
    around = catalogue(language).gettext("%(title)s (reviewing)")
    room = _LONGEST - len(around % {"title": ""})
    return around % {"title": title[:room]}
