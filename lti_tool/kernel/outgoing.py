"""Calls to addresses that others gave us: an LMS's services, an administrator's LRS.

Such an address may lead anywhere, by mistake or on purpose. So: https only, and no private, loopback or
link-local network, judged by the very address that is connected to (a name that resolves otherwise a moment
later gains nothing); no redirects; limits on time and size. ENTRAIDE_ALLOW_PRIVATE_NETWORKS lifts the first
two.
"""

import random
import socket
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import cast

import httpcore
import httpx

from xapi.deadlines import HurriedNetwork

CONNECT = 3.0  # seconds
READ = 10.0  # seconds, for each wait
LRS_READ = 30.0  # ADL's LRS takes 9.5 s for 500 statements
LARGEST = 4 << 20  # bytes of one answer
LONGEST = 60.0  # seconds for one answer's body as a whole
_NAT64 = IPv6Network("64:ff9b::/96")


class OutgoingError(httpx.TransportError):
    """A call that our own rules ended; a TransportError, as who expects a failing network expects it."""


class ForbiddenAddressError(OutgoingError):
    """The address is not https, or leads into a private network."""


class AnswerTooLargeError(OutgoingError):
    """The answer is larger, slower or more compressed than any honest one."""


def client(base_url: str, *, private: bool, read: float = READ, within: float | None = None) -> httpx.Client:
    """A pooled client for such calls, safe between threads.

    Args:
        base_url: the tool's own address, named in the User-Agent (Canvas refuses calls without one).
        private: whether http and private networks are allowed.
        read: seconds to wait for an answer's next bytes.
        within: seconds for all that this client does, counted from now; for one exchange in a request.

    """
    return httpx.Client(
        transport=GuardedTransport(private=private, within=within),
        timeout=httpx.Timeout(read, connect=CONNECT),
        headers={"User-Agent": user_agent(base_url)},
        follow_redirects=False,
        trust_env=False,
    )


def user_agent(base_url: str) -> str:
    """How we introduce ourselves."""
    try:
        release = version("entraide")
    except PackageNotFoundError:  # run from a checkout that is not installed
        release = "dev"
    return f"Entraide/{release} (+{base_url})"


def back_off(failures: int, *, least: float = 2.0, most: float = 3600.0) -> timedelta:
    """How long to wait after so many failures in a row: doubling up to `most` seconds, with jitter."""
    longest = min(most, least * 2 ** min(max(failures - 1, 0), 32))
    return timedelta(seconds=random.uniform(longest / 2, longest))  # noqa: S311  (nobody gains by guessing it)


class GuardedTransport(httpx.HTTPTransport):
    """HTTP over connections that the policy allows.

    `packed` is for who unpacks compressed answers with care; for others there are none.
    """

    def __init__(self, *, private: bool, within: float | None = None, packed: bool = False) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        self._private = private
        self._packed = packed
        network: httpcore.NetworkBackend = httpcore.SyncBackend()
        if within is not None:
            network = HurriedNetwork(network, within)
        if not private:
            network = PublicNetwork(network)
        if not private or within is not None:
            # httpx has no option for the network below it, so its pool is replaced by one that has.
            self._pool.close()
            self._pool = httpcore.ConnectionPool(
                ssl_context=context,
                max_connections=100,
                keepalive_expiry=5.0,
                network_backend=network,
            )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises OutgoingError beside httpx's own errors."""
        if request.url.scheme != "https" and not self._private:
            raise ForbiddenAddressError(f"not https: {request.url.copy_with(query=None)}", request=request)
        if not self._packed:
            request.headers["Accept-Encoding"] = "identity"  # so that the size on the wire is the size
        response = super().handle_request(request)
        if not self._packed and response.headers.get("Content-Encoding", "identity") != "identity":
            response.close()
            raise AnswerTooLargeError("a compressed answer, which was not asked for", request=request)
        response.stream = _Limited(cast(httpx.SyncByteStream, response.stream))
        return response


class PublicNetwork(httpcore.NetworkBackend):
    """Connects to public addresses only: resolves a name once, judges every address, connects to those."""

    def __init__(self, network: httpcore.NetworkBackend) -> None:
        self._network = network

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect, or raise ForbiddenAddressError."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in public_addresses(host, port):
            try:
                return self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


def public_addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, all of them public.

    Raises:
        ForbiddenAddressError: one of them is not.
        httpcore.ConnectError: the name does not resolve.

    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} does not resolve: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_public(address):
            raise ForbiddenAddressError(f"{host} is in a private network ({address})")
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, in whatever form it is written into IPv6."""
    ip = ip_address(address.partition("%")[0])
    return ip.is_global and not ip.is_multicast and all(is_public(str(inner)) for inner in _inside(ip))


def _inside(ip: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(ip, IPv4Address):
        return []
    wrapped = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        wrapped.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return [inner for inner in wrapped if inner is not None]


class _Limited(httpx.SyncByteStream):
    """An answer's bytes, until there are too many of them or they take too long."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        left, end = LARGEST, time.monotonic() + LONGEST
        for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise AnswerTooLargeError(f"the answer has more than {LARGEST} bytes")
            if time.monotonic() > end:
                raise AnswerTooLargeError(f"the answer takes more than {LONGEST:g} s")
            yield chunk

    def close(self) -> None:
        self._stream.close()
