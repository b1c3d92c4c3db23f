"""The local store over HTTP, with what an invented course told it."""

import threading
from collections.abc import Iterator
from typing import NamedTuple
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from peers import Peers
from sqlalchemy import create_engine

from xapi.events import Event
from xapi.lrs import LrsClient
from xapi.statements import to_bytes
from xapi.store import create_store, schema


class Source(NamedTuple):
    """An LRS, and the events that it was told."""

    url: str
    events: list[Event]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None: ...


class KeepAlive(WSGIServer):
    daemon_threads = True


@pytest.fixture(scope="session")
def peers_told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    events = Peers(people=12).events()
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.db'}")
    schema.metadata.create_all(engine)
    store = create_store(engine, lambda name, password: name if password == "secret" else None)
    with make_server("127.0.0.1", 0, store, KeepAlive, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        with LrsClient(url, "key", "secret") as client:
            client.send([(event.id, to_bytes(event)) for event in events])
        yield Source(url, events)
        server.shutdown()
        thread.join()
    engine.dispose()
