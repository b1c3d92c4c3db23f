"""Is all that was delivered there? Against LRSs that list oddly, lost some, and hold what is not ours."""

import json
from uuid import uuid4

import pytest
from listing import ListingLrs
from sqlalchemy import select

from lti_tool.kernel import clock, journal
from lti_tool.kernel.errors import ConflictError
from lti_tool.kernel.journal import EventType
from lti_tool.records import reconciling as asking
from lti_tool.records.models import Backfill, Lrs, Reconciliation
from lti_tool.worker import reconciling
from xapi.vocabulary import PROFILE, PROFILE_VERSION

from .test_carrying import work
from .test_delivery import deliver, relay_all

FIGURES = ("produced", "delivered", "refused", "waiting", "counted", "voided", "missing", "unknown")


@pytest.fixture
def lrs(lrs_started, request):
    lrs = ListingLrs(**getattr(request, "param", {}))
    with lrs.running():
        yield lrs


def ask(plant) -> None:
    with plant.database.write() as rows:
        asking.ask(rows, rows.scalars(select(Lrs)).one(), "Ana")


def reconcile(plant) -> Reconciliation:
    """As far as it gets now."""
    with plant.database.read() as rows:
        due = reconciling.due(rows)
    settings = plant.settings
    for run in due:
        client = plant.clients.of(plant.room.all(Lrs)[0])
        assert not reconciling.reconcile(
            plant.database, run.id, client, settings.base_url, settings.profile_url
        )
    with plant.database.read() as rows:
        return asking.latest(rows, rows.scalars(select(Lrs)).one())


def figures(run: Reconciliation) -> dict[str, int]:
    return {name: getattr(run, name) for name in FIGURES if getattr(run, name)}


def take_back(plant, statement) -> None:
    visit = plant.room.visit(plant.room.instructor)
    with plant.database.write() as rows:
        facts = {"statement": str(statement)}
        journal.record_act(rows, visit, EventType.WITHDRAWN, plant.room.activity.id, uuid4(), facts=facts)


@pytest.mark.every_database
@pytest.mark.parametrize("lrs", [{}, {"related": False}], indirect=True, ids=["related", "broad"])
def test_what_is_lost_voided_refused_and_strange_is_told_apart(plant, lrs, monkeypatch):
    monkeypatch.setattr(reconciling, "PAGE", 5)
    plant.happen(2)
    relay_all(plant)  # before there was a store
    plant.add(lrs, version="1.0.3")
    ids = [str(each) for each in plant.happen(20)]
    lrs.bad = lambda one: one["id"] == ids[0]
    deliver(plant)
    take_back(plant, ids[1])
    deliver(plant)
    lrs.voided = {ids[1]}
    ask(plant)
    with pytest.raises(ConflictError):
        ask(plant)
    run = reconcile(plant)
    assert figures(run) == {"produced": 23, "delivered": 20, "refused": 1, "counted": 19, "voided": 1}
    assert (run.problem, run.broad) == ("", not lrs.related)
    lrs.lost = set(ids[5:8])
    ours = dict(lrs.kept[ids[9]])
    foreign, strange = str(uuid4()), str(uuid4())
    elsewhere = json.loads(json.dumps(ours).replace(plant.settings.base_url, "https://other.example"))
    lrs.kept |= {foreign: elsewhere | {"id": foreign}, strange: ours | {"id": strange}}
    plant.happen(1)
    ask(plant)
    run = reconcile(plant)
    assert figures(run) == {"produced": 24, "delivered": 20, "refused": 1, "waiting": 1, "counted": 16,
                            "voided": 1, "missing": 3, "unknown": 1}  # fmt: skip
    assert set(run.missing_ids) == lrs.lost
    assert run.unknown_ids == [strange]
    for each in lrs.lost:
        del lrs.kept[each]
    lrs.lost = set()
    with plant.database.write() as rows:
        asking.send_missing(rows, rows.scalars(select(Lrs)).one(), "Ana")
    work(plant, plant.room.all(Backfill)[0])
    del lrs.kept[strange]
    ask(plant)
    run = reconcile(plant)
    assert figures(run) == {"produced": 24, "delivered": 21, "refused": 1, "counted": 20, "voided": 1}
    with plant.database.write() as rows, pytest.raises(ConflictError):
        asking.send_missing(rows, rows.scalars(select(Lrs)).one(), "Ana")


@pytest.mark.every_database
def test_a_walk_that_was_cut_goes_on_and_counts_nothing_twice(plant, lrs, monkeypatch):
    monkeypatch.setattr(reconciling, "PAGE", 6)
    monkeypatch.setattr(reconciling, "ASKED", 0)  # the list alone must do
    plant.add(lrs, version="1.0.3")
    plant.happen(20)
    deliver(plant)
    strange = str(uuid4())
    lrs.kept[strange] = next(iter(lrs.kept.values())) | {"id": strange}
    ask(plant)
    lrs.requests.clear()
    answer = lrs.answer
    asked = []

    def cut(method, path, headers, body):
        asked.append(path)
        return (
            (503, {"Retry-After": "0"}, b"busy") if len(asked) == 3 else answer(method, path, headers, body)
        )

    lrs.answer = cut
    run = reconcile(plant)
    assert (run.ended_at, run.failures, "busy" in run.problem) == (None, 1, True)
    assert run.cursor
    assert reconcile(plant).ended_at is None  # not before it is time
    plant.room.set(Reconciliation, Reconciliation.ended_at.is_(None), next_try_at=clock.now())
    run = reconcile(plant)
    assert figures(run) == {"produced": 20, "delivered": 20, "counted": 20, "unknown": 1}
    assert "since=" in asked[3]
    assert run.ended_at


@pytest.mark.parametrize("cut_at", [0, 2, 3])
def test_what_was_told_under_an_earlier_version_of_the_profile_is_ours(plant, lrs, monkeypatch, cut_at):
    monkeypatch.setattr(reconciling, "PAGE", 6)
    monkeypatch.setattr(reconciling, "ASKED", 0)
    plant.add(lrs, version="1.0.3")
    plant.happen(20)
    deliver(plant)
    earlier = f"{PROFILE}/v0.9"
    for key, one in list(lrs.kept.items())[10:]:  # stored later: each list has its own moments
        lrs.kept[key] = json.loads(json.dumps(one).replace(PROFILE_VERSION, earlier))
    lrs.lost = {next(iter(lrs.kept))}
    monkeypatch.setattr(reconciling, "PROFILE_VERSIONS", (earlier, PROFILE_VERSION))
    ask(plant)
    lrs.next_answers.extend([None] * cut_at + [(503, {"Retry-After": "0"}, b"busy")])
    assert reconcile(plant).ended_at is None
    plant.room.set(Reconciliation, Reconciliation.ended_at.is_(None), next_try_at=clock.now())
    run = reconcile(plant)
    assert figures(run) == {"produced": 20, "delivered": 20, "counted": 19, "missing": 1}
    assert run.broad is False


def test_a_store_that_may_not_be_read_says_so_at_once(plant, lrs):
    plant.add(lrs, version="1.0.3")
    plant.happen(1)
    deliver(plant)
    ask(plant)
    lrs.next_answers.append((403, {}, b"not yours to read"))
    run = reconcile(plant)
    assert run.ended_at
    assert "not yours to read" in run.problem
    assert plant.status()["paused"] is False


def test_what_was_there_before_the_store_had_its_name_is_not_sent_again(plant, lrs):
    plant.add(lrs, "old", version="1.0.3")
    plant.happen(3)
    deliver(plant)
    with plant.database.write() as rows:
        rows.delete(rows.scalars(select(Lrs)).one())
    plant.add(lrs, version="1.0.3")
    ask(plant)
    assert figures(reconcile(plant)) == {"produced": 3, "delivered": 3, "counted": 3}
    assert plant.status()["delivered"] == 3
