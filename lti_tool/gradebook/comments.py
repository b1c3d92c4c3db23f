"""What the LMS's gradebook says beside our numbers, in the activity's language. Pure."""

from gettext import NullTranslations
from typing import NamedTuple

from ..kernel.i18n import catalogue
from .models import WORK_SHARE, Column

_LONGEST = 100  # characters of a column's label that Open edX takes


class Basis(NamedTuple):
    """What somebody's scores rest on: reviews received, given and asked for; how the work's score was made.

    `lost`: the share of it that being late costs. `by_hand`: the columns that an instructor set.
    """

    received: int
    given: int
    asked: int
    method: str = "mean"
    lost: float = 0.0
    work_share: float = WORK_SHARE
    by_hand: frozenset[Column] = frozenset()


def comment(column: Column, basis: Basis, language: str) -> str:
    """What stands beside a score: what it rests on. A total has a line for each of its parts."""
    messages = catalogue(language)
    if column in basis.by_hand:
        return messages.gettext("Set by the teacher")
    if column is Column.WORK:
        sentence = _made(messages, basis) % {"num": basis.received}
        if basis.lost:
            late = messages.gettext("%(reason)s; late: %(percent)s%% less")
            sentence = late % {"reason": sentence, "percent": f"{basis.lost * 100:g}"}
        return sentence
    if column is Column.REVIEWING:
        sentence = messages.ngettext(
            "%(given)d of %(num)d review given", "%(given)d of %(num)d reviews given", basis.asked
        )
        return sentence % {"given": min(basis.given, basis.asked), "num": basis.asked}
    part = messages.gettext("%(reason)s: %(percent)d%% of the score")
    shares = {Column.WORK: basis.work_share, Column.REVIEWING: 1 - basis.work_share}
    return "\n".join(
        part % {"reason": comment(each, basis, language), "percent": round(share * 100)}
        for each, share in shares.items()
    )


def _made(messages: NullTranslations, basis: Basis) -> str:
    count = basis.received
    match basis.method:
        case "median":
            return messages.ngettext("Median of %(num)d review", "Median of %(num)d reviews", count)
        case "trimmed":
            return messages.ngettext(
                "Trimmed mean of %(num)d review", "Trimmed mean of %(num)d reviews", count
            )
        case "weighted":
            return messages.ngettext(
                "Weighted mean of %(num)d review", "Weighted mean of %(num)d reviews", count
            )
        case "model":
            return messages.ngettext("Estimate from %(num)d review", "Estimate from %(num)d reviews", count)
        case "comparison":
            return messages.ngettext("Placed by %(num)d comparison", "Placed by %(num)d comparisons", count)
    return messages.ngettext("Mean of %(num)d review", "Mean of %(num)d reviews", count)


def label(column: Column, title: str, language: str) -> str:
    """The name of a column."""
    if column.coupled:
        return title[:_LONGEST]
    around = catalogue(language).gettext("%(title)s (reviewing)")
    room = _LONGEST - len(around % {"title": ""})
    return around % {"title": title[:room]}
