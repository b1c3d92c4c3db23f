"""How far reading is, on a terminal: xAPI tells no total, so the bar goes by the dates that were reached."""

import sys
from datetime import UTC, datetime
from time import monotonic
from typing import TextIO

from xapi.reports.formats import Formats
from xapi.reports.measures.model import Language
from xapi.reports.problems import Problem
from xapi.reports.words import WORDS

_EVERY = 0.2  # seconds between two drawings
_WIDTH = 24


class Progress:
    """A line that is drawn over itself while statements are read; nothing where nobody looks."""

    def __init__(
        self, stream: TextIO = sys.stderr, *, shown: bool | None = None, language: Language = "en"
    ) -> None:
        self._stream = stream
        self._language: Language = language
        self._formats = Formats(language)
        self._shown = stream.isatty() if shown is None else shown
        self._began = monotonic()
        self._drawn = 0.0
        self._first: datetime | None = None

    def __call__(self, read: int, reached: datetime | None) -> None:
        """Show that `read` statements were read, the last of them stored at `reached` (UTC)."""
        self._first = self._first or reached
        if self._shown and monotonic() - self._drawn >= _EVERY:
            self._draw(read, reached)

    def waits(self, reason: Problem, seconds: float) -> None:
        """Say that the next try is in `seconds`, and why."""
        if self._shown:
            told = WORDS["waits"][self._language].format(
                problem=reason.told(self._language), seconds=f"{seconds:.0f}"
            )
            self._stream.write(f"\r\x1b[K{told}\n")
            self._stream.flush()

    def end(self, read: int, reached: datetime | None) -> None:
        """Show the last figures, and leave the line."""
        if self._shown:
            self._draw(read, reached)
            self._stream.write("\n")
            self._stream.flush()

    def _draw(self, read: int, reached: datetime | None) -> None:
        self._drawn = monotonic()
        number = self._formats.number
        rate = number(read / max(self._drawn - self._began, 0.001))
        bar = "#" * round(self._share(reached) * _WIDTH)
        day = "" if reached is None else f"{reached:%Y-%m-%d %H:%M}"
        told = WORDS["reached" if day else "begun"][self._language].format(
            read=number(read), rate=rate, day=day
        )
        self._stream.write(f"\r\x1b[K[{bar:<{_WIDTH}}] {told}")
        self._stream.flush()

    def _share(self, reached: datetime | None) -> float:
        """Return how far `reached` is from the first date to today, whichever end came first."""
        if not reached or not self._first:
            return 0.0
        whole = datetime.now(UTC).replace(tzinfo=None) - self._first
        return min(max((reached - self._first) / whole, 0.0), 1.0) if whole else 1.0
