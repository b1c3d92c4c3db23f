"""An LRS that also lists what it has, page by page, with the oddities that real ones show."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from misbehaving import Answer, Lrs

BEGINNING = datetime(2031, 5, 1, tzinfo=UTC)  # its clock is years ahead


class ListingLrs(Lrs):
    """Lists `page` statements at once, with the last of one page again on the next.

    Without `related` it can neither look for related activities nor give back what was voided.
    """

    def __init__(self, *, related: bool = True, page: int = 7) -> None:
        super().__init__(("1.0.3", "2.0.0"))
        self.related, self.page = related, page
        self.lost: set[str] = set()
        self.voided: set[str] = set()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if method != "GET" or "/statements" not in path:
            return super().answer(method, path, headers, body)
        if wanted := query.get("voidedStatementId"):
            found = self.related and wanted in self.voided
            return _json({"id": wanted}) if found else (404, {}, b"")
        if wanted := query.get("statementId"):
            found = wanted in self.kept and wanted not in self.lost | self.voided
            return _json(self.kept[wanted]) if found else (404, {}, b"")
        return _json(self._list(query))

    def _list(self, query: dict[str, str]) -> dict[str, Any]:
        listed = []
        for number, (key, one) in enumerate(self.kept.items()):
            stored = BEGINNING + timedelta(seconds=number // 3)  # several in the same moment
            wanted = query.get("activity", "")
            inside = json.dumps(one["context"]) if self.related and "related_activities" in query else ""
            if wanted and wanted not in inside and wanted != one["object"].get("id"):
                continue
            if "since" in query and stored <= datetime.fromisoformat(query["since"]):
                continue
            if key not in self.lost | self.voided:
                listed.append(one | {"stored": stored.isoformat()})
        if query.get("ascending") != "true":
            listed.reverse()
        start = int(query.pop("from", 0))
        rest = query | {"from": str(start + self.page - 1)}
        more = f"/xapi/statements?{urlencode(rest)}" if len(listed) > start + self.page else ""
        return {"statements": listed[start : start + self.page], "more": more}


def _json(document: Any) -> Answer:
    return 200, {"Content-Type": "application/json"}, json.dumps(document).encode()
