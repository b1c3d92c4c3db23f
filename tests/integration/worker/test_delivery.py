"""Statements on their way to LRSs that misbehave, over real HTTP: nothing is lost, nothing arrives twice."""

import json
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from misbehaving import wait_until

from lti_tool.kernel import clock
from lti_tool.kernel.heartbeat import Heartbeat
from lti_tool.records.circuit import FAILURES, Circuit, circuit
from lti_tool.records.models import Delivery, DeliveryState, Lrs
from lti_tool.worker import delivery, sending, stores
from lti_tool.worker.relay import relay
from lti_tool.worker.sending import Parcel


def relay_all(plant) -> None:
    while relay(plant.database, plant.settings.base_url, plant.settings.profile_url):
        pass


def deliver(plant) -> None:
    """Everything that can be delivered now."""
    relay_all(plant)
    with plant.database.read() as rows:
        due = delivery.due_stores(rows)
    for store in due:
        while delivery.deliver(plant.database, store, plant.clients.of(store)):
            pass


def later(plant) -> None:
    """Time passes, for the stores that are waited for."""
    plant.room.set(Lrs, Lrs.name != "", next_try_at=clock.now())


def test_batches_arrive_with_the_ids_of_their_events(plant, lrs_started):
    lrs = lrs_started()
    plant.add(lrs, batch=20)
    ids = plant.happen(45)
    deliver(plant)
    assert set(lrs.kept) == {str(i) for i in ids}
    assert [len(json.loads(body)) for *_, body in lrs.seen("POST", "/statements")] == [20, 20, 5]
    status = plant.status()
    assert (status["pending"], status["delivered"], status["dead"]) == (0, 45, 0)
    assert status["oldest_pending_seconds"] is None


@pytest.mark.every_database
def test_what_was_not_sent_is_free_for_the_next_worker(plant, lrs_started, monkeypatch):
    lrs = lrs_started()
    plant.add(lrs, batch=20, version="1.0.3")
    ids = plant.happen(45)
    relay_all(plant)
    [store] = plant.room.all(Lrs)
    monkeypatch.setattr(sending, "SENDING", 0.0)  # one batch, then it is noted what arrived
    assert delivery.deliver(plant.database, store, plant.clients.of(store))
    assert (len(lrs.kept), plant.status()["delivered"]) == (20, 20)
    lrs.next_answers.append((503, {}, b""))
    monkeypatch.undo()
    assert not delivery.deliver(plant.database, store, plant.clients.of(store))
    assert plant.status()["pending"] == 25
    waiting = plant.room.all(Delivery, Delivery.state == DeliveryState.WAITING)
    assert {found.claimed_until for found in waiting} == {None}
    later(plant)
    deliver(plant)
    assert set(lrs.kept) == {str(i) for i in ids}
    assert lrs.times_stored == 45


@pytest.mark.parametrize(("versions", "spoken"), [(("1.0.3",), "1.0.3"), (("1.0.3", "2.0.0"), "2.0.0")])
def test_the_version_is_asked_for_once_and_remembered(plant, lrs_started, versions, spoken):
    lrs = lrs_started(versions)
    plant.add(lrs)
    plant.happen(1)
    deliver(plant)
    plant.happen(1)
    plant.clients.close()  # another process
    deliver(plant)
    assert len(lrs.seen("GET", "/about")) == 1
    versions_sent = {headers["X-Experience-API-Version"] for _, _, headers, _ in lrs.seen("POST", "")}
    assert versions_sent == {spoken}


@pytest.mark.parametrize("trouble", [(500, {}, b"oops"), "reset", "reset after"])
def test_trouble_is_waited_out_and_what_was_stored_unheard_is_not_stored_twice(plant, lrs_started, trouble):
    lrs = lrs_started()
    plant.add(lrs, version="1.0.3")
    plant.happen(3)
    tries = 2 if isinstance(trouble, str) else 1  # when a connection ends, another is tried at once
    lrs.next_answers.extend([trouble] * tries)
    deliver(plant)
    assert plant.status()["pending"] == 3
    assert plant.status()["problem"]
    deliver(plant)
    assert len(lrs.seen("POST", "")) == tries  # not before it is time
    later(plant)
    deliver(plant)
    assert plant.status()["delivered"] == 3
    assert plant.status()["problem"] == ""
    assert lrs.times_stored == 3


def test_retry_after_is_honoured_and_failures_lengthen_the_pause(plant, lrs_started):
    lrs = lrs_started()
    plant.add(lrs, version="1.0.3")
    plant.happen(1)
    lrs.next_answers.append((429, {"Retry-After": "600"}, b""))
    deliver(plant)
    [store] = plant.room.all(Lrs)
    assert store.next_try_at > clock.now() + timedelta(seconds=550)
    for _ in range(6):
        lrs.next_answers.append((503, {}, b""))
        later(plant)
        deliver(plant)
    [store] = plant.room.all(Lrs)
    assert store.failures == 7
    assert store.next_try_at > clock.now() + timedelta(seconds=30)


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_a_store_that_needs_a_person_is_paused_and_looked_at_again_seldom(plant, lrs_started, status):
    lrs = lrs_started()
    plant.add(lrs, version="1.0.3")
    plant.happen(3)
    lrs.next_answers.extend([(status, {}, b"no way")] * 3)
    deliver(plant)
    deliver(plant)  # not before it is time
    assert plant.status()["paused"] is True
    assert "no way" in plant.status()["problem"]
    later(plant)
    deliver(plant)
    later(plant)
    sizes = [len(json.loads(body)) for *_, body in lrs.seen("POST", "")]
    assert sizes == [3, 1, 1]  # the oldest and the newest are enough to see
    deliver(plant)  # the trouble has passed, and nobody had to come
    assert (plant.status()["delivered"], plant.status()["paused"], plant.status()["problem"]) == (
        3,
        False,
        "",
    )


def test_a_person_lets_a_paused_store_go_on_at_once(plant, lrs_started):
    lrs = lrs_started()
    plant.add(lrs, version="1.0.3")
    plant.happen(2)
    lrs.next_answers.append((403, {}, b"no way"))
    deliver(plant)
    stores.retry(plant.database, "far")
    deliver(plant)
    assert plant.status()["delivered"] == 2


@pytest.mark.every_database
def test_the_circuit_opens_after_failures_in_a_row_and_one_statement_closes_it(plant, lrs_started):
    lrs = lrs_started()
    plant.add(lrs, version="1.0.3")
    plant.happen(100)
    for failure in range(FAILURES + 2):
        lrs.next_answers.extend([(503, {}, b"")] * (1 if failure < FAILURES else 2))
        deliver(plant)
        later(plant)
    [store] = plant.room.all(Lrs)
    assert circuit(store, clock.now()) is Circuit.HALF_OPEN
    assert circuit(store, store.next_try_at - timedelta(seconds=1)) is Circuit.OPEN
    sizes = [len(json.loads(body)) for *_, body in lrs.seen("POST", "")]
    assert sizes == [50, 50, 12, 3, 1, 1, 1, 1, 1]  # in the end the oldest and the newest
    deliver(plant)
    [store] = plant.room.all(Lrs)
    assert circuit(store, clock.now()) is Circuit.CLOSED
    assert plant.status()["delivered"] == 100
    again = [len(json.loads(body)) for *_, body in lrs.seen("POST", "")][len(sizes) :]
    assert again[:2] == [1, 1]
    assert max(again) > 6


def test_a_statement_that_breaks_the_store_is_found_while_the_others_go_on(plant, lrs_started):
    lrs = lrs_started()
    plant.add(lrs, batch=8, version="1.0.3")
    ids = [str(i) for i in plant.happen(10)]
    answer, breaks = lrs.answer, ids[4].encode()
    lrs.answer = lambda *request: (500, {}, b"boom") if breaks in request[-1] else answer(*request)
    for _ in range(60):
        ids += map(str, plant.happen(1))  # something else always arrives
        deliver(plant)
        later(plant)
        if plant.status()["dead"]:
            break
    deliver(plant)
    assert set(lrs.kept) == set(ids) - {ids[4]}
    [dead] = plant.room.all(Delivery, Delivery.state == DeliveryState.DEAD)
    assert "boom" in dead.reason


def test_what_one_person_did_is_sent_in_order_though_four_requests_go_at_a_time():
    parcels = [Parcel(n, uuid4(), b"", str(n * n % 7)) for n in range(200)]
    lanes = sending.side_by_side(parcels, 50)
    assert [len(lanes), sum(map(len, lanes))] == [4, 200]
    for lane in lanes:
        assert [each.event_id for each in lane] == sorted(each.event_id for each in lane)
    assert sum(len({each.whose for each in lane}) for lane in lanes) == len({each.whose for each in parcels})
    assert len(sending.side_by_side(parcels[:50], 50)) == 1  # no more requests than there is work for
    [lane] = sending.side_by_side([Parcel(1, uuid4(), b"", "a", tries=1), Parcel(2, uuid4(), b"", "a")], 50)
    assert [each.event_id for each in lane] == [2, 1]  # what a store fails at holds nobody up


@pytest.mark.every_database
def test_a_bad_statement_is_a_dead_letter_with_the_words_of_the_store(plant, lrs_started):
    lrs = lrs_started()
    bad = str(plant.happen(10)[4])
    lrs.bad = lambda statement: statement["id"] == bad
    plant.add(lrs)
    deliver(plant)
    assert (plant.status()["delivered"], plant.status()["dead"]) == (9, 1)
    [dead] = plant.room.all(Delivery, Delivery.state == DeliveryState.DEAD)
    assert "a statement that this LRS does not like" in dead.reason
    lrs.bad = lambda _: False
    assert stores.retry(plant.database) == 1
    deliver(plant)
    assert plant.status()["delivered"] == 10


@pytest.mark.every_database
def test_what_another_worker_has_in_hand_is_left_alone_until_its_lease_ends(plant, lrs_started):
    lrs = lrs_started()
    plant.add(lrs, version="1.0.3")
    plant.happen(2)
    relay_all(plant)
    [store] = plant.room.all(Lrs)
    with plant.database.write() as rows:
        assert len(delivery.claim(rows, store, "1.0.3")) == 2
    deliver(plant)
    assert lrs.kept == {}
    plant.room.set(Delivery, Delivery.state == DeliveryState.WAITING, claimed_until=clock.now())
    deliver(plant)
    assert len(lrs.kept) == 2


@pytest.mark.every_database
def test_the_same_bytes_are_sent_at_every_try(plant, lrs_started):
    lrs = lrs_started()
    plant.add(lrs, version="1.0.3")
    plant.happen(3)
    for _ in range(2):
        lrs.next_answers.append((503, {}, b""))
        deliver(plant)
        later(plant)
    deliver(plant)
    assert len({body for *_, body in lrs.seen("POST", "")}) == 1


def test_a_new_store_gets_what_happens_from_now_on(plant, lrs_started):
    plant.happen(2)
    relay_all(plant)
    lrs = lrs_started()
    plant.add(lrs)
    ids = plant.happen(1)
    deliver(plant)
    assert set(lrs.kept) == {str(i) for i in ids}


def test_bad_settings_of_a_store_are_refused(plant, lrs_started):
    lrs = lrs_started()
    plant.add(lrs)
    for wrong in ({"name": "far"}, {"name": "b", "batch": 0}, {"name": "c", "version": "1.0.2"}):
        with pytest.raises(stores.StoreError):
            plant.add(lrs, **wrong)
    with pytest.raises(stores.StoreError):
        stores.add(plant.database, plant.sealer, name="x", url="ftp://x", username="u", password="p")
    assert [store.name for store in stores.list_all(plant.database)] == ["far"]


# The worker as a whole, in a process of its own


@pytest.mark.every_database
def test_a_hanging_store_delays_neither_the_others_nor_the_end_of_the_worker(plant, lrs_started):
    hanging, sound = lrs_started(), lrs_started()
    hanging.hanging.set()
    plant.add(hanging, "hanging")
    plant.add(sound, "sound")
    with plant.working() as worker:
        wait_until(lambda: "local" in stores.status(plant.database), 60)
        plant.happen(60)
        began = time.monotonic()
        wait_until(lambda: len(sound.kept) == 60)
        wait_until(lambda: plant.status("local")["delivered"] == 60)
        assert time.monotonic() - began < 10
        assert plant.status("hanging")["pending"] == 60
        stopping = time.monotonic()
        worker.terminate()
        assert worker.wait(15) == 0
        assert time.monotonic() - stopping < 10
    assert plant.room.all(Heartbeat) == []
