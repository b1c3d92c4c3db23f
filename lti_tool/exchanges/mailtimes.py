"""When somebody is told by mail. Pure: what they chose in, a moment out."""

from datetime import datetime, time, timedelta, tzinfo

from .models import Frequency, MailChoice, NewsKind

MORNING = time(7)
MONDAY = 0
USUAL = Frequency.DAILY  # of who has not chosen


def mail_at(choice: MailChoice | None, kind: NewsKind, now: datetime, zone: tzinfo) -> datetime | None:
    """When news of a kind goes out by mail; None: never.

    Args:
        choice: what the person chose; None: nothing yet.
        kind: of the news.
        now: when the news came.
        zone: whose mornings count.

    """
    if choice and kind.value in choice.without:
        return None
    match choice.frequency if choice else USUAL:
        case Frequency.AT_ONCE:
            return now
        case Frequency.DAILY:
            return _morning(now, zone)
        case Frequency.WEEKLY:
            return _morning(now, zone, MONDAY)
    return None


def _morning(now: datetime, zone: tzinfo, weekday: int | None = None) -> datetime:
    """The next morning, of a `weekday` (0 is Monday) where one is given."""
    here = now.astimezone(zone)
    coming = datetime.combine(here.date(), MORNING, zone)
    while coming <= here or weekday not in {None, coming.weekday()}:
        coming = datetime.combine(coming.date() + timedelta(days=1), MORNING, zone)
    return coming
