"""`entraide platform`: inviting, and what an administrator decides of a registration."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli import entraide
from lti_tool.kernel import clock
from lti_tool.kernel.audit import AuditEntry
from lti_tool.kernel.database import Database
from lti_tool.kernel.secrets import digest
from lti_tool.lti.models import Invitation
from lti_tool.people.models import Deployment, Platform


class Shell:
    """The command, with its settings in the environment."""

    def __init__(self, database: Database, folder: Path) -> None:
        url = database.engine.url.render_as_string(hide_password=False)
        self.environment = {
            "ENTRAIDE_DATABASE_URL": url, "ENTRAIDE_DATA_DIR": str(folder), "ENTRAIDE_SECRET_KEY": "0" * 48,
            "ENTRAIDE_BASE_URL": "https://tool.example",
        }  # fmt: skip

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(entraide, words, env=self.environment)

    def says(self, *words: str) -> str:
        done = self.run(*words)
        assert done.exit_code == 0, done.output
        return done.stdout

    def described(self) -> dict[str, Any]:
        [found] = json.loads(self.says("platform", "list", "--json"))
        return found


@pytest.fixture
def shell(sqlite_files: Any, tmp_path: Path) -> Any:
    """A shell, and its database with a platform that registered itself as "Our Moodle"."""
    from lti_tool.migrations import upgrade

    with sqlite_files.fresh() as url:
        database = Database(url)
        upgrade(database)
        with database.write() as rows:
            platform = Platform(
                name="Our Moodle", issuer="https://lms.example", client_id="7", auth_url="https://lms.example/a",
                token_url="https://lms.example/t", jwks_url="https://lms.example/k", confirmed=False,
                created_at=clock.now(),
            )  # fmt: skip
            rows.add(platform)
            rows.flush()
            rows.add(
                Deployment(platform_id=platform.id, deployment_id="1", approved=False, asked_at=clock.now())
            )
        shell = Shell(database, tmp_path)
        shell.database = database
        yield shell
        database.dispose()


def acts(shell: Any) -> list[tuple[str, str]]:
    with shell.database.read() as reading:
        return [(each.actor, each.act) for each in reading.query(AuditEntry).order_by(AuditEntry.id)]


def test_an_invitation_is_an_address(shell: Any) -> None:
    done = shell.run("platform", "invite", "--name", "Moodle", "--days", "3")
    assert done.exit_code == 0
    address = done.stdout.strip()
    assert address.startswith("https://tool.example/lti/register?invitation=")
    with shell.database.read() as reading:
        [kept] = reading.query(Invitation)
    assert kept.token == digest(address.rpartition("=")[2])  # the address itself is nowhere
    assert kept.name == "Moodle"
    assert timedelta(days=2, hours=23) < kept.expires_at - clock.now() <= timedelta(days=3)
    assert acts(shell) == [("command line", "platform.invited")]
    assert shell.run("platform", "invite", "--days", "0").exit_code == 2


def test_what_waits_is_told_and_confirmed(shell: Any) -> None:
    assert "entraide platform confirm 'Our Moodle'" in shell.says("platform", "list")
    assert "entraide platform confirm 'Our Moodle'" in shell.says("platform", "show", "Our Moodle")
    waiting = shell.described()
    assert (waiting["confirmed"], waiting["deployment_ids"], waiting["waiting_deployment_ids"]) == (
        False,
        [],
        ["1"],
    )
    shell.says("platform", "confirm", "Our Moodle")
    confirmed = shell.described()
    assert (confirmed["confirmed"], confirmed["deployment_ids"]) == (True, ["1"])
    assert "wait" not in shell.says("platform", "list")
    assert acts(shell) == [("command line", "platform.confirmed")]


def test_a_deployment_that_came_later_is_approved(shell: Any) -> None:
    shell.says("platform", "confirm", "Our Moodle")
    with shell.database.write() as rows:
        [platform] = rows.query(Platform)
        rows.add(
            Deployment(platform_id=platform.id, deployment_id="a b", approved=False, asked_at=clock.now())
        )
    assert "entraide platform approve 'Our Moodle' 'a b'" in shell.says("platform", "list")
    assert shell.run("platform", "approve", "Our Moodle", "c").exit_code == 1
    shell.says("platform", "approve", "Our Moodle", "a b")
    assert shell.described()["waiting_deployment_ids"] == []
    assert acts(shell)[-1] == ("command line", "deployment.approved")


def test_the_policy_of_new_deployments(shell: Any) -> None:
    assert shell.described()["new_deployments"] == "wait"
    shell.says("platform", "policy", "Our Moodle", "--deployments", "approve")
    assert shell.described()["new_deployments"] == "approve"
    shell.says("platform", "policy", "Our Moodle", "--deployments", "wait")
    assert shell.described()["new_deployments"] == "wait"
    assert [act for _, act in acts(shell)] == ["platform.policy"] * 2
    assert shell.run("platform", "policy", "Our Moodle").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [("confirm", "X"), ("approve", "X", "1"), ("policy", "X", "--deployments", "wait"), ("show", "X")],
)
def test_a_name_that_is_not_there(shell: Any, words: tuple[str, ...]) -> None:
    done = shell.run("platform", *words)
    assert (done.exit_code, "No platform is called 'X'" in done.output) == (1, True)


def test_what_is_removed_is_noted(shell: Any) -> None:
    shell.says("platform", "remove", "Our Moodle")
    assert json.loads(shell.says("platform", "list", "--json")) == []
    assert acts(shell) == [("command line", "platform.removed")]
