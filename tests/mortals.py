"""Processes that are killed again and again."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Mortal:
    """A process that is killed again and again, and begun anew at once."""

    command: list[str]
    environment: Mapping[str, str]
    folder: Path
    busy: Callable[[], int]  # a number that grows while it works
    kills: int = 0
    process: subprocess.Popen | None = None

    def live(self) -> None:
        """See that it lives."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(self.command, env=self.environment, cwd=self.folder)

    def at_work(self, over: threading.Event, seconds: float = 30) -> None:
        """Wait until it works, or so long, or until all is over."""
        before, end = self.busy(), time.monotonic() + seconds
        while self.busy() == before and time.monotonic() < end and not over.wait(0.1):
            pass

    def die(self) -> None:
        """kill -9; all that it began too."""
        if self.process is not None:
            for child in self._children():
                _kill(child)
            self.process.kill()
            self.process.wait()
            self.kills += 1

    def _children(self) -> list[int]:
        try:
            listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        except OSError:
            return []
        return [int(child) for child in listed.split()]


def _kill(number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(number, 9)


def entraide(
    *arguments: str, url: str, folder: Path, secret: str, base_url: str, busy: Callable[[], int]
) -> Mortal:
    """The tool in a process of its own, as an administrator starts it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ENTRAIDE_")}
    settings = {
        "ENTRAIDE_DATABASE_URL": url, "ENTRAIDE_DATA_DIR": str(folder), "ENTRAIDE_SECRET_KEY": secret,
        "ENTRAIDE_BASE_URL": base_url, "ENTRAIDE_ALLOW_PRIVATE_NETWORKS": "true",
    }  # fmt: skip
    return Mortal([sys.executable, "-m", "lti_tool", *arguments], inherited | settings, folder, busy)
