"""Keys overlap: a new one is known before it signs, an old one is known until nothing of it is under way."""

import pytest
from administrators import Clock
from click.testing import CliRunner
from sqlalchemy import select

from lti_tool.cli import entraide
from lti_tool.kernel.audit import AuditEntry
from lti_tool.kernel.secrets import Sealer
from lti_tool.lti.keys import KeyState, ensure_key, list_keys, public_keys, rotate, signing_key, tidy
from lti_tool.lti.models import ToolKey


@pytest.fixture(scope="module")
def sealer():
    return Sealer("a secret of the tests")


@pytest.fixture
def time(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def keys(database, sealer, time):
    """The published keys by state: signing, coming, leaving; and the one that signs."""

    class Keys:
        def rotate(self, **how):
            with database.write() as rows:
                return rotate(rows, sealer, "Ana", **how).kid

        def tidy(self):
            with database.write() as rows:
                tidy(rows)

        @property
        def signing(self):
            with database.read() as rows:
                kid, private = signing_key(rows, sealer)
                assert private.key_size >= 2048
                return kid

        @property
        def published(self):
            with database.read() as rows:
                found = public_keys(rows)["keys"]
                assert [key.kid for key in list_keys(rows)] == [key["kid"] for key in found]
            assert all((key["alg"], key["use"], key["kty"]) == ("RS256", "sig", "RSA") for key in found)
            return [key["kid"] for key in found]

        @property
        def states(self):
            with database.read() as rows:
                return [key.state for key in list_keys(rows)]

        @property
        def private(self):
            with database.read() as rows:
                return {key.kid: key.private_pem for key in rows.scalars(select(ToolKey))}

    with database.write() as rows:
        ensure_key(rows, sealer)
    return Keys()


@pytest.mark.every_database
def test_the_first_key_signs_at_once(keys) -> None:
    assert keys.published == [keys.signing]
    assert keys.states == [KeyState.SIGNING]


def test_a_new_key_signs_after_a_day_and_the_old_one_leaves_two_weeks_later(keys, time) -> None:
    old, new = keys.signing, keys.rotate()
    assert keys.published == [new, old]
    assert keys.states == [KeyState.COMING, KeyState.SIGNING]
    time.pass_by(hours=23, minutes=59)
    assert keys.signing == old
    time.pass_by(minutes=1)
    assert keys.signing == new
    assert keys.states == [KeyState.SIGNING, KeyState.LEAVING]
    time.pass_by(days=13, hours=23)
    assert keys.published == [new, old]
    time.pass_by(hours=1)
    assert keys.published == [new]
    keys.tidy()
    assert set(keys.private) == {new}


def test_the_private_half_goes_when_it_signs_no_more(keys, time, sealer) -> None:
    old, new = keys.signing, keys.rotate()
    keys.tidy()
    assert all(keys.private.values())
    time.pass_by(hours=24)
    keys.tidy()
    assert keys.private[old] == ""
    assert "PRIVATE" not in keys.private[new]
    assert "PRIVATE KEY" in sealer.open(keys.private[new])
    assert keys.published == [new, old]


@pytest.mark.every_database
def test_two_rotations_in_a_day_take_their_turns(keys, time) -> None:
    first = keys.signing
    second = keys.rotate()
    time.pass_by(hours=1)
    third = keys.rotate()
    assert keys.states == [KeyState.COMING, KeyState.COMING, KeyState.SIGNING]
    turns = [keys.signing]
    for hours in (23, 1):
        time.pass_by(hours=hours)
        turns.append(keys.signing)
    assert turns == [first, second, third]


@pytest.mark.every_database
def test_a_leaked_key_is_withdrawn_at_once(keys) -> None:
    leaked, waiting = keys.signing, keys.rotate()
    new = keys.rotate(leaked=True)
    assert keys.signing == new
    assert keys.published == [new]
    assert not {leaked, waiting} & set(keys.private)


def test_the_page_tells_when(database, keys, time) -> None:
    keys.rotate()
    with database.read() as rows:
        new, old = list_keys(rows)
    assert (new.signs_from - time.time).total_seconds() == 24 * 3600
    assert new.leaves_at is None
    assert (old.leaves_at - time.time).days == 15
    assert old.signs_from is None


def test_the_command_rotates_and_prints_no_secret(database, keys, tmp_path) -> None:
    old = keys.signing
    url = database.engine.url.render_as_string(hide_password=False)
    environment = {"ENTRAIDE_DATABASE_URL": url, "ENTRAIDE_SECRET_KEY": "a secret of the tests",
                   "ENTRAIDE_DATA_DIR": str(tmp_path)}  # fmt: skip
    planned = CliRunner().invoke(entraide, ["keys", "rotate"], env=environment, catch_exceptions=False)
    assert "It signs from" in planned.stdout
    assert f"{old} leaves the key set on" in planned.stdout
    assert keys.signing == old
    at_once = CliRunner().invoke(entraide, ["keys", "rotate", "--now"], env=environment)
    assert "It signs from now on." in at_once.stdout
    assert keys.published == [keys.signing]
    assert "PRIVATE" not in planned.output + at_once.output
    with database.read() as rows:
        log = rows.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.actor, entry.act, entry.details) for entry in log] == [
        ("command line", "keys.rotated", {"leaked": leaked}) for leaked in (False, True)
    ]
