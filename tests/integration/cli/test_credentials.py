"""`entraide store`, as an administrator runs it."""

import json
from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy import select

from lti_tool.cli import entraide
from lti_tool.kernel.audit import AuditEntry
from lti_tool.kernel.database import Database
from xapi.store.credentials import Door


def test_credentials_are_made_listed_and_ended(database: Database, tmp_path: Path) -> None:
    environment = {
        "ENTRAIDE_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "ENTRAIDE_DATA_DIR": str(tmp_path), "ENTRAIDE_SECRET_KEY": "0" * 48,
    }  # fmt: skip

    def run(*words: str) -> Result:
        return CliRunner().invoke(entraide, ("store", *words), env=environment)

    made = run("add", "Player", "--scope", "state", "--scope", "statements/write")
    assert made.exit_code == 0, made.output
    username, password = (
        next(line.split()[1] for line in made.output.splitlines() if line.startswith(f"  {word} "))
        for word in ("username", "password")
    )
    door = Door(database.engine)
    found = door.check(username, password)
    assert found
    assert (found.name, found.scopes) == ("Player", {"state", "statements/write"})

    assert run("list").output == f"Player: {username} (state, statements/write)\n"
    assert json.loads(run("list", "--json").output)[0]["username"] == username
    taken = run("add", "Other", "--username", username)
    assert (taken.exit_code, "is taken" in taken.output) == (1, True)

    assert run("end", "Player").exit_code == 0
    assert door.check(username, password) is None
    assert "ended" in run("list").output
    assert run("end", "Player").exit_code == 1
    with database.read() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.act, entry.subject) for entry in entries] == [
        ("store.added", "Player"),
        ("store.ended", "Player"),
    ]
    assert password not in str([entry.details for entry in entries])
