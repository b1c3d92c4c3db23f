"""What telling costs a learner who waits for an answer: an event in the same commit, and nothing else."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from statistics import median

import pytest
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
from xapi.store import schema

PAIRS = int(os.environ.get("ENTRAIDE_TEST_PAIRS", "400"))  # of requests, one with its event and one without
PEOPLE = 80
SECRET = "0" * 48
SHARED = {f"answer-{key}": TEXT for key in ("situation", "what_i_do", "why_it_works")} | {
    "title": "Calm", "version": "0", "do": "submit",
}  # fmt: skip


@contextmanager
def untold() -> Iterator[None]:
    """Nothing is written into the journal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "record", lambda *_, **__: None)
        yield


@pytest.mark.every_database
def test_an_event_adds_little_to_a_request_however_many_stores_there_are(database, tmp_path):
    """Sharing a contribution over HTTP, by the whole application, with its event and without it, in turns.

    No worker is there, so that what is measured is the request alone. Each is by another learner of the same
    course; the stores are what an administrator has added meanwhile.
    """
    room = Classroom(database)
    app = tool(database, tmp_path)
    sealer, told, added = Sealer(SECRET), [], []
    for configured in (0, 1, 3):
        for number in range(len(stores.list_all(database)), configured):
            address = f"https://lrs{number}.example/xapi"
            stores.add(database, sealer, name=f"lrs {number}", url=address, username="u", password="p")
        waited: dict[bool, list[float]] = {True: [], False: []}
        worked: dict[bool, list[float]] = {True: [], False: []}
        for turn, person in enumerate(room.people(2 * PAIRS, shared=False)):
            learner = browser_of(app, database, room.visit(person))
            with_event = turn % 4 in {0, 3}  # they share all noise
            with nullcontext() if with_event else untold():
                began, busy = time.perf_counter(), time.thread_time()
                answer = learner.post("/share", data=SHARED)
                worked[with_event].append(time.thread_time() - busy)
                waited[with_event].append(time.perf_counter() - began)
            assert answer.status_code == 303
        whole, without = (median(waited[with_event]) * 1000 for with_event in (True, False))
        added.append((median(worked[True]) - median(worked[False])) * 1000)
        told.append(
            f"{configured} stores {whole - without:+.2f} ms ({without:.1f} -> {whole:.1f},"
            f" {whole / without:.2f}x; of our processor {added[-1]:+.2f} ms)"
        )
    assert sum(event.type is EventType.SUBMITTED for event in room.all(Event)) == 3 * PAIRS
    print(f"\n{database.engine.dialect.name}, an event in a request: {'; '.join(told)}")
    app.extensions["entraide.database"].dispose()
    assert max(added) < 3  # others on the machine do not count


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
        began = time.perf_counter()
        shared = browser.post("/share", data=SHARED)
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
    assert ratio <= 1.5  # a loaded machine adds noise; waiting for the LRS would be 100 times as long
