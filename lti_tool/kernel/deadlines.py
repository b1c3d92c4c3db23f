"""A network that hurries: whoever sends a byte now and then, to keep us waiting, gains no time."""

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore


class HurriedNetwork(httpcore.NetworkBackend):
    """Another network, until a moment; what would wait longer ends with a timeout.

    Args:
        network: what connects.
        seconds: for everything together: connecting, sending, and every wait for an answer.

    """

    def __init__(self, network: httpcore.NetworkBackend, seconds: float) -> None:
        self._network = network
        self._end = time.monotonic() + seconds

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

    def allowed(self, timeout: float | None, over: type[httpcore.TimeoutException]) -> float:
        """How many seconds one wait may take; raises `over` when the time is over."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise over("the time for this exchange is over")
        return left if timeout is None else min(timeout, left)


class _HurriedStream(httpcore.NetworkStream):
    """A connection of such a network."""

    def __init__(self, stream: httpcore.NetworkStream, network: HurriedNetwork) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.allowed(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._network.allowed(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        allowed = self._network.allowed(timeout, httpcore.ConnectTimeout)
        return _HurriedStream(self._stream.start_tls(ssl_context, server_hostname, allowed), self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
