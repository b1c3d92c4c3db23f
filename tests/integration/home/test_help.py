"""Help says what is true here."""

from pathlib import Path

from classroom import Classroom
from factories import browser_of, tool
from sqlalchemy import true

from lti_tool.kernel.database import Database
from lti_tool.people.models import Platform


def test_it_says_whether_what_one_writes_goes_to_learning_records(database: Database, tmp_path: Path) -> None:
    room = Classroom(database)
    app = tool(room.database, tmp_path)
    [person] = room.people(1)
    browser = browser_of(app, room.database, room.visit(person))
    assert "What you wrote does not." in browser.get("/help").text
    room.set(Platform, true(), texts_told=True)
    said = browser.get("/help").text
    assert "What you write goes there too." in said
    assert "What you wrote does not." not in said
    app.extensions["entraide.database"].dispose()
