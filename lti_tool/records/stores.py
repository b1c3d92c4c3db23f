"""What an administrator decides of record stores: which there are, how to reach them, whether they wait."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from xapi.lrs import LrsClient

from ..kernel import audit, clock
from ..kernel.errors import InvalidError, NotFoundError
from ..kernel.i18n import N_
from ..kernel.secrets import Sealer
from .carrying import ask, cancel
from .models import REMOVED, Backfill, Carrying, Lrs, Reconciliation
from .removing import present

VERSIONS = ("auto", "1.0.3", "2.0.0")
LARGEST_BATCH = 500  # statements
LEAST_BYTES, MOST_BYTES = 10_000, 20_000_000
KINDS = {
    "adl": "ADL LRS",
    "entraide": "Entraide",
    "learning-locker": "Learning Locker",
    "lxhive": "lxHive",
    "ralph": "Ralph",
    "scorm-cloud": "SCORM Cloud",
    "sql-lrs": "SQL LRS",
    "trax": "TRAX LRS",
    "veracity": "Veracity",
    "watershed": "Watershed",
}
BY_HAND = N_("An administrator paused it.")
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # unlike a pause of the worker's, nothing ends it by itself


class StoreError(InvalidError):
    """It cannot be done with this store; the sentence says why, `field` where."""


@dataclass(frozen=True, slots=True)
class Details:
    """How a store is reached. Passwords are in clear here only; None leaves what is kept."""

    name: str
    url: str
    username: str
    password: str | None
    version: str = "auto"
    batch: int = 50
    max_bytes: int = 1_000_000
    files: bool = False
    username2: str = ""
    password2: str | None = None


def named(session: Session, name: str) -> Lrs:
    """The store of a name. Raises StoreError when there is none."""
    store = session.scalar(present().where(Lrs.name == name))
    if store is None:
        raise StoreError(N_("There is no record store called %(name)s."), field="name", name=name)
    return store


def find(session: Session, store_id: UUID) -> Lrs:
    """The store of an id. Raises NotFoundError."""
    store = session.scalar(present().where(Lrs.id == store_id))
    if store is None:
        raise NotFoundError(N_("This record store does not exist any more."))
    return store


def add(session: Session, sealer: Sealer, details: Details, actor: str) -> Lrs:
    """Add a store; it gets what happens from now on.

    Raises:
        StoreError: something does not hold, or the name is taken.

    """
    now = clock.now()
    store = Lrs(created_at=now, next_try_at=now, password="", password2="", speaks="")
    _set(store, sealer, details)
    session.add(store)
    _flush(session, details)
    audit.note(session, actor, "lrs.added", store.name, url=store.url)
    return store


def change(session: Session, sealer: Sealer, store: Lrs, details: Details, actor: str) -> None:
    """Reach a store otherwise. What waits for it is made anew when it shall speak another version.

    Raises:
        StoreError: something does not hold, the name is taken, or it is the local store.

    """
    _not_local(store)
    spoke = store.speaks or store.version
    _set(store, sealer, details)
    _flush(session, details)
    if (store.speaks or store.version) != spoke:
        cancel(session, store, Carrying.REWRITE)
        ask(session, store, Carrying.REWRITE)
    audit.note(session, actor, "lrs.changed", store.name, url=store.url)


def set_credentials(
    session: Session, sealer: Sealer, store: Lrs, username: str, password: str, actor: str, *, second: bool
) -> None:
    """Set the pair that a store is entered with; or the `second`, tried where the first is refused.

    While an LRS's credentials change, the new pair comes second, and becomes the first when the old one ends.
    Raises StoreError for the local store, which needs none.
    """
    _not_local(store)
    if second:
        store.username2, store.password2 = username, sealer.seal(password) if username else ""
    else:
        store.username, store.password = username, sealer.seal(password)
    audit.note(session, actor, "lrs.credentials", store.name, second=second)


def remove(session: Session, store: Lrs, actor: str) -> None:
    """Remove a store: it is in no list any more, its credentials are forgotten, its name is free.

    It counts as paused by hand, which ends what a worker is sending. The worker deletes what is known of what
    it got; see `records.removing`. Raises StoreError for the local store.
    """
    _not_local(store)
    audit.note(session, actor, "lrs.removed", store.name, url=store.url)
    for its in (Backfill, Reconciliation):
        session.execute(delete(its).where(its.lrs_id == store.id))
    store.name, store.version, store.speaks, store.test_asked_at = store.id.hex, REMOVED, "", None
    store.password = store.username2 = store.password2 = ""
    store.paused, store.failures, store.next_try_at = BY_HAND, 0, NEVER


def pause(session: Session, store: Lrs, actor: str) -> None:
    """Send nothing to a store until somebody lets it go on; all is kept."""
    store.paused = store.problem = BY_HAND
    store.next_try_at = NEVER
    audit.note(session, actor, "lrs.paused", store.name)


def go_on(session: Session, store: Lrs, actor: str) -> None:
    """Let a store that is paused, or is waited for, be sent to again at once."""
    if store.paused:
        audit.note(session, actor, "lrs.resumed", store.name)
    store.paused, store.problem, store.failures, store.next_try_at = "", "", 0, clock.now()


def ask_test(session: Session, store: Lrs, actor: str) -> None:
    """Ask the worker to try a store, without sending it anything that stays."""
    if store.test_asked_at is None:
        store.test_asked_at = clock.now()
        audit.note(session, actor, "lrs.tested", store.name)


def due_tests(session: Session) -> list[Lrs]:
    """The stores that somebody wants to be tried."""
    return list(session.scalars(present().where(Lrs.test_asked_at.is_not(None))))


def _set(store: Lrs, sealer: Sealer, details: Details) -> None:
    _check(details)
    if details.version != store.version:
        store.version = details.version
        store.speaks = "" if details.version == "auto" else details.version
    store.name, store.url, store.username = details.name, details.url, details.username
    store.batch, store.max_bytes, store.files = details.batch, details.max_bytes, details.files
    if details.password is not None:
        store.password = sealer.seal(details.password)
    store.username2 = details.username2
    if not details.username2:
        store.password2 = ""
    elif details.password2 is not None or not store.password2:
        store.password2 = sealer.seal(details.password2 or "")


def _check(details: Details) -> None:
    if not details.name.strip():
        raise StoreError(N_("Give the store a name."), field="name")
    try:
        LrsClient(details.url, details.username, details.password or "").close()
    except ValueError:
        raise StoreError(
            N_("Give a web address (http or https), without user name, query or fragment."), field="url"
        ) from None
    if details.version not in VERSIONS:
        raise StoreError(N_("Choose one of these versions: auto, 1.0.3, 2.0.0."), field="version")
    if not 1 <= details.batch <= LARGEST_BATCH:
        raise StoreError(N_("Write a number from 1 to %(most)d."), field="batch", most=LARGEST_BATCH)
    if not LEAST_BYTES <= details.max_bytes <= MOST_BYTES:
        raise StoreError(
            N_("Write a number from %(least)d to %(most)d."),
            field="max_bytes",
            least=LEAST_BYTES,
            most=MOST_BYTES,
        )


def _flush(session: Session, details: Details) -> None:
    try:
        session.flush()
    except IntegrityError:
        raise StoreError(
            N_("A record store is already called %(name)s. Choose another name."),
            field="name",
            name=details.name,
        ) from None


def _not_local(store: Lrs) -> None:
    if store.local:
        raise StoreError(N_("The local store belongs to the tool: it stays as it is."), field="name")
