"""A store is removed at once for everybody who looks, and portion by portion in the database."""

from collections import Counter
from contextlib import ExitStack

import pytest
from sqlalchemy import text

from lti_tool.kernel.audit import COMMAND_LINE
from lti_tool.records import removing
from lti_tool.records import stores as records
from lti_tool.records.models import Delivery, DeliveryState, Lrs
from lti_tool.records.progress import progress
from lti_tool.worker import stores
from lti_tool.worker.delivery import deliver as send
from lti_tool.worker.delivery import due_stores

from .test_delivery import deliver, relay_all


@pytest.fixture
def removed(plant, lrs_started, monkeypatch):
    """A store with eight deliveries, of which three wait, as it was before; `other` has them too."""
    monkeypatch.setattr(removing, "PORTION", 3)
    plant.add(lrs_started(), "other")
    plant.add(lrs_started())
    plant.happen(5)
    deliver(plant)
    plant.happen(3)
    relay_all(plant)
    with plant.database.write() as rows:
        before = records.named(rows, "far")
        rows.expunge(before)
        records.remove(rows, records.named(rows, "far"), COMMAND_LINE)
    return before


def left(plant, store) -> int:
    return sum(each.lrs_id == store.id for each in plant.room.all(Delivery))


@pytest.mark.every_database
def test_it_goes_in_portions_and_whoever_stops_somebody_goes_on(plant, removed) -> None:
    going = removing.portions(plant.database, removed.id)
    assert next(going) == 3
    assert next(removing.portions(plant.database, removed.id)) == 3
    with ExitStack() as stack:
        others = stack.enter_context(plant.database.write())
        if others.get_bind().dialect.name == "postgresql":  # another worker is in the middle of a portion
            assert removing.claim(stack.enter_context(plant.database.write()), removed.id)
            others.execute(text("SET LOCAL lock_timeout = '2s'"))  # who queues something does not wait
            assert list(removing.portions(plant.database, removed.id)) == []
        others.add(Delivery(lrs_id=removed.id, event_id=1, claimed_until=None, settled_at=None, seen_in=None))
        others.flush()
    plant.happen(1)
    relay_all(plant)
    assert left(plant, removed) == sum(going) == 3  # two that were left, and one that somebody had in hand
    [other] = plant.room.all(Lrs)
    assert (other.name, [each.lrs_id for each in plant.room.all(Delivery)]) == ("other", [other.id] * 9)
    assert list(removing.portions(plant.database, removed.id)) == []


def test_nothing_goes_to_it_any_more_and_nobody_sees_it(plant, removed, lrs_started) -> None:
    states = Counter(each.state for each in plant.room.all(Delivery) if each.lrs_id == removed.id)
    assert states[DeliveryState.WAITING] == 3
    with plant.database.read() as rows:
        assert [store.name for store in due_stores(rows)] == ["other"]
        assert list(progress(rows)) == ["other"]
    assert send(plant.database, removed, plant.clients.of(removed)) == 0  # a worker that did not hear of it
    stores.retry(plant.database)  # all stores
    deliver(plant)
    assert states == Counter(each.state for each in plant.room.all(Delivery) if each.lrs_id == removed.id)
    with plant.database.write() as rows:
        records.add(rows, plant.sealer, records.Details("far", "https://lrs.example", "u", "p"), COMMAND_LINE)
    assert plant.status()["delivered"] == 0
