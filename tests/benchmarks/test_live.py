"""Many people look at one page of one embedded process: memory, time to arrival, cost of a page."""

import os
import selectors
import threading
import time
from pathlib import Path
from statistics import median, quantiles
from uuid import uuid4

import pytest
from classroom import Classroom
from listening import Ear, Entered, web

from lti_tool.contributions.models import Contribution
from lti_tool.exchanges import actions
from lti_tool.kernel.database import Database
from lti_tool.migrations import upgrade

LISTENERS = int(os.environ.get("ENTRAIDE_TEST_LISTENERS", "150"))  # `make bench`: 1000
COMMENTS = 15
PAGES = 50
APART = 0.37  # s between two comments: no multiple of the time between two looks
MOST_MEMORY = 32 << 10  # bytes of the process for each connection; with few, what pages take is in it
MOST_MEDIAN, MOST_P99 = 1.0, 2.0  # s
MOST_RATIO = 1.5  # of a page's cost with all of them open to its cost with none


def memory(process: int) -> int:
    """What a process holds of main memory, in bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) << 10


def processor_time(process: int) -> float:
    """What a process has had of the processors, in seconds: the same whatever else the machine does."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")  # utime and stime, proc(5)


def page_cost(visitor: Entered, address: str, process: int) -> float:
    """The processor time of a page, in seconds, with all that the process does meanwhile."""
    before = processor_time(process)
    for _ in range(PAGES):
        assert visitor.get(address).status_code == 200
    return (processor_time(process) - before) / PAGES


class Audience(threading.Thread):
    """Everybody who listens; notes when what was said arrives, until nothing more comes."""

    def __init__(self, ears: list[Ear]) -> None:
        super().__init__(daemon=True)
        self.arrivals: list[float] = []
        self._selector = selectors.DefaultSelector()
        for ear in ears:
            self._selector.register(ear.socket, selectors.EVENT_READ)

    def run(self) -> None:
        while ready := self._selector.select(3):
            now = time.perf_counter()
            for key, _ in ready:
                self.arrivals += [now] * key.fileobj.recv(65536).count(b"data: {")
        self._selector.close()


def arrivals_of(said: list[float], arrived: list[float]) -> list[float]:
    """How long each comment took to each listener. All hear each of them, and in their order."""
    assert len(arrived) == len(said) * LISTENERS
    return [at - said[number // LISTENERS] for number, at in enumerate(arrived)]


@pytest.fixture
def database(sqlite_files):
    with sqlite_files.fresh() as url:
        database = Database(url)
        upgrade(database)
        yield database
        database.dispose()


def test_many_open_connections(database, tmp_path):
    room = Classroom(database)
    people = room.people(LISTENERS + 2)
    work = room.all(Contribution, Contribution.author_id == people[0])[0].id
    author, speaker = room.visit(people[0]), room.visit(people[1])
    with web(database, tmp_path) as server:
        [process] = server.workers
        visitor, address = server.enter(author), f"/c/{work}"
        page_cost(visitor, address, process)
        alone, before = page_cost(visitor, address, process), memory(process)
        entered = [server.enter(room.visit(person)) for person in people[2:]]
        start = time.perf_counter()
        ears = [each.listen(f"c-{work}").opened() for each in entered]
        opening = time.perf_counter() - start
        each = (memory(process) - before) / LISTENERS
        open_ = page_cost(visitor, address, process)

        audience = Audience(ears)
        audience.start()
        said = []
        for _ in range(COMMENTS):
            with database.write() as session:
                actions.say(session, speaker, room.activity, work, "I try it tomorrow.", uuid4())
            said.append(time.perf_counter())
            time.sleep(APART)
        audience.join()
        told = arrivals_of(said, sorted(audience.arrivals))
        server.hush()
    middle, p99 = median(told), quantiles(told, n=100)[98]
    print(
        f"\n{LISTENERS} open in {opening:.1f} s, {each / 1024:.1f} kB each; from commit to arrival "
        f"{middle * 1e3:.0f} ms (median), {p99 * 1e3:.0f} ms (p99) of {len(told)}; "
        f"a page takes {alone * 1e3:.1f} ms of a processor with none open, {open_ * 1e3:.1f} ms with all, "
        f"ratio {open_ / alone:.2f}"
    )
    assert each <= MOST_MEMORY
    assert middle <= MOST_MEDIAN
    assert p99 <= MOST_P99
    assert open_ <= MOST_RATIO * alone
