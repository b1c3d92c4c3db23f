"""The local statement store: an xAPI 1.0.3 and 2.0.0 LRS over HTTP, on the database that the host has."""

from sqlalchemy import Engine

from xapi.store.app import Authenticate, Store

__all__ = ["create_store"]


def create_store(
    engine: Engine, authenticate: Authenticate | None = None, *, max_body: int = 10 * 2**20
) -> Store:
    """Return the store as a WSGI application, to be mounted anywhere; `engine` has the tables of `schema`.

    `authenticate` takes a user name and a password (HTTP Basic) and returns whom it lets in: a name, under
    which statements are asserted and all is allowed, or a `credentials.Pass` with its scopes; None to refuse.
    Whom it refuses the store's own credentials may let in. A request may have a body of `max_body` bytes.

    A host on SQLite whose engine emits BEGIN IMMEDIATE should emit a plain BEGIN where a connection has the
    execution option `sqlite_read_only`: all that only reads has it.
    """
    return Store(engine, authenticate, max_body)
