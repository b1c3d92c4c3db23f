"""Calls to a platform's services, with the access tokens they need (1EdTech Security Framework 1.0, 4).

It stands in for PyLTI1p3's service connector, which has no timeouts, asks for a token for every object and
keeps it past its end.
"""

import re
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from xapi.answers import retry_after

from ..people.models import Platform

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_PASSING = frozenset({408, 425, 429})
_EARLY = 60.0  # seconds before its end that a token is renewed
_WORDS = 500  # characters kept of what a platform says


class ServiceError(Exception):
    """A platform's service did not do what it was asked. `words` says why, in the platform's own words."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class UnavailableError(ServiceError):
    """Not now: no answer, a failing server, too many requests. `after`: seconds, if it names them."""

    def __init__(self, words: str, after: float | None = None) -> None:
        super().__init__(words)
        self.after = after


class NoTokenError(UnavailableError):
    """The platform gives us no access token: an administrator has something to put right there."""


class DeclinedError(ServiceError):
    """The platform says no, and would say so again."""

    def __init__(self, status: int, words: str, date: str = "") -> None:
        super().__init__(words)
        self.status = status
        self.date = date  # the platform's clock, from its Date header


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    until: float  # on the monotonic clock

    @property
    def header(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.value}"}


class ServiceConnector:
    """Calls the services of every platform; safe between threads.

    Args:
        http: a client of `kernel.outgoing`.
        signing_key: gives the key id and the parsed private key that sign our assertions.
        monotonic: the clock of the tokens' lives, in seconds.

    """

    def __init__(
        self,
        http: httpx.Client,
        signing_key: Callable[[], tuple[str, RSAPrivateKey]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._signing_key = signing_key
        self._now = monotonic
        self._tokens: dict[tuple[UUID, str], _Token] = {}
        self._locks: dict[tuple[UUID, str], threading.Lock] = {}

    def call(
        self,
        platform: Platform,
        scopes: Collection[str],
        method: str,
        url: str | httpx.URL,
        *,
        accept: str = "application/json",
        content_type: str = "application/json",
        body: str | None = None,
    ) -> httpx.Response:
        """Call a service with an access token; return its answer, a 2xx, whatever its body.

        Raises:
            DeclinedError: the platform refuses (4xx, or a redirect).
            NoTokenError: it gives no token.
            UnavailableError: it cannot be reached, fails (5xx) or asks for patience.

        """
        key = (platform.id, " ".join(sorted(scopes)))
        headers = {"Accept": accept} | ({} if body is None else {"Content-Type": content_type})
        known = self._tokens.get(key)
        token = self._token(platform, key)
        response = self._send(method, url, headers | token.header, content=body)
        # Open edX answers 403 where others answer 401 to a token it no longer takes.
        if response.status_code == 401 or (response.status_code == 403 and token is known):
            self._tokens.pop(key, None)
            token = self._token(platform, key)
            response = self._send(method, url, headers | token.header, content=body)
        return _accepted(response)

    def _token(self, platform: Platform, key: tuple[UUID, str]) -> _Token:
        """A token that still lives: the one we have, or a new one, asked for by one thread only."""
        with self._locks.setdefault(key, threading.Lock()):
            token = self._tokens.get(key)
            if token is None or self._now() >= token.until:
                token = self._tokens[key] = self._fetch_token(platform, key[1])
            return token

    def _fetch_token(self, platform: Platform, scope: str) -> _Token:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": self._assertion(platform),
            "scope": scope,
        }
        try:
            answer = self._send("POST", platform.token_url, {"Accept": "application/json"}, data=form)
            granted = _accepted(answer).json()
            value, lifetime = str(granted["access_token"]), max(0.0, float(granted.get("expires_in", 0)))
        except DeclinedError as error:
            raise NoTokenError(error.words) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise NoTokenError("The answer of the token service is not a token.") from error
        if not (value.isascii() and value.isprintable()):
            raise NoTokenError("The token service gives a token that no header can hold.")
        return _Token(value, self._now() + lifetime - min(_EARLY, lifetime / 2))

    def _assertion(self, platform: Platform) -> str:
        kid, private_key = self._signing_key()
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": platform.client_id,
            "sub": platform.client_id,
            "aud": platform.audience or platform.token_url,
            "iat": now,
            "exp": now + 60,
            "jti": uuid4().hex,
        }
        return jwt.encode(claims, private_key, algorithm="RS256", headers={"kid": kid})

    def _send(
        self,
        method: str,
        url: str | httpx.URL,
        headers: dict[str, str],
        *,
        content: str | None = None,
        data: dict[str, str] | None = None,
    ) -> httpx.Response:
        try:
            return self._http.request(method, address(url), content=content, data=data, headers=headers)
        except httpx.RequestError as error:
            raise UnavailableError(f"{type(error).__name__}: {error}"[:_WORDS]) from error


def address(url: str | httpx.URL, base: httpx.URL | None = None) -> httpx.URL:
    """An address a platform gave, seen from `base`. Raises DeclinedError when it is none."""
    try:
        return base.join(url) if base else httpx.URL(url)
    except httpx.InvalidURL as error:
        raise DeclinedError(0, f"The platform gave an address that is none: {error}") from error


def _accepted(response: httpx.Response) -> httpx.Response:
    status = response.status_code
    if 200 <= status < 300:
        return response
    if status >= 500 or status in _PASSING:
        raise UnavailableError(words_of(response), retry_after(response.headers))
    raise DeclinedError(status, words_of(response), response.headers.get("Date", ""))


def words_of(response: httpx.Response) -> str:
    """What a platform says in an answer that is not a yes: the status, and its reason as plain text."""
    try:
        phrase = HTTPStatus(response.status_code).phrase
    except ValueError:
        phrase = ""
    text = re.sub(r"<[^>]*>", " ", response.text[:4000])
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", f"{response.status_code} {phrase} {text}").strip()[:_WORDS]
