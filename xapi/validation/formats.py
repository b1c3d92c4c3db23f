"""The formats that strings of a statement must follow: IRIs, UUIDs, language tags, timestamps, durations."""

import re
from datetime import UTC, datetime, timedelta

_NAME = r"A-Za-z0-9\-._~!$&'()*+,;=:@\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF\U00010000-\U000EFFFD"
_ESCAPE = r"%[0-9A-Fa-f]{2}"
_IRI = re.compile(
    rf"""(?!(?i:https?):(?!//[^/?#]))                           # the web's addresses name a host
    [A-Za-z][A-Za-z0-9+.\-]*+:(?=.)
    (?://(?:[{_NAME}]++|{_ESCAPE}|\[[0-9A-Fa-f:.]++\])*+)?+     # authority
    (?:[{_NAME}/]++|{_ESCAPE})*+                                # path
    (?:\?(?:[{_NAME}/?\uE000-\uF8FF]++|{_ESCAPE})*+)?+          # query
    (?:\#(?:[{_NAME}/?]++|{_ESCAPE})*+)?+                       # fragment
    """,
    re.VERBOSE,  # of IGNORECASE, each character of the ranges would be asked for its cases: 25 ms
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LANGUAGE_TAG = re.compile(
    r"""(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})             # language, extended language
    (?:-[a-z]{4})?                                              # script
    (?:-(?:[a-z]{2}|[0-9]{3}))?                                 # region
    (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*                    # variants
    (?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*                         # extensions
    (?:-x(?:-[a-z0-9]{1,8})+)?                                  # private use
    |x(?:-[a-z0-9]{1,8})+
    |en-gb-oed|sgn-(?:be-fr|be-nl|ch-de)                        # registered before these rules
    |i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_AMOUNT = r"[0-9]+(?:[.,][0-9]+(?=[A-Z]$))?"  # only the last may have a fraction
_DURATION = re.compile(
    rf"P(?:{_AMOUNT}W|(?=[0-9T])(?:{_AMOUNT}Y)?(?:{_AMOUNT}M)?(?:{_AMOUNT}D)?"
    rf"(?:T(?=[0-9])(?:{_AMOUNT}H)?(?:{_AMOUNT}M)?(?:{_AMOUNT}S)?)?)"
)
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}):([0-9]{2})(\.[0-9]+)?"
    r"([Zz]|(?!-00:00)[+-][0-9]{2}:[0-9]{2})"
)
_MAILBOX = re.compile(r"mailto:[^\s@,;?<>]+@[^\s@,;?<>]+")


def is_iri(text: str) -> bool:
    """Say whether `text` is an absolute IRI (RFC 3987, 2.2); http and https ones must name a host."""
    return _IRI.fullmatch(text) is not None


def is_uuid(text: str) -> bool:
    """Say whether `text` is a UUID in its standard form (RFC 4122, 3), of any variant."""
    return _UUID.fullmatch(text) is not None


def is_language_tag(text: str) -> bool:
    """Say whether `text` is a language tag (RFC 5646, 2.1), registered or not, each extension in it once."""
    if not _LANGUAGE_TAG.fullmatch(text):
        return False
    public = f"-{text.lower()}".partition("-x-")[0]
    extensions = [part for part in public.split("-") if len(part) == 1]
    return len(set(extensions)) == len(extensions)


def is_duration(text: str) -> bool:
    """Say whether `text` is a duration by ISO 8601:2004, 4.4.3.2 (weeks stand alone)."""
    return _DURATION.fullmatch(text) is not None


def is_mailbox(text: str) -> bool:
    """Say whether `text` is a mailto IRI of one address."""
    return _MAILBOX.fullmatch(text) is not None and is_iri(text)


def parse_timestamp(text: str) -> datetime:
    """Return the moment, in UTC, of an RFC 3339 timestamp; a space may stand for its "T" (RFC 3339, 5.6).

    Raises ValueError for anything else, for an offset of -00:00, and for moments that no calendar has.
    """
    match = _TIMESTAMP.fullmatch(text)
    if not match:
        raise ValueError("must be an RFC 3339 timestamp with its offset, such as 2026-03-01T09:30:00.000Z")
    date, minute, second, fraction, offset = match.groups(default="")
    leap = second == "60"
    clock = f"{minute}:{'59' if leap else second}{fraction}{offset.upper()}"
    try:
        moment = datetime.fromisoformat(f"{date}T{clock}")
        return moment.astimezone(UTC) + timedelta(seconds=leap)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"is not a moment of any calendar: {error}") from error
