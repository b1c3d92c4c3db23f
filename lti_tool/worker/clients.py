"""The clients of the record stores, one for each; the local store is reached without leaving the process."""

import threading
from typing import Literal, cast
from uuid import UUID

from xapi.lrs import LrsClient
from xapi.statements import Version

from ..kernel.database import Database
from ..kernel.outgoing import LRS_READ, GuardedTransport
from ..kernel.secrets import Sealer
from ..records.models import Lrs
from ..settings import Settings
from .local import local_client


class Clients:
    """Keeps one client for each store, while the store's settings stay as they are; safe between threads."""

    def __init__(self, settings: Settings, database: Database, sealer: Sealer) -> None:
        self._settings = settings
        self._database = database
        self._sealer = sealer
        self._kept: dict[UUID, tuple[tuple[object, ...], LrsClient]] = {}
        self._lock = threading.Lock()

    def of(self, store: Lrs) -> LrsClient:
        """The client of a store. Raises ValueError when its address is none."""
        names = ("url", "username", "password", "username2", "password2", "speaks", "version", "max_bytes")
        made_from = tuple(getattr(store, name) for name in names)
        with self._lock:
            kept = self._kept.get(store.id)
            if kept is None or kept[0] != made_from:
                if kept:
                    kept[1].close()
                kept = self._kept[store.id] = (made_from, self._make(store))
            return kept[1]

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for _, client in self._kept.values():
                client.close()
            self._kept.clear()

    def _make(self, store: Lrs) -> LrsClient:
        if store.local:
            return local_client(self._database, self._settings.base_url, store.username)
        version = cast(Version | Literal["auto"], store.speaks or store.version)
        transport = GuardedTransport(private=self._settings.allow_private_networks, packed=True)
        return LrsClient(
            store.url,
            store.username,
            self._sealer.open(store.password),
            version,
            LRS_READ,
            transport,
            second=(store.username2, self._sealer.open(store.password2)) if store.username2 else None,
            max_bytes=store.max_bytes,
        )
