"""Reading a token's members: what must be there has its shape, what may be there is used if it fits. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from ..kernel.markup import plain
from .addresses import web_address
from .names import CLAIM
from .refusals import LaunchRefusedError

LONGEST = 255  # characters of an id (LTI 1.3 core, section 5.3: at most 255 ASCII characters)
_END = 1e12  # seconds since 1970 that no honest clock says; what a float cannot hold is beyond it

Claims = Mapping[str, Any]


def parse_strictly(segment: bytes) -> dict[str, Any]:
    """A JSON object without doubled names, NaN or lone surrogates.

    Raises:
        LaunchRefusedError: it is not (token-malformed).

    """
    try:
        value = json.loads(segment.decode(), object_pairs_hook=_no_doubles, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise LaunchRefusedError("token-malformed", f"payload: {type(error).__name__}") from None
    if not isinstance(value, dict):
        raise LaunchRefusedError("token-malformed", "payload is not an object")
    return value


def faulty(claim: str) -> LaunchRefusedError:
    """The refusal of a claim that is missing or of another shape."""
    return LaunchRefusedError("token-claims", claim, claim=claim)


def text(claims: Claims, name: str, inside: str = "", *, longest: int = LONGEST) -> str:
    """A text that must be there, `inside` naming the claim it is a member of."""
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > longest or "\x00" in value:
        raise faulty(inside or name.removeprefix(CLAIM))
    return value


def number(claims: Claims, name: str) -> float:
    """A number that must be there."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_END < value < _END:
        raise faulty(name)
    return float(value)


def required(claims: Claims, name: str) -> Claims:
    """An object that must be there."""
    value = claims.get(name)
    if not isinstance(value, dict):
        raise faulty(name.rpartition("/")[2])
    return value


def optional(claims: Claims, name: str) -> Claims:
    """An optional object; absent, null or of another shape is all the same: not there."""
    value = claims.get(name)
    return value if isinstance(value, dict) else {}


def line(claims: Claims, name: str) -> str:
    """An optional text on one line; of another shape is the same as not there."""
    value = claims.get(name)
    return " ".join(plain(value).split())[:500] if isinstance(value, str) else ""


def address(claims: Claims, name: str) -> str:
    """An optional web address; of another shape is the same as not there."""
    value = claims.get(name)
    return str(value) if web_address(value) else ""


def texts(claims: Claims, name: str) -> tuple[str, ...]:
    """An optional list of texts, or one string of them; what is no text is passed over."""
    value = claims.get(name)
    several = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(each for each in several if isinstance(each, str) and "\x00" not in each)


def flag(claims: Claims, name: str) -> bool | None:
    """An optional yes or no, which some platforms write as a string; None when it is not there."""
    value = claims.get(name)
    value = value.strip().lower() if isinstance(value, str) else value
    return {True: True, False: False, "true": True, "false": False}.get(value) if _plain(value) else None


def history(value: str) -> tuple[str, ...]:
    """The ids of a comma list, the newest first, as `$Context.id.history` gives them."""
    return tuple(each for part in value.split(",") if (each := part.strip()) and len(each) <= LONGEST)[:50]


def _plain(value: Any) -> bool:
    return isinstance(value, bool | str)


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise ValueError(name)
