"""`entraide lrs` from end to end, with a worker's steps between: what it says, and what it exits with."""

import json

import pytest
from click.testing import CliRunner
from listing import ListingLrs
from sqlalchemy import select

from lti_tool.cli import carrying, entraide
from lti_tool.health import figures
from lti_tool.kernel.audit import AuditEntry
from lti_tool.kernel.heartbeat import beat
from lti_tool.records.models import Lrs
from lti_tool.worker import backfilling, reconciling

from ..worker.conftest import Plant
from ..worker.test_delivery import deliver


@pytest.fixture
def plant(database, tmp_path):
    plant = Plant(database, tmp_path)
    yield plant
    plant.clients.close()


@pytest.fixture
def lrs():
    lrs = ListingLrs()
    with lrs.running():
        yield lrs


@pytest.fixture
def run(plant, monkeypatch):
    """Runs a command; meanwhile a worker takes its steps whenever the command waits."""
    monkeypatch.setattr(carrying, "LOOK", 0.0)
    settings = plant.settings
    environment = {
        "ENTRAIDE_DATABASE_URL": settings.database_url, "ENTRAIDE_SECRET_KEY": settings.secret_key,
        "ENTRAIDE_DATA_DIR": str(settings.data_dir), "ENTRAIDE_ALLOW_PRIVATE_NETWORKS": "true",
    }  # fmt: skip

    def work(_seconds: float) -> None:
        where = settings.base_url, settings.profile_url
        with plant.database.read() as rows:
            rows_due, runs = backfilling.due(rows), reconciling.due(rows)
        for row in rows_due:
            backfilling.backfill(plant.database, row.id, *where)
        for each in runs:
            reconciling.reconcile(plant.database, each.id, plant.clients.of(store()), *where)
        deliver(plant)

    def store() -> Lrs:
        return plant.room.all(Lrs)[0]

    monkeypatch.setattr(carrying.time, "sleep", work)
    return lambda *words: CliRunner().invoke(entraide, ["lrs", *words], env=environment)


@pytest.mark.every_database
def test_a_store_is_added_tried_filled_compared_and_removed(plant, lrs, run) -> None:
    old = plant.happen(4)
    deliver(plant)
    details = ["--url", f"{lrs.url}/xapi", "--username", "u", "--password", "p", "--batch", "2", "--files"]
    added = run("add", "--name", "far", *details)
    assert "entraide lrs test far" in added.output
    assert "already called far" in run("add", "--name", "far", *details).output
    tried = run("test", "far")
    assert (tried.exit_code, "far answers, xAPI 2.0.0." in tried.output) == (0, True)
    assert "We may store statements.\nWe may read them." in tried.output
    [store] = plant.room.all(Lrs)
    assert (store.speaks, store.findings["can_write"], store.tested_at is None) == ("2.0.0", True, False)
    assert not lrs.kept
    followed = run("backfill", "far", "--follow")
    assert "Done: 4 statement(s)." in followed.output
    assert "No worker is running" in followed.output
    assert set(lrs.kept) == {str(each) for each in old}
    with plant.database.write() as rows:
        beat(rows, "worker")
    compared = run("reconcile", "far")
    assert compared.exit_code == 0
    assert (
        "4 produced; 4 delivered, 0 waiting, 0 refused. far lists 4, and 0 are voided: 0 missing"
        in compared.output
    )
    lost = str(old[2])
    del lrs.kept[lost]
    compared = run("reconcile", "far", "--json", "--send")
    assert compared.exit_code == 1
    assert json.loads(compared.stdout)["missing_ids"] == [lost]
    [again] = run("resend", "far", "--since", "2020-01-01").output.splitlines()
    assert "on its way already" in again
    run("resend", "far", "--since", "2020-01-01", "--cancel")
    assert "Done: 4" in run("resend", "far", "--since", "2020-01-01", "--follow").output
    assert lost in lrs.kept
    assert run("credentials", "far", "--username", "v", "--password", "new", "--second").exit_code == 0
    assert (plant.room.all(Lrs)[0].username2, plant.room.all(Lrs)[0].password2 == "new") == ("v", False)
    lrs.next_answers.extend([(401, {}, b"who are you")] * 20)
    tried = run("test", "far")
    assert (tried.exit_code, "who are you" in tried.output) == (1, True)
    with plant.database.read() as rows:
        told = {sample.name: sample.value for family in figures(rows) for sample in family.samples}
    assert told["entraide_lrs_delivered"] == 4
    assert told["entraide_lrs_reconciliation_difference"] == 1
    assert run("remove", "far", "--yes").exit_code == 0
    assert plant.room.all(Lrs) == []
    assert "There is no record store called far." in run("test", "far").output
    with plant.database.read() as rows:
        acts = [entry.act for entry in rows.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert acts == [
        "lrs.added", "lrs.backfill", "lrs.reconciled", "lrs.reconciled", "lrs.resend", "lrs.cancelled",
        "lrs.resend", "lrs.credentials", "lrs.removed",
    ]  # fmt: skip
