"""The grammar of checks: small generators of problems that combine into the shape of a whole statement."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """What is wrong, and where: `path` reads like context.contextActivities.parent[0].id, "" is the whole."""

    path: str
    message: str


Check = Callable[[Any, str], Iterator[Problem]]


def at(path: str, key: str | int) -> str:
    """Return the path of the item or property `key` of what is at `path`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if not key.isidentifier():
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def present(value: Any, path: str, check: Check) -> Iterator[Problem]:
    """Apply `check` unless the value is null, which a statement may hold inside of extensions only."""
    if value is None:
        yield Problem(path, "null is not allowed here")
    else:
        yield from check(value, path)


def of_type(kind: type, name: str) -> Check:
    """Return a check that a value is a `kind`, called `name` in the message; true is no number."""

    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            yield Problem(path, f"must be {name}")

    return check


text = of_type(str, "a string")
boolean = of_type(bool, "true or false")
integer = of_type(int, "an integer")


def number(value: Any, path: str) -> Iterator[Problem]:
    """Check that a value is a number, whichever type the JSON parser gave it."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or value != value:
        yield Problem(path, "must be a number")


def formatted(follows: Callable[[str], bool], name: str) -> Check:
    """Return a check that a value is a string that `follows` the format called `name`."""

    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, str) or not follows(value):
            yield Problem(path, f"must be {name}")

    return check


def one_of(*allowed: str) -> Check:
    """Return a check that a value is one of the strings `allowed`, to the letter's case."""
    return formatted(allowed.__contains__, " or ".join(f'"{each}"' for each in allowed))


def mapping(keys: Callable[[str], bool], keys_name: str, values: Check | None) -> Check:
    """Return a check of an object whose keys are data; `values` None leaves the values free, null too."""

    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(path, "must be an object")
            return
        for key, item in value.items():
            if not keys(key):
                yield Problem(at(path, key), f"its key must be {keys_name}")
            if values:
                yield from present(item, at(path, key), values)

    return check


def array(items: Check, *, not_empty: bool = False) -> Check:
    """Return a check of an array whose every item passes `items`."""

    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(path, "must be an array")
            return
        if not_empty and not value:
            yield Problem(path, "must not be empty")
        for position, item in enumerate(value):
            yield from present(item, at(path, position), items)

    return check


def record(properties: Mapping[str, Check], required: frozenset[str] | set[str] = frozenset()) -> Check:
    """Return a check of an object that has these `properties` and no others, the `required` ones always."""

    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(path, "must be an object")
            return
        for name in sorted(required - value.keys()):
            yield Problem(at(path, name), "is required")
        for name, item in value.items():
            if name in properties:
                yield from present(item, at(path, name), properties[name])
            else:
                yield Problem(at(path, name), "is not a property known here")

    return check


def both(first: Check, second: Check) -> Check:
    """Return `first`, and where it finds nothing wrong, `second`, which may then rely on the shape."""

    def check(value: Any, path: str) -> Iterator[Problem]:
        wrong = False
        for problem in first(value, path):
            wrong = True
            yield problem
        if not wrong:
            yield from second(value, path)

    return check


def by_object_type(kinds: Mapping[str, Check], default: str | None) -> Check:
    """Return the check of the kind an object's objectType says it is, `default` when it says nothing."""

    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(path, "must be an object")
            return
        kind = value.get("objectType", default)
        if isinstance(kind, str) and kind in kinds:
            yield from kinds[kind](value, path)
        else:
            names = " or ".join(f'"{name}"' for name in kinds)
            yield Problem(at(path, "objectType"), f"must be {names}")

    return check
