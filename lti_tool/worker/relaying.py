"""The journal relayed by a process of its own, so that a worker makes statements and sends them at once."""

import gc
import multiprocessing
import signal
from multiprocessing.process import BaseProcess

import structlog

from ..kernel.database import Database
from ..kernel.secrets import Sealer
from ..people.accounts import Keys
from ..settings import Settings
from .local import ensure_local
from .relay import relay

log = structlog.get_logger(__name__)

IDLE = 0.1  # seconds between two looks at an empty journal
AFTER_FAILURE = 1.0  # seconds


def relay_apart(settings: Settings) -> BaseProcess:
    """Begin a process that relays until the one that began it ends, however that ends.

    It is a fork: call it before there is any thread, or any connection to a database.
    """
    process = multiprocessing.get_context("fork").Process(target=_relay, args=(settings,), daemon=True)
    process.start()
    return process


def _relay(settings: Settings) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker, which ends this
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # whatever is under way is rolled back, and done again
    worker = multiprocessing.parent_process()
    database = Database(settings.database_url)
    keys = Keys(database, Sealer(settings.secret_key))
    ensure_local(database, settings.base_url, settings.store_username)  # it is to get all that is relayed
    gc.freeze()
    while worker and worker.is_alive():
        try:
            if not relay(database, settings.base_url, settings.profile_url, keys):
                worker.join(IDLE)
        except Exception:
            log.exception("relaying failed")
            worker.join(AFTER_FAILURE)
