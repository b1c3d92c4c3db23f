"""Puts batches of statements into the store: all of a batch or nothing, once however often it is sent."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import stamina
from sqlalchemy import Connection, Engine, Row, bindparam, case, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError, OperationalError

from xapi.store import activities, references, schema
from xapi.store.identity import facet_of_authority, facets, same
from xapi.store.moments import in_utc, microseconds, moment, rfc3339
from xapi.store.parts import Json, object_type
from xapi.validation import strictjson
from xapi.validation.shapes import VOIDED

_ONLY = 1  # the clock's one row
_FACETS = {column.name: ARRAY(column.type) for column in schema.facets.columns}
_INSERT_FACETS = insert(schema.facets).from_select(
    [*_FACETS],
    select(
        *func.unnest(*(bindparam(name, type_=kind) for name, kind in _FACETS.items()))
        .table_valued(*_FACETS)
        .render_derived()
        .c
    ),
)


class ConflictError(Exception):
    """A statement of this id is in the store already, and it is another one."""


def put(
    engine: Engine,
    batch: Sequence[Json],
    files: Mapping[str, bytes] = MappingProxyType({}),
    *,
    defining: bool = True,
) -> int:
    """Store a batch of valid statements, each with an id of its own in the batch and with its authority.

    A statement that the store has already is left as it is. `files` are contents of attachments by their
    SHA-2, in small letters; what the statements say of activities is learnt where they are `defining`.
    Returns the moment up to which all can be read.
    Raises ConflictError, and stores nothing, when one of them is another statement under a known id;
    sqlalchemy's OperationalError when the database stays away.
    """
    ready = [_ready(statement) for statement in batch]
    for attempt in stamina.retry_context(
        on=(IntegrityError, OperationalError), attempts=5, wait_initial=0.02, wait_max=0.5, wait_jitter=0.05
    ):
        with attempt, engine.begin() as connection:
            last = _put(connection, ready, defining=defining)
            _keep(connection, files)
    return last


class _Ready(NamedTuple):
    """A new statement as far as it can be prepared before its turn, which others wait for."""

    statement: Json
    row: dict[str, Any]  # but for when it is stored
    facets: set[bytes]


def _ready(statement: Json) -> _Ready:
    body = {name: value for name, value in _in_utc(statement).items() if name != "stored"}
    refers = object_type(statement["object"]) == "StatementRef"
    row = {
        "id": uuid.UUID(statement["id"]),
        "target": uuid.UUID(statement["object"]["id"]) if refers else None,
        "voiding": statement["verb"]["id"] == VOIDED,
        "voided": False,
        "body": strictjson.dumps(body),
    }
    return _Ready(body, row, facets(body) | {facet_of_authority(body)})


def _stored(ready: _Ready, stored: int) -> dict[str, Any]:
    """Return the row of a statement that is stored now; without a timestamp it has this moment as its own."""
    names = ("stored",) if "timestamp" in ready.statement else ("stored", "timestamp")
    told = "".join(f',"{name}":"{rfc3339(moment(stored))}"' for name in names)
    return {**ready.row, "stored": stored, "body": f"{ready.row['body'][:-1]}{told}}}"}


def _put(connection: Connection, batch: Sequence[_Ready], *, defining: bool) -> int:
    last = _take_turn(connection, len(batch))
    first = last - len(batch) + 1
    table = schema.statements
    wanted = [each.row["id"] for each in batch]
    is_wanted, refers = table.c.id.in_(wanted), table.c.target.in_(wanted)
    body = case((is_wanted, table.c.body)).label("body")
    columns = (table.c.id, table.c.target, table.c.voiding, body)
    found = connection.execute(select(*columns).where(or_(is_wanted, refers))).all()
    known = {row.id: row.body for row in found}
    new = []
    for stored, each in enumerate(batch, start=first):
        if each.row["id"] not in known:
            new.append((each, stored))
        elif not same(each.statement, strictjson.loads(known[each.row["id"]])):
            raise ConflictError(each.statement["id"])
    if new:
        rows = [_stored(each, stored) for each, stored in new]
        connection.execute(insert(table), rows)
        _add_facets(connection, ((stored, stored, each.facets) for each, stored in new))
        _heed_references(connection, rows, found, first)
        if defining:
            activities.learn(connection, (each.statement for each, _ in new))
    return last


def _keep(connection: Connection, files: Mapping[str, bytes]) -> None:
    """Keep the files that are not kept yet; writers take turns, so none comes between the two."""
    table = schema.files
    found = connection.execute(select(table.c.sha2).where(table.c.sha2.in_(files))) if files else ()
    known = {row.sha2 for row in found}
    if new := [{"sha2": sha2, "content": files[sha2]} for sha2 in files if sha2 not in known]:
        connection.execute(insert(table), new)


def _heed_references(
    connection: Connection, rows: list[dict[str, Any]], before: Iterable[Row[Any, Any, Any, Any]], first: int
) -> None:
    """Void what is voided, and let references be followed, whichever of the two statements came first.

    Among the rows that were there `before` are all that refer to one of the new `rows`.
    """
    table, ids = schema.statements, {row["id"] for row in rows}
    referring = [row for row in before if row.target in ids]
    if referring or any(row["target"] for row in rows):
        pairs = references.pairs(connection, ids, first)
        keys = {body: facets(strictjson.loads(body)) for body in set(pairs.values())}
        _add_facets(connection, ((*pair, keys[body]) for pair, body in pairs.items()))
    voided = {row["target"] for row in rows if row["voiding"]}
    voided |= {row.target for row in referring if row.voiding}
    if voided:
        connection.execute(
            update(table).where(table.c.id.in_(voided), table.c.voiding.is_(False)).values(voided=True)
        )


def _take_turn(connection: Connection, count: int) -> int:
    """Wait for the writer before us to commit, and return the last of the `count` moments that are ours.

    The time is told after the wait: what is stored is never older than what readers were told is complete.
    """
    clock = schema.clock
    before = connection.execute(select(clock.c.stored).with_for_update()).scalar()
    first = max(microseconds(datetime.now(UTC)), 0 if before is None else before + 1)
    turn = insert(clock).values(id=_ONLY) if before is None else update(clock)
    last = first + count - 1
    connection.execute(turn.values(stored=last))
    return last


def _in_utc(statement: Json) -> Json:
    """Return a statement whose timestamps are in UTC (IEEE 9274.1.1, 4.2.7)."""
    result = dict(statement)
    if "timestamp" in statement:
        result["timestamp"] = in_utc(statement["timestamp"])
    if object_type(statement["object"]) == "SubStatement":
        result["object"] = _in_utc(statement["object"])
    return result


def _add_facets(connection: Connection, found: Iterable[tuple[int, int, set[bytes]]]) -> None:
    rows = [
        {"stored": stored, "source": source, "key": key} for stored, source, keys in found for key in keys
    ]
    if not rows:
        return
    if connection.dialect.name == "postgresql":  # takes one statement faster than one for each row
        columns = {name: [row[name] for row in rows] for name in _FACETS}
        connection.execute(_INSERT_FACETS, columns)
    else:
        connection.execute(insert(schema.facets), rows)
