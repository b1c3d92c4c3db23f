"""A network that hurries: whoever sends a byte now and then, to keep us waiting, gains no time."""

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import monotonic
from typing import Any

import httpcore

_PIECE = 64 * 1024  # bytes written at once, however slowly they are taken
_end = ContextVar("end", default=inf)  # of what this thread is waiting for


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give all that is asked of hurried networks in this `with` so many seconds, all waits together."""
    token = _end.set(min(_end.get(), monotonic() + seconds))
    try:
        yield
    finally:
        _end.reset(token)


class HurriedNetwork(httpcore.NetworkBackend):
    """Another network, until a moment; what would wait longer ends with a timeout.

    Args:
        network: what connects.
        seconds: for everything together: connecting, sending, and every wait for an answer; `within` may
            allow less.

    """

    def __init__(self, network: httpcore.NetworkBackend, seconds: float = inf) -> None:
        self._network = network
        self._end = monotonic() + seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect. Raises httpcore.ConnectTimeout when the time is over."""
        allowed = self.allowed(timeout, httpcore.ConnectTimeout)
        stream = self._network.connect_tcp(host, port, allowed, local_address, socket_options)
        return _HurriedStream(stream, self)

    def allowed(self, timeout: float | None, over: type[httpcore.TimeoutException]) -> float | None:
        """How many seconds one wait may take; raises `over` when the time is over."""
        left = min(self._end, _end.get()) - monotonic()
        if left <= 0:
            raise over("the time for this exchange is over")
        allowed = min(inf if timeout is None else timeout, left)
        return None if allowed == inf else allowed


class _HurriedStream(httpcore.NetworkStream):
    """A connection of such a network."""

    def __init__(self, stream: httpcore.NetworkStream, network: HurriedNetwork) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.allowed(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            piece = buffer[start : start + _PIECE]
            self._stream.write(piece, self._network.allowed(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        allowed = self._network.allowed(timeout, httpcore.ConnectTimeout)
        return _HurriedStream(self._stream.start_tls(ssl_context, server_hostname, allowed), self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
