"""How fast statements leave."""

import gc
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any

import pytest
import tincan
from classroom import Classroom
from misbehaving import wait_until
from sqlalchemy import delete, select
from workers import working

from lti_tool.contributions.models import Contribution
from lti_tool.kernel import clock, journal
from lti_tool.kernel.database import Database
from lti_tool.kernel.journal import Event as Line
from lti_tool.kernel.journal import EventType
from lti_tool.kernel.secrets import Sealer
from lti_tool.records.models import Lrs as Store
from lti_tool.reviews.models import Review, ReviewState
from lti_tool.worker import stores
from lti_tool.worker.translate import journal_lines, translate
from xapi import statements as xapi

SAMPLE, ROUNDS = 200, 3  # how many tincan sends in each round, as it takes long
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


def reviewed(room: Classroom, learners: int = 40, each: int = 4) -> list[Review]:
    """The reviews that learners have sent on one another's contributions."""
    room.people(learners)
    works = room.all(Contribution)
    now = clock.now()
    with room.database.write() as rows:
        for place, reviewer in enumerate(works):
            for step in range(1, each + 1):
                work = works[(place + step) % learners]
                rows.add(
                    Review(
                        activity_id=room.activity.id, contribution_id=work.id, author_id=work.author_id,
                        reviewer_id=reviewer.author_id, state=ReviewState.SENT, sent_at=now,
                        assigned_at=now, lease_until=now, score=step / each,
                    )
                )  # fmt: skip
    return list(room.all(Review))


def happen(room: Classroom, reviews: Sequence[Review], kinds: Sequence[EventType], numbers: range) -> None:
    """One act for each number, in the journal: of these kinds in turn, by the reviewers in turn."""
    score = {"raw": 6.0, "min": 2.0, "max": 8.0}
    marks = [
        {"criterion": str(c.id), "name": c.name, "points": 3.0, "min": 1.0, "max": 4.0}
        for c in room.activity.criteria
    ]
    with room.database.write() as rows:
        for number in numbers:
            kind = kinds[number % len(kinds)]
            review = reviews[number // len(kinds) % len(reviews)]
            facts: dict[str, Any] = {"contribution": str(review.contribution_id)}
            if kind is EventType.LAUNCHED:
                facts = {}
            if kind is EventType.REVIEWED:
                facts |= {"score": score, "marks": marks, "seconds": 240}
            visit = room.visit(review.reviewer_id)
            journal.record_act(rows, visit, kind, room.activity.id, review.id, revision=number, facts=facts)


def from_journal(database: Database, count: int) -> float:
    """The seconds until the worker at work has delivered so many more statements, from now on."""
    began, before = time.perf_counter(), delivered(database)
    while delivered(database) < before + count:
        time.sleep(0.1)
    return time.perf_counter() - began


def delivered(database: Database) -> int:
    """How many statements the sink has taken."""
    with database.read() as rows:
        return rows.scalars(select(Store.delivered).where(Store.name == "sink")).one()


def tincans(room: Classroom, count: int) -> list[tincan.Statement]:
    """The statements of the journal's first events, as tincan knows them."""
    with room.database.read() as rows:
        lines = journal_lines(rows, Line.relayed_at.is_not(None), count)
        return [xapi.build(told) for told in translate(rows, lines, BASE)]


def one_by_one(address: str, statements: Sequence[tincan.Statement]) -> None:
    """Send as tincan sends: a request for each."""
    remote = tincan.RemoteLRS(endpoint=f"{address}/", username="u", password="p", version="1.0.1")
    for statement in statements:
        assert remote.save_statement(statement).success


ACTS = (EventType.LAUNCHED, EventType.VIEWED, EventType.VIEWED, EventType.ASSIGNED_REVIEW)


@pytest.mark.parametrize(
    ("milliseconds", "count", "kinds", "at_least"),
    [
        (25, 10_000, ACTS, {"sqlite": 40, "postgresql": 40}),
        (0, 80_000, ACTS, {"sqlite": 8, "postgresql": 6}),
        (0, 4000, (*ACTS, EventType.REVIEWED), {"sqlite": 1, "postgresql": 1}),
    ],
    ids=["far", "bare", "bare, with reviews"],
)
def test_statements_per_second_against_tincans_own_way(
    database_server, template_url, tmp_path, milliseconds, count, kinds, at_least
):
    """From the same journal to the same sink, in turns: as the worker does, and as tincan's RemoteLRS does.

    Both begin with events in the database and end when the sink has answered for the last statement. Ours is
    the worker, as it is begun by `entraide worker`: it makes and keeps the statements, queues them, sends
    them in batches of 50 and notes that they arrived, and looks after all else meanwhile. Tincan's way reads
    the same rows with the same queries, builds a tincan.Statement of each and saves it with a request of its
    own; it keeps no account of what arrived. "Already built" leaves reading and building out of tincan's
    time, and of tincan's only.

    40 learners act, each upon 4 contributions of others. Where reviews are among the acts, ours also brings
    the gradebook up to date in the same transaction, which tincan's way has no counterpart of: that ratio
    tells what a worker does in all, not how fast statements leave.
    """
    with ExitStack() as stack:
        url = stack.enter_context(database_server.fresh(template_url))
        address = stack.enter_context(sink(milliseconds))
        database = Database(url)
        stack.callback(database.dispose)
        room = Classroom(database)
        reviews = reviewed(room)
        sealer = Sealer(SECRET)
        stores.add(database, sealer, name="sink", url=address, username="u", password="p", version="1.0.3")
        stack.enter_context(working(url, tmp_path, SECRET))
        wait_until(lambda: "local" in stores.status(database), 60)
        with database.write() as rows:  # one store, as tincan has
            rows.execute(delete(Store).where(Store.name == "local"))
        gc.collect()
        gc.freeze()  # as the worker does when it begins; tincan's way gains from it too
        stack.callback(gc.unfreeze)
        happen(room, reviews, kinds, range(count))
        from_journal(database, count)  # both are warm
        ours, theirs, bare = [], [], []
        for part in range(1, ROUNDS + 1):
            happen(room, reviews, kinds, range(part * count, (part + 1) * count))
            ours.append(count / from_journal(database, count))
            began = time.perf_counter()
            statements = tincans(room, SAMPLE)
            built = time.perf_counter()
            one_by_one(address, statements)
            ended = time.perf_counter()
            theirs.append(SAMPLE / (ended - began))
            bare.append(SAMPLE / (ended - built))
        wait_until(lambda: stores.status(database)["sink"]["pending"] == 0, 60)
        assert stores.status(database)["sink"]["dead"] == 0
    ratio = median(ours) / median(theirs)
    print(
        f"\n{database.engine.dialect.name}, an answer in {milliseconds} ms, {len(set(kinds))} kinds of acts: "
        f"from the journal {median(ours):.0f} statements/s, tincan one by one {median(theirs):.0f}: "
        f"{ratio:.1f}x (already built {median(bare):.0f}: {median(ours) / median(bare):.1f}x)"
    )
    assert ratio >= at_least[database.engine.dialect.name]
