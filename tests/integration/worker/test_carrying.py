"""What is carried to a store beside what happens now: nothing is left out, nothing goes twice."""

import hashlib
import json
from uuid import uuid4

import pytest
from sqlalchemy import select

from lti_tool.kernel import clock
from lti_tool.kernel.errors import ConflictError
from lti_tool.kernel.journal import Event
from lti_tool.records import carrying, stores
from lti_tool.records.models import Backfill, Carrying, Lrs, Statement
from lti_tool.records.stores import Details
from lti_tool.worker import backfilling, forwarding
from lti_tool.worker.local import ensure_local, local_client

from .test_delivery import deliver, relay_all


def ask(plant, kind: Carrying, since=None, name: str = "far", **how) -> Backfill:
    with plant.database.write() as rows:
        return carrying.ask(rows, rows.scalars(select(Lrs).where(Lrs.name == name)).one(), kind, since, **how)


def step(plant, row: Backfill) -> bool:
    settings = plant.settings
    return backfilling.backfill(plant.database, row.id, settings.base_url, settings.profile_url)


def work(plant, row: Backfill) -> None:
    """Carry and deliver until there is no more."""
    for _ in range(50):
        while step(plant, row):
            pass
        deliver(plant)
        [row] = plant.room.all(Backfill, Backfill.id == row.id)
        if row.ended_at:
            return
    raise AssertionError("it does not end")


def headway(plant, row: Backfill) -> carrying.Headway:
    with plant.database.read() as rows:
        return carrying.headway(rows, rows.get_one(Backfill, row.id))


@pytest.mark.every_database
def test_a_new_store_is_sent_what_happened_before_with_the_same_ids_and_bytes(
    plant, lrs_started, monkeypatch
):
    first, second = lrs_started(), lrs_started()
    plant.add(first, "first", version="1.0.3")
    ids = plant.happen(30)
    deliver(plant)
    plant.add(second, "far", version="1.0.3")
    ids += plant.happen(3)
    monkeypatch.setattr(backfilling, "BATCH", 7)
    row = ask(plant, Carrying.BACKFILL)
    while step(plant, row):
        pass
    assert headway(plant, row).row.ended_at is None  # the relay is not so far itself
    with pytest.raises(ConflictError):
        ask(plant, Carrying.BACKFILL)
    relay_all(plant)
    work(plant, row)
    assert set(second.kept) == {str(each) for each in ids}
    assert second.times_stored == 33
    assert first.kept == second.kept
    assert (headway(plant, row).there, headway(plant, row).total) == (30, 30)
    again = ask(plant, Carrying.BACKFILL)
    work(plant, again)
    assert (headway(plant, again).total, second.times_stored) == (0, 33)


@pytest.mark.every_database
def test_statements_that_were_never_made_in_its_version_are_made_then(plant, lrs_started):
    lrs = lrs_started(("2.0.0",))
    plant.happen(3)
    relay_all(plant)  # without any store
    assert plant.room.all(Statement) == []
    plant.add(lrs)
    work(plant, ask(plant, Carrying.BACKFILL))
    assert {one["version"] for one in lrs.kept.values()} == {"2.0.0"}
    assert len(lrs.kept) == 3


@pytest.mark.every_database
def test_a_backfill_from_a_moment_on_leaves_out_what_was_before_and_test_users(plant, lrs_started):
    lrs = lrs_started()
    plant.happen(2)
    relay_all(plant)
    moment = clock.now()
    ids = plant.happen(2)
    relay_all(plant)
    [spare] = plant.happen(1)
    plant.room.set(Event, Event.statement_id == spare, relayed_at=Event.occurred_at)  # as a test user's
    plant.add(lrs)
    work(plant, ask(plant, Carrying.BACKFILL, moment))
    assert set(lrs.kept) == {str(each) for each in ids}


@pytest.mark.every_database
def test_the_past_does_not_hold_up_the_present_and_can_be_stopped(plant, lrs_started, monkeypatch):
    lrs = lrs_started()
    plant.happen(20)
    relay_all(plant)
    plant.add(lrs, version="1.0.3")
    monkeypatch.setattr(backfilling, "BATCH", 5)
    monkeypatch.setattr(backfilling, "BACKLOG", 10)
    row = ask(plant, Carrying.BACKFILL)
    while step(plant, row):
        pass
    assert plant.status()["pending"] == 10
    assert (headway(plant, row).there, headway(plant, row).total) == (0, 20)
    with plant.database.write() as rows:
        assert carrying.cancel(rows, rows.get_one(Lrs, row.lrs_id), Carrying.BACKFILL)
    deliver(plant)
    assert not step(plant, row)
    assert len(lrs.kept) == 10


@pytest.mark.every_database
def test_two_workers_and_a_killed_one_queue_each_once(plant, lrs_started, monkeypatch):
    lrs = lrs_started()
    plant.happen(10)
    relay_all(plant)
    plant.add(lrs, version="1.0.3")
    monkeypatch.setattr(backfilling, "BATCH", 5)
    row = ask(plant, Carrying.BACKFILL)
    wrap = backfilling.wrap

    def faster(*args):  # while this worker reads, another does the same piece
        monkeypatch.setattr(backfilling, "wrap", wrap)
        assert step(plant, row)
        return wrap(*args)

    monkeypatch.setattr(backfilling, "wrap", faster)
    assert not step(plant, row)
    assert headway(plant, row).row.done == 5
    monkeypatch.setattr(backfilling, "_keep", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        step(plant, row)
    assert headway(plant, row).row.done == 5
    monkeypatch.undo()
    work(plant, row)
    assert (len(lrs.kept), lrs.times_stored, headway(plant, row).there) == (10, 10, 10)


@pytest.mark.every_database
def test_what_a_store_lost_is_sent_again(plant, lrs_started):
    lrs = lrs_started()
    plant.add(lrs, version="1.0.3")
    old = plant.happen(2)
    deliver(plant)
    moment = clock.now()
    new = plant.happen(3)
    deliver(plant)
    for each in (*old, *new):
        del lrs.kept[str(each)]
    work(plant, ask(plant, Carrying.RESEND, moment))
    assert set(lrs.kept) == {str(each) for each in new}
    work(plant, ask(plant, Carrying.RESEND))
    assert set(lrs.kept) == {str(each) for each in (*old, *new)}
    assert plant.status()["delivered"] == 5


def test_what_waits_is_made_anew_for_a_store_that_shall_speak_another_version(plant, lrs_started):
    lrs = lrs_started(("1.0.3", "2.0.0"))
    plant.add(lrs, version="1.0.3")
    plant.happen(3)
    relay_all(plant)
    details = Details(name="far", url=f"{lrs.url}/xapi", username="u", password=None, version="2.0.0")
    with plant.database.write() as rows:
        stores.change(rows, plant.sealer, rows.scalars(select(Lrs)).one(), details, "Ana")
    deliver(plant)
    assert lrs.kept == {}  # there are no statements of this version
    [row] = plant.room.all(Backfill)
    work(plant, row)
    assert {one["version"] for one in lrs.kept.values()} == {"2.0.0"}
    assert plant.status()["delivered"] == 3


# What others wrote into the local store


def theirs(number: int, **more) -> tuple:
    key = uuid4()
    document = {
        "id": str(key),
        "actor": {"account": {"homePage": "https://other.example", "name": str(number)}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
        "object": {"id": f"https://other.example/{number}"},
        **more,
    }
    return key, json.dumps(document).encode()


@pytest.mark.every_database
def test_what_others_wrote_goes_on_to_a_bigger_store_and_ours_does_not_go_twice(
    plant, lrs_started, monkeypatch
):
    monkeypatch.setattr(forwarding, "PAGE", 4)
    base, profile = plant.settings.base_url, plant.settings.profile_url
    ensure_local(plant.database, base, "entraide")
    plant.happen(5)
    deliver(plant)
    others = [theirs(number) for number in range(9)]
    lrs = lrs_started(bad=lambda one: one["id"] == str(others[3][0]))
    with local_client(plant.database, base, "other") as source:
        source.send(others[:6])
        plant.add(lrs, version="1.0.3")
        row = ask(plant, Carrying.FORWARD, keep=True)
        with pytest.raises(ConflictError):
            ask(plant, Carrying.FORWARD, name="local")
        target = plant.clients.of(plant.room.all(Lrs, Lrs.name == "far")[0])

        def go() -> Backfill:
            while forwarding.forward(plant.database, row.id, source, target, profile):
                pass
            return plant.room.all(Backfill)[0]

        lrs.next_answers.extend([(503, {}, b"busy")])
        assert "busy" in go().problem
        so_far = go()
        assert (so_far.done, so_far.sent, so_far.refused, so_far.total) == (11, 5, 1, 11)
        assert so_far.samples[0]["id"] == str(others[3][0])
        assert "does not like" in so_far.samples[0]["reason"]
        assert so_far.ended_at is None
        source.send(others[6:])
        so_far = go()
        assert (so_far.done, so_far.sent) == (14, 8)
    assert set(lrs.kept) == {str(key) for key, _ in others} - {str(others[3][0])}
    assert lrs.times_stored == 8
    assert "authority" not in next(iter(lrs.kept.values()))


def test_a_file_that_is_nowhere_else_goes_along_and_that_of_another_does_not(plant, lrs_started):
    base, profile = plant.settings.base_url, plant.settings.profile_url
    ensure_local(plant.database, base, "entraide")
    lrs = lrs_started()
    plant.add(lrs, version="1.0.3")
    own, stolen = b"a drawing", b"not yours"
    hashes = [hashlib.sha256(content).hexdigest() for content in (own, stolen)]
    part = {"usageType": "https://x/y", "display": {"en": "z"}, "contentType": "image/png"}
    attached = [part | {"length": len(own), "sha2": hashes[0]}]
    linked = [part | {"length": 9, "sha2": hashes[1], "fileUrl": "https://other.example/file"}]
    contents = dict(zip(hashes, (own, stolen), strict=True))
    with local_client(plant.database, base, "other") as source:
        source.send([theirs(1, attachments=attached)], contents.get)
        source.send([theirs(2, attachments=[part | {"length": 9, "sha2": hashes[1]}])], contents.get)
        row = ask(plant, Carrying.FORWARD)
        source.send([theirs(3, attachments=linked)])
        target = plant.clients.of(plant.room.all(Lrs, Lrs.name == "far")[0])
        lrs.next_answers.extend([(200, {}, b"[]")] * 3)
        plant.room.set(Lrs, Lrs.name == "far", batch=1)
        assert not forwarding.forward(plant.database, row.id, source, target, profile)
    posts = [(headers["Content-Type"], body) for _, _, headers, body in lrs.seen("POST", "/statements")]
    assert [kind.partition(";")[0] for kind, _ in posts] == ["multipart/mixed"] * 2 + ["application/json"]
    assert [(own in body, stolen in body) for _, body in posts] == [
        (True, False),
        (False, True),
        (False, False),
    ]
