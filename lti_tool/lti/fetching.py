"""Fetching a platform's key set: a short answer, soon, from a public address, or none."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx

from ..kernel import outgoing

CONNECT, READ, WHOLE = 2.0, 3.0, 5.0  # seconds: to connect, for each wait, for the answer as a whole
LARGEST = 256 * 1024  # bytes


def key_set_fetcher(
    base_url: str, *, private: bool, heard: Callable[[httpx.Headers], None] | None = None
) -> Callable[[str], Any]:
    """What `KeySets` fetches with; see `kernel.outgoing.client` for the first arguments.

    `heard` is told the headers of every answer.
    """

    def fetch(url: str) -> Any:
        """The JSON at an address. Raises httpx.HTTPError, or ValueError when it is not JSON."""
        # A client for each fetch: there is one an hour for each platform.
        with (
            outgoing.client(base_url, private=private, read=READ) as http,
            http.stream(
                "GET",
                url,
                headers={"Accept": "application/json"},
                timeout=httpx.Timeout(READ, connect=CONNECT),
            ) as answer,
        ):
            if heard:
                heard(answer.headers)
            answer.raise_for_status()
            return json.loads(read_shortly(answer))

    return fetch


def read_shortly(answer: httpx.Response) -> bytes:
    """The body of a streamed answer. Raises AnswerTooLargeError when it is too large, or too slow."""
    body, end = b"", time.monotonic() + WHOLE
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > LARGEST or time.monotonic() > end:
            raise outgoing.AnswerTooLargeError(f"more than {LARGEST} bytes, or {WHOLE:g} s")
    return body
