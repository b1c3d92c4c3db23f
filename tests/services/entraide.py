"""Entraide itself, run as an administrator runs it: its command, with settings in the environment."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from services import free_port
from services.openedx import Platform

START_SECONDS = 120
TIMEOUT_SECONDS = 120
SECRET_KEY = "for-tests-only-" + "0" * 32
STORE_LOGIN = ("analyst", "for-tests-only")  # the local statement store's HTTP Basic credentials


@dataclass(frozen=True)
class Tool:
    """One installation, on `localhost`: for browsers another site than a platform on 127.0.0.1."""

    url: str
    folder: Path
    database_url: str

    @property
    def addresses(self) -> dict[str, str]:
        """What a platform has to know of the tool, as `services.openedx.platform` takes it."""
        return {f"{name}_url": f"{self.url}/lti/{name}" for name in ("login", "launch", "jwks")}

    @property
    def log(self) -> Path:
        """What `serving` has said."""
        return self.folder / "serve.log"

    def command(self, *arguments: str) -> str:
        """The output of `entraide ARGUMENTS`; fails the test with its errors if it does not exit with 0."""
        done = subprocess.run(
            self._line(*arguments),
            env=self._environment(), cwd=self.folder, capture_output=True, text=True, timeout=TIMEOUT_SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, f"entraide {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def add_platform(self, platform: Platform, name: str = "Open edX") -> None:
        """Register `platform`, as its administrator would."""
        self.command(
            "platform", "add", "--name", name, "--issuer", platform.issuer, "--client-id", platform.client_id,
            "--auth-url", platform.auth_url, "--token-url", platform.token_url,
            "--jwks-url", platform.jwks_url, "--deployment-id", platform.deployment_id,
        )  # fmt: skip

    def serving(self) -> AbstractContextManager[None]:
        """`entraide serve`, ready, until the end of the `with`; fails with its log if it does not start."""
        return self._running("readyz", "serve", *self._where)

    def web(self) -> AbstractContextManager[None]:
        """`entraide web` alone, as `serving`: nothing happens behind a test's back, nor costs it anything."""
        return self._running("healthz", "web", *self._where)

    def working(self) -> AbstractContextManager[None]:
        """`entraide worker` beside `web`, as `serving`."""
        return self._running("readyz", "worker")

    @property
    def _where(self) -> tuple[str, ...]:
        return "--host", "127.0.0.1", "--port", self.url.rpartition(":")[2]

    @contextmanager
    def _running(self, ready: str, *arguments: str) -> Iterator[None]:
        log = self.folder / f"{arguments[0]}.log"
        with (
            log.open("w") as output,
            subprocess.Popen(
                self._line(*arguments),
                env=self._environment(), cwd=self.folder, stdout=output, stderr=output,
            ) as process,
        ):  # fmt: skip
            try:
                deadline = time.monotonic() + START_SECONDS
                while not self._says_yes(ready):
                    late = time.monotonic() > deadline
                    assert not late, f"not ready in {START_SECONDS} s:\n{log.read_text()[-4000:]}"
                    assert process.poll() is None, f"it has stopped:\n{log.read_text()[-4000:]}"
                    time.sleep(0.1)
                yield
            finally:
                process.terminate()
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    process.kill()

    def _says_yes(self, path: str) -> bool:
        try:
            return httpx.get(f"{self.url}/{path}", timeout=5).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def _line(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "lti_tool", *arguments]

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ENTRAIDE_")}
        return inherited | {
            "ENTRAIDE_BASE_URL": self.url,
            "ENTRAIDE_DATABASE_URL": self.database_url,
            "ENTRAIDE_DATA_DIR": str(self.folder / "data"),
            "ENTRAIDE_SECRET_KEY": SECRET_KEY,
            "ENTRAIDE_STORE_USERNAME": STORE_LOGIN[0],
            "ENTRAIDE_STORE_PASSWORD": STORE_LOGIN[1],
            "ENTRAIDE_ALLOW_PRIVATE_NETWORKS": "true",
        }


@contextmanager
def installation(database_url: str) -> Iterator[Tool]:
    """A new installation on the empty database at `database_url`; its files are removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="entraide-tool-") as folder:
        tool = Tool(f"http://localhost:{free_port()}", Path(folder), database_url)
        tool.command("db", "upgrade")
        yield tool
