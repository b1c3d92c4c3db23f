"""Finds statements: one by its id, or a page of those that pass the filters."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from uuid import UUID

from sqlalchemy import Connection, Select, func, literal, select, true, union_all

from xapi.store import schema

_COUNTED = 1_000  # a facet of more statements than this is frequent, however many they are
_AT_ONCE = 500  # files in one select, as databases have a limit


@dataclass(frozen=True)
class Query:
    """Which statements are asked for: those with all `facets`, stored in (`since`, `until`]."""

    facets: tuple[bytes, ...] = ()
    since: int | None = None
    until: int | None = None
    ascending: bool = False
    limit: int = 100
    after: int | None = None  # the last of the page before
    authority: bytes | None = None  # the facet of the only one whose statements may be read


@dataclass(frozen=True)
class Page:
    """Statements as JSON texts, each with when it was stored; `complete` unless another page follows."""

    rows: list[tuple[int, str]]
    complete: bool

    @property
    def bodies(self) -> list[str]:
        """The JSON texts alone."""
        return [body for _, body in self.rows]


def last_stored(connection: Connection) -> int:
    """Return when the last statement was stored, 0 when none ever was: all up to then can be read."""
    return connection.execute(select(schema.clock.c.stored)).scalar() or 0


def one(connection: Connection, statement: UUID, *, voided: bool) -> tuple[str, int] | None:
    """Return a statement's JSON text and when it was stored, if it is there and `voided` or not as asked."""
    table = schema.statements
    row = connection.execute(
        select(table.c.body, table.c.stored).where(table.c.id == statement, table.c.voided.is_(voided))
    ).one_or_none()
    return (row.body, row.stored) if row else None


def page(connection: Connection, query: Query) -> Page:
    """Return the next statements of a query that are not voided."""
    table = schema.statements
    if len(query.facets) > 1:
        query = replace(query, facets=_rarest_first(connection, query.facets))
    places = _places(query).subquery()
    order = table.c.stored if query.ascending else table.c.stored.desc()
    rows = connection.execute(
        select(table.c.stored, table.c.body).join(places, places.c.stored == table.c.stored).order_by(order)
    ).all()
    return Page([(row.stored, row.body) for row in rows[: query.limit]], len(rows) <= query.limit)


def files(connection: Connection, wanted: Iterable[str]) -> dict[str, bytes]:
    """Return the contents of those of the files `wanted`, by their SHA-2, that are kept."""
    table, left = schema.files, iter(wanted)
    found: dict[str, bytes] = {}
    while some := list(islice(left, _AT_ONCE)):
        rows = connection.execute(select(table.c.sha2, table.c.content).where(table.c.sha2.in_(some)))
        found |= {row.sha2: row.content for row in rows}
    return found


def _rarest_first(connection: Connection, facets: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return facets in the order of how few statements have them, as the first one is walked through."""
    key = schema.facets.c.key
    counts = []
    for place, facet in enumerate(facets):
        some = select(key).where(key == facet).limit(_COUNTED).subquery()
        counts.append(select(literal(place), select(func.count()).select_from(some).scalar_subquery()))
    found = {row[0]: row[1] for row in connection.execute(union_all(*counts))}
    return tuple(facets[place] for place in sorted(found, key=lambda place: (found[place], place)))


def _places(query: Query) -> Select[tuple[int]]:
    """Return the select of where the page's statements are, and of one more where there is one.

    It walks one index in the page's order and stops when the page is full, however large the store.
    """
    table = schema.statements
    first, *others = query.facets or (query.authority,)
    if first:
        found = schema.facets.alias()
        stored = found.c.stored
        places = select(stored).distinct().where(found.c.key == first)
        # Subqueries of one value, as planners turn EXISTS into joins that read all there is of a facet.
        for key in others:
            other = schema.facets.alias()
            same = (other.c.key == key, other.c.stored == stored, other.c.source == found.c.source)
            places = places.where(select(true()).where(*same).scalar_subquery())
        if query.authority:
            own = schema.facets.alias()
            same = (own.c.key == query.authority, own.c.stored == stored, own.c.source == stored)
            places = places.where(select(true()).where(*same).scalar_subquery())
        voided = select(table.c.voided).where(table.c.stored == stored).scalar_subquery()
        places = places.where(voided.is_(False))
    else:
        stored = table.c.stored
        places = select(stored).where(table.c.voided.is_(False))
    if query.since is not None:
        places = places.where(stored > query.since)
    if query.until is not None:
        places = places.where(stored <= query.until)
    if query.after is not None:
        places = places.where(stored > query.after if query.ascending else stored < query.after)
    return places.order_by(stored if query.ascending else stored.desc()).limit(query.limit + 1)
