"""Who reviews whom as a table: written for any spreadsheet, and read from one. Pure.

A line has a reviewer and an author, each by id, name or e-mail address; and maybe a rule: must, must-not or
none. Without a rule it is a review for the reviewer to give. What is written here can be read again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from ..activities.rubric_reading import UnreadableRubricError
from ..activities.rubric_tables import Row, rows_of, table
from ..kernel.i18n import N_
from .steering import Rule

HEAD = ("reviewer id", "reviewer", "author id", "author", "state", "score", "rule")
LARGEST = 1 << 20  # characters
MOST_LINES = 20_000
MOST_PROBLEMS = 100  # told at once
_SAID = {
    "must": Rule.MUST, "doit": Rule.MUST, "must-not": Rule.MUST_NOT, "must not": Rule.MUST_NOT,
    "ne doit pas": Rule.MUST_NOT, "none": Rule.NONE, "aucune": Rule.NONE,
}  # fmt: skip
_COLUMNS = {
    "reviewer id": "reviewer id", "reviewer": "reviewer", "relit": "reviewer", "author id": "author id",
    "author": "author", "auteur": "author", "state": "state", "rule": "rule", "règle": "rule",
}  # fmt: skip
_NOT_GIVEN = {"", "lapsed"}


class Somebody(NamedTuple):
    """A learner of the course."""

    id: UUID
    sub: str
    name: str
    email: str


class Problem(NamedTuple):
    """What is not understood: on which line, and a sentence of the catalogue with its value."""

    line: int
    sentence: str
    value: str = ""


@dataclass(slots=True)
class Pairs:
    """What a table comes to, by reviewer and author: reviews to give, and rules."""

    reviews: set[tuple[UUID, UUID]] = field(default_factory=set)
    rules: dict[tuple[UUID, UUID], Rule] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Lines of the table; no cell of them is a formula."""
    return table([["" if cell is None else str(cell) for cell in row] for row in rows]).removeprefix("\ufeff")


def understand(
    text: str, people: Iterable[Somebody], shared: Set[UUID], together: Set[tuple[UUID, UUID]]
) -> Pairs:
    """Read a table; comma, semicolon or tab between its cells; reviewer, author, rule, or as its head says.

    Args:
        text: the table.
        people: who takes part.
        shared: who of them has shared something.
        together: pairs of people who wrote the same.

    """
    found = Pairs()
    try:
        rows = rows_of(text) if len(text) <= LARGEST else []
    except UnreadableRubricError as error:
        found.problems.append(Problem(error.line or 1, error.sentence))
        return found
    if not rows or len(rows) > MOST_LINES:
        found.problems.append(_empty(text))
        return found
    columns, rows = _columns(rows)
    names = _Names(people)
    for line, cells in rows:
        said = dict(zip(columns, cells, strict=False))
        problem = _read(found, said, names, shared, together)
        if problem:
            found.problems.append(Problem(line, *problem))
    return found


def _read(
    found: Pairs,
    said: Mapping[str, str],
    names: "_Names",
    shared: Set[UUID],
    together: Set[tuple[UUID, UUID]],
) -> tuple[str, str] | None:
    """Take a line in; or a sentence, and its value."""
    people = []
    for part in ("reviewer", "author"):
        word = said.get(f"{part} id") or said.get(part, "")
        ids = names.of(word)
        if not word:
            return N_("The reviewer or the author is missing."), ""
        if not ids:
            return N_("Nobody in this course is called %(value)s."), word[:80]
        if len(ids) > 1:
            return N_("Several people are called %(value)s. Use the id."), word[:80]
        people.append(ids[0])
    reviewer, author = pair = people[0], people[1]
    word = said.get("rule", "").casefold()
    if word and word not in _SAID:
        return N_("“%(value)s” is no rule. There are: must, must-not, none."), word[:40]
    if reviewer == author or pair in together:
        return N_("Nobody reviews their own work."), ""
    if word:
        if found.rules.setdefault(pair, _SAID[word]) is not _SAID[word]:
            return N_("Another line says something else of this pair."), ""
        return None
    if "state" in said and said["state"] in _NOT_GIVEN:
        return None
    if author not in shared:
        return N_("%(value)s has shared nothing here."), (said.get("author") or said["author id"])[:80]
    found.reviews.add(pair)
    return None


class _Names:
    """People by whatever calls them."""

    def __init__(self, people: Iterable[Somebody]) -> None:
        self._ids: dict[str, list[UUID]] = {}
        self._names: dict[str, list[UUID]] = defaultdict(list)
        for each in people:
            for word in (each.id.hex, str(each.id), each.sub):
                self._ids[word] = [each.id]
            for word in {_folded(each.name), _folded(each.email)} - {""}:
                self._names[word].append(each.id)

    def of(self, word: str) -> list[UUID]:
        """Who is called so."""
        return self._ids.get(word) or self._names.get(_folded(word), [])


def _columns(rows: list[Row]) -> tuple[list[str], list[Row]]:
    """What the columns hold, and the lines below the headings, where there are any."""
    head = [_COLUMNS.get(_folded(cell), "") for cell in rows[0][1]]
    told = {each.removesuffix(" id") for each in head}
    if {"reviewer", "author"} <= told:
        return [each or f"column {place}" for place, each in enumerate(head)], rows[1:]
    return ["reviewer", "author", "rule"], rows


def _empty(text: str) -> Problem:
    if text.strip():
        return Problem(1, N_("This list is too long. Send it in parts."))
    return Problem(1, N_("There is nothing in this list."))


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
