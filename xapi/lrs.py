"""A pooled client of one learning record store (LRS), which knows how real ones answer.

The bytes of a statement and its id are fixed before they come here, so sending twice is harmless and every
doubt is settled by sending again. What an LRS says it stored is never believed: only its status is.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

import httpx

from xapi.answers import Answer
from xapi.equivalence import equivalent
from xapi.exchange import Exchange
from xapi.identity import Actor
from xapi.outcomes import Dead, Delivered, Doubt, LrsError, Outcome, Paused, Retry
from xapi.pages import Page, page_of
from xapi.parts import Contents, Kept, cut, kept, posted, split
from xapi.probing import Probe, chosen, probe
from xapi.statements import Version
from xapi.times import timestamp

__all__ = ["Dead", "Delivered", "Doubt", "LrsClient", "LrsError", "Outcome", "Paused", "Probe", "Retry"]

MAX_PAGES = 10_000
"""Pages that one query may have, so that an LRS whose `more` never ends does not hold a report for ever."""

MAX_BYTES = 1_000_000
"""Of one POST: nginx, before many an LRS, takes no more than 1 MiB unless it is told to."""

Filter = str | int | bool | UUID | datetime | Actor

_RECEIPT = 64 * 1024  # bytes read of an answer to a POST: only its first words matter
_PAGE = 64 * 1024 * 1024  # bytes read of a page of statements
_REFUSES_FILES = frozenset({400, 413, 422})  # beside 415, or what it says to a multipart it does not know


class LrsClient:
    """Talks to the LRS at `endpoint`, the address that `statements` and `about` stand under.

    `version` is the xAPI version to speak, or "auto" to ask the LRS once. `timeout` is in seconds, for each
    wait and for reading one answer as a whole. `second` is another pair of credentials, tried where the first
    is refused. A request has `max_bytes` at most, unless a single statement is larger. Safe to use from
    several threads; close it, or use a `with`.
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
        *,
        second: tuple[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        credentials = [(username, password), *([second] if second else [])]
        self._exchange = Exchange(endpoint, credentials, timeout, transport)
        self._base = self._exchange.base
        self._statements = self._base.join("statements")
        self._version: Version | None = None if version == "auto" else version
        self._max_bytes = max_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the pooled connections."""
        self._exchange.close()

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
                about = self.about()
            except LrsError as error:
                if error.status not in {400, 404, 405, 406, 410}:
                    raise
                about = {}
            self._version, _ = chosen(about)
        return self._version

    def probe(self) -> Probe:
        """Try the LRS, and tell what it is and what it lets us do; nothing is stored. Never raises."""
        return probe(self._exchange, self._version)

    def send(self, batch: Sequence[tuple[UUID, bytes]], files: Contents | None = None) -> list[Outcome]:
        """Send kept statements, each with its id, and return the outcome of each, in the same order.

        A batch is one request, or several where it has too many bytes. What is refused is split until the bad
        statement stands alone. When the LRS fails in the middle, what it took is Delivered and all the rest
        shares the failure's outcome. With `files`, the contents of attachments go along, as multipart/mixed;
        to an LRS that takes none, a statement goes without where its attachments can be fetched. Never
        raises for what an LRS does.
        """
        statements = [kept(body, files, self._max_bytes) for _, body in batch]
        sizes = [one.size for one in statements]
        outcomes: dict[int, Outcome] = {}
        parts = cut(sizes, len(batch), self._max_bytes)[::-1]
        while parts:
            part = parts.pop()
            some = statements[part.start : part.stop]
            try:
                answer = self._post(some)
                if answer.ok:
                    outcomes.update(dict.fromkeys(part, Delivered()))
                elif len(part) > 1:
                    parts.extend(reversed(split(part, answer.status, sizes)))
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

    def page(self, more: str | None = None, *, salvage: bool = False, **filters: Filter) -> Page:
        """Return one page of the statements that match `filters`, or the page that `more` leads to.

        For who must know where to go on: its `more` is an address to be given back here. Its statements are
        as the LRS tells them, whatever they are. With `salvage` a broken page gives what can be read of it.
        Raises LrsError; a `more` that leads to another host is the page's `problem`, and not followed.
        """
        params = {name: _parameter(value) for name, value in filters.items()}
        url = httpx.URL(more) if more else self._statements.copy_merge_params(params)
        page = page_of(self._read(url, self.negotiate()), salvage=salvage)
        try:
            return replace(page, more=str(self._next(url, page.more)) if page.more else None)
        except LrsError as error:
            return replace(page, more=None, problem=error)

    def _next(self, current: httpx.URL, more: Any) -> httpx.URL:
        """Return the next page's address, on our scheme and port: an LRS behind a proxy may not know them."""
        try:
            url = current.join(more)
        except (httpx.InvalidURL, TypeError) as error:
            raise LrsError(Paused(f"`more` is not an address: {error}")) from error
        if url.host != self._base.host:
            raise LrsError(Paused(f"`more` leads to another host: {url.host}"))
        return self._base.copy_with(raw_path=url.raw_path)

    def _settle(self, statement_id: UUID, sent: bytes, conflict: Answer) -> Outcome:
        """Decide a conflict: the LRS has a statement of this id; is it this one?"""
        try:
            stored = self.get(statement_id) or self.get(statement_id, voided=True)
        except LrsError as error:
            if isinstance(error.outcome, Retry) or error.status == 401:
                raise
            return Doubt(f"id conflict, and what is stored cannot be read: {error.outcome.reason}"[:500])
        if stored is None:
            return Doubt(f"refused as a duplicate, but not found: {conflict.words}"[:500])
        if equivalent(json.loads(sent), stored):
            return Delivered()
        return Dead(f"id conflict: {conflict.words}"[:500])

    def _post(self, statements: Sequence[Kept]) -> Answer:
        """Send statements in one request; once more without files, to an LRS that takes none."""
        with_files = any(one.files for one in statements)
        bare = [Kept(one.body) for one in statements] if all(one.elsewhere for one in statements) else None
        try:
            content = posted(statements)
            answer = self._exchange.ask("POST", self._statements, self.negotiate(), _RECEIPT, content)
        except LrsError as error:
            if with_files and error.status == 415:
                if bare:
                    return self._post(bare)
                return Answer(400, httpx.Headers(), error.outcome.reason.encode())
            raise
        if answer.ok and not answer.complete and "content-encoding" in answer.headers:
            raise LrsError(Retry(None, "a few bytes that become very many are no receipt", answer.status))
        if with_files and bare and len(bare) == 1 and answer.status in _REFUSES_FILES:
            return self._post(bare)
        return answer

    def _read(self, url: httpx.URL, version: Version) -> Answer:
        answer = self._exchange.ask("GET", url, version, _PAGE)
        if not answer.ok:
            raise LrsError(Paused(answer.words, answer.status), answer.status)
        return answer


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
