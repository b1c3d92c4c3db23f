"""An LRS that does everything wrong, and processes killed at random: what arrives, here and elsewhere."""

import gc
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from random import Random
from threading import Event as Flag
from threading import Thread
from uuid import UUID, uuid4

import httpx
import pytest
import tincan
from chaos import ChaoticLrs, serving
from classroom import Classroom
from listening import SECRET_KEY, Entered, Web
from mortals import Mortal, entraide
from services import free_port
from services.scripted_lrs import Server, statement

from lti_tool.contributions.models import Contribution
from lti_tool.kernel import journal
from lti_tool.kernel.database import Database
from lti_tool.kernel.journal import UNTOLD, Event, EventType
from lti_tool.kernel.secrets import Sealer
from lti_tool.migrations import upgrade
from lti_tool.records.models import Delivery, DeliveryState
from lti_tool.records.models import Lrs as Store
from lti_tool.worker import stores
from xapi.lrs import Delivered, Doubt, LrsClient, Paused, Retry

EVENTS, BY_WEB, PEOPLE = 20_000, 1000, 50
LONGEST = 900.0  # seconds until everything must have arrived


def bad(document: dict) -> str:
    """One of 400 statements is refused, in words of its own."""
    return f"not this one: {document['id']}" if int(document["id"][-4:], 16) % 400 == 0 else ""


def write(room: Classroom, people: Sequence[UUID], count: int, pause: float) -> None:
    """So many acts, a hundred in each transaction."""
    random = Random(3)
    for _ in range(0, count, 100):
        with room.database.write() as rows:
            for _ in range(100):
                visit = room.visit(random.choice(people))
                journal.record_act(rows, visit, EventType.LAUNCHED, room.activity.id, uuid4())
        time.sleep(pause)


def visits(web: Web, room: Classroom, people: Sequence[UUID], over: Flag, read: list[int]) -> None:
    """Let people read one another's contributions, through web processes that come and go."""
    works, random = [work.id for work in room.all(Contribution)], Random(4)
    while read[0] < BY_WEB and not over.is_set():
        browser: Entered = web.enter(room.visit(random.choice(people)))
        for work in random.sample(works, 10):
            try:
                read[0] += browser.get(f"/c/{work}").status_code == httpx.codes.OK
            except httpx.HTTPError:  # killed: the act is in the journal, or it is not
                time.sleep(0.2)


@contextmanager
def killing(mortals: Sequence[Mortal], random: Random) -> Iterator[None]:
    """Kill each again and again a little after it got to work, until the end of the `with`."""
    over = Flag()

    def kill(mortal: Mortal, random: Random) -> None:
        while not over.is_set():
            mortal.live()
            mortal.at_work(over)
            over.wait(random.uniform(0, 10))
            mortal.die()

    threads = [Thread(target=kill, args=(mortal, Random(random.random()))) for mortal in mortals]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_nothing_is_lost_and_nothing_comes_twice(database_server, tmp_path):
    lrs = ChaoticLrs(seed=1, bad=bad)
    with ExitStack() as stack:
        url = stack.enter_context(database_server.fresh())
        server = stack.enter_context(serving(lrs))
        database = Database(url)
        stack.callback(database.dispose)
        upgrade(database)
        room = Classroom(database)
        people = room.people(PEOPLE)
        details = {"name": "chaos", "url": server.endpoint, "username": "u", "password": "p"}
        stores.add(database, Sealer(SECRET_KEY), **details)
        port = free_port()
        made = {"url": url, "folder": tmp_path, "secret": SECRET_KEY, "base_url": f"http://localhost:{port}"}
        mortals = [
            entraide("worker", busy=lambda: lrs.requests, **made),
            entraide("web", "--port", str(port), busy=lambda: read[0], **made),
        ]
        read = [0]  # pages
        over, began = Flag(), time.monotonic()
        with killing(mortals, Random(1)):
            browsing = Thread(target=visits, args=(Web(port, database, None), room, people, over, read))
            browsing.start()
            write(room, people, EVENTS, 0.05)
            while not arrived(database):
                assert time.monotonic() < began + LONGEST, stores.status(database)
                if time.monotonic() > began + LONGEST / 3:
                    over.set()
                time.sleep(0.5)
            over.set()
            browsing.join()
            while not arrived(database):
                assert time.monotonic() < began + LONGEST, stores.status(database)
                time.sleep(0.5)
        spent = time.monotonic() - began
        events = {str(e.statement_id) for e in room.all(Event) if e.type not in UNTOLD}
        poison = {each for each in events if bad({"id": each})}
        [store] = room.all(Store, Store.name == "chaos")
        dead = room.all(Delivery, Delivery.state == DeliveryState.DEAD, Delivery.lrs_id == store.id)
        status = stores.status(database)["chaos"]
    missing, twice = events - poison - lrs.kept.keys(), sum(n - 1 for n in lrs.stored.values())
    assert read[0] > BY_WEB / 10
    print(
        f"\n{database.engine.dialect.name}: {len(events)} events, {sum(lrs.faults.values())} faults in"
        f" {lrs.requests} requests, {mortals[0].kills} workers and {mortals[1].kills} web processes killed,"
        f" {spent:.0f} s: {len(lrs.kept)} stored, {len(missing)} lost, {twice} twice,"
        f" {len(dead)} refused of {len(poison)} that are bad\n{dict(lrs.faults)}"
    )
    assert lrs.kept.keys() == events - poison
    assert twice == 0
    assert status["delivered"] == len(events - poison)
    assert len(dead) == len(poison)
    assert all("not this one" in each.reason for each in dead)


def arrived(database: Database) -> bool:
    """Whether nothing waits any more."""
    return stores.status(database)["chaos"]["pending"] == 0


# The same faults, and other ways of sending. None of these processes is killed.

Sender = Callable[[Server, Sequence[tuple[UUID, bytes]]], int]
MOST_TRIES = 10


def fire_and_forget(server: Server, statements: Sequence[tuple[UUID, bytes]]) -> int:
    """tincan, one by one; what it answers is not looked at. Returns how many it believes to have sent."""
    remote = tincan.RemoteLRS(endpoint=f"{server.endpoint}/", username="u", password="p", version="1.0.1")
    sent = 0
    for _, body in statements:
        with suppress(Exception):  # whatever tincan raises
            remote.save_statement(tincan.Statement.from_json(body.decode()))
        sent += 1
    gc.collect()
    return sent


def post(server: Server, batch: Sequence[tuple[UUID, bytes]]) -> int | None:
    """Send a batch; return the status, None when there was none."""
    body = b"[" + b",".join(kept for _, kept in batch) + b"]"
    headers = {"X-Experience-API-Version": "1.0.3", "Content-Type": "application/json"}
    try:
        return httpx.post(
            f"{server.endpoint}/statements", content=body, headers=headers, timeout=5
        ).status_code
    except httpx.HTTPError:
        return None


def in_batches(done: Callable[[int | None], bool]) -> Sender:
    """Batches of 40, each sent until it is `done` with; then it is taken out of the queue."""

    def send(server: Server, statements: Sequence[tuple[UUID, bytes]]) -> int:
        sent = 0
        for start in range(0, len(statements), 40):
            batch = statements[start : start + 40]
            for _ in range(MOST_TRIES):
                status = post(server, batch)
                if done(status):
                    sent += len(batch) if status in {200, 204, 409} else 0
                    break
        return sent

    return send


WAYS: dict[str, Sender] = {
    "tincan one by one, fire and forget": fire_and_forget,
    "deleted when refused": in_batches(lambda status: status is not None and status < 500),
    "409 swallowed": in_batches(lambda status: status in {200, 204, 409}),
}


def ours(server: Server, statements: Sequence[tuple[UUID, bytes]]) -> int:
    """This library's client, again and again for what it says is not settled yet."""
    sent, waiting = 0, list(statements)
    with LrsClient(server.endpoint, "u", "p", "1.0.3", timeout=5) as client:
        while waiting:
            batch, waiting = waiting[:40], waiting[40:]
            for one, outcome in zip(batch, client.send(batch), strict=True):
                sent += outcome == Delivered()
                if isinstance(outcome, Retry | Paused | Doubt):
                    waiting.append(one)
    return sent


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # tincan's, where an answer breaks off
@pytest.mark.parametrize("way", ["this library", *WAYS])
def test_the_same_faults_and_other_ways(way):
    lrs = ChaoticLrs(seed=2, bad=bad)
    statements = [statement(number) for number in range(2000)]
    good = {json.loads(body)["id"] for _, body in statements if not bad(json.loads(body))}
    with serving(lrs) as server:
        believed = WAYS.get(way, ours)(server, statements)
    lost = len(good - lrs.kept.keys())
    print(f"\n{way}: {len(lrs.kept)} of {len(good)} stored, {lost} lost, {believed} believed to be there")
    if way == "this library":
        assert lost == 0
        assert believed == len(good)
