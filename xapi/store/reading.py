"""Finds statements: one by its id, or a page of those that pass the filters."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Select, select, true

from xapi.store import schema


@dataclass(frozen=True)
class Query:
    """Which statements are asked for: those with all `facets`, stored in (`since`, `until`]."""

    facets: tuple[bytes, ...] = ()
    since: int | None = None
    until: int | None = None
    ascending: bool = False
    limit: int = 100
    after: int | None = None  # the last of the page before


@dataclass(frozen=True)
class Page:
    """Statements as JSON texts; `last` is where the next page starts, None when there is none."""

    bodies: list[str]
    last: int | None


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
    places = _places(query).subquery()
    order = table.c.stored if query.ascending else table.c.stored.desc()
    rows = connection.execute(
        select(table.c.stored, table.c.body).join(places, places.c.stored == table.c.stored).order_by(order)
    ).all()
    shown = rows[: query.limit]
    return Page([row.body for row in shown], shown[-1].stored if len(rows) > len(shown) else None)


def _places(query: Query) -> Select[tuple[int]]:
    """Return the select of where the page's statements are, and of one more where there is one.

    It walks one index in the page's order and stops when the page is full, however large the store.
    """
    table = schema.statements
    if query.facets:
        first, *others = query.facets
        found = schema.facets.alias()
        stored = found.c.stored
        places = select(stored).distinct().where(found.c.key == first)
        # Subqueries of one value, as planners turn EXISTS into joins that read all there is of a facet.
        for key in others:
            other = schema.facets.alias()
            same = (other.c.key == key, other.c.stored == stored, other.c.source == found.c.source)
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
