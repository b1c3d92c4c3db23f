"""Patterns: in which order the statements of a registration come (xAPI Profiles 1.0, Part Three, 2.2).

Matching is greedy and never goes back, as the specification demands. Where an element has been tried at a
statement, what came of it is kept, so that the time grows with statements x elements whatever the patterns.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from xapi.profile.templates import many


class Outcome(StrEnum):
    """What came of matching a pattern: PARTIAL is right so far, and ended in the middle."""

    SUCCESS = "success"
    PARTIAL = "partial"
    FAILURE = "failure"


OPERATORS = ("sequence", "alternates", "optional", "oneOrMore", "zeroOrMore")


@dataclass(frozen=True)
class Pattern:
    """A pattern: one operator on patterns and templates, by their IRIs."""

    id: str
    operator: str
    of: tuple[str, ...]
    primary: bool = False

    @classmethod
    def read(cls, pattern: Mapping[str, Any]) -> "Pattern":
        """Make the pattern of its JSON. Raises ValueError unless it has exactly one operator."""
        iri = pattern.get("id") or pattern["@id"]
        operators = [name for name in OPERATORS if name in pattern]
        if len(operators) != 1:
            raise ValueError(f"a pattern needs exactly one operator: {iri}")
        of = many(pattern[operators[0]])
        return cls(iri, operators[0], tuple(map(_iri, of)), bool(pattern.get("primary")))


def require_finite(patterns: Mapping[str, Pattern]) -> None:
    """Raise ValueError where a pattern contains itself, at any depth (Part Two, 9.0)."""
    done: set[str] = set()

    def walk(element: str, above: frozenset[str]) -> None:
        if element in above:
            raise ValueError(f"a pattern contains itself: {element}")
        if element in patterns and element not in done:
            for member in patterns[element].of:
                walk(member, above | {element})
            done.add(element)

    for element in patterns:
        walk(element, frozenset())


def _iri(member: Any) -> str:
    return str(member["id"] if isinstance(member, Mapping) else member)


class Matcher:
    """Matches one row of statements, each told by the templates that it follows, against patterns."""

    def __init__(self, row: Sequence[Set[str]], patterns: Mapping[str, Pattern]) -> None:
        self._row, self._patterns = row, patterns
        self._tried: dict[tuple[str, int], tuple[Outcome, int]] = {}

    def match(self, element: str, start: int = 0) -> tuple[Outcome, int]:
        """Match a pattern or template from the statement `start` on: what came of it, and where it ended."""
        key = element, start
        if key not in self._tried:
            self._tried[key] = self._try(element, start)
        return self._tried[key]

    def _try(self, element: str, start: int) -> tuple[Outcome, int]:
        pattern = self._patterns.get(element)
        if pattern is None:
            return self._template(element, start)
        match pattern.operator:
            case "sequence":
                return self._sequence(pattern.of, start)
            case "alternates":
                return self._alternates(pattern.of, start)
            case "optional":
                return self._repeated(pattern.of[0], start, least=0, most=1)
            case "oneOrMore":
                return self._repeated(pattern.of[0], start, least=1)
        return self._repeated(pattern.of[0], start, least=0)

    def _template(self, template: str, start: int) -> tuple[Outcome, int]:
        if start == len(self._row):
            return Outcome.PARTIAL, start
        return (Outcome.SUCCESS, start + 1) if template in self._row[start] else (Outcome.FAILURE, start)

    def _sequence(self, members: Sequence[str], start: int) -> tuple[Outcome, int]:
        at = start
        for member in members:
            outcome, at = self.match(member, at)
            if outcome is Outcome.FAILURE:
                return outcome, start
            if outcome is Outcome.PARTIAL:
                return outcome, len(self._row)
        return Outcome.SUCCESS, at

    def _alternates(self, members: Sequence[str], start: int) -> tuple[Outcome, int]:
        results = [self.match(member, start) for member in members]
        if ends := [end for outcome, end in results if outcome is Outcome.SUCCESS]:
            return Outcome.SUCCESS, max(ends)
        if any(outcome is Outcome.PARTIAL for outcome, _ in results):
            return Outcome.PARTIAL, len(self._row)
        return Outcome.FAILURE, start

    def _repeated(self, member: str, start: int, least: int, most: int | None = None) -> tuple[Outcome, int]:
        """Match `member` as often as it goes.

        One that breaks off in the middle is partial, as the specification's table of outcomes has it; its
        pseudo-code takes it for a success where `zeroOrMore` repeats it.
        """
        at, times = start, 0
        while most is None or times < most:
            if at == len(self._row) and times >= least:
                break
            outcome, end = self.match(member, at)
            if outcome is Outcome.PARTIAL:
                return outcome, len(self._row)
            if outcome is Outcome.FAILURE:
                break
            times += 1
            if end == at:
                break
            at = end
        return (Outcome.SUCCESS, at) if times >= least else (Outcome.FAILURE, start)
