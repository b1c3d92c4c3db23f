"""What an administrator decides of a store, as the worker heeds it."""

import pytest
from sqlalchemy import select

from lti_tool.kernel import clock
from lti_tool.records import stores as deciding
from lti_tool.records.models import Lrs
from lti_tool.records.progress import recount
from lti_tool.worker import delivery, stores

from .test_delivery import deliver, relay_all


@pytest.mark.every_database
def test_a_store_paused_by_hand_gets_nothing_until_it_goes_on(plant, lrs_started):
    lrs = lrs_started()
    plant.add(lrs, version="1.0.3")
    plant.happen(3)
    relay_all(plant)
    [found] = plant.room.all(Lrs)
    with plant.database.write() as rows:
        deciding.pause(rows, rows.get_one(Lrs, found.id), "Ana")
    # A worker that was about to send, or whose last try ends now, leaves it as it is
    assert not delivery.deliver(plant.database, found, plant.clients.of(found))
    with plant.database.write() as rows:
        delivery._fail(rows, found.id, delivery.Retry(None, "busy"))
    deliver(plant)
    assert lrs.kept == {}
    [paused] = plant.room.all(Lrs)
    assert (paused.paused, paused.next_try_at) == (deciding.BY_HAND, deciding.NEVER)
    with plant.database.write() as rows:
        deciding.go_on(rows, rows.get_one(Lrs, found.id), "Ana")
    deliver(plant)
    assert len(lrs.kept) == 3


@pytest.mark.every_database
def test_what_was_delivered_is_counted_as_it_arrives_and_when_counted_anew(plant, lrs_started):
    lrs = lrs_started()
    plant.add(lrs, version="1.0.3")
    plant.happen(4)
    deliver(plant)
    assert plant.status()["delivered"] == 4
    with plant.database.write() as rows:
        rows.delete(rows.scalars(select(delivery.Delivery)).first())
        recount(rows)
    assert plant.status()["delivered"] == 3


def test_a_test_that_was_asked_for_is_answered_and_stores_nothing(plant, lrs_started):
    lrs = lrs_started(("2.0.0",))
    plant.add(lrs)
    with plant.database.write() as rows:
        deciding.ask_test(rows, rows.scalars(select(Lrs)).one(), "Ana")
    with plant.database.read() as rows:
        [due] = deciding.due_tests(rows)
    lrs.next_answers.extend([(401, {}, b"who are you")] * 9)
    stores.try_out(plant.database, due.id, plant.clients.of(due))
    [tried] = plant.room.all(Lrs)
    assert "who are you" in tried.findings["problem"]
    assert tried.speaks == ""
    assert tried.test_asked_at is None
    assert tried.tested_at <= clock.now()
    assert lrs.kept == {}
