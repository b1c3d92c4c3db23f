"""The tool as processes of its own: started, watched and ended by the demo."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LAST_LINES = 20
COMMAND_SECONDS = 120
END_SECONDS = 20
KILL_SECONDS = 3


class ToolError(Exception):
    """The tool does not run; the message has its last words."""


class ToolProcess:
    """The command `entraide`, run in `folder` with `environment`."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        # It runs in this folder, so that no .env of another place is read: Python must find us from there.
        ours = str(Path(__file__).parents[2])
        path = os.pathsep.join(part for part in (ours, environment.get("PYTHONPATH")) if part)
        self._environment = environment | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
        self._folder = folder
        self._log = folder / "tool.log"
        self._process: subprocess.Popen[bytes] | None = None

    def command(self, *words: str) -> None:
        """Run one command to its end. Raises ToolError when it fails."""
        try:
            done = subprocess.run(  # noqa: S603 - our own command
                self._line(*words),
                cwd=self._folder,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as problem:
            raise ToolError(f"`entraide {' '.join(words[:2])}` takes too long.") from problem
        if done.returncode:
            tail = "\n".join(done.stdout.splitlines()[-LAST_LINES:])
            raise ToolError(f"`entraide {' '.join(words[:2])}` failed:\n{tail}")

    @contextmanager
    def serving(self, *options: str) -> Iterator[None]:
        """`entraide serve`, in a process group of its own, until the block ends."""
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                self._line("serve", *options),
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield
        finally:
            self._end(self._process)

    def check(self) -> None:
        """Raise ToolError when it has ended by itself."""
        if self._process and self._process.poll() is not None:
            raise ToolError(f"The tool has stopped (exit {self._process.returncode}):\n{self.last_lines()}")

    def last_lines(self) -> str:
        """The end of its log."""
        text = self._log.read_text("utf-8", "replace") if self._log.exists() else ""
        return "\n".join(text.splitlines()[-LAST_LINES:])

    def _line(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "lti_tool", *words]

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Ask it to end, and its children with it; what is left after a while is killed."""
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(END_SECONDS)
        end = time.monotonic() + KILL_SECONDS
        with suppress(ProcessLookupError):  # nobody is left in the group; its number is its first process's
            while time.monotonic() < end:
                os.killpg(process.pid, signal.SIGKILL)
                process.poll()
                time.sleep(0.05)
