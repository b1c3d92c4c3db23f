"""An LRS that holds statements and tells them page by page, in the ways that real ones do."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from services.scripted_lrs import Reply, Seen

BEGAN = datetime(2025, 3, 3, 8, tzinfo=UTC)


def z(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def viewed(number: int, **more) -> dict:
    """A statement of somebody else, the `number`th that was stored, a minute after the one before."""
    moment = BEGAN + timedelta(minutes=number)
    return {
        "id": str(UUID(int=number + 1, version=4)),
        "actor": {"account": {"homePage": "https://lms.example", "name": str(number % 7)}},
        "verb": {"id": "http://id.tincanapi.com/verb/viewed"},
        "object": {"id": f"https://lms.example/pages/{number % 3}"},
        "timestamp": z(moment - timedelta(seconds=20)),
        "stored": z(moment),
    } | more


class PagingLrs:
    """Tells `statements`, `size` on a page; sorts and filters by `by`; newest first with `falling`.

    `spoil` may answer a request in its place: it gets the request and the number of requests before it.
    """

    def __init__(self, statements: Iterable[dict], size: int = 10, *, by: str = "stored") -> None:
        self.statements = list(statements)
        self.size = size
        self.by = by
        self.falling = False
        self.headers: dict[str, str] = {}
        self.spoil: Callable[[Seen, int], Reply | None] = lambda seen, before: None
        self.asked: list[dict[str, str]] = []

    def __call__(self, seen: Seen) -> Reply:
        if seen.path.endswith("/about"):
            return Reply(200, {"version": ["1.0.3", "2.0.0"]})
        self.asked.append(seen.query)
        return self.spoil(seen, len(self.asked) - 1) or self.page(seen.query)

    def page(self, query: dict[str, str]) -> Reply:
        """One page, with `more` as a cursor."""
        matching = self.matching(query)
        start = int(query.get("from", 0))
        result = {"statements": matching[start : start + self.size], "more": ""}
        if start + self.size < len(matching):
            result["more"] = "/xapi/statements?" + urlencode(query | {"from": start + self.size})
        return Reply(200, result, headers=self.headers)

    def matching(self, query: dict[str, str]) -> list[dict]:
        since, until = query.get("since", ""), query.get("until", "9")
        matching = [one for one in self.statements if since < str(one.get(self.by, "")) <= until]
        return sorted(matching, key=lambda one: str(one.get(self.by, "")), reverse=self.falling)


def body(statements: Iterable[dict], more: str = "") -> bytes:
    return json.dumps({"statements": list(statements), "more": more}).encode()
