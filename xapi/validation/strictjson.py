"""JSON as a record store needs it: nothing said twice, no NaN, and numbers given back as they came."""

from typing import Any, NoReturn

import simplejson


class JSONError(ValueError):
    """Text that is not JSON, or JSON that could not be given back as it came."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise JSONError(f'the key "{twice}" occurs twice in one object')
    return result


def _constant(name: str) -> NoReturn:
    raise JSONError(f"{name} is no number in JSON")


def loads(text: str | bytes) -> Any:
    """Return the value of a JSON text; its fractions are Decimal, so that no digit is lost.

    Raises JSONError for text that is not JSON in UTF-8, that repeats a key, or that holds NaN, Infinity, a
    number beyond all measure, half of a surrogate pair, or too many levels.
    """
    try:
        decoded = (text if isinstance(text, bytes) else text.encode()).decode()
        value = simplejson.loads(
            decoded, use_decimal=True, object_pairs_hook=_object, parse_constant=_constant
        )
        if "\\u" in decoded:
            dumps(value).encode()
    except JSONError:
        raise
    except UnicodeError as error:
        raise JSONError(f"not Unicode text: {error}") from error
    except RecursionError as error:
        raise JSONError("nested too deeply") from error
    except (ValueError, ArithmeticError) as error:
        raise JSONError(f"not JSON: {error}") from error
    return value


def dumps(value: Any, *, sort_keys: bool = False) -> str:
    """Return the compact JSON text of a value that `loads` gave."""
    compact = (",", ":")
    return simplejson.dumps(
        value, use_decimal=True, ensure_ascii=False, allow_nan=False, sort_keys=sort_keys, separators=compact
    )
