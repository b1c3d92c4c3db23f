"""A platform's lists, page by page: by the links of RFC 8288, on one host only, never in circles."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from ..people.models import Platform
from .services import DeclinedError, ServiceConnector, UnavailableError, address, same_place

PAGE = 50  # asked for where the address says nothing; no LMS gives fewer, some answer everything without it
MOST_PAGES = 2000
_LINK = re.compile(r'<([^<>]*)>((?:"[^"]*"|[^"<])*)')
_PARAMETER = re.compile(r';\s*([^\s=;,"]+)\s*=\s*("[^"]*"|[^";,]*)')


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `differences`: where what changes from now on will be listed, if it says so."""

    document: Mapping[str, Any]
    differences: str


def pages(
    connector: ServiceConnector,
    platform: Platform,
    scope: str,
    url: str,
    accept: str,
    **wanted: str,
) -> Iterator[Page]:
    """Read a list, one page in memory at a time.

    Args:
        connector: calls the platform.
        platform: whose list it is; the token goes to the host of `url` and nowhere else.
        scope: what the token must be good for.
        url: the first page.
        accept: the media type of the list.
        wanted: query parameters, for those that the address does not have yet.

    Raises:
        DeclinedError: the platform refuses, or its links lead elsewhere, in a circle or on for ever.
        UnavailableError: it cannot be asked now, or its answer is no JSON object.

    """
    start = address(url)
    here = start.copy_merge_params(
        {name: value for name, value in {"limit": str(PAGE), **wanted}.items() if name not in start.params}
    )
    seen: set[str] = set()
    while True:
        seen.add(str(here))
        answer = connector.call(platform, [scope], "GET", here, accept=accept)
        links = read_links(answer.headers.get("Link", ""))
        changes = address(links.get("differences", ""), here)
        differs = "differences" in links and same_place(changes, start)
        yield Page(_document(answer), str(changes) if differs else "")
        if "next" not in links:
            return
        here = address(links["next"], here)
        if not same_place(here, start):
            raise DeclinedError(0, f"The next page of the list is at another address: {here.host}")
        if str(here) in seen or len(seen) == MOST_PAGES:
            raise DeclinedError(0, f"The list has no end: after {len(seen)} pages it goes on.")


def read_links(header: str) -> dict[str, str]:
    """The addresses in a Link header by their relations (RFC 8288, section 3); the first of each counts.

    Some LMSs leave the quotes out, write them curly, or escape the address as if it stood in HTML.
    """
    found: dict[str, str] = {}
    for target, parameters in _LINK.findall(header):
        for name, value in _PARAMETER.findall(parameters):
            for relation in value.strip("\"' “”").casefold().split() if name.casefold() == "rel" else ():
                found.setdefault(relation, target.strip().replace("&amp;", "&"))
    return found


def _document(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        document = json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise UnavailableError("The platform's answer is not JSON.") from error
    if not isinstance(document, dict):
        raise UnavailableError("The platform's answer is not a JSON object.")
    return document
