"""What an instructor takes away: all of it, for spreadsheets, and nothing that computes there."""

import csv
import io
import zipfile

import pytest
from classroom import Classroom
from factories import browser_of, tool

from lti_tool.contributions.models import Contribution
from lti_tool.home import export_queries, exporting
from lti_tool.home.export_tables import TABLES
from lti_tool.kernel.permissions import Role
from lti_tool.people.models import Person
from lti_tool.reviews import actions


@pytest.fixture
def room(database):
    """Three works, one review of each kind of cell that a spreadsheet would compute."""
    room = Classroom(database)
    one, two, _ = room.people(3)
    room.set(Person, Person.id == one, name="=cmd|'/c calc'!A1")
    room.set(Contribution, Contribution.author_id == two, title='+1, "twice"\nand é')
    for reviewer in (one, two):
        with database.write() as rows:
            review = actions.pull(rows, room.visit(reviewer), room.activity)
            actions.send(rows, room.visit(reviewer), room.activity, review.id, 0, room.written())
    with database.write() as rows:
        actions.pull(rows, room.visit(one), room.activity)  # in hand: nobody's to take away
    return room


def read(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.every_database
def test_every_table_alone_and_all_in_one(room, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "ROWS", 2)
    app = tool(room.database, tmp_path)
    browser = browser_of(app, room.database, room.visit(room.instructor, role=Role.ASSISTANT))
    assert "Take the data away" in browser.get("/").text
    page = browser.get("/export").text
    archive = zipfile.ZipFile(io.BytesIO(browser.get("/export/all").data))
    assert set(archive.namelist()) == {"README.txt", *(f"{table.name}.csv" for table in TABLES)}
    explained = archive.read("README.txt").decode()
    for table in TABLES:
        alone = browser.get(f"/export/file?of={table.name}").data
        assert alone == archive.read(f"{table.name}.csv")
        heading = alone.decode("utf-8-sig").splitlines()[0].split(",")
        assert heading[: len(table.columns)] == list(table.columns)
        for column in table.columns:
            assert f"  {column}: " in explained
            assert f"<code>{column}</code>" in page
        query = export_queries.QUERIES[table.name](room.activity)
        marks = 3 if table.name == export_queries.REVIEWS else 0
        assert len(query.column_descriptions) == len(table.columns) + marks, table.name
    people = read(archive.read("people.csv"))
    assert "'=cmd|'/c calc'!A1" in {each["name"] for each in people}
    works = read(archive.read("contributions.csv"))
    assert '\'+1, "twice"\nand é' in {each["title"] for each in works}
    reviews = read(archive.read("reviews.csv"))
    assert len(reviews) == 2
    assert {each["Useful (points)"] for each in reviews} == {"3.0"}
    assert {each["Clear (comment)"] for each in reviews} == {"Clear."}
    assert browser.get("/export/file?of=launch").status_code == 404
    app.extensions["entraide.database"].dispose()


def test_only_for_those_who_see_all_work(room, tmp_path):
    app = tool(room.database, tmp_path)
    for role in (Role.LEARNER, Role.SUPPORT, Role.DESIGNER, Role.OBSERVER):
        browser = browser_of(app, room.database, room.visit(room.instructor, role=role))
        for path in ("/export", "/export/all", "/export/file?of=people", "/remind?what=share"):
            assert browser.get(path).status_code == 403, (role, path)
    app.extensions["entraide.database"].dispose()
