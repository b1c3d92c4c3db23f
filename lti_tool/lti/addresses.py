"""Addresses that a platform sends: which are web addresses, which are ours, what their origin is. Pure."""

import re
from functools import lru_cache

import httpx

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(rb"[a-z0-9._-]+|[0-9a-f:.]+")  # a name in ASCII, or an IPv6 address
_LONGEST = 4000  # characters


def web_address(address: object) -> httpx.URL | None:
    """A web address, parsed; None for what is none."""
    return _parsed(address) if isinstance(address, str) and len(address) <= _LONGEST else None


@lru_cache(maxsize=1024)  # parsing costs more than a signature, and a course sends the same ones all day
def _parsed(address: str) -> httpx.URL | None:
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, UnicodeError):
        return None
    return url if url.scheme in _PORTS and _HOST.fullmatch(url.raw_host) else None


def origin(address: str) -> str:
    """Scheme, host and port as a Content-Security-Policy names them; empty for what is no web address."""
    url = web_address(address)
    return f"{url.scheme}://{url.netloc.decode()}" if url else ""


def is_ours(address: object, base_url: str) -> bool:
    """Whether an address is below the tool's own, with no user name smuggled in."""
    given = web_address(address)
    return given is not None and not given.userinfo and _place(given) == _place(httpx.URL(base_url))


def _place(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or _PORTS[url.scheme]
