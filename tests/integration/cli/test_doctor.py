"""`entraide doctor`: one line for each thing, with what to do where it is not well."""

import json
import re

import pytest
from click.testing import CliRunner
from listing import ListingLrs
from misbehaving import Answer, Outside
from sqlalchemy import delete, select, update

from lti_tool.cli import entraide
from lti_tool.kernel.heartbeat import Heartbeat, beat
from lti_tool.lti.keys import ensure_key, public_keys
from lti_tool.people.models import Deployment, Platform
from lti_tool.records.models import Delivery, DeliveryState

from ..worker.conftest import Plant
from ..worker.test_delivery import deliver


class Front(Outside):
    """What browsers find at the tool's address; an LMS's key set is beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict = {"keys": []}
        self.headers: dict[str, str] = {}

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        return 200, self.headers, json.dumps(self.keys).encode()


@pytest.fixture
def front():
    front = Front()
    with front.running():
        yield front


@pytest.fixture
def plant(database, tmp_path):
    plant = Plant(database, tmp_path)
    yield plant
    plant.clients.close()


@pytest.fixture
def ask(plant, front):
    """Asks the doctor; returns what the command exits with, and the lines by what they are about."""
    held = plant.settings
    environment = {
        "ENTRAIDE_DATABASE_URL": held.database_url, "ENTRAIDE_DATA_DIR": str(held.data_dir),
        "ENTRAIDE_SECRET_KEY": held.secret_key, "ENTRAIDE_ALLOW_PRIVATE_NETWORKS": "true",
        "ENTRAIDE_BASE_URL": front.url,
    }  # fmt: skip

    def ask(**changed: str) -> tuple[int, dict[str, str]]:
        settings = environment | {f"ENTRAIDE_{name.upper()}": value for name, value in changed.items()}
        done = CliRunner().invoke(entraide, ["doctor"], env=settings)
        lines = [line for line in done.stdout.splitlines() if line]
        assert all(line.startswith(("ok   ", "warn ", "fail ")) for line in lines), done.output
        return done.exit_code, {re.split(":| [0-9a-f]{32}:", line[5:])[0]: line for line in lines}

    return ask


@pytest.fixture
def prepared(plant, front):
    """The installation, all well: keys, a worker, and browsers find it."""
    with plant.database.write() as rows:
        ensure_key(rows, plant.sealer)
        beat(rows, "worker")
        front.keys = public_keys(rows)
        rows.execute(update(Platform).values(jwks_url=f"{front.url}/lti/jwks"))
    return plant


@pytest.fixture
def lrs():
    with ListingLrs().running() as lrs:
        yield lrs


@pytest.mark.every_database
def test_what_is_well_is_told_in_a_line_each(prepared, lrs, ask, tmp_path) -> None:
    prepared.add(lrs)
    prepared.happen(2)
    deliver(prepared)
    code, told = ask()
    assert code == 0
    states = {about: line[:4] for about, line in told.items()}
    assert states.pop("address") == "warn"  # http, on this machine
    if prepared.database.engine.dialect.name == "sqlite":
        assert states.pop("clock") == "warn"  # nobody told the time
    assert set(states.values()) == {"ok  "}, told
    assert "2 delivered, 0 waiting" in told["record store far"]
    assert "In order: Keys of the LMS. Known after a launch: Access token, Gradebook" in told["platform"]
    assert not [path for path in tmp_path.rglob("media/*/*") if path.is_file()]  # nothing stays
    assert len(lrs.kept) == 2


def test_what_is_not_well_comes_with_what_to_do(prepared, front, lrs, ask) -> None:
    prepared.add(lrs)
    prepared.happen(2)
    deliver(prepared)
    front.headers = {"X-Frame-Options": "DENY", "Date": "Mon, 06 Jan 2020 10:00:00 GMT"}
    with prepared.database.write() as rows:
        rows.execute(delete(Heartbeat))
        rows.execute(update(Delivery).values(state=DeliveryState.DEAD, reason="422 no verb"))
        [tenant] = rows.scalars(select(Deployment.platform_id))
        rows.add(Deployment(platform_id=tenant, deployment_id="second", approved=False))
    code, told = ask(smtp_url="smtp://127.0.0.1:1", mail_from="e@example.org")
    assert code == 1
    assert told["address"].startswith("fail address: A proxy adds X-Frame-Options: DENY.")
    assert told["worker"].startswith("fail")
    assert told["mail"].startswith("fail mail: The server does not let us in: ConnectionRefusedError")
    assert told["record store far"].endswith("run: entraide lrs retry far")
    assert told["platform"].endswith(" second")
    assert "entraide platform approve" in told["platform"]

    with prepared.database.write() as rows:
        rows.execute(update(Deployment).values(approved=True))
    front.keys = {"keys": [{"kid": "another"}]}
    lrs.next_answers.extend([(401, {}, b"who are you")] * 20)
    code, told = ask(secret_key="another" * 5)
    assert told["keys"].startswith("fail keys: ENTRAIDE_SECRET_KEY does not open")
    assert told["address"].startswith("fail address: Another installation answers")
    assert told["record store far"].startswith("fail record store far: InvalidToken")
    _, told = ask()
    assert "who are you" in told["record store far"]
    assert told["clock"].startswith("fail clock: Ours is")
    assert told["platform"].startswith("fail")
    assert "public keyset URL" in told["platform"]


def test_without_settings_or_a_database_that_hold_it_says_so(ask, tmp_path) -> None:
    code, told = ask(base_url="http://tool.example")
    assert (code, list(told)) == (1, ["settings"])
    for url in (
        "nonsense://",
        f"sqlite:///{tmp_path}/nowhere/x.db",
        "postgresql+psycopg://u:pw@127.0.0.1:1/x",
    ):
        code, told = ask(database_url=url)
        assert (code, list(told)) == (1, ["settings", "database"])
        assert "pw@" not in told["database"]
    code, told = ask(database_url=f"sqlite:///{tmp_path}/fresh.db")
    assert told["database"].endswith("Run: entraide db upgrade")
