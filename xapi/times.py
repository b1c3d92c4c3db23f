"""Timestamps and durations as xAPI writes them."""

from datetime import UTC, datetime, timedelta


def require_zone(moment: datetime) -> datetime:
    """Return `moment` when it is aware; raise ValueError otherwise."""
    if moment.utcoffset() is None:
        raise ValueError("a statement's timestamp needs a time zone")
    return moment


def timestamp(moment: datetime) -> str:
    """Return an aware `moment` as RFC 3339 in UTC, to the millisecond (xAPI 1.0.3, Part Two, 4.5).

    Raises ValueError for a moment that has no time zone.
    """
    moment = require_zone(moment).astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds") + "Z"


def duration(span: timedelta) -> str:
    """Return `span` as an ISO 8601 duration, to the hundredth of a second (xAPI 1.0.3, Part Two, 4.6).

    Hours are the largest unit, as a day is not always 24 of them. Raises ValueError for a negative span.
    """
    if span < timedelta(0):
        raise ValueError("a duration cannot be negative")
    minutes, hundredths = divmod(round(span / timedelta(milliseconds=10)), 6000)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
    parts = ((hours, f"{hours}H"), (minutes, f"{minutes}M"), (hundredths, f"{seconds}S"))
    return "PT" + ("".join(text for amount, text in parts if amount) or "0S")
