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
_ASSUMED = 300.0  # seconds that a token lives whose answer does not say
_LONGEST_REST = 24 * 3600.0  # seconds that a platform is left alone at its word
_WORDS = 500  # characters kept of what a platform says


class ServiceError(Exception):
    """A platform's service did not do what it was asked. `words` says why, in the platform's own words."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class UnavailableError(ServiceError):
    """Not now: no answer, a failing server, too many requests. `after`: seconds, if it names them.

    `everywhere`: any other call would now go the same way, so that none should be made for a while.
    """

    def __init__(self, words: str, after: float | None = None, *, everywhere: bool = False) -> None:
        super().__init__(words)
        self.after = after
        self.everywhere = everywhere or after is not None


class NoTokenError(UnavailableError):
    """The platform gives us no access token that serves: an administrator must put something right there."""

    def __init__(self, words: str) -> None:
        super().__init__(words, everywhere=True)


class NotLetInError(NoTokenError):
    """A service says 401 to a token that the platform gave a moment ago."""


class DeclinedError(ServiceError):
    """The platform says no, and would say so again."""

    def __init__(self, status: int, words: str, date: str = "") -> None:
        super().__init__(words)
        self.status = status
        self.date = date  # the platform's clock, from its Date header


@dataclass(frozen=True, slots=True)
class _Key:
    """What a token is good for. An edited registration is another one, and none is ever another tenant's."""

    platform_id: UUID
    client_id: str
    token_url: str
    audience: str
    scope: str


@dataclass(frozen=True, slots=True, eq=False)
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
        self._tokens: dict[_Key, _Token] = {}
        self._locks: dict[_Key, threading.Lock] = {}

    def afresh(self) -> "ServiceConnector":
        """One that knows no token yet: whether tokens can be had shows."""
        return ServiceConnector(self._http, self._signing_key, self._now)

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

        A token that is no longer taken is renewed once, and the call made again.

        Args:
            platform: whose service it is; its token goes to no other.
            scopes: what the token is to be good for.
            method: of the request, as "POST".
            url: an address that this platform gave in a launch, or in an answer at the same place.
            accept: the media type wanted.
            content_type: of the `body`, if there is one.
            body: what is sent.

        Raises:
            DeclinedError: the platform refuses (4xx, or a redirect).
            NoTokenError: it gives no token, or one that does not serve.
            UnavailableError: it cannot be reached, fails (5xx) or asks for patience.

        """
        key = _Key(
            platform.id, platform.client_id, platform.token_url, _audience(platform), " ".join(sorted(scopes))
        )
        headers = {"Accept": accept} | ({} if body is None else {"Content-Type": content_type})
        token = self._token(platform, key)
        response = self._send(method, url, headers | token.header, content=body)
        if _rejects_token(response, platform):
            token = self._token(platform, key, instead_of=token)
            response = self._send(method, url, headers | token.header, content=body)
            if response.status_code == 401:
                self._forget(key, token)
                raise NotLetInError(words_of(response))
        return _accepted(response)

    def _token(self, platform: Platform, key: _Key, instead_of: _Token | None = None) -> _Token:
        """A token that still lives: the one we have, or a new one, asked for by one thread only."""
        with self._locks.setdefault(key, threading.Lock()):
            token = self._tokens.get(key)
            if token is None or token is instead_of or self._now() >= token.until:
                self._tokens.pop(key, None)
                token = self._tokens[key] = self._fetch_token(platform, key.scope)
            return token

    def _forget(self, key: _Key, token: _Token) -> None:
        with self._locks[key]:
            if self._tokens.get(key) is token:
                del self._tokens[key]

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
            value, lifetime = str(granted["access_token"]), float(granted.get("expires_in") or _ASSUMED)
        except DeclinedError as error:
            raise NoTokenError(error.words) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise NoTokenError("The answer of the token service is not a token.") from error
        if not (value.isascii() and value.isprintable()):
            raise NoTokenError("The token service gives a token that no header can hold.")
        return _Token(value, self._now() + lifetime - min(_EARLY, lifetime / 2))  # Moodle's may live for 60 s

    def _assertion(self, platform: Platform) -> str:
        kid, private_key = self._signing_key()
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": platform.client_id,
            "sub": platform.client_id,
            "aud": _audience(platform),
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
            cut_off = isinstance(error, httpx.ReadError | httpx.WriteError | httpx.RemoteProtocolError)
            words = f"{type(error).__name__}: {error}"[:_WORDS]
            raise UnavailableError(words, everywhere=not cut_off) from error


def address(url: str | httpx.URL, base: httpx.URL | None = None) -> httpx.URL:
    """An address a platform gave, seen from `base`. Raises DeclinedError when it is none."""
    try:
        return base.join(url) if base else httpx.URL(url)
    except httpx.InvalidURL as error:
        raise DeclinedError(0, f"The platform gave an address that is none: {error}") from error


def same_place(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether two addresses have the same scheme, host and port: a token for one may go to the other."""
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def _audience(platform: Platform) -> str:
    return platform.audience or platform.token_url


def _rejects_token(response: httpx.Response, platform: Platform) -> bool:
    """401 or, where a platform does not name its product, 403: so Open edX answers to an old token."""
    if response.status_code == 403:
        return not platform.product and not _throttles(response)
    return response.status_code == 401


def _throttles(response: httpx.Response) -> bool:
    """Too many requests. Canvas says so with a 403."""
    return response.status_code in _PASSING or (
        response.status_code == 403 and "rate limit exceeded" in response.text.lower()
    )


def _accepted(response: httpx.Response) -> httpx.Response:
    status = response.status_code
    if 200 <= status < 300:
        return response
    words, after = words_of(response), retry_after(response.headers, _LONGEST_REST)
    if status >= 500 or _throttles(response):
        raise UnavailableError(words, after, everywhere=status < 500)
    if "insufficient_scope" in response.headers.get("WWW-Authenticate", "") + words:
        raise NoTokenError(words)
    raise DeclinedError(status, words, response.headers.get("Date", ""))


def words_of(response: httpx.Response) -> str:
    """What a platform says in an answer that is not a yes: the status, and its reason as plain text.

    Moodle gives its reason in the status line, followed by what was sent.
    """
    try:
        phrase = HTTPStatus(response.status_code).phrase
    except ValueError:
        phrase = ""
    reason = response.reason_phrase.partition("{")[0] or phrase
    text = re.sub(r"<[^>]*>", " ", response.text[:4000])
    text = "" if text.strip() in {"[]", "{}"} else text
    words = f"{response.status_code} {reason} {text}"
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", words).strip()[:_WORDS]
