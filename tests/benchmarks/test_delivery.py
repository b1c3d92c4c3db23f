"""How fast statements leave, and that nobody waits for them."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from uuid import uuid4

import pytest
import tincan
from classroom import TEXT, Classroom
from factories import browser_of, tool
from misbehaving import Lrs, wait_until
from services.sqlite import Files
from workers import working

from lti_tool.kernel import journal
from lti_tool.kernel.database import Base, Database
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.secrets import Sealer
from lti_tool.worker import stores
from lti_tool.worker.delivery import deliver
from lti_tool.worker.models import Lrs as Store
from lti_tool.worker.relay import relay
from lti_tool.worker.translate import journal_lines, translate
from xapi import statements as xapi
from xapi.lrs import LrsClient
from xapi.store import schema

STATEMENTS = 2000
PEOPLE = 80
BASE, PROFILE, SECRET = "http://localhost:8091", "https://w3id.org/entraide/xapi", "0" * 48

# An LRS that takes everything, after so many milliseconds; a process of its own, so that it costs no sender.
SINK = """
import sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Sink(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    def take(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        time.sleep(float(sys.argv[1]) / 1000)
        self.send_response_only(200 if self.command == "POST" else 204)
        body = b"[]" if self.command == "POST" else b""
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Experience-API-Version", "1.0.3")
        self.end_headers()
        self.wfile.write(body)
    do_POST = do_PUT = take
    def log_message(self, *_): pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
print(server.server_port, flush=True)
server.serve_forever()
"""


@contextmanager
def sink(milliseconds: int) -> Iterator[str]:
    """The address of an LRS that keeps nothing, and takes its time to say so."""
    with subprocess.Popen(
        [sys.executable, "-c", SINK, str(milliseconds)], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/xapi"
        finally:
            process.kill()


def happen(room: Classroom, count: int) -> None:
    """Launches, in the journal."""
    visit = room.visit(room.instructor)
    for _ in range(count // 100):
        with room.database.write() as rows:
            for _ in range(100):
                journal.record_act(rows, visit, EventType.LAUNCHED, room.activity.id, uuid4())


def from_journal(room: Classroom) -> int:
    """Relay and deliver all there is, as the worker does; return how many."""
    count = 0
    while relayed := relay(room.database, BASE, PROFILE):
        count += relayed
    [store] = room.all(Store)
    with LrsClient(store.url, "u", "p", "1.0.3") as client:
        while deliver(room.database, store, client):
            pass
    return count


def one_by_one(room: Classroom, address: str, count: int) -> None:
    """The newest events of the journal, sent as tincan sends: a request for each."""
    remote = tincan.RemoteLRS(endpoint=f"{address}/", username="u", password="p", version="1.0.1")
    with room.database.read() as rows:
        lines = journal_lines(rows, Event.relayed_at.is_not(None), count)
        for told in translate(rows, lines, BASE):
            assert remote.save_statement(xapi.build(told)).success


# tincan builds our statements too, which bounds the ratio where an LRS answers in no time at all.
@pytest.mark.parametrize(("milliseconds", "at_least"), [(25, 10), (0, 1)])
def test_statements_per_second_against_tincans_own_way(database_server, template_url, milliseconds, at_least):
    with ExitStack() as stack:
        url = stack.enter_context(database_server.fresh(template_url))
        address = stack.enter_context(sink(milliseconds))
        database = Database(url)
        stack.callback(database.dispose)
        room = Classroom(database)
        sealer = Sealer(SECRET)
        stores.add(database, sealer, name="sink", url=address, username="u", password="p", version="1.0.3")
        ours, theirs = [], []
        for _ in range(3):
            happen(room, STATEMENTS)
            began = time.perf_counter()
            assert from_journal(room) == STATEMENTS
            ours.append(STATEMENTS / (time.perf_counter() - began))
            began = time.perf_counter()
            one_by_one(room, address, STATEMENTS // 10)
            theirs.append(STATEMENTS // 10 / (time.perf_counter() - began))
        assert stores.status(database)["sink"]["delivered"] == 3 * STATEMENTS
    ratio = median(ours) / median(theirs)
    print(
        f"\n{database.engine.dialect.name}, an answer in {milliseconds} ms: from the journal "
        f"{median(ours):.0f} statements/s, tincan one by one {median(theirs):.0f}: {ratio:.1f}x"
    )
    assert ratio >= at_least


# Nobody waits


class Site:
    """A tool with its pages, and one LRS that its worker sends to."""

    def __init__(self, stack: ExitStack, files: Files, folder: Path, lrs: Lrs) -> None:
        url = stack.enter_context(files.fresh())
        self.database = Database(url)
        stack.callback(self.database.dispose)
        for tables in (Base.metadata, schema.metadata):
            tables.create_all(self.database.engine)
        self.room = Classroom(self.database)
        self.app = tool(self.database, folder)
        stack.callback(self.app.extensions["entraide.database"].dispose)
        sealer = Sealer(SECRET)
        stores.add(
            self.database, sealer, name="far", url=lrs.url, username="u", password="p", version="1.0.3"
        )
        self.room.people(20)

        stack.enter_context(working(url, folder, SECRET))
        self.seconds()
        wait_until(lambda: lrs.seen("POST", "/statements"), 60)  # the worker is there, and has met the LRS

    def seconds(self) -> float:
        """How long a person waits, in all, to share a contribution and to send a review."""
        [person] = self.room.people(1, shared=False)
        browser = browser_of(self.app, self.database, self.room.visit(person))
        work = {f"answer-{key}": TEXT for key in ("situation", "what_i_do", "why_it_works")}
        began = time.perf_counter()
        shared = browser.post("/share", data={"title": "Calm", "version": "0", "do": "submit", **work})
        share = time.perf_counter() - began
        assert shared.status_code == 303
        pulled = browser.post("/review/next")
        marks = {f"mark-{criterion.id}": "3" for criterion in self.room.activity.criteria}
        began = time.perf_counter()
        sent = browser.post(pulled.location, data={"version": "0", "overall": TEXT, "do": "send", **marks})
        assert sent.location.endswith("/sent")
        return share + time.perf_counter() - began


def test_submitting_takes_as_long_with_an_lrs_that_hangs(sqlite_files, tmp_path):
    with ExitStack() as stack:
        answering, hanging = (stack.enter_context(Lrs().running()) for _ in range(2))
        hanging.hanging.set()
        sites = {
            name: Site(stack, sqlite_files, tmp_path / name, lrs)
            for name, lrs in (("answering", answering), ("hanging", hanging))
        }
        times: dict[str, list[float]] = {name: [] for name in sites}
        for name in ("answering", "hanging", "hanging", "answering") * (PEOPLE // 2):  # they share all noise
            times[name].append(sites[name].seconds())
        assert answering.kept
        assert not hanging.kept
    ratio = median(times["hanging"]) / median(times["answering"])
    print(
        "\nsharing and reviewing: "
        + ", ".join(f"{median(spent) * 1000:.1f} ms with the LRS {name}" for name, spent in times.items())
        + f": {ratio:.2f}x"
    )
    assert ratio <= 1.1
