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

_LONGEST = 900.0  # seconds that an LRS is left alone at its word: one that errs is not lost for a day
_ABOUT_THE_STATEMENTS = frozenset({400, 409, 413, 422})
_PASSING = frozenset({408, 423, 425, 429})
_NEVER = frozenset({501, 505, 510, 511})  # of the server errors: waiting mends none of these
_ABOUT_THE_VERSION = re.compile(
    rb"x-experience-api-version|\bxapi[ -]version|\bversion header|\bunsupported version", re.IGNORECASE
)


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
        named = "html" in self.headers.get("content-type", "").lower()
        return named or self.body[:100].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"

    def halt(self) -> LrsError | None:
        """Return what this answer says against the LRS itself, rather than against what was sent to it."""
        if self.status in _PASSING or (self.status >= 500 and self.status not in _NEVER):
            return LrsError(Retry(retry_after(self.headers), self.words, self.status), self.status)
        if self.ok and self._is_html:
            # A login page or a proxy's notice: nothing was stored, whatever the status says
            return self._pause(f"a web page answers in place of an LRS: {self.words}")
        if self.status == 400 and _ABOUT_THE_VERSION.search(self.body[:4000]):
            return self._pause(self.words)  # it would refuse every statement, however good
        if self.ok or self.status in _ABOUT_THE_STATEMENTS:
            return None
        return self._pause(self.words)

    def _pause(self, reason: str) -> LrsError:
        return LrsError(Paused(reason[:500], self.status), self.status)

    def document(self) -> dict[str, Any]:
        """Return the JSON object of the body. Raises LrsError when there is none."""
        if not self.complete:
            raise self._pause(f"the answer is longer than {len(self.body)} bytes")
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict):
            return document
        raise self._pause(f"not a JSON object: {self.words}")


def retry_after(headers: httpx.Headers, most: float = _LONGEST) -> float | None:
    """Return the seconds that Retry-After asks for (RFC 9110, 10.2.3), so many at `most`, or None.

    A moment is counted from the answer's own Date, as the LRS's clock may be off.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,12}", value):
        return min(float(value), most)
    moment, now = moment_of(value), moment_of(headers.get("date", "")) or datetime.now(UTC)
    return min(max((moment - now).total_seconds(), 0.0), most) if moment else None


def moment_of(date: str) -> datetime | None:
    """Return the moment that an HTTP date names (RFC 9110, 5.6.7), or None."""
    try:
        moment = parsedate_to_datetime(date)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
