"""Who may call the store, and what for: credentials with scopes (xAPI 1.0.3, Part Three, 4.2)."""

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, insert, or_, select, update

from xapi.store import schema
from xapi.store.moments import microseconds, moment

ALL = "all"
SCOPES = (
    "statements/write",
    "statements/read/mine",
    "statements/read",
    "state",
    "define",
    "profile",
    "all/read",
    ALL,
)
USUAL = ("statements/write", "statements/read/mine")  # what the specification gives who asks for nothing
_REMEMBERED = 1_000  # pairs of credentials, right and wrong, whose hash is not computed again
_HASHED = {"n": 2**14, "r": 8, "p": 1}  # 16 MiB and some 50 ms for each guess


class CredentialError(Exception):
    """What cannot be done with credentials, as a sentence."""


@dataclass(frozen=True)
class Pass:
    """Who calls: the `name` that statements are asserted under, and what the call may do."""

    name: str
    scopes: frozenset[str] = frozenset({ALL})

    def may(self, *scopes: str) -> bool:
        """Say whether one of `scopes` is granted; "all" grants every one."""
        return ALL in self.scopes or not self.scopes.isdisjoint(scopes)


@dataclass(frozen=True)
class Credential:
    """One pair of credentials, without its password."""

    name: str
    username: str
    scopes: tuple[str, ...]
    made_at: datetime
    ended_at: datetime | None


def add(
    connection: Connection,
    name: str,
    scopes: tuple[str, ...] = USUAL,
    username: str | None = None,
    password: str | None = None,
) -> tuple[str, str]:
    """Make credentials for `name`, and return their user name and password, which are kept nowhere.

    A name may have several, as when they are renewed; they assert, and read as theirs, the same statements.
    Raises CredentialError for an unknown scope, a user name that is taken or cannot be sent by HTTP Basic.
    """
    if unknown := set(scopes) - set(SCOPES):
        raise CredentialError(f"{min(unknown)} is not a scope")
    username, password = username or secrets.token_hex(8), password or secrets.token_urlsafe(24)
    if not name or not scopes or ":" in username:
        raise CredentialError("Credentials need a name, a scope, and a user name without a colon")
    table = schema.credentials
    if connection.execute(select(table.c.name).where(table.c.username == username)).first():
        raise CredentialError(f"The user name {username} is taken")
    row = {"username": username, "digest": _digest(password), "scopes": " ".join(scopes), "name": name}
    connection.execute(insert(table).values(row | {"made_at": microseconds(datetime.now(UTC))}))
    return username, password


def listed(connection: Connection) -> list[Credential]:
    """Return all credentials that ever were, the oldest first."""
    rows = connection.execute(select(schema.credentials).order_by(schema.credentials.c.made_at))
    return [
        Credential(
            row.name,
            row.username,
            tuple(row.scopes.split()),
            moment(row.made_at),
            None if row.ended_at is None else moment(row.ended_at),
        )
        for row in rows
    ]


def end(connection: Connection, name: str) -> int:
    """End the credentials of a name, or those with a user name, from the next request on; return how many."""
    table = schema.credentials
    which = or_(table.c.name == name, table.c.username == name), table.c.ended_at.is_(None)
    ended = connection.execute(update(table).where(*which).values(ended_at=microseconds(datetime.now(UTC))))
    return ended.rowcount


class Door:
    """Checks credentials. A hash is slow on purpose, so which pairs it was computed for is remembered."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(sqlite_read_only=True)
        self._secret = secrets.token_bytes(32)
        self._known: dict[bytes, bool] = {}
        self._turn = threading.Lock()

    def check(self, username: str, password: str) -> Pass | None:
        """Return what these credentials open, None when they are wrong or have ended."""
        if "\0" in username:  # PostgreSQL cannot even be asked
            return None
        table = schema.credentials
        with self._engine.connect() as connection:
            row = connection.execute(select(table).where(table.c.username == username)).one_or_none()
        right = self._right(row.digest if row else _NOBODY, password)
        if row is None or row.ended_at is not None or not right:
            return None
        return Pass(row.name, frozenset(row.scopes.split()))

    def _right(self, digest: str, password: str) -> bool:
        """Compare in the same time for known and unknown names; one at a time, as guesses cost memory."""
        pair = hmac.digest(self._secret, f"{digest}\0{password}".encode(), "sha256")
        known = self._known.get(pair)
        if known is None:
            with self._turn:
                self._known[pair] = known = _matches(digest, password)
                if len(self._known) > _REMEMBERED:
                    del self._known[next(iter(self._known))]
        return known


def _digest(password: str, salt: bytes | None = None) -> str:
    salt = salt or secrets.token_bytes(16)
    return f"{salt.hex()}:{hashlib.scrypt(password.encode(), salt=salt, **_HASHED).hex()}"


def _matches(digest: str, password: str) -> bool:
    salt, _, _ = digest.partition(":")
    return hmac.compare_digest(_digest(password, bytes.fromhex(salt)), digest)


_NOBODY = f"{bytes(16).hex()}:{bytes(64).hex()}"  # no password has it
