"""A pooled client of one learning record store (LRS), which knows how real ones answer.

The bytes of a statement and its id are fixed before they come here, so sending twice is harmless and every
doubt is settled by sending again. What an LRS says it stored is never believed: only its status is.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from time import monotonic
from typing import Any, Literal, Self
from uuid import UUID

import httpx

from xapi.answers import Answer
from xapi.equivalence import equivalent
from xapi.identity import Actor
from xapi.outcomes import Dead, Delivered, LrsError, Outcome, Paused, Retry
from xapi.statements import Version
from xapi.times import timestamp
from xapi.vocabulary import PROFILE

__all__ = ["Dead", "Delivered", "LrsClient", "LrsError", "Outcome", "Paused", "Retry"]

MAX_PAGES = 10_000
"""Pages that one query may have, so that an LRS whose `more` never ends does not hold a report for ever."""

Filter = str | int | bool | UUID | datetime | Actor

_RECEIPT = 64 * 1024  # bytes read of an answer to a POST: only its first words matter
_PAGE = 64 * 1024 * 1024  # bytes read of a page of statements


class LrsClient:
    """Talks to the LRS at `endpoint`, the address that `statements` and `about` stand under.

    `version` is the xAPI version to speak, or "auto" to ask the LRS once. `timeout` is in seconds, for each
    wait and for reading one answer as a whole. Safe to use from several threads; close it, or use a `with`.
    Raises ValueError for an endpoint that is not an http(s) address.
    """

    def __init__(
        self,
        endpoint: str,
        username: str,
        password: str,
        version: Version | Literal["auto"] = "auto",
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base = _base(endpoint)
        self._statements = self._base.join("statements")
        self._version: Version | None = None if version == "auto" else version
        self._timeout = timeout
        self._http = httpx.Client(
            auth=(username, password),
            headers={"User-Agent": f"Entraide-xAPI (+{PROFILE})", "Accept": "application/json"},
            timeout=timeout,
            transport=transport,
            follow_redirects=False,  # statements go where the administrator said, nowhere else
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the pooled connections."""
        self._http.close()

    def about(self) -> dict[str, Any]:
        """Return what the LRS says of itself (xAPI 1.0.3, Part Three, 2.8). Raises LrsError."""
        return self._read(self._base.join("about"), self._version or "1.0.3").document()

    def negotiate(self) -> Version:
        """Return the version to speak: the fixed one, else 2.0.0 if the LRS lists it, else 1.0.3.

        Asks once and remembers. An LRS without an about resource speaks 1.0.3. Raises LrsError when the LRS
        cannot be asked, as a guess would be remembered too.
        """
        if self._version is None:
            try:
                listed = self.about().get("version")
            except LrsError as error:
                if error.status not in {400, 404, 405, 406, 410}:
                    raise
                listed = None
            versions = listed if isinstance(listed, list) else [listed]
            self._version = "2.0.0" if any(str(v).startswith("2.0") for v in versions) else "1.0.3"
        return self._version

    def send(self, batch: Sequence[tuple[UUID, bytes]]) -> list[Outcome]:
        """Send kept statements, each with its id, and return the outcome of each, in the same order.

        A refused batch is split until the bad statement stands alone. When the LRS fails in the middle, what
        it took is Delivered and all the rest shares the failure's outcome. Never raises for what an LRS does.
        """
        outcomes: dict[int, Outcome] = {}
        parts = [range(len(batch))] if batch else []
        while parts:
            part = parts.pop()
            try:
                answer = self._post([kept for _, kept in batch[part.start : part.stop]])
                if answer.ok:
                    outcomes.update(dict.fromkeys(part, Delivered()))
                elif len(part) > 1:
                    parts.extend(reversed(_split(part, answer.status)))
                elif answer.status == 409:
                    outcomes[part.start] = self._settle(*batch[part.start], answer)
                else:
                    outcomes[part.start] = Dead(answer.words)
            except LrsError as error:
                unsent = (index for waiting in (part, *parts) for index in waiting)
                outcomes.update(dict.fromkeys(unsent, error.outcome))
                break
        return [outcomes[index] for index in range(len(batch))]

    def get(self, statement_id: UUID, *, voided: bool = False) -> dict[str, Any] | None:
        """Return a stored statement, or None; with `voided`, one that has been voided. Raises LrsError."""
        name = "voidedStatementId" if voided else "statementId"
        url = self._statements.copy_merge_params({name: str(statement_id)})
        try:
            document = self._read(url, self.negotiate()).document()
        except LrsError as error:
            if error.status == 404:
                return None
            raise
        # Ralph answers a StatementResult where the specification has a Statement
        found = _listed(document) if "statements" in document else [document]
        return next((one for one in found if str(one.get("id")).lower() == str(statement_id)), None)

    def statements(self, **filters: Filter) -> Iterator[dict[str, Any]]:
        """Yield the stored statements that match `filters` (xAPI 1.0.3, Part Three, 2.1.3), page by page.

        Raises LrsError, also when `more` leads to another host, in a circle, or past MAX_PAGES.
        """
        params = {name: _parameter(value) for name, value in filters.items()}
        url = self._statements.copy_merge_params(params)
        seen: set[httpx.URL] = set()
        while url not in seen:
            seen.add(url)
            page = self._read(url, self.negotiate()).document()
            yield from _listed(page)
            if not page.get("more"):
                return
            if len(seen) >= MAX_PAGES:
                raise LrsError(Paused(f"the query has more than {MAX_PAGES} pages"))
            url = self._next(url, page["more"])
        raise LrsError(Paused(f"`more` leads in a circle: {url}"))

    def _next(self, current: httpx.URL, more: Any) -> httpx.URL:
        """Return the next page's address, on our scheme and port: an LRS behind a proxy may not know them."""
        try:
            url = current.join(more)
        except (httpx.InvalidURL, TypeError) as error:
            raise LrsError(Paused(f"`more` is not an address: {error}")) from error
        if url.host != self._base.host:
            raise LrsError(Paused(f"`more` leads to another host: {url.host}"))
        return self._base.copy_with(raw_path=url.raw_path)

    def _settle(self, statement_id: UUID, kept: bytes, conflict: Answer) -> Outcome:
        """Decide a conflict: the LRS has a statement of this id; is it this one?"""
        try:
            stored = self.get(statement_id) or self.get(statement_id, voided=True)
        except LrsError as error:
            if isinstance(error.outcome, Retry) or error.status == 401:
                raise
            return Dead(f"id conflict, and the stored statement cannot be read: {error.outcome.reason}"[:500])
        if stored is None:
            return Retry(None, f"refused as a duplicate, but not found: {conflict.words}"[:500])
        if equivalent(json.loads(kept), stored):
            return Delivered()
        return Dead(f"id conflict: {conflict.words}"[:500])

    def _post(self, statements: Sequence[bytes]) -> Answer:
        body = b"[" + b",".join(statements) + b"]"
        return self._exchange("POST", self._statements, self.negotiate(), body, _RECEIPT)

    def _read(self, url: httpx.URL, version: Version) -> Answer:
        answer = self._exchange("GET", url, version, None, _PAGE)
        if not answer.ok:
            raise LrsError(Paused(answer.words), answer.status)
        return answer

    def _exchange(
        self, method: str, url: httpx.URL, version: Version, body: bytes | None, limit: int
    ) -> Answer:
        """Return the answer to one request, reading at most `limit` bytes of it.

        Raises LrsError when there is none in time, or when it says that the LRS as such will not do.
        """
        headers: dict[str, str] = {"X-Experience-API-Version": version}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            with self._http.stream(method, url, content=body, headers=headers) as response:
                text, complete = self._body(response, limit)
        except httpx.RequestError as error:
            raise LrsError(Retry(None, f"{type(error).__name__}: {error}"[:500])) from error
        answer = Answer(response.status_code, response.headers, text, complete)
        if halt := answer.halt():
            raise halt
        return answer

    def _body(self, response: httpx.Response, limit: int) -> tuple[bytes, bool]:
        deadline = monotonic() + self._timeout
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > limit:
                return bytes(body[:limit]), False
            if monotonic() > deadline:
                raise httpx.ReadTimeout(f"the answer takes longer than {self._timeout:g} s")
        return bytes(body), True


def _base(endpoint: str) -> httpx.URL:
    """Return the endpoint as a folder, so that resources join to it."""
    try:
        url = httpx.URL(endpoint.strip().rstrip("/").removesuffix("/statements") + "/")
    except httpx.InvalidURL as error:
        raise ValueError(f"not an address: {error}") from error
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or url.query or url.fragment:
        raise ValueError("an LRS's endpoint is an http(s) address without user, query or fragment")
    return url


def _split(part: range, status: int) -> list[range]:
    """Halve a refused part, but take a conflict apart: many of its statements may be duplicates."""
    size = 1 if status == 409 else (len(part) + 1) // 2
    return [part[start : start + size] for start in range(0, len(part), size)]


def _listed(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of a StatementResult, whatever else an LRS may have put there."""
    listed = result.get("statements")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _parameter(value: Filter) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return timestamp(value)
        case Actor(home_page=home_page, name=name):
            return json.dumps({"account": {"homePage": home_page, "name": name}})
    return str(value)
