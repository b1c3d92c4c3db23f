"""Several workers relay the same journal: each event goes its way once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from lti_tool.records.models import Delivery, Statement
from lti_tool.worker import relay as relaying
from lti_tool.worker.local import ensure_local
from lti_tool.worker.relay import relay

pytestmark = pytest.mark.every_database

BASE, PROFILE = "https://tool.example", "https://w3id.org/entraide/xapi"


def test_workers_that_read_the_same_events_relay_each_once(plant, monkeypatch):
    ensure_local(plant.database, BASE, "entraide")
    plant.happen(100)
    both_have_read, wrap = Barrier(2), relaying.wrap

    def wrap_together(*args):
        parcels = wrap(*args)
        both_have_read.wait(30)
        return parcels

    monkeypatch.setattr(relaying, "wrap", wrap_together)
    with ThreadPoolExecutor(2) as workers:
        counts = list(workers.map(lambda _: relay(plant.database, BASE, PROFILE), range(2)))
    assert sum(counts) == 100  # whoever was faster, or each a part
    events = {event.id for event in plant.events()}
    assert {delivery.event_id for delivery in plant.room.all(Delivery)} == events
    assert len(plant.room.all(Statement)) == len(events)
    assert all(event.relayed_at for event in plant.events())
