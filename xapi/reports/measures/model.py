"""What a measure is, what it is asked for, and what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

Language = Literal["en", "fr"]
Words = Mapping[Language, str]
Row = dict[str, Any]
Kind = Literal["share", "count", "each", "seconds", "words", "points", "coefficient"]

UNITS: Mapping[Kind, Words] = {
    "share": {"en": "share, 0 to 1", "fr": "part, de 0 à 1"},
    "count": {"en": "how many", "fr": "combien"},
    "each": {"en": "how many for each", "fr": "combien pour chaque"},
    "seconds": {"en": "seconds", "fr": "secondes"},
    "words": {"en": "words", "fr": "mots"},
    "points": {"en": "share of the scale, -1 to 1", "fr": "part de l’échelle, de -1 à 1"},
    "coefficient": {"en": "coefficient, 1 at most", "fr": "coefficient, 1 au plus"},
}
"""What a value is; a page writes a share of 0.5 as 50 %, 86,400 seconds as a day."""

LEAST = 5
"""The smallest group that a report speaks of, in people."""


@dataclass(frozen=True)
class Measure:
    """One number that reports give: what it means, how it is computed, and who defined it so."""

    name: str
    title: Words
    definition: Words
    formula: Words
    source: str  # the paper or the specification
    kind: Kind

    @property
    def unit(self) -> Words:
        """What its value is counted in."""
        return UNITS[self.kind]


def measure(
    name: str, kind: Kind, source: str, *, en: tuple[str, str, str], fr: tuple[str, str, str]
) -> Measure:
    """Return the measure whose title, definition and formula are `en` and `fr`."""
    texts: list[Words] = [{"en": english, "fr": french} for english, french in zip(en, fr, strict=True)]
    title, definition, formula = texts
    return Measure(name, title, definition, formula, source, kind)


@dataclass(frozen=True)
class Period:
    """When, from `since` until just before `until` (UTC, without a zone), and in which course (its IRI).

    `synthetic` True looks at invented courses only, False at real ones only; None takes the real ones, and
    invented ones where there is nothing else. Raises ValueError for a period that ends before it begins, and
    for times with a zone.
    """

    since: datetime
    until: datetime
    course: str | None = None
    synthetic: bool | None = None

    def __post_init__(self) -> None:
        if self.since.tzinfo or self.until.tzinfo:
            raise ValueError("a period's times are UTC, without a zone")
        if self.since >= self.until:
            raise ValueError("a period ends after it begins")

    @property
    def before(self) -> "Period":
        """The period of the same length that ends where this one begins."""
        return replace(self, since=self.since - (self.until - self.since), until=self.since)


@dataclass(frozen=True)
class Query:
    """The SQL (DuckDB's) of a headline, a table or a series, upon the blocks of `blocks.py`."""

    name: str
    sql: str
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A measure's number in a period.

    `people` is how many people the number speaks of; where they are too few, it is `hidden`, and so are the
    others. `cases` are what was counted (reviews, pairs, contributions), `undone` those of them that were not
    yet over at the end. `low` and `high` are the quartiles beside a median, and the 95 % interval beside
    another number.
    """

    value: float | None
    people: int | None
    cases: int | None = None
    undone: int | None = None
    low: float | None = None
    high: float | None = None
    hidden: bool = False


NOTHING = Figure(None, 0)


@dataclass(frozen=True)
class Headline:
    """A measure's number, and that of the period before."""

    measure: Measure
    now: Figure
    before: Figure


@dataclass(frozen=True)
class Node:
    """A person of the picture: where (-1 to 1), in which community, with how many others they exchanged."""

    name: str
    x: float
    y: float
    community: int
    links: int


@dataclass(frozen=True)
class Network:
    """Who helps whom, as a picture: people by pseudonym unless names were asked for.

    `communities` counts those that were found, None where there were too many links to look for them. Where
    there are more people than a picture holds, it shows those with the most links, and `people` says how many
    there are.
    """

    people: int
    links: int
    nodes: Sequence[Node]
    edges: Sequence[tuple[str, str, int]]  # from, to, how often
    communities: int | None
    modularity: float | None
    sizes: Sequence[int]  # of the communities that are big enough to be shown


@dataclass(frozen=True)
class Results:
    """All that a report says of a period, by the names of its measures, tables and series.

    `hidden` says for each way of grouping how many groups are not shown, since they, or what could be found
    by taking those shown away from the whole, would be fewer than `least` people.
    """

    period: Period
    least: int
    names: bool
    headline: Mapping[str, Headline]
    tables: Mapping[str, Sequence[Row]]
    series: Mapping[str, Sequence[Row]]
    network: Network | None
    hidden: Mapping[str, int] = field(default_factory=dict)
