"""The tables that every report is made of, each defined by its row.

Times are UTC without a zone; a score and its ends are numbers on the scale that was used, `scaled` is 0 to 1
(-1 to 1 in statements of others); durations are in seconds.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, get_args, get_type_hints


class Act(NamedTuple):
    """One statement that was understood; those that are voided, or void others, are not here."""

    id: str  # the statement's
    stored: datetime | None  # by the LRS's clock
    at: datetime  # when it happened
    act: str  # what was done, one of kinds.KINDS
    verb: str  # the IRI it was said with
    actor: str  # who, as actors.key writes it
    other: str | None  # whom it is done to: a reviewee, somebody mentioned
    object: str
    work: str | None  # the contribution's IRI
    review: str | None  # the review artefact's IRI
    comment: str | None  # the comment's, the answer's or the question's IRI
    activity: str | None  # the peer activity's IRI
    activity_title: str | None
    activity_kind: str | None
    course: str | None
    course_title: str | None
    registration: str | None
    platform: str | None
    team: str | None
    language: str | None
    synthetic: bool  # a demo's or a test's course
    scaled: float | None
    raw: float | None
    low: float | None  # the lower end of the scale
    high: float | None
    seconds: float | None  # how long it took
    words: int | None  # how many were written
    revision: int | None
    winner: str | None  # the contribution judged better
    loser: str | None
    skill: str | None


class Mark(NamedTuple):
    """What a review gave on one criterion."""

    id: str  # of the review's statement
    review: str | None
    work: str | None
    actor: str  # the reviewer
    criterion: str
    label: str | None
    raw: float | None
    low: float | None
    high: float | None
    scaled: float | None


class Person(NamedTuple):
    """A name, only where somebody asked for names."""

    actor: str
    name: str


class LeftOut(NamedTuple):
    """What could not be used and why, one of rows.REASONS; `n` is 1, or how many without an id share it."""

    id: str | None
    reason: str
    n: int = 1


class Voided(NamedTuple):
    """A statement that another one took back: it may be read before or after it."""

    id: str


Row = Act | Mark | Person | LeftOut | Voided

_SQL: Mapping[type, str] = {
    str: "VARCHAR", datetime: "TIMESTAMP", bool: "BOOLEAN", float: "DOUBLE", int: "INTEGER"
}  # fmt: skip


def _columns(row: type[Row]) -> dict[str, str]:
    hints = get_type_hints(row)
    return {name: _SQL[(get_args(kind) or (kind,))[0]] for name, kind in hints.items()}


ACTS: Mapping[str, str] = _columns(Act)
MARKS: Mapping[str, str] = _columns(Mark)
TABLES: Mapping[str, Mapping[str, str]] = {
    "acts": ACTS,
    "marks": MARKS,
    "people": _columns(Person),
    "left_out": _columns(LeftOut),
    "voided": _columns(Voided),
}
"""Each table's columns with their types, as DuckDB knows them."""


def definition(table: str) -> str:
    """Return the SQL that makes `table` where it is not there yet."""
    columns = ", ".join(f'"{name}" {kind}' for name, kind in TABLES[table].items())
    return f'CREATE TABLE IF NOT EXISTS "{table}" ({columns})'
