"""One request to an LRS and its answer: which credentials, how long, how much, and no redirects."""

from collections.abc import Sequence
from time import monotonic

import httpx

from xapi.answers import Answer
from xapi.outcomes import LrsError, Retry
from xapi.vocabulary import PROFILE

_REFUSED = frozenset({401, 403})


class Exchange:
    """HTTP with the LRS at `endpoint`, the address that its resources stand under.

    `credentials` are one or two pairs of username and password: where the one in use is refused, the other
    is tried once, and stays in use when it works, so that a password can change while statements go on.
    `timeout` is in seconds, for each wait and for reading one answer as a whole. Safe to use from several
    threads. Raises ValueError for an endpoint that is not an http(s) address.
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
        )

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
        headers = {"X-Experience-API-Version": version}
        kind, body = content or (None, None)
        if kind:
            headers["Content-Type"] = kind
        try:
            with self._http.stream(
                method, url, content=body, headers=headers, auth=self._pairs[pair]
            ) as response:
                text, complete = self._body(response, limit)
        except httpx.RequestError as error:
            raise LrsError(Retry(None, f"{type(error).__name__}: {error}"[:500])) from error
        return Answer(response.status_code, response.headers, text, complete)

    def _body(self, response: httpx.Response, limit: int) -> tuple[bytes, bool]:
        deadline = monotonic() + self._timeout
        body = bytearray()
        for chunk in response.iter_bytes():
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
