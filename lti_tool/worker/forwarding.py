"""What others wrote into the local store, on to a bigger one: page by page, with the same ids.

It is read through the store's own standard API, in the order in which it was stored. The moment up to which
all has arrived is noted after each page, so that a worker that is killed sends one page again at most, which
the ids make harmless.
"""

import json
from collections.abc import Collection, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from xapi.lrs import Dead, Doubt, LrsClient, LrsError, Outcome, Paused, Retry
from xapi.parts import Contents
from xapi.store import schema
from xapi.store.moments import microseconds
from xapi.store.reading import files

from ..kernel import clock
from ..kernel.database import Database
from ..kernel.journal import Event
from ..kernel.outgoing import back_off
from ..records.models import Backfill, Lrs

PAGE = 200  # statements read at once
SAMPLES = 20  # refused statements that are kept with their reasons
AGAIN = timedelta(seconds=10)  # until it looks whether others wrote more
DOUBTS = 3  # times that an LRS may contradict itself about a statement before it counts as refused
# What an LRS says of a statement when it gives it back, and says anew when it takes it
_OF_THE_STORE = ("stored", "authority", "version")


class Theirs(NamedTuple):
    """A statement of others; `unlinked` are the hashes of its files that have no address."""

    id: UUID
    body: bytes
    unlinked: frozenset[str]


def forward(
    database: Database, backfill_id: UUID, source: LrsClient, target: LrsClient, profile: str
) -> bool:
    """Send the next page of the local store, without what is ours; return whether to go on at once.

    Args:
        database: the tool's.
        backfill_id: of a Backfill of the kind FORWARD.
        source: of the local store.
        target: of the store that it goes to.
        profile: the base IRI of our xAPI profile.

    """
    with database.read() as session:
        row = session.get(Backfill, backfill_id)
        if row is None or row.ended_at is not None:
            return False
        store = session.get_one(Lrs, row.lrs_id)
        total = _count(session, row) if row.total < 0 else row.total
    after = {"since": row.cursor} if row.cursor else {}
    try:
        page = list(islice(source.statements(**after, ascending=True, limit=PAGE), PAGE))
    except LrsError as error:
        return _put_off(database, row, error.outcome.reason)
    with database.read() as session:
        theirs = _of_others(session, page, profile)
    outcomes = _send(target, theirs, store.batch, database)
    for outcome in outcomes:
        if isinstance(outcome, Retry | Paused) or (isinstance(outcome, Doubt) and row.failures < DOUBTS):
            return _put_off(database, row, outcome.reason)
    refused = [
        {"id": str(one.id), "reason": outcome.reason}
        for one, outcome in zip(theirs, outcomes, strict=True)
        if isinstance(outcome, Dead | Doubt)
    ]
    all_read = len(page) < PAGE
    with database.write() as session:
        session.execute(
            update(Backfill)
            .where(Backfill.id == row.id, Backfill.cursor == row.cursor, Backfill.ended_at.is_(None))
            .values(
                cursor=page[-1]["stored"] if page else row.cursor,
                total=max(total, row.done + len(page)),
                done=row.done + len(page),
                sent=row.sent + len(theirs) - len(refused),
                refused=row.refused + len(refused),
                samples=[*row.samples, *refused][:SAMPLES],
                problem="",
                failures=0,
                next_try_at=clock.now() if not all_read else clock.now() + AGAIN,
                ended_at=clock.now() if all_read and not row.keep else None,
            )
        )
    return not all_read


def _count(session: Session, row: Backfill) -> int:
    query = select(func.count()).select_from(schema.statements)
    if row.since:
        query = query.where(schema.statements.c.stored > microseconds(row.since))
    return session.scalar(query) or 0


def _of_others(session: Session, page: Sequence[dict[str, Any]], profile: str) -> list[Theirs]:
    """Those statements that the journal did not make, as they are sent."""
    ids = {UUID(one["id"]): one for one in page}
    ours = set(session.scalars(select(Event.statement_id).where(Event.statement_id.in_(ids))))
    return [
        Theirs(key, _serialised(one), _unlinked(one))
        for key, one in ids.items()
        if key not in ours and not _is_of(one, profile)
    ]


def _is_of(statement: dict[str, Any], profile: str) -> bool:
    around = statement.get("context", {}).get("contextActivities", {})
    return any(str(one.get("id")).startswith(f"{profile}/") for one in around.get("category", []))


def _serialised(statement: dict[str, Any]) -> bytes:
    own = {name: part for name, part in statement.items() if name not in _OF_THE_STORE}
    return json.dumps(own, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _unlinked(statement: dict[str, Any]) -> frozenset[str]:
    """The files that a statement has nowhere else.

    Where it names an address, the hash may be that of another's file, which is none of its writer's business.
    """
    named = statement.get("attachments", [])
    return frozenset(each["sha2"].lower() for each in named if "fileUrl" not in each)


def _send(target: LrsClient, theirs: Sequence[Theirs], batch: int, database: Database) -> list[Outcome]:
    """Send in batches, but alone what has files; end with the first that the LRS as such does not take."""
    outcomes: list[Outcome] = []
    while len(outcomes) < len(theirs):
        rest = theirs[len(outcomes) :][:batch]
        some = rest[: next((place for place, one in enumerate(rest) if one.unlinked), len(rest)) or 1]
        contents = _contents(database, some[0].unlinked) if some[0].unlinked else None
        outcomes += target.send([(one.id, one.body) for one in some], contents)
        if isinstance(outcomes[-1], Retry | Paused):
            break
    return outcomes


def _contents(database: Database, allowed: Collection[str]) -> Contents:
    def content(sha2: str) -> bytes | None:
        if sha2 not in allowed:
            return None
        with database.engine.connect() as connection:
            return files(connection, [sha2]).get(sha2)

    return content


def _put_off(database: Database, row: Backfill, problem: str) -> bool:
    """Try the same page again after a while, which grows."""
    failures = row.failures + 1
    with database.write() as session:
        session.execute(
            update(Backfill)
            .where(Backfill.id == row.id)
            .values(
                problem=problem, failures=failures, next_try_at=clock.now() + back_off(failures, most=300.0)
            )
        )
    return False
