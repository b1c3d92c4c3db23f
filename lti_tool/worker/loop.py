"""The worker: relays the journal, delivers to stores, sends scores, reads rosters, takes back reviews.

Each store and each platform has a thread of its own while there is something to do for it, so that one that
hangs delays nobody else. All state is in the database: any number of workers may run, and any may be killed.
"""

import gc
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from uuid import UUID

import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sqlalchemy import delete

from ..activities.revealing import reveal
from ..contributions.uploads import sweep
from ..exchanges.mailing import send_due as send_mail
from ..exchanges.news import news_waits, spread
from ..gradebook.announcing import announce
from ..gradebook.announcing import waits as release_waits
from ..gradebook.refits import refit_due, refits_wait
from ..gradebook.releases import release_due
from ..gradebook.reweighing import reweigh_due
from ..gradebook.sync import due_platforms, send_due
from ..home.reminding import remind_due
from ..kernel import clock, outgoing
from ..kernel.database import Database
from ..kernel.heartbeat import Heartbeat, beat
from ..kernel.mail import Mailer
from ..kernel.secrets import Sealer
from ..lti.checks import due_checks, run_check
from ..lti.fetching import key_set_fetcher
from ..lti.keys import signing_key, tidy
from ..lti.rosters import due_platforms as platforms_to_read
from ..lti.rosters import read_due
from ..lti.services import ServiceConnector
from ..lti.subscriptions import subscribe_due
from ..people.accounts import Keys
from ..records.models import Backfill, Carrying, Lrs, Reconciliation
from ..records.progress import recount
from ..records.removing import remove_due
from ..records.stores import due_tests
from ..reviews import pairs
from ..reviews.drawing import draw_due, draws_wait
from ..reviews.leases import lapse_expired, release_departed
from ..settings import Settings
from .attachments import contents
from .backfilling import backfill
from .backfilling import due as due_carryings
from .clients import Clients
from .delivery import LOAD, deliver, due_stores
from .forwarding import forward
from .lanes import Lanes
from .local import ensure_local, local_store
from .reconciling import due as due_reconciliations
from .reconciling import reconcile
from .relay import relay
from .relaying import relay_apart
from .stores import try_out
from .voiding import erasures_wait, void_due

log = structlog.get_logger(__name__)

IDLE = 0.3  # seconds between two looks at an empty journal
CHORES = 5.0  # seconds between two heartbeats
CHECKPOINT = 1.0  # seconds between two checkpoints of SQLite
RECOUNT = 3600.0  # seconds between two counts of what was delivered
FAREWELL = 5.0  # seconds that the end waits for calls under way


def run_worker(settings: Settings, stop: threading.Event) -> None:
    """Work until `stop` is set. Returns within FAREWELL seconds of it, whatever hangs.

    Begins a process (see `relay_apart`): call it before there is any thread.
    """
    with ExitStack() as closing:
        relaying = relay_apart(settings)
        closing.callback(relaying.terminate)
        database = Database(settings.database_url)
        closing.callback(database.dispose)
        sealer = Sealer(settings.secret_key)
        private = settings.allow_private_networks
        http = closing.enter_context(outgoing.client(settings.base_url, private=private))

        def key() -> tuple[str, RSAPrivateKey]:
            with database.read() as session:
                return signing_key(session, sealer)

        connector = ServiceConnector(http, key)
        clients = Clients(settings, database, sealer)
        closing.callback(clients.close)
        ensure_local(database, settings.base_url, settings.store_username)
        gc.freeze()  # what is loaded now stays: no collection needs to walk through it between two batches
        Worker(settings, database, connector, clients, stop, relaying.is_alive).run()


def run_until_signalled(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT. For a process that does nothing else: call it in the main thread."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_worker(settings, stop)


class Worker:
    """One worker at work."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        connector: ServiceConnector,
        clients: Clients,
        stop: threading.Event,
        relayed_apart: Callable[[], bool] = lambda: False,
    ) -> None:
        self._settings = settings
        self._database = database
        self._connector = connector
        self._clients = clients
        self._stop = stop
        self._relayed_apart = relayed_apart
        self._lanes = Lanes(stop)
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._mailer = Mailer(settings.smtp_url, settings.mail_from) if settings.sends_mail else None
        self._storage = settings.storage()
        self._keys = Keys(database, Sealer(settings.secret_key))
        self._chores_at = float("-inf")

    def run(self) -> None:
        """Work until told to stop."""
        while not self._stop.is_set():
            try:
                busy = self.step()
            except Exception:
                log.exception("worker failed")
                busy = False
                self._stop.wait(1.0)
            if not busy:
                self._stop.wait(IDLE)
        self._lanes.join(FAREWELL)
        with self._database.write() as session:
            session.execute(delete(Heartbeat).where(Heartbeat.worker == self._name))

    def step(self) -> bool:
        """Look once at everything there may be to do; return whether there may be more in the journal."""
        if time.monotonic() - self._chores_at > CHORES:
            self._chores_at = time.monotonic()
            with self._database.write() as session:
                beat(session, self._name)
            with self._database.write() as session:
                lapse_expired(session, clock.now())
            with self._database.write() as session:
                release_departed(session)
            with self._database.write() as session:
                pairs.lapse_expired(session, clock.now())
            with self._database.write() as session:
                pairs.release_departed(session)
            with self._database.write() as session:
                reveal(session, clock.now())
            with self._database.write() as session:
                release_due(session, clock.now())
            with self._database.write() as session:
                tidy(session)
            self._lanes.start("checkpoints", self._checkpoint)
            self._lanes.start("counts", self._recount)
            self._lanes.start("removals", partial(remove_due, self._database, self._stop))
            self._lanes.start("notices", self._subscribe)
            self._lanes.start("reminders", self._remind)
            self._lanes.start("weights", partial(reweigh_due, self._database))
            self._lanes.start("uploads", partial(sweep, self._database, self._storage))
            if self._mailer:
                base_url = self._settings.base_url
                self._lanes.start("mail", partial(send_mail, self._database, self._mailer, base_url))
        relayed = 0 if self._relayed_apart() else self._relay()
        with self._database.read() as session:
            stores, platforms = due_stores(session), due_platforms(session)
            rosters, checks = platforms_to_read(session), due_checks(session)
            untold, released = news_waits(session), release_waits(session)
            unfitted = refits_wait(session)
            undrawn = draws_wait(session)
            carryings, tests = due_carryings(session), due_tests(session)
            reconciliations = due_reconciliations(session)
            erasures = erasures_wait(session)
        if erasures:
            told = self._settings.base_url, self._settings.profile_url
            self._lanes.start("voiding", partial(void_due, self._database, *told))
        if undrawn:
            self._lanes.start("draws", partial(draw_due, self._database))
        if unfitted:
            self._lanes.start("refits", partial(refit_due, self._database))
        if untold:
            self._lanes.start("news", self._spread)
        if released:
            zone, mails = self._settings.zone, self._settings.sends_mail
            self._lanes.start("releases", partial(announce, self._database, zone, mail=mails))
        for store in stores:
            self._lanes.start(("store", store.id), partial(self._deliver, store))
        for each in carryings:
            self._lanes.start(("carrying", each.id), partial(self._carry, each))
        for run in reconciliations:
            self._lanes.start(("reconciliation", run.id), partial(self._reconcile, run))
        for store in tests:
            self._lanes.start(("test", store.id), partial(self._try_out, store))
        for platform in platforms:
            work = partial(send_due, self._database, self._connector, platform)
            self._lanes.start(("scores", platform), work)
        for platform in rosters:
            self._lanes.start(("roster", platform), partial(self._read_roster, platform))
        for platform in checks:
            self._lanes.start(("check", platform), partial(self._check, platform))
        return relayed > 0

    def _relay(self) -> int:
        return relay(self._database, self._settings.base_url, self._settings.profile_url, self._keys)

    def _read_roster(self, platform: UUID) -> bool:
        """Read a roster; whoever left is released from their review at once."""
        read = read_due(self._database, self._connector, platform)
        with self._database.write() as session:
            release_departed(session)
        return read

    def _check(self, platform: UUID) -> bool:
        fetch = key_set_fetcher(self._settings.base_url, private=self._settings.allow_private_networks)
        return run_check(self._database, self._connector.afresh, fetch, platform)

    def _spread(self) -> bool:
        return spread(self._database, self._settings.zone, mail=self._settings.sends_mail)

    def _remind(self) -> bool:
        return remind_due(self._database, self._settings.zone, mail=self._settings.sends_mail)

    def _subscribe(self) -> bool:
        return subscribe_due(self._database, self._connector, self._settings.base_url) > 0

    def _deliver(self, store: Lrs) -> bool:
        files = contents(self._database, self._storage) if store.files else None
        sent = deliver(self._database, store, self._clients.of(store), files)
        return sent >= LOAD  # less than a load: there will be more to send together at the next look

    def _carry(self, row: Backfill) -> bool:
        settings = self._settings
        if row.kind is not Carrying.FORWARD:
            told = settings.base_url, settings.profile_url
            return backfill(self._database, row.id, *told, self._keys)
        with self._database.read() as session:
            source, target = local_store(session), session.get_one(Lrs, row.lrs_id)
        clients = self._clients
        return forward(self._database, row.id, clients.of(source), clients.of(target), settings.profile_url)

    def _reconcile(self, run: Reconciliation) -> bool:
        with self._database.read() as session:
            client = self._clients.of(session.get_one(Lrs, run.lrs_id))
        settings = self._settings
        return reconcile(self._database, run.id, client, settings.base_url, settings.profile_url)

    def _checkpoint(self) -> bool:
        self._database.checkpoint()
        self._stop.wait(CHECKPOINT)
        return True

    def _recount(self) -> bool:
        """Count again, now and then; the lane is taken until it is time."""
        with self._database.write() as session:
            recount(session)
        self._stop.wait(RECOUNT)
        return True

    def _try_out(self, store: Lrs) -> bool:
        try_out(self._database, store.id, self._clients.of(store))
        return False
