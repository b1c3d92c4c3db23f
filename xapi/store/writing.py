"""Puts batches of statements into the store: all of a batch or nothing, once however often it is sent."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import stamina
from sqlalchemy import Connection, Engine, case, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from xapi.store import activities, references, schema
from xapi.store.identity import facet_of_authority, facets, same
from xapi.store.moments import in_utc, microseconds, moment, rfc3339
from xapi.store.parts import Json, object_type
from xapi.validation import strictjson
from xapi.validation.shapes import VOIDED

_ONLY = 1  # the clock's one row


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
    for attempt in stamina.retry_context(
        on=(IntegrityError, OperationalError), attempts=5, wait_initial=0.02, wait_max=0.5, wait_jitter=0.05
    ):
        with attempt, engine.begin() as connection:
            last = _put(connection, batch, defining=defining)
            _keep(connection, files)
    return last


def _put(connection: Connection, batch: Sequence[Json], *, defining: bool) -> int:
    last = _take_turn(connection, len(batch))
    first = last - len(batch) + 1
    table = schema.statements
    wanted = [uuid.UUID(statement["id"]) for statement in batch]
    found = connection.execute(select(table.c.id, table.c.body).where(table.c.id.in_(wanted)))
    known = {row.id: row.body for row in found}
    new = []
    for stored, (key, statement) in enumerate(zip(wanted, batch, strict=True), start=first):
        if key not in known:
            new.append((statement, stored))
        elif not same(statement, strictjson.loads(known[key])):
            raise ConflictError(statement["id"])
    if new:
        kept = [_kept(statement, stored) for statement, stored in new]
        rows = [row for row, _ in kept]
        connection.execute(insert(table), rows)
        _add_facets(connection, ((row["stored"], row["stored"], keys) for row, keys in kept))
        _heed_references(connection, rows, first)
        if defining:
            activities.learn(connection, (statement for statement, _ in new))
    return last


def _keep(connection: Connection, files: Mapping[str, bytes]) -> None:
    """Keep the files that are not kept yet; writers take turns, so none comes between the two."""
    table = schema.files
    found = connection.execute(select(table.c.sha2).where(table.c.sha2.in_(files))) if files else ()
    known = {row.sha2 for row in found}
    if new := [{"sha2": sha2, "content": files[sha2]} for sha2 in files if sha2 not in known]:
        connection.execute(insert(table), new)


def _heed_references(connection: Connection, rows: list[dict[str, Any]], first: int) -> None:
    """Void what is voided, and let references be followed, whichever of the two statements came first."""
    table = schema.statements
    referring = connection.execute(
        select(table.c.target, table.c.voiding).where(table.c.target.in_([row["id"] for row in rows]))
    ).all()
    if referring or any(row["target"] for row in rows):
        pairs = references.pairs(connection, [row["id"] for row in rows], first)
        keys = {body: facets(strictjson.loads(body)) for body in set(pairs.values())}
        _add_facets(connection, ((*pair, keys[body]) for pair, body in pairs.items()))
    voided = {row["target"] for row in rows if row["voiding"]}
    voided |= {row.target for row in referring if row.voiding}
    if voided:
        connection.execute(
            update(table).where(table.c.id.in_(voided), table.c.voiding.is_(False)).values(voided=True)
        )


def _take_turn(connection: Connection, count: int) -> int:
    """Wait for the writer before us to commit, and return the last of the `count` moments that are ours."""
    clock, now = schema.clock, microseconds(datetime.now(UTC))
    later = case((clock.c.stored >= now, clock.c.stored + count), else_=now + count - 1)
    last = connection.execute(
        update(clock).where(clock.c.id == _ONLY).values(stored=later).returning(clock.c.stored)
    ).scalar()
    if last is None:
        last = now + count - 1
        connection.execute(insert(clock).values(id=_ONLY, stored=last))
    return int(last)


def _kept(statement: Json, stored: int) -> tuple[dict[str, Any], set[bytes]]:
    """Return the row of a new statement, and its facets."""
    text = rfc3339(moment(stored))
    body = {**_in_utc(statement), "stored": text}
    body.setdefault("timestamp", text)
    refers = object_type(statement["object"]) == "StatementRef"
    row = {
        "stored": stored,
        "id": uuid.UUID(statement["id"]),
        "target": uuid.UUID(statement["object"]["id"]) if refers else None,
        "voiding": statement["verb"]["id"] == VOIDED,
        "voided": False,
        "body": strictjson.dumps(body),
    }
    return row, facets(body) | {facet_of_authority(body)}


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
    if rows:
        connection.execute(insert(schema.facets), rows)
