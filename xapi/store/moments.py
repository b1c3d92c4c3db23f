"""Moments as the store counts them: microseconds since 1970, in UTC."""

from datetime import UTC, datetime, timedelta

from xapi.validation.formats import parse_timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """Return an aware moment as microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(count: int) -> datetime:
    """Return the moment, in UTC, that is `count` microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=count)


def rfc3339(instant: datetime) -> str:
    """Return a moment as an RFC 3339 timestamp in UTC, to the microsecond."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def in_utc(timestamp: str) -> str:
    """Return a timestamp in UTC; one that is, in the usual letters, stays as it is to the last digit."""
    usual = timestamp[10] == "T" and timestamp.endswith("Z")
    return timestamp if usual else rfc3339(parse_timestamp(timestamp))
