"""Single values out of statements of others, which may be anything: each is read, or None."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_MOST = 2048  # characters of an IRI or an account's name
_TITLE = 200
_DURATION = re.compile(
    r"P(?!$)(?:([\d.]+)Y)?(?:([\d.]+)M)?(?:([\d.]+)W)?(?:([\d.]+)D)?"
    r"(?:T(?!$)(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?",
    re.ASCII,
)
_SECONDS = (365.25 * 86400, 365.25 * 86400 / 12, 7 * 86400, 86400, 3600, 60, 1)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one."""
    return value if isinstance(value, dict) else NOTHING


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the JSON objects of an array; one that stands alone counts as an array of one."""
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: Any) -> str | None:
    """Return a text that identifies something, or None: an empty one, or one too long to do so, is none."""
    if not isinstance(value, str) or not value or len(value) > _MOST:
        return None
    if not value.isprintable():
        value = _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", value))
    return value.strip() or None


def title(names: Any, language: str | None = None) -> str | None:
    """Return what a language map says in `language`, or else the first thing it says, cut if long."""
    said = mapping(names)
    value = said.get(language) if language else None
    if not isinstance(value, str):
        value = next((name for name in said.values() if isinstance(name, str)), None)
    return text(value[:_TITLE]) if value else None


def number(value: Any) -> float | None:
    """Return a finite number, also one that was written as a text, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value[:40] if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def count(value: Any) -> int | None:
    """Return a number of things, 0 or more, or None."""
    found = number(value)
    return int(found) if found is not None and 0 <= found < 2**31 else None


def moment(value: Any) -> datetime | None:
    """Return a time in UTC, without a zone; one that came without a zone is taken for UTC, or None.

    xAPI 1.0.3, Part Two, 4.5: a timestamp should have a zone, and UTC is what one without is read as.
    """
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        found = datetime.fromisoformat(value.strip().upper())
        return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
    except (ValueError, OverflowError):
        return None


def seconds(value: Any) -> float | None:
    """Return the length of an ISO 8601 duration in seconds, or None (xAPI 1.0.3, Part Two, 4.6)."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) and len(value) <= 64 else None
    if match is None:
        return None
    parts = [number(part) if part else 0.0 for part in match.groups()]
    if None in parts:
        return None
    return math.fsum(part * unit for part, unit in zip(parts, _SECONDS, strict=True) if part)
