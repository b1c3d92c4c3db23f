"""A worker in a process of its own, as `entraide serve` starts it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WORKER = """
import sys
from datetime import timedelta
from pathlib import Path
from lti_tool.settings import Settings
from lti_tool.worker import delivery, loop
delivery.LEASE = timedelta(seconds=2)
url, folder, secret = sys.argv[1:]
loop.run_until_signalled(Settings(
    _env_file=None, database_url=url, data_dir=Path(folder), secret_key=secret, allow_private_networks=True))
"""


@contextmanager
def working(database_url: str, folder: Path, secret_key: str) -> Iterator[subprocess.Popen]:
    """A worker whose leases last two seconds; killed at the end of the `with` if it still lives."""
    line = [sys.executable, "-c", WORKER, database_url, str(folder), secret_key]
    with subprocess.Popen(line) as worker:
        try:
            yield worker
        finally:
            worker.kill()


def children(process: subprocess.Popen) -> list[int]:
    """The processes that a process has begun, and that live."""
    return [
        int(child) for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    ]
