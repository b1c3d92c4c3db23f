"""The local statement store, one of those that statements go to, reached without leaving the process."""

import hmac
import secrets

import httpx
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from xapi.lrs import LrsClient
from xapi.statements import Version
from xapi.store import create_store

from ..kernel import clock
from ..kernel.database import Database
from ..records.models import Lrs

NAME = "local"
VERSION: Version = "1.0.3"  # what every reader of the store understands


def ensure_local(database: Database, base_url: str, authority: str) -> None:
    """See that the local store is in the list of stores."""
    store = Lrs(
        name=NAME,
        url=f"{base_url}/xapi/",
        username=authority,
        password="",  # it needs none: see `local_client`
        version=VERSION,
        speaks=VERSION,
        local=True,
        created_at=clock.now(),
        next_try_at=clock.now(),
    )
    with database.write() as session:
        if session.scalar(select(Lrs.id).where(Lrs.name == NAME)) is not None:
            return
        try:
            with session.begin_nested():
                session.add(store)
        except IntegrityError:  # another worker was faster
            return


def local_store(session: Session) -> Lrs:
    """The local store among the stores."""
    return session.scalars(select(Lrs).where(Lrs.name == NAME)).one()


def local_client(database: Database, base_url: str, authority: str) -> LrsClient:
    """A client that calls the store's WSGI application itself, with a password that only the two know.

    It speaks to the tool's own address, which the store names in each statement's authority.
    """
    password = secrets.token_urlsafe()

    def authenticate(_username: str, given: str) -> str | None:
        return authority if hmac.compare_digest(given, password) else None

    store = create_store(database.engine, authenticate)
    return LrsClient(f"{base_url}/", authority, password, VERSION, transport=httpx.WSGITransport(app=store))
