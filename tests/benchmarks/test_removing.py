"""Removing a store that got much: how long it takes, and how long others who write wait meanwhile."""

import os
import time
from collections.abc import Callable
from threading import Event, Thread
from uuid import UUID, uuid4

import pytest
from classroom import Classroom
from sqlalchemy import delete, insert, text

from lti_tool.kernel import clock
from lti_tool.kernel.audit import COMMAND_LINE
from lti_tool.kernel.database import Database
from lti_tool.kernel.heartbeat import beat
from lti_tool.kernel.journal import Event as Line
from lti_tool.kernel.journal import EventType
from lti_tool.kernel.secrets import Sealer
from lti_tool.records import removing
from lti_tool.records import stores as records
from lti_tool.records.models import Delivery, DeliveryState, Lrs

DELIVERIES = int(os.environ.get("ENTRAIDE_TEST_DELIVERIES", "100000"))  # of each of two stores
SOME = 10_000


def fill(room: Classroom, database: Database) -> list[UUID]:
    """Two stores that got the whole journal."""
    sealer, stores = Sealer("0" * 48), []
    with database.write() as rows:
        for name in ("at once", "in portions"):
            details = records.Details(name, "https://lrs.example/xapi", "u", "p")
            stores.append(records.add(rows, sealer, details, COMMAND_LINE).id)
    now = clock.now()
    act = {
        "tenant_id": room.tenant, "course_id": room.course, "activity_id": room.activity.id,
        "person_id": room.instructor, "type": EventType.VIEWED, "revision": 0, "occurred_at": now,
        "relayed_at": now, "noticed_at": now, "facts": {},
    }  # fmt: skip
    sent = {"state": DeliveryState.DELIVERED, "settled_at": now, "reason": ""}
    for start in range(1, DELIVERIES + 1, SOME):
        numbers = range(start, start + SOME)
        with database.write() as rows:
            lines = [act | {"id": n, "statement_id": uuid4(), "entity": uuid4()} for n in numbers]
            rows.execute(insert(Line), lines)
            rows.execute(
                insert(Delivery),
                [sent | {"lrs_id": store, "event_id": n} for store in stores for n in numbers],
            )
    with database.write() as rows:
        rows.execute(text("ANALYZE"))
    return stores


def waits(database: Database, work: Callable[[], None]) -> tuple[float, list[float]]:
    """How long it takes, and how long somebody else's writes take meanwhile, the longest last; in seconds."""
    over, spent = Event(), list[float]()

    def write() -> None:
        while not over.wait(0.005):
            began = time.perf_counter()
            with database.write() as rows:
                beat(rows, "somebody")
            spent.append(time.perf_counter() - began)

    other = Thread(target=write)
    other.start()
    began = time.perf_counter()
    work()
    took = time.perf_counter() - began
    over.set()
    other.join()
    return took, sorted(spent)


@pytest.mark.every_database
def test_nobody_waits_for_a_store_that_is_removed(database):
    room = Classroom(database)
    once, portion_by_portion = fill(room, database)

    def at_once() -> None:
        with database.write() as rows:
            rows.execute(delete(Lrs).where(Lrs.id == once))

    def in_portions() -> None:
        with database.write() as rows:
            records.remove(rows, records.find(rows, portion_by_portion), COMMAND_LINE)
        removing.remove_due(database, Event())

    told = []
    for name, work in (("in one transaction", at_once), ("in portions", in_portions)):
        took, spent = waits(database, work)
        longest, usual = spent[-1] * 1000, spent[len(spent) // 2] * 1000
        told.append(f"{name} {took:.1f} s, others' writes {usual:.1f} ms, at most {longest:.0f} ms")
    print(f"\n{database.engine.dialect.name}, {DELIVERIES:,} deliveries: {'; '.join(told)}")
    assert room.all(Lrs) == []
    assert longest < 500
