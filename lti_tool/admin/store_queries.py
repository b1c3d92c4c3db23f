"""What the pages of record stores show."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ..kernel import clock
from ..records import carrying, letters, reconciling
from ..records.carrying import Headway
from ..records.letters import Letter
from ..records.models import Carrying, DeliveryState, Lrs, Reconciliation
from ..records.progress import progress
from ..records.removing import present
from ..records.stores import BY_HAND

SHORT = 12  # characters of a name or an id that tell it from others


@dataclass(frozen=True, slots=True)
class Telling:
    """A statement in the words of a person: `verb` in their language, or its address; `thing` likewise."""

    event_id: int
    at: datetime
    actor: str
    verb: str
    thing: str
    state: DeliveryState
    reason: str
    told: bool


@dataclass(frozen=True, slots=True)
class StorePage:
    """One store, all that its page tells."""

    store: Lrs
    standing: Mapping[str, Any]
    carryings: Mapping[Carrying, Headway]
    reconciliation: Reconciliation | None
    recent: list[Telling]


def list_stores(session: Session) -> list[tuple[Lrs, Mapping[str, Any]]]:
    """The stores, and how far the delivery to each is. Five statements."""
    stores = session.scalars(present().order_by(Lrs.name)).all()
    standings = progress(session)
    return [(store, _with_moment(standings[store.name])) for store in stores]


def show_store(session: Session, store: Lrs, language: str) -> StorePage:
    """All that a store's page tells. Ten statements at most."""
    return StorePage(
        store,
        _with_moment(progress(session, store)[store.name]),
        {each.row.kind: each for each in carrying.latest(session, store)},
        reconciling.latest(session, store),
        [tell(each, language) for each in letters.recent(session, store)],
    )


def tell(letter: Letter, language: str) -> Telling:
    """A delivery's statement in words."""
    statement = json.loads(letter.body) if letter.body else {}
    account = statement.get("actor", {}).get("account", {}).get("name", "")
    thing = statement.get("object", {})
    definition = thing.get("definition", {})
    verb = statement.get("verb", {})
    return Telling(
        letter.event.id,
        letter.event.occurred_at,
        _short(account),
        _in(language, verb.get("display")) or letter.event.type.value,
        _in(language, definition.get("name")) or _tail(str(thing.get("id", ""))),
        letter.state,
        letter.reason,
        letter.body is not None,
    )


def written(letter: Letter) -> str:
    """A delivery's statement as JSON that people can read; empty where none could be made."""
    return json.dumps(json.loads(letter.body), ensure_ascii=False, indent=2) if letter.body else ""


def _with_moment(standing: Mapping[str, Any]) -> Mapping[str, Any]:
    """With `oldest`, the moment of what waits longest, and whether an administrator has paused it."""
    waits = standing["oldest_pending_seconds"]
    oldest = None if waits is None else clock.now() - timedelta(seconds=waits)
    return {**standing, "oldest": oldest, "by_hand": standing["problem"] == BY_HAND}


def _in(language: str, texts: Any) -> str:
    """A language map's text in a language, or in the one that it has."""
    if not isinstance(texts, Mapping) or not texts:
        return ""
    near = (text for tag, text in texts.items() if str(tag).startswith(language))
    return str(next(near, next(iter(texts.values()))))


def _tail(iri: str) -> str:
    """What tells an IRI from its neighbours: its last two steps, the last one shortened."""
    *_, before, last = ["", "", *iri.rstrip("/").split("/")]
    return f"{before}/{_short(last)}" if iri else ""


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
