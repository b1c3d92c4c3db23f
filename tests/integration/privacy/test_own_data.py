"""A person's own data: all of theirs, nothing of anybody else's, for whoever the launch says is here."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from classroom import Classroom, statements
from factories import browser_of, tool
from flask import Flask
from sqlalchemy import update

from lti_tool.contributions.models import Attachment, Contribution
from lti_tool.kernel.database import Database
from lti_tool.kernel.permissions import Purpose, Visit
from lti_tool.privacy import queries
from lti_tool.reviews import actions

pytestmark = pytest.mark.every_database


@pytest.fixture
def room(database: Database) -> Classroom:
    return Classroom(database)


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[Flask]:
    made = tool(database, tmp_path)
    yield made
    made.extensions["entraide.database"].dispose()


def take_part(room: Classroom) -> tuple[Visit, Visit]:
    """Two people who shared; the first has reviewed the second."""
    first, second = (room.visit(person) for person in room.people(2))
    with room.database.write() as rows:
        review = actions.pull(rows, first, room.activity)
        actions.send(rows, first, room.activity, review.id, 0, room.written())
        rows.execute(
            update(Contribution)
            .where(Contribution.author_id == second.person_id)
            .values(title="Only mine", answers={"situation": "Ünïque text of the second"})
        )
    return first, second


def copy_of(app: Flask, database: Database, visit: Visit) -> tuple[dict[str, Any], zipfile.ZipFile]:
    answer = browser_of(app, database, visit).get("/my-data/copy")
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    return json.loads(archive.read("data.json")), archive


def test_a_copy_holds_what_is_mine(room: Classroom, app: Flask) -> None:
    first, second = take_part(room)
    content = b"the bytes of a picture"
    key = app.extensions["entraide.storage"].put(io.BytesIO(content))
    with room.database.write() as rows:
        work = rows.query(Contribution).filter_by(author_id=second.person_id).one()
        rows.add(
            Attachment(
                contribution_id=work.id, position=0, media_type="image/webp", size=22, storage_key=key,
                digest="d", shows="A door",
            )
        )  # fmt: skip
    data, archive = copy_of(app, room.database, second)
    [mine] = data["contributions"]
    assert (mine["title"], mine["answers"]) == ("Only mine", {"situation": "Ünïque text of the second"})
    [received] = data["reviews_received"]
    assert received["criteria"][0]["comment"] == "Clear."
    assert archive.read(mine["files"][0]["file"]) == content
    assert key not in json.dumps(data)
    given, _ = copy_of(app, room.database, first)
    assert len(given["reviews_given"]) == 1
    assert {act["act"] for act in given["acts"]} >= {"reviewed", "assigned-review"}


def test_nothing_of_anybody_else_is_in_it(room: Classroom, app: Flask) -> None:
    first, second = take_part(room)
    with room.database.read() as rows:
        names = [f"Learner {visit.person_id.hex}" for visit in (first, second)]
        for visit, other in ((first, second), (second, first)):
            text = json.dumps(queries.everything(rows, visit.person_id), default=str)
            assert str(other.person_id) not in text
            assert other.person_id.hex not in text
            assert names[0 if other is first else 1] not in text
    data, _ = copy_of(app, room.database, first)
    assert "Ünïque text of the second" not in json.dumps(data, ensure_ascii=False)


def test_whoever_is_named_in_the_launch_only_the_launcher_is_shown(room: Classroom, app: Flask) -> None:
    first, second = take_part(room)
    asking = replace(first, launch_id=uuid4().hex, purpose=Purpose.OWN_DATA, about_person_id=second.person_id)
    data, _ = copy_of(app, room.database, asking)
    assert data["person"]["user_number"] == first.person_id.hex


def test_a_launch_for_ones_data_has_no_course_and_leads_there(room: Classroom, app: Flask) -> None:
    first, _ = take_part(room)
    asking = replace(
        first, launch_id=uuid4().hex, purpose=Purpose.OWN_DATA, course_id=None, resource_link_id=None
    )
    browser = browser_of(app, room.database, asking)
    assert browser.get("/").headers["Location"].endswith("/my-data")
    answer = browser.get("/my-data")
    assert answer.status_code == 200
    assert "My data" in answer.text
    assert 'href="/l/' + asking.launch_id + '/my-data/copy"' in answer.text
    for elsewhere in ("/share", "/reviews/next", "/received"):
        assert browser.get(elsewhere).status_code in {403, 404, 405, 409}


def test_the_page_costs_three_statements_however_much_there_is(room: Classroom, app: Flask) -> None:
    first, _ = take_part(room)
    browser = browser_of(app, room.database, first)
    browser.get("/my-data")
    with statements(app.extensions["entraide.database"].engine) as seen:
        assert browser.get("/my-data").status_code == 200
    assert len(seen) <= 3


def test_a_copy_costs_the_same_number_of_statements_however_much_there_is(room: Classroom) -> None:
    first, _ = take_part(room)
    with room.database.read() as rows, statements(room.database.engine) as seen:
        queries.everything(rows, first.person_id)
    assert len(seen) <= 32
