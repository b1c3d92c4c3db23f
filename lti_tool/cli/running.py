"""`entraide serve`: it starts the two others and watches them."""

import signal
import subprocess
import sys
import threading
import time

import click

from ..settings import Settings
from .opening import prepare
from .surroundings import HOST, PORT


@click.command()
@click.option("--host", default=HOST, show_default=True)
@click.option("--port", default=PORT, show_default=True)
@click.pass_obj
def serve(settings: Settings, host: str, port: int) -> None:
    """Run web and worker together: the embedded default."""
    prepare(settings)
    commands = (["web", "--host", host, "--port", str(port)], ["worker"])
    children = [subprocess.Popen(_ourselves(*command)) for command in commands]  # noqa: S603  (our own)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    click.echo(f"Entraide listens on {settings.base_url} (port {port}).", err=True)
    try:
        while not stopping.is_set() and all(child.poll() is None for child in children):
            stopping.wait(0.2)
    finally:
        ended = next((child.returncode for child in children if child.poll() is not None), 0)
        _stop(children)
    sys.exit(0 if stopping.is_set() else ended or 1)


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    end = time.monotonic() + 15
    for child in children:
        try:
            child.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()


def _ourselves(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "lti_tool", *arguments]
