"""Who refers to whom: a statement is found by all that the statement its StatementRef names is found by.

This holds along a chain of references, whichever of them came first (xAPI 1.0.3, Part Three, 2.1.3).
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select

from xapi.store import schema

DEPTH = 20  # references of references are followed this far: nobody comments deeper, and it bounds a write
_TABLE = schema.statements


class _Node(NamedTuple):
    stored: int
    id: UUID
    target: UUID | None
    body: str


def pairs(connection: Connection, new: Iterable[UUID], first: int) -> dict[tuple[int, int], str]:
    """Return the references, direct or not, that came with the statements `new`, stored from `first` on.

    Each is (stored of who refers, stored of who is referred to) with the JSON text of the latter.
    """
    nodes = {node.id: node for node in _select(connection, _TABLE.c.id.in_(new))}
    _spread(connection, nodes, upwards=True)
    referring = list(nodes.values())
    _spread(connection, nodes, upwards=False)
    return {
        (start.stored, node.stored): node.body
        for start in referring
        for node, is_new in _chain(start, nodes, first)
        if is_new
    }


def _spread(connection: Connection, nodes: dict[UUID, _Node], *, upwards: bool) -> None:
    """Add the statements that refer to those in `nodes` (`upwards`), or that these refer to."""
    reached = list(nodes.values())
    for _ in range(DEPTH):
        wanted = {node.id if upwards else node.target for node in reached} - {None}
        if not upwards:
            wanted -= nodes.keys()
        if not wanted:
            return
        column = _TABLE.c.target if upwards else _TABLE.c.id
        reached = [node for node in _select(connection, column.in_(wanted)) if node.id not in nodes]
        nodes |= {node.id: node for node in reached}


def _select(connection: Connection, condition: ColumnElement[bool]) -> Iterator[_Node]:
    columns = (_TABLE.c.stored, _TABLE.c.id, _TABLE.c.target, _TABLE.c.body)
    yield from (_Node(*row) for row in connection.execute(select(*columns).where(condition)))


def _chain(start: _Node, nodes: dict[UUID, _Node], first: int) -> Iterator[tuple[_Node, bool]]:
    """Give whom `start` refers to, step by step, and whether a new statement is on the way there."""
    node, is_new, passed = start, start.stored >= first, {start.id}
    while node.target in nodes and node.target not in passed and len(passed) <= DEPTH:
        node = nodes[node.target]
        is_new = is_new or node.stored >= first
        passed.add(node.id)
        yield node, is_new
