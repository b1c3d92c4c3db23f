"""Where documents are kept: each has a place, and the places of one context are listed together."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from xapi.store import schema
from xapi.store.identity import facet
from xapi.store.moments import microseconds
from xapi.validation import strictjson

_TABLE = schema.documents


@dataclass(frozen=True)
class Context:
    """Whose documents: of an agent (by its key), of an activity, or of both; perhaps of one registration."""

    kind: str
    activity: str | None
    agent: str | None
    registration: str | None

    @property
    def key(self) -> bytes:
        """The same for all registrations, which share the list that is asked for without one."""
        return facet("documents", strictjson.dumps([self.kind, self.activity, self.agent]))

    def place(self, name: str) -> bytes:
        """Return the key of the document `name`."""
        return facet("document", strictjson.dumps([self.key.hex(), self.registration, name]))

    def _conditions(self) -> Iterable[ColumnElement[bool]]:
        yield _TABLE.c.context == self.key
        if self.registration:
            yield _TABLE.c.registration == UUID(self.registration)


@dataclass(frozen=True)
class Document:
    """What was stored, byte for byte, with its media type and when that was."""

    content: bytes
    type: str
    sha1: str
    stored: int


def find(connection: Connection, context: Context, name: str, *, lock: bool = False) -> Document | None:
    """Return the document `name`, None when there is none; nobody else changes one that is locked."""
    columns = (_TABLE.c.content, _TABLE.c.type, _TABLE.c.sha1, _TABLE.c.stored)
    wanted = select(*columns).where(_TABLE.c.key == context.place(name))
    row = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    return Document(*row) if row else None


def names(connection: Connection, context: Context, since: int | None) -> list[tuple[str, int]]:
    """Return the names of a context's documents stored after `since`, and when, the oldest first."""
    wanted = select(_TABLE.c.id, _TABLE.c.stored).where(*context._conditions())
    if since is not None:
        wanted = wanted.where(_TABLE.c.stored > since)
    return [(row.id, row.stored) for row in connection.execute(wanted.order_by(_TABLE.c.stored))]


def put(
    connection: Connection, context: Context, name: str, content: bytes, media_type: str, *, anew: bool
) -> None:
    """Store a document: in the place of the one that is there, or `anew`."""
    values = {
        "stored": microseconds(datetime.now(UTC)),
        "type": media_type,
        "sha1": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        "content": content,
    }
    key = context.place(name)
    if not anew:
        connection.execute(update(_TABLE).where(_TABLE.c.key == key).values(values))
        return
    where = {
        "key": key,
        "context": context.key,
        "agent": facet("agent", context.agent) if context.agent else None,
        "registration": UUID(context.registration) if context.registration else None,
        "id": name,
    }
    connection.execute(insert(_TABLE).values(where | values))


def remove(connection: Connection, context: Context, name: str | None) -> None:
    """Delete the document `name`, or all of a context."""
    which = [_TABLE.c.key == context.place(name)] if name else context._conditions()
    connection.execute(delete(_TABLE).where(*which))


def forget(connection: Connection, agent: str) -> int:
    """Delete all documents about an agent, given by its key (`identity.agent_key`); return how many."""
    return connection.execute(delete(_TABLE).where(_TABLE.c.agent == facet("agent", agent))).rowcount
