"""The process that relays for a worker, and what happens when either of them dies."""

import os
import signal

import pytest
from misbehaving import wait_until
from workers import children

from lti_tool.worker import stores

pytestmark = pytest.mark.processes


def lives(process: int) -> bool:
    """Whether there is such a process."""
    return os.path.exists(f"/proc/{process}")


@pytest.mark.parametrize("farewell", [signal.SIGTERM, signal.SIGKILL])
def test_who_relays_ends_with_its_worker_however_that_ends(plant, farewell):
    with plant.working() as worker:
        wait_until(lambda: children(worker), 60)
        [relaying] = children(worker)
        worker.send_signal(farewell)
        assert worker.wait(15) == (0 if farewell == signal.SIGTERM else -farewell)
        wait_until(lambda: not lives(relaying))


def test_a_worker_relays_by_itself_where_the_process_that_did_is_killed(plant):
    plant.happen(3)
    with plant.working() as worker:
        wait_until(lambda: children(worker), 60)
        [relaying] = children(worker)
        wait_until(lambda: "local" in stores.status(plant.database), 60)
        wait_until(lambda: plant.status("local")["delivered"] == 3, 60)
        os.kill(relaying, signal.SIGKILL)
        plant.happen(3)
        wait_until(lambda: plant.status("local")["delivered"] == 6, 30)
        assert worker.poll() is None
