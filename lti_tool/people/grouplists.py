"""A list of groups as an instructor writes it, a person and a group on each line: understood or not. Pure."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import NamedTuple
from uuid import UUID

from ..kernel.i18n import N_
from ..kernel.markup import plain

LARGEST = 1 << 20  # characters of a list
LONGEST_NAME = 200  # characters of a group's name
MOST_PROBLEMS = 100  # told at once
HEADS = {
    "id": {"id", "sub", "user id", "user_id", "identifiant"},
    "person": {"person", "personne", "name", "nom", "full name", "nom complet", "learner", "student"},
    "group": {"group", "groupe", "team", "équipe"},
}


class Known(NamedTuple):
    """A person of the course."""

    id: UUID
    sub: str
    name: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is not understood: on which line, and a sentence of the catalogue with its value."""

    line: int
    sentence: str
    value: str = ""


@dataclass(slots=True)
class GroupList:
    """What a list comes to. It is to be kept only when there is no problem."""

    groups: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    problems: list[Problem] = field(default_factory=list)

    @property
    def people(self) -> int:
        """How many people are in a group."""
        return len(set().union(*self.groups.values()))


def understand(text: str, people: Iterable[Known]) -> GroupList:
    """Read a list: comma, semicolon or tab between the columns; person and group, or as its first line says.

    A person is their id or their name. One without a group is in none; the same person may be in several.
    """
    understood, names, subs = GroupList(), defaultdict(list), {}
    for known in people:
        subs[known.sub] = known.id
        names[_folded(known.name)].append(known.id)
    for line, person, group in _lines(text, understood.problems):
        found = [subs[person]] if person in subs else names[_folded(person)]
        if not person:
            understood.problems.append(Problem(line, N_("The person is missing.")))
        elif len(group) > LONGEST_NAME:
            understood.problems.append(Problem(line, N_("This name of a group is too long.")))
        elif not found:
            understood.problems.append(
                Problem(line, N_("Nobody in this course is called %(value)s."), person)
            )
        elif len(found) > 1:
            several = N_("Several people are called %(value)s. Use the id.")
            understood.problems.append(Problem(line, several, person))
        elif group:
            understood.groups[group].add(found[0])
    del understood.problems[MOST_PROBLEMS:]
    if not understood.groups and not understood.problems:
        understood.problems.append(Problem(1, N_("There is no group in this list.")))
    return understood


def decode(content: bytes) -> str:
    """The text of a file, from a spreadsheet of any country."""
    try:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _lines(text: str, problems: list[Problem]) -> Iterator[tuple[int, str, str]]:
    """Number, person and group of each line that has something in it."""
    if len(text) > LARGEST:
        problems.append(Problem(1, N_("This list is too long. Send it in parts.")))
        return
    first = text.lstrip().partition("\n")[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    columns: list[int] | None = None
    try:
        for cells in reader:
            row = [" ".join(plain(cell).split()) for cell in cells]
            if not any(row):
                continue
            if columns is None:
                columns = _columns(row)
                if columns:
                    continue
                columns = [0, 1]
            *people, group = (row[column] if column < len(row) else "" for column in columns)
            if len(row) <= columns[-1]:
                problems.append(Problem(reader.line_num, N_("The group is missing.")))
            else:
                yield reader.line_num, next((each for each in people if each), ""), group
    except csv.Error:
        problems.append(Problem(reader.line_num, N_("This line cannot be read.")))


def _columns(row: list[str]) -> list[int]:
    """Where a first line of headings puts the id, the person and the group; empty for any other line."""
    places = {
        head: number
        for head, words in HEADS.items()
        for number, cell in enumerate(row)
        if cell.casefold() in words
    }
    return list(places.values()) if "group" in places and len(places) > 1 else []


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
