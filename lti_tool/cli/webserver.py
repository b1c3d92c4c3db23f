"""`entraide web`: gunicorn as we run it. Its threads can let a socket go to the hub of open answers."""

import gc
import os
import resource
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import TConn, ThreadWorker

from ..app import create_app
from ..exchanges.live_views import OFFER
from ..kernel.listeners import HandedOverError
from ..kernel.streams import OTHER_FILES
from ..settings import Settings
from .surroundings import HOST, PORT


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
        "threads": threads,
        "timeout": 60,
        "graceful_timeout": 10,
        "keepalive": 75,  # longer than proxies and browsers keep theirs, so that they never use a closed one
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    allow_descriptors(settings.live_readers)
    gc.freeze()  # what is loaded now stays, and is shared with the processes that are forked from here
    Web(settings, options).run()


class Web(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn, configured here instead of by a file."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Our options."""
        for name, value in {"worker_class": StreamingWorker, **self._options}.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made in each process."""
        return create_app(self._settings)


class StreamingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A threaded worker that forgets a connection which the application has handed over."""

    def load_wsgi(self) -> None:
        """The application, told that sockets may be handed over."""
        super().load_wsgi()
        self._application: Any = self.app.wsgi()
        self.wsgi = self._offer

    def _offer(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("HTTP_VERSION") != "2":  # there, a socket carries other answers too
            environ[OFFER] = True
        return self._application(environ, start_response)

    def handle_request(self, req: Any, conn: TConn) -> bool:
        """Answer a request; see `HandedOverError`."""
        try:
            return bool(super().handle_request(req, conn))
        except HandedOverError:
            conn.handed_over = True
            return False

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Close our copy of a socket that was handed over, without a word on the other one."""
        if getattr(conn, "handed_over", False):
            self.nr_conns -= 1
            conn.close()
        else:
            super().finish_request(conn, fs)

    def run(self) -> None:
        """Serve; then close the answers that are open."""
        try:
            super().run()
        finally:
            self._application.extensions["entraide.hub"].stop()


def allow_descriptors(readers: int) -> None:
    """Raise the limit of this process on open files to what `readers` need, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = readers + OTHER_FILES
    if soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
