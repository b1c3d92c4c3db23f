"""`entraide person erase`, as an administrator runs it."""

import io
from pathlib import Path

import pytest
from classroom import Classroom
from click.testing import CliRunner, Result
from factories import browser_of, tool
from PIL import Image

from lti_tool.cli import entraide
from lti_tool.kernel.audit import COMMAND_LINE, AuditEntry
from lti_tool.kernel.database import Database
from lti_tool.people.models import Person, Platform

pytestmark = pytest.mark.every_database


@pytest.fixture
def room(database: Database) -> Classroom:
    return Classroom(database)


def files(folder: Path) -> list[Path]:
    return [each for each in (folder / "media").rglob("*") if each.is_file()]


def erase(room: Classroom, folder: Path, platform: str, sub: str, *words: str, answer: str = "") -> Result:
    environment = {
        "ENTRAIDE_DATABASE_URL": room.database.engine.url.render_as_string(hide_password=False),
        "ENTRAIDE_DATA_DIR": str(folder), "ENTRAIDE_SECRET_KEY": "0" * 48,
    }  # fmt: skip
    line = ("person", "erase", "--platform", platform, "--user", sub, *words)
    return CliRunner().invoke(entraide, line, env=environment, input=answer)


def test_somebody_with_a_file_is_erased(room: Classroom, tmp_path: Path) -> None:
    person, peer = room.people(2)
    (row,) = room.all(Person, Person.id == person)
    (platform,) = room.all(Platform)
    app = tool(room.database, tmp_path)
    browser = browser_of(app, room.database, room.visit(person))
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    picture.seek(0)
    sent = {"file": (picture, "me.png"), "version": "1"}
    assert browser.post("/share/files", data=sent).status_code in {200, 303}
    app.extensions["entraide.database"].dispose()
    assert len(files(tmp_path)) == 1

    unsure = erase(room, tmp_path, platform.name, row.sub, answer="n\n")
    assert (unsure.exit_code, f"Erase {row.name} and all they wrote?" in unsure.output) == (1, True)
    assert room.all(Person, Person.id == person)[0].name == row.name

    done = erase(room, tmp_path, platform.name, row.sub, "--yes")
    assert done.exit_code == 0, done.output
    assert "Erased, with 1 files." in done.output
    assert f"the account {row.sub} at {platform.issuer}." in done.output
    assert files(tmp_path) == []
    (erased,) = room.all(Person, Person.id == person)
    assert (erased.name, erased.sub) == ("", f"erased:{person}")
    assert room.all(Person, Person.id == peer)[0].name
    assert [(each.actor, each.act) for each in room.all(AuditEntry)] == [(COMMAND_LINE, "person.erased")]


@pytest.mark.parametrize("wrong", ["platform", "user"])
def test_somebody_unknown_is_an_error(room: Classroom, tmp_path: Path, wrong: str) -> None:
    (person,) = room.people(1)
    (row,) = room.all(Person, Person.id == person)
    (platform,) = room.all(Platform)
    name, sub = ("X", row.sub) if wrong == "platform" else (platform.name, "X")
    done = erase(room, tmp_path, name, sub, "--yes")
    assert (done.exit_code, done.output) == (
        1,
        f"Error: {name} has launched nobody whose user number is {sub}.\n",
    )
    assert room.all(Person, Person.id == person)[0].sub == row.sub
