"""What follows from other dates: who is in time, late or too late, before and after."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from .changes import Change
from .phases import Door, Schedule
from .suiting import Settings

DATE_NAMES = {
    "share_by": _l("Share by"),
    "review_from": _l("Reviews begin on"),
    "review_by": _l("Review by"),
    "revise_by": _l("Revise by"),
    "closes_at": _l("Closes on"),
    "feedback_from": _l("Reviews can be read from"),
    "scores_from": _l("Scores can be read from"),
}


def dates(change: Change) -> Iterator[str]:
    """Which dates move, and where to."""
    for name, label in DATE_NAMES.items():
        was, is_now = getattr(change.before, name), getattr(change.after, name)
        if was == is_now:
            continue
        if is_now is None:
            yield _("“%(date)s” is taken away.", date=label)
        elif was is None:
            yield _("“%(date)s” is new.", date=label)
        elif is_now < was:
            yield _("“%(date)s” comes earlier.", date=label)
        else:
            yield _("“%(date)s” comes later.", date=label)
    if change.of("zone"):
        zone = change.after.zone or _("this service")
        yield _("Dates are read and shown in the time of %(zone)s.", zone=zone)


def doors(change: Change) -> Iterator[str]:
    """Who is in time, late or too late, before and after."""
    at, told = change.at, False
    before, after = at.schedule, scheduled(at.schedule, change.after)
    for door, people, sentences in (
        (Schedule.sharing, at.to_share, SHARING), (Schedule.reviewing, at.to_review, REVIEWING),
    ):  # fmt: skip
        was, is_now = door(before, change.now), door(after, change.now)
        if door == Schedule.reviewing and not change.reviewed:
            continue
        if was is not is_now and (people or is_now is Door.NOT_YET):
            told = True
            yield sentences[is_now](people)
    was, is_now = before.revising(change.now), after.revising(change.now)
    if was is not is_now:
        yield REVISING[is_now]()
    elif change.of("revising"):
        yield REVISING[Door.NOT_YET if change.after.revising else Door.CLOSED]()
    if change.of("late_allowed") and not told:
        on, off = (
            _("Work that comes after its date is taken, and marked late."),
            _("Nothing is taken after its date."),
        )
        yield on if change.after.late_allowed else off
    if at.extended and change.of("share_by", "review_by", "revise_by"):
        yield ngettext(
            "%(num)d person keeps later dates of their own.",
            "%(num)d people keep later dates of their own.",
            at.extended,
        )


def scheduled(now: Schedule, settings: Settings) -> Schedule:
    """A schedule with the dates of other settings."""
    return replace(
        now,
        share_by=settings.share_by,
        review_from=settings.review_from,
        review_by=settings.review_by,
        revising_allowed=settings.revising,
        revise_from=settings.review_by if settings.review_from else None,
        revise_by=settings.revise_by,
        closes_at=settings.closes_at,
        late_allowed=settings.late_allowed,
    )


SHARING: dict[Door, Callable[[int], str]] = {
    Door.NOT_YET: lambda n: _("Nobody can share yet."),
    Door.OPEN: lambda n: ngettext(
        "%(num)d person who has not shared is in time again.",
        "%(num)d people who have not shared are in time again.", n),
    Door.LATE: lambda n: ngettext(
        "%(num)d person who has not shared is late now.",
        "%(num)d people who have not shared are late now.", n),
    Door.CLOSED: lambda n: ngettext(
        "%(num)d person who has not shared can no longer do so.",
        "%(num)d people who have not shared can no longer do so.", n),
}  # fmt: skip
REVIEWING: dict[Door, Callable[[int], str]] = {
    Door.NOT_YET: lambda n: _("Reviewing stops until it begins again. What is written is kept."),
    Door.OPEN: lambda n: ngettext(
        "%(num)d person with reviews to give can do so now.",
        "%(num)d people with reviews to give can do so now.", n),
    Door.LATE: lambda n: ngettext(
        "%(num)d person with reviews to give is late now.",
        "%(num)d people with reviews to give are late now.", n),
    Door.CLOSED: lambda n: ngettext(
        "%(num)d person with reviews to give can no longer do so.",
        "%(num)d people with reviews to give can no longer do so.", n),
}  # fmt: skip
REVISING: dict[Door, Callable[[], str]] = {
    Door.NOT_YET: lambda: _("People will revise their work after the reviews."),
    Door.OPEN: lambda: _("People can revise their work now."),
    Door.LATE: lambda: _("People can still revise their work. It is marked late."),
    Door.CLOSED: lambda: _("Nobody can revise any more. Versions that are there stay."),
}
