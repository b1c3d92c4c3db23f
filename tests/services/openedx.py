"""An independent LTI platform: Open edX's own LTI consumer, in its own environment and its own process."""

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.openedx_environment import HOME, python

START_SECONDS = 180


@dataclass(frozen=True)
class Platform:
    """A running platform: what an administrator copies into the tool, and what a test looks at."""

    issuer: str
    client_id: str
    deployment_id: str
    auth_url: str
    token_url: str
    jwks_url: str

    def start_url(self, user: str) -> str:
        """Where `user` (instructor, staff, student-1 ... student-5) starts a launch."""
        return f"{self.issuer}/start?user={user}"

    def choose_url(self, user: str) -> str:
        """Where `user` (instructor, staff) goes to choose what the link opens, in the tool's dialog."""
        return f"{self.issuer}/choose?user={user}"

    def course_url(self, user: str) -> str:
        """The course page with the activity in an iframe, for browsers."""
        return f"{self.issuer}/course?user={user}"

    def users(self) -> dict[str, str]:
        """User name -> the `sub` that the tool sees."""
        return httpx.get(f"{self.issuer}/users").raise_for_status().json()

    def content_items(self) -> list[dict[str, Any]]:
        """What was chosen for the link, as the platform keeps it."""
        return httpx.get(f"{self.issuer}/content").raise_for_status().json()

    def line_items(self) -> list[dict[str, Any]]:
        """Every line item with its scores, as the platform stored them."""
        return self._gradebook()["line_items"]

    def grades(self) -> list[dict[str, Any]]:
        """What Open edX published to its gradebook, in order: user, score (0 to 1), maximum, comment, at."""
        return self._gradebook()["grades"]

    def _gradebook(self) -> dict[str, Any]:
        return httpx.get(f"{self.issuer}/gradebook").raise_for_status().json()


@contextmanager
def platform(
    *, login_url: str, launch_url: str, jwks_url: str, ags: str = "programmatic"
) -> Iterator[Platform]:
    """A platform that knows one tool by these addresses, stopped at the end; raises `UnavailableError`.

    `ags` is what its author chose for grades: "declarative" (one line item, made by the platform),
    "programmatic" (the tool makes its own) or "disabled".
    """
    interpreter = python()
    with tempfile.TemporaryDirectory(prefix="entraide-openedx-") as folder:
        log = Path(folder) / "log"
        command = [
            interpreter, HOME / "lms.py", "--data", folder, "--ags", ags,
            "--login-url", login_url, "--launch-url", launch_url, "--jwks-url", jwks_url,
        ]  # fmt: skip
        environment = os.environ | {"PYTHONWARNINGS": "ignore"}  # its warnings are not ours
        with (
            log.open("w") as errors,
            subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
            ) as process,
        ):
            overdue = threading.Timer(START_SECONDS, process.kill)
            overdue.start()
            try:
                line = process.stdout.readline()
                overdue.cancel()
                if not line:
                    raise RuntimeError(f"Open edX's consumer did not start:\n{log.read_text()[-2000:]}")
                yield Platform(**json.loads(line))
            finally:
                overdue.cancel()
                process.terminate()
