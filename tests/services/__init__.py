"""Real services for the tests: each module finds one, or starts its own, or says plainly why it cannot."""

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class UnavailableError(Exception):
    """A service that this machine cannot offer; the message says why and what would help."""


def may_install() -> bool:
    """Whether the tests may install packages: on CI, and with ENTRAIDE_TEST_INSTALL=1 (as in `make test`)."""
    return on_ci() or os.environ.get("ENTRAIDE_TEST_INSTALL") == "1"


def on_ci() -> bool:
    """Whether nothing may be left out (CI=true)."""
    return os.environ.get("CI") == "true"


def install(package: str) -> None:
    """Install a Debian package; raises `UnavailableError` where that is not possible or not wanted."""
    if not may_install():
        raise UnavailableError(
            f"{package} is not installed (ENTRAIDE_TEST_INSTALL=1 lets the tests install it)"
        )
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise UnavailableError(
            f"{package} is not installed, and installing it needs root on Debian or Ubuntu"
        )
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with one_at_a_time("install"):
        for command in (
            ["apt-get", "update"],
            ["apt-get", "install", "-y", "--no-install-recommends", package],
        ):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise UnavailableError(
                    f"`{' '.join(command)}` failed: {(done.stderr or done.stdout).strip()[-400:]}"
                )


@contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    """Let one process of a run in, the others wait: tests run in several at once."""
    with open(Path(tempfile.gettempdir()) / f"entraide-tests-{what}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def free_port() -> int:
    """A TCP port on the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
