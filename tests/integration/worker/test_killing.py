"""Workers killed while they send to an LRS that does everything wrong; see tests/benchmarks/test_chaos.py."""

import signal

import pytest
from chaos import ChaoticLrs, serving
from misbehaving import wait_until
from services.scripted_lrs import Reply, Seen

from lti_tool.records.models import Delivery, DeliveryState
from lti_tool.worker import stores


def weather(plant, count: int, kills: int) -> None:
    """Deliver so much to an LRS that does everything wrong, and kills so many workers while they wait."""
    ids = {str(i) for i in plant.happen(count)}
    poison = sorted(ids)[7]
    lrs = ChaoticLrs(seed=5, share=0.1, bad=lambda one: "not this one" if one["id"] == poison else "")
    at: list[int] = [count * kill // (kills + 2) for kill in range(1, kills + 1)]

    def deadly(seen: Seen) -> Reply:
        reply = lrs(seen)
        if at and len(lrs.kept) >= at[0]:
            del at[0]
            worker.kill()
        return reply

    with serving(deadly) as server:
        details = {"name": "far", "url": server.endpoint, "username": "u", "password": "p", "batch": 20}
        stores.add(plant.database, plant.sealer, **details)
        for _ in range(kills):
            with plant.working() as worker:
                assert worker.wait(60) == -signal.SIGKILL
        with plant.working() as worker:
            wait_until(lambda: plant.status()["pending"] == plant.status("local")["pending"] == 0, 120)
            worker.terminate()
            assert worker.wait(15) == 0
    assert lrs.kept.keys() == ids - {poison}
    assert set(lrs.stored.values()) == {1}
    assert plant.status()["delivered"] == count - 1
    [dead] = plant.room.all(Delivery, Delivery.state == DeliveryState.DEAD)
    assert "not this one" in dead.reason
    assert plant.status("local")["delivered"] == count


@pytest.mark.processes
def test_a_worker_killed_before_an_lrs_that_does_everything_wrong(plant):
    weather(plant, 150, kills=1)


@pytest.mark.long
@pytest.mark.processes
@pytest.mark.every_database
def test_many_workers_killed_before_such_an_lrs(plant):
    weather(plant, 1500, kills=5)
