"""The platforms' public keys: parsed once, kept for an hour, fetched anew when a key id is not known.

A key set that cannot be fetched leaves the known keys in use; one that answers nonsense changes nothing. A flood
of made-up key ids causes a few fetches a minute, not a flood of fetches.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWTError

from .refusals import LaunchRefusedError

LIFETIME = 3600.0  # seconds
FETCHES, WINDOW = 6, 60.0  # at most so many fetches of one address in so many seconds
MINIMUM_BITS = 2048


@dataclass
class _KeySet:
    keys: list[tuple[str | None, PyJWK]] = field(default_factory=list)
    fetched: float = float("-inf")
    tries: deque[float] = field(default_factory=lambda: deque(maxlen=FETCHES))


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
        self._lock = threading.Lock()

    def candidates(self, url: str, kid: str | None) -> list[PyJWK]:
        """The keys that may have signed: those with this id, or all of them when the token names none.

        Raises:
            LaunchRefusedError: the keys cannot be had (keys-unavailable), or none fits (token-signature).

        """
        keys = self._sets.setdefault(url, _KeySet())
        if self._now() - keys.fetched > LIFETIME or not _matching(keys, kid):
            self._refresh(url, keys)
        found = _matching(keys, kid)
        if not keys.keys:
            raise LaunchRefusedError("keys-unavailable", f"no usable key at {url}", status=502)
        if not found:
            raise LaunchRefusedError("token-signature", f"no key {kid!r} at {url}")
        return found

    def _refresh(self, url: str, keys: _KeySet) -> None:
        with self._lock:
            if len(keys.tries) == FETCHES and self._now() - keys.tries[0] < WINDOW:
                return
            keys.tries.append(self._now())
        try:
            parsed = _parse(self._fetch(url))
        except Exception:  # whatever went wrong outside: the known keys stay in use
            return
        if parsed:
            keys.keys, keys.fetched = parsed, self._now()


def _matching(keys: _KeySet, kid: str | None) -> list[PyJWK]:
    return [key for key_id, key in keys.keys if kid is None or key_id == kid]


def _parse(document: Any) -> list[tuple[str | None, PyJWK]]:
    """The keys of a set that may sign: public, asymmetric, strong. What is unusable is passed over."""
    given = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(given, list):
        return []
    parsed = []
    for jwk in given[:50]:
        if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig" or "d" in jwk:
            continue
        if jwk.get("kty") not in {"RSA", "EC"}:
            continue
        try:
            # Where the set does not say the algorithm, RS256 is LTI's own (Security Framework 1.0, section 5.1.3).
            key = PyJWK(jwk, None if "alg" in jwk or jwk["kty"] == "EC" else "RS256")
        except (PyJWTError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key.key, RSAPublicKey) and key.key.key_size < MINIMUM_BITS:
            continue
        kid = jwk.get("kid")
        parsed.append((kid if isinstance(kid, str) else None, key))
    return parsed
