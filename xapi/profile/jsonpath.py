"""Where in a statement a rule looks: JSONPath, as far as profiles use it (xAPI Profiles 1.0, Part Two, 8.1).

`$` may be left out, as the specification's own example does. Filters, scripts and slices are not part of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_STEP = re.compile(
    r"""(?P<dots>\.{0,2})(?:
        (?P<name>[^\s.\[\]|'"*()?@]+)
      | (?P<star>\*)
      | \[(?P<inside>(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^'"\]])*)\]
    )""",
    re.VERBOSE,
)
_INSIDE = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\d+)|(\*))\s*(,|$)""")
_PIPE = re.compile(r"""((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^'"|])+)(\||$)""")

EVERY = None  # the star: all children

Key = str | int | None


@dataclass(frozen=True)
class Step:
    """One step down: to these children, of a value or (`deep`) of it and of all that is in it."""

    keys: tuple[Key, ...]
    deep: bool = False

    def down(self, value: Any) -> Iterator[Any]:
        """Yield the children that this step leads to."""
        for key in self.keys:
            if isinstance(value, dict):
                if key is EVERY:
                    yield from value.values()
                elif str(key) in value:
                    yield value[str(key)]
            elif isinstance(value, list):
                if key is EVERY:
                    yield from value
                elif isinstance(key, int) and key < len(value):
                    yield value[key]


@dataclass(frozen=True)
class Path:
    """A path, or several joined by pipes."""

    ways: tuple[tuple[Step, ...], ...]

    def values(self, document: Any) -> list[Any]:
        """Return every value that the path leads to in `document`, in order; none where it leads nowhere."""
        return [value for way in self.ways for value in _walk(document, way)]


@lru_cache(maxsize=4096)
def parse(text: str) -> Path:
    """Read a path. Raises ValueError for what is none, or uses more of JSONPath than a profile may."""
    ways, at = [], 0
    while True:
        match = _PIPE.match(text, at)
        if not match:
            raise ValueError(f"not a JSONPath of a profile: {text!r}")
        ways.append(tuple(_steps(match[1].strip(), text)))
        if not match[2]:
            return Path(tuple(ways))
        at = match.end()


def _steps(way: str, text: str) -> Iterator[Step]:
    at = 1 if way.startswith("$") else 0
    while at < len(way) or not way:
        match = _STEP.match(way, at)
        # Only what the path begins with, and brackets, need no dot before them
        if not match or not (match["dots"] or match["inside"] is not None or at == 0):
            raise ValueError(f"not a JSONPath of a profile: {text!r}")
        deep = match["dots"] == ".."
        if match["name"]:
            yield Step((match["name"],), deep)
        else:
            yield Step((EVERY,) if match["star"] else tuple(_keys(match["inside"], text)), deep)
        at = match.end()


def _keys(inside: str, text: str) -> Iterator[Key]:
    at, more = 0, ","
    while more:
        match = _INSIDE.match(inside, at)
        if not match:
            raise ValueError(f"not a JSONPath of a profile: {text!r}")
        single, double, index, star, more = match.groups()
        name = double if single is None else single
        yield EVERY if star else int(index) if index else re.sub(r"\\(.)", r"\1", name)
        at = match.end()


def _walk(document: Any, steps: tuple[Step, ...]) -> list[Any]:
    values = [document]
    for step in steps:
        if step.deep:
            values = [inner for value in values for inner in _within(value)]
        values = [child for value in values for child in step.down(value)]
        if not values:
            break
    return values


def _within(value: Any) -> Iterator[Any]:
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in inner:
        yield from _within(child)
