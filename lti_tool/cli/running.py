"""`entraide serve`, `web` and `worker`."""

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from ..app import create_app
from ..settings import Settings
from ..worker.loop import run_until_signalled
from .opening import prepare

HOST, PORT = "127.0.0.1", 8091


class Web(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn, configured here instead of by a file."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Our options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made in each process."""
        return create_app(self._settings)


@click.command()
@click.option("--host", default=HOST, show_default=True)
@click.option("--port", default=PORT, show_default=True)
@click.option(
    "--processes", type=int, help="Web processes [default: 1 with SQLite, else the number of cores]."
)
@click.option("--threads", default=8, show_default=True)
@click.pass_obj
def web(settings: Settings, host: str, port: int, processes: int | None, threads: int) -> None:
    """Run the web application alone."""
    embedded = settings.database_url.startswith("sqlite")
    options = {
        "bind": f"{host}:{port}",
        "workers": processes or (1 if embedded else os.cpu_count() or 1),
        "worker_class": "gthread",
        "threads": threads,
        "timeout": 60,
        "graceful_timeout": 10,
        "keepalive": 75,  # longer than proxies and browsers keep theirs, so that they never use a closed one
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    Web(settings, options).run()


@click.command()
@click.pass_obj
def worker(settings: Settings) -> None:
    """Run a worker alone. Any number of them may run."""
    run_until_signalled(settings)


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
