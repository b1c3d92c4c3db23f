"""Reads what one person can reach: pages, files, captions and what scripts ask for."""

import re
from urllib.parse import parse_qsl, urlsplit

from flask.testing import FlaskClient

ADDRESS = re.compile(r'(?:href|src|action|poster|srcset|data-[a-z-]+)="([^"]*)"')
LAUNCH = re.compile(r"^/l/\w+")


def crawl(browser: FlaskClient, *addresses: str) -> dict[str, str]:
    """What came of these addresses and of all that they lead to, headers first.

    Of addresses that differ only in what their parameters say, one is read.
    """
    seen: dict[str, str] = {}
    known = set()
    waiting = list(addresses)
    while waiting:
        address = waiting.pop()
        parts = urlsplit(LAUNCH.sub("", address))
        key = parts.path, *sorted({name for name, _ in parse_qsl(parts.query)})
        if key in known or parts.path == "/window":
            continue
        known.add(key)
        answer = browser.get(f"{parts.path}?{parts.query}")
        body = answer.data.decode("utf-8", "replace")
        seen[parts.path + f"?{parts.query}".rstrip("?")] = f"{answer.headers}\n{body}"
        links = ADDRESS.findall(body) if answer.mimetype == "text/html" else []
        links = [link.replace("&amp;", "&") for link in (*links, answer.location or "")]
        waiting += [link for link in links if LAUNCH.match(link)]
    return seen
