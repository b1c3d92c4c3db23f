"""The platforms' public keys: parsed once, kept for an hour, fetched anew when none of them verifies a token.

A key set that cannot be fetched, or that is nonsense, leaves the known keys in use. A flood of made-up key
ids causes a bounded number of fetches a minute; each brings the keys up to date for everybody.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWTError

from .refusals import LaunchRefusedError

log = structlog.get_logger(__name__)

LIFETIME = 3600.0  # seconds
FETCHES, WINDOW = 30, 60.0  # at most so many fetches in vain, of one address in so many seconds
MINIMUM_BITS = 2048
MOST_KEYS = 50


@dataclass
class _KeySet:
    keys: list[tuple[str | None, PyJWK]] = field(default_factory=list)
    fresh_until: float = float("-inf")
    failure: str = ""
    fetches: int = 0
    latest: deque[float] = field(default_factory=lambda: deque(maxlen=FETCHES))
    fetching: threading.Lock = field(default_factory=threading.Lock)

    def find(self, kid: str | None, verifies: Callable[[PyJWK], bool]) -> PyJWK | None:
        """The key that verifies; ids tell keys apart only where both sides give one."""
        fitting = (key for key_id, key in self.keys if kid is None or key_id in (None, kid))
        return next((key for key in fitting if verifies(key)), None)


class KeySets:
    """A cache of parsed key sets, safe between threads.

    Args:
        fetch: reads a key set's address and returns its JSON; raises on any failure.
        monotonic: the clock, in seconds.

    """

    def __init__(self, fetch: Callable[[str], Any], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._now = monotonic
        self._sets: dict[str, _KeySet] = {}

    def find(self, url: str, kid: str | None, verifies: Callable[[PyJWK], bool]) -> PyJWK:
        """The key of a set that verifies a token.

        Args:
            url: the key set's address.
            kid: the key's id, if the token names one.
            verifies: whether a key verifies the token.

        Raises:
            LaunchRefusedError: the keys cannot be had (keys-unavailable), or none verifies (token-signature).

        """
        known = self._sets.setdefault(url, _KeySet())
        if self._now() < known.fresh_until and (found := known.find(kid, verifies)):
            return found
        self._refresh(url, known)
        if found := known.find(kid, verifies):
            known.latest.clear()  # the keys had changed: a fetch that helps is not one of a flood
            return found
        if not known.keys:
            raise LaunchRefusedError("keys-unavailable", f"{url}: {known.failure}", status=502)
        raise LaunchRefusedError("token-signature", f"no key of {url} verifies it, kid {kid!r}")

    def _refresh(self, url: str, known: _KeySet) -> None:
        """Fetch a key set once, however many wait for it."""
        seen = known.fetches
        with known.fetching:
            spent = len(known.latest) == FETCHES and self._now() - known.latest[0] < WINDOW
            if known.fetches != seen or spent:
                return
            known.latest.append(self._now())
            try:
                keys, failure = _parse(self._fetch(url)), "it has no usable key"
            except Exception as error:  # whatever went wrong outside: the known keys stay in use
                keys, failure = [], f"{type(error).__name__}: {error}"
            if keys:
                known.keys, known.fresh_until = keys, self._now() + LIFETIME
            else:
                known.failure, known.fresh_until = failure, self._now() + WINDOW
                log.warning("keys_not_fetched", url=url, reason=failure[:300])
            known.fetches += 1


def _parse(document: Any) -> list[tuple[str | None, PyJWK]]:
    """The keys of a set that may sign: public, asymmetric, strong. What is unusable is passed over.

    Where a key does not say its algorithm, PyJWT takes RS256, which is LTI's own (Security Framework 1.0,
    section 5.1.3), or the one of its curve.
    """
    given = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(given, list):
        return []
    parsed = []
    for jwk in given[:MOST_KEYS]:
        if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig" or "d" in jwk:
            continue
        if jwk.get("kty") not in ("RSA", "EC"):
            continue
        try:
            key = PyJWK(jwk)
        except (PyJWTError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key.key, RSAPublicKey) and key.key.key_size < MINIMUM_BITS:
            continue
        kid = jwk.get("kid")
        parsed.append((kid if isinstance(kid, str) else None, key))
    return parsed
