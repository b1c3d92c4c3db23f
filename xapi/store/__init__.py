"""The local statement store: xAPI 1.0.3 and 2.0.0 over HTTP, on the database that the host has."""

from sqlalchemy import Engine

from xapi.store.app import Authenticate, Store

__all__ = ["create_store"]


def create_store(engine: Engine, authenticate: Authenticate, *, max_body: int = 10 * 2**20) -> Store:
    """Return the store as a WSGI application, to be mounted anywhere; `engine` has the tables of `schema`.

    `authenticate` takes a user name and a password (HTTP Basic) and returns the name under which statements
    are asserted, or None to refuse. A request may have a body of `max_body` bytes. The store knows the
    Statements resource (no files of attachments, no alternate request syntax) and the About resource.

    A host on SQLite whose engine emits BEGIN IMMEDIATE should emit a plain BEGIN where a connection has the
    execution option `sqlite_read_only`: all that only reads has it.
    """
    return Store(engine, authenticate, max_body)
