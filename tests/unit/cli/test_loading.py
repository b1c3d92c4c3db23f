"""The commands that `entraide` lists without loading them."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from lti_tool.cli import entraide
from lti_tool.cli.loading import Deferred


@pytest.mark.parametrize("name", entraide.commands)
def test_the_list_says_what_the_command_itself_says(name: str) -> None:
    listed = entraide.commands[name]
    assert isinstance(listed, Deferred)
    command = listed.load()
    assert command.name == name
    assert listed.short_help == command.get_short_help_str(limit=200)
    assert command.params or isinstance(command, click.Group) or name in {"doctor", "worker"}


def test_an_unknown_command_is_an_error_that_helps() -> None:
    done = CliRunner().invoke(entraide, ["serv"])
    assert done.exit_code == 2
    assert "No such command 'serv'. Did you mean 'serve'?" in done.output


def test_help_loads_none_of_them() -> None:
    script = (
        "import sys; from lti_tool.cli import entraide\n"
        "try: entraide(['--help'])\n"
        "except SystemExit: sys.exit(bool({'sqlalchemy', 'flask', 'pydantic'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "  serve " in done.stdout
