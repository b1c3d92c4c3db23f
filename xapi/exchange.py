"""One request to an LRS and its answer: which credentials, how long, how much, and no redirects."""

from collections.abc import Sequence
from contextlib import closing
from http.cookiejar import CookieJar, DefaultCookiePolicy
from time import monotonic

import httpx

from xapi.answers import Answer
from xapi.deadlines import HurriedNetwork, within
from xapi.outcomes import LrsError, Retry
from xapi.unpacking import unpacked
from xapi.vocabulary import PROFILE

_REFUSED = frozenset({401, 403})
_PARTS = 3  # of a request, each of which has the timeout: its way there, the wait, the answer
_AT_ONCE = 1.0  # seconds
_HUNG_UP = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)


class Exchange:
    """HTTP with the LRS at `endpoint`, the address that its resources stand under.

    `credentials` are one or two pairs of username and password: where the one in use is refused, the other
    is tried once, and stays in use when it works, so that a password can change while statements go on.
    `timeout` is in seconds, for each wait and for reading one answer as a whole; a request takes three times
    as long at most. Safe to use from several threads. Raises ValueError for an endpoint that is not an
    http(s) address.
    """

    def __init__(
        self,
        endpoint: str,
        credentials: Sequence[tuple[str, str]],
        timeout: float,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.base = _base(endpoint)
        self._pairs = [httpx.BasicAuth(*pair) for pair in credentials]
        self._in_use = 0
        self._timeout = timeout
        self._http = httpx.Client(
            headers={"User-Agent": f"Entraide-xAPI (+{PROFILE})", "Accept": "application/json"},
            timeout=timeout,
            transport=transport,
            follow_redirects=False,  # statements go where the administrator said, nowhere else
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # each request stands alone
        )
        for way in (self._http._transport, *self._http._mounts.values()):  # httpx has no option for this
            if isinstance(way, httpx.HTTPTransport):
                way._pool._network_backend = HurriedNetwork(way._pool._network_backend)

    def close(self) -> None:
        """Close the pooled connections."""
        self._http.close()

    def ask(
        self,
        method: str,
        url: httpx.URL,
        version: str,
        limit: int,
        content: tuple[str, bytes] | None = None,
    ) -> Answer:
        """Return the answer to one request, reading at most `limit` bytes of it.

        `content` is what is sent: its type, and its bytes. Raises LrsError when there is no answer in time,
        or when it says that the LRS as such will not do.
        """
        first = self._in_use
        answer = self._once(first, method, url, version, limit, content)
        if answer.status in _REFUSED and len(self._pairs) > 1:
            other = 1 - first
            second = self._once(other, method, url, version, limit, content)
            if second.status not in _REFUSED:
                self._in_use, answer = other, second
        if halt := answer.halt():
            raise halt
        return answer

    def _once(
        self,
        pair: int,
        method: str,
        url: httpx.URL,
        version: str,
        limit: int,
        content: tuple[str, bytes] | None,
    ) -> Answer:
        headers = {"X-Experience-API-Version": version, "Accept-Encoding": "identity" if content else "gzip"}
        kind, body = content or (None, None)
        if kind:
            headers["Content-Type"] = kind
        request = self._http.build_request(method, url, content=body, headers=headers)
        begun = monotonic()
        try:
            try:
                return self._sent(request, pair, limit)
            except _HUNG_UP:
                if monotonic() > begun + _AT_ONCE:
                    raise
                # A connection that was kept open had ended meanwhile, perhaps: once more, on another
                return self._sent(request, pair, limit)
        except httpx.RequestError as error:
            raise LrsError(Retry(None, f"{type(error).__name__}: {error}"[:500])) from error

    def _sent(self, request: httpx.Request, pair: int, limit: int) -> Answer:
        auth = self._pairs[pair]
        with (
            within(_PARTS * self._timeout),
            closing(self._http.send(request, auth=auth, stream=True)) as response,
        ):
            body, complete = self._body(response, limit)
        return Answer(response.status_code, response.headers, body, complete)

    def _body(self, response: httpx.Response, limit: int) -> tuple[bytes, bool]:
        deadline = monotonic() + self._timeout
        body = bytearray()
        for chunk in unpacked(response.iter_raw(), response.headers.get("content-encoding", "")):
            body += chunk
            if len(body) > limit:
                return bytes(body[:limit]), False
            if monotonic() > deadline:
                raise httpx.ReadTimeout(f"the answer takes longer than {self._timeout:g} s")
        return bytes(body), True


def _base(endpoint: str) -> httpx.URL:
    """Return the endpoint as a folder, so that resources join to it."""
    try:
        url = httpx.URL(endpoint.strip().rstrip("/").removesuffix("/statements") + "/")
    except httpx.InvalidURL as error:
        raise ValueError(f"not an address: {error}") from error
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or url.query or url.fragment:
        raise ValueError("an LRS's endpoint is an http(s) address without user, query or fragment")
    return url
