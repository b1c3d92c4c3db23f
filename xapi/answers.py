"""Reading an LRS's HTTP answer: what it means, what it says, when to come back."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from xapi.outcomes import LrsError, Paused, Retry

_DAY = 24 * 3600.0
_ABOUT_THE_STATEMENTS = frozenset({400, 409, 413, 422})
_PASSING = frozenset({408, 425, 429})


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; `body` may have been cut at the size that was asked for, then `complete` is false."""

    status: int
    headers: httpx.Headers
    body: bytes
    complete: bool = True

    @property
    def ok(self) -> bool:
        """Whether the LRS did what it was asked."""
        return 200 <= self.status < 300

    @property
    def words(self) -> str:
        """The status and what the LRS says about it, as plain text of at most 500 characters."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = ""
        text = self.body[:4000].decode("utf-8", "replace")
        if self._is_html:
            text = re.sub(r"<[^>]*>", " ", text)
        if 300 <= self.status < 400:
            text = f"redirects to {self.headers.get('location', 'nowhere')}"
        text = f"{self.status} {phrase}: {text}" if text.strip() else f"{self.status} {phrase}"
        return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()[:500]

    @property
    def _is_html(self) -> bool:
        return "html" in self.headers.get("content-type", "").lower()

    def halt(self) -> LrsError | None:
        """Return what this answer says against the LRS itself, rather than against what was sent to it."""
        if self.status in _PASSING or self.status >= 500:
            return LrsError(Retry(retry_after(self.headers), self.words), self.status)
        if self.ok and self._is_html:
            # A login page or a proxy's notice: nothing was stored, whatever the status says
            return LrsError(Paused(f"a web page answers in place of an LRS: {self.words}"[:500]), self.status)
        if self.ok or self.status in _ABOUT_THE_STATEMENTS:
            return None
        return LrsError(Paused(self.words), self.status)

    def document(self) -> dict[str, Any]:
        """Return the JSON object of the body. Raises LrsError when there is none."""
        if not self.complete:
            raise LrsError(Paused(f"the answer is longer than {len(self.body)} bytes"), self.status)
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict):
            return document
        raise LrsError(Paused(f"not a JSON object: {self.words}"[:500]), self.status)


def retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds that Retry-After asks for, at most a day (RFC 9110, 10.2.3), or None."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,12}", value):
        return min(float(value), _DAY)
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), _DAY)
    except (ValueError, OverflowError):
        return None
