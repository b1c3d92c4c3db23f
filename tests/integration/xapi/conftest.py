"""One scripted LRS for a whole module of tests."""

import threading
from collections.abc import Iterator

import pytest
from services.scripted_lrs import Server


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.stopped.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def server(running: Server) -> Server:
    running.seen.clear()
    return running
