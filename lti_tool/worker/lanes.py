"""What a worker does at once: a thread for each store, each platform and each chore, while it has work."""

import threading
import time
from collections.abc import Callable, Hashable

import structlog

log = structlog.get_logger(__name__)

AFTER_FAILURE = 5.0  # seconds


class Lanes:
    """Threads by name, at most one of each; a lane goes on while its work says that there is more."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._threads: dict[Hashable, threading.Thread] = {}

    def start(self, name: Hashable, work: Callable[[], object]) -> None:
        """Let a lane work, unless it does already."""
        running = self._threads.get(name)
        if running is None or not running.is_alive():
            thread = threading.Thread(target=self._run, args=(name, work), daemon=True)
            self._threads[name] = thread
            thread.start()

    def join(self, seconds: float) -> None:
        """Wait for the lanes to end, but not for ever: what they have in hand is leased, not lost."""
        end = time.monotonic() + seconds
        for thread in self._threads.values():
            thread.join(max(0.0, end - time.monotonic()))

    def _run(self, name: Hashable, work: Callable[[], object]) -> None:
        try:
            while not self._stop.is_set() and work():
                pass
        except Exception:
            log.exception("lane failed", lane=str(name))
            self._stop.wait(AFTER_FAILURE)  # the lane stays taken meanwhile: no busy failing
