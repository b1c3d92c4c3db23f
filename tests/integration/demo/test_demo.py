"""The demo, as somebody at a terminal starts and ends it, of a story that is soon told.

`test_package.py` has the command, with --fast and the whole story.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from .conftest import free_port

pytestmark = pytest.mark.processes

SHORT = """
import sys
from dataclasses import replace
from lti_tool.demo import run, story
last = story.load_story().chapters[-1]
run.load_story = lambda: story.Story((replace(last, gives={"amelie": 1}),))
lms_port, port = map(int, sys.argv[1:])
sys.exit(run.run_demo(lms_port, port, open_browser=False))
"""


@dataclass
class Demo:
    process: subprocess.Popen[str]
    lms_port: int
    port: int

    def read_until(self, wanted: str) -> str:
        """What it says up to the line with `wanted`, or to its end."""
        assert self.process.stdout is not None
        told = ""
        for line in self.process.stdout:
            told += line
            if wanted in line:
                break
        return told

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in listed.split()]

    def is_gone(self) -> bool:
        """Nothing listens any more."""
        for port in (self.lms_port, self.port):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return False
        return True


@contextmanager
def started() -> Iterator[Demo]:
    lms_port, port = free_port(), free_port()
    command = [sys.executable, "-c", SHORT, str(lms_port), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield Demo(process, lms_port, port)
        finally:
            process.terminate()


def test_it_ends_when_it_is_told_to() -> None:
    with started() as demo:
        demo.read_until("Preparing the tool")
        demo.process.send_signal(signal.SIGINT)
        assert "Nothing is kept" in demo.read_until("Stopped")
        assert demo.process.wait(60) == 0
        assert demo.is_gone()


@pytest.mark.long
def test_it_prints_three_addresses_and_stays_until_the_tool_dies_which_is_told() -> None:
    with started() as demo:
        told = demo.read_until("Ctrl-C")
        assert f"http://127.0.0.1:{demo.lms_port} " in told
        assert f"http://localhost:{demo.port} " in told
        assert f"http://localhost:{demo.port}/xapi " in told
        about = httpx.get(f"http://localhost:{demo.port}/xapi/about", auth=("demo", "demo"))
        assert "1.0.3" in about.json()["version"]
        (serve,) = demo.children()
        os.kill(serve, signal.SIGKILL)
        assert "The tool has stopped (exit -9)" in demo.read_until("has stopped")
        assert demo.process.wait(60) == 1
        assert demo.is_gone()
