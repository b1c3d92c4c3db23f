"""Every page, for every role: a bounded number of SQL statements, however many took part."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from classroom import Classroom, statements
from factories import browser_of, tool
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from lti_tool.activities.models import Activity, Calibration
from lti_tool.contributions.models import Contribution
from lti_tool.gradebook.models import Column, Score
from lti_tool.home.watching import Show
from lti_tool.kernel import clock
from lti_tool.kernel.database import Database
from lti_tool.kernel.permissions import Purpose, Role
from lti_tool.lti.models import DeepLinkRequest
from lti_tool.reviews.models import Review, ReviewState

MOST = 12
CROWD = 500


@pytest.fixture
def room(database: Database) -> Classroom:
    """A course of 500 contributions, each with a review and a score."""
    room = Classroom(database)
    room.people(CROWD)
    now = clock.now()
    with database.write() as rows:
        works = rows.execute(select(Contribution.id, Contribution.author_id)).all()
        rows.execute(
            insert(Review),
            [
                {
                    "id": uuid4(), "activity_id": room.activity.id,
                    "contribution_id": work, "author_id": author,
                    "reviewer_id": works[number - 1].author_id, "state": ReviewState.SENT, "leases": 1,
                    "assigned_at": now, "lease_until": now, "sent_at": now, "version": 1, "overall": "Good.",
                    "score": 0.5,
                }
                for number, (work, author) in enumerate(works)
            ],
        )  # fmt: skip
        rows.execute(
            insert(Score),
            [
                {
                    "activity_id": room.activity.id, "person_id": author, "column": column, "value": 0.5,
                    "basis": 1, "changed_at": now, "next_try_at": now,
                }
                for _, author in works
                for column in Column
            ],
        )  # fmt: skip
    return room


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[Flask]:
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture
def cost(app: Flask) -> Callable[[FlaskClient, str], int]:
    """Opens a page and counts the SQL statements it takes."""

    def count(browser: FlaskClient, path: str) -> int:
        browser.get("/")  # whatever a first request prepares is not the page's
        with statements(app.extensions["entraide.database"].engine) as seen:
            response = browser.get(path)
        assert response.status_code == 200, (path, response.status_code, response.text[:500])
        assert len(seen) <= MOST, "\n".join([path, *seen])
        return len(seen)

    return count


def test_a_learners_pages(room: Classroom, app: Flask, cost: Callable[[FlaskClient, str], int]) -> None:
    (newcomer,) = room.people(1, shared=False)
    author: UUID = room.all(Contribution)[0].author_id
    for person in (newcomer, author):
        browser = browser_of(app, room.database, room.visit(person))
        for path in (
            ("/", "/share", "/received", "/help")
            if person == newcomer
            else ("/", "/contribution", "/received")
        ):
            cost(browser, path)
    browser = browser_of(app, room.database, room.visit(author))
    address = browser.post("/review/next").location
    review = re.search(r"/review/[0-9a-f-]{36}$", address)
    assert review
    cost(browser, review.group())
    cost(browser, "/")
    everything = {"revising": True, "self_review": True, "calibration": Calibration.REQUIRED}
    room.set(Activity, Activity.id == room.activity.id, asked_again_at=clock.now(), **everything)
    cost(browser, "/")


@pytest.mark.every_database
def test_the_dialogs_pages(room: Classroom, app: Flask, cost: Callable[[FlaskClient, str], int]) -> None:
    visit = room.visit(room.instructor, role=Role.INSTRUCTOR)
    dialog = replace(visit, purpose=Purpose.PICK, resource_link_id=None)
    browser = browser_of(app, room.database, dialog)
    with room.database.write() as rows:
        rows.add(
            DeepLinkRequest(
                launch_id=dialog.launch_id, return_url="https://lms.example/back", data=None,
                accept_multiple=True, accept_lineitem=True, answered_at=None,
            )
        )  # fmt: skip
    for path in ("/pick", "/pick/existing", "/activity/copy"):
        cost(browser, path)


def test_an_instructors_pages(room: Classroom, app: Flask, cost: Callable[[FlaskClient, str], int]) -> None:
    contribution = room.all(Contribution)[0]
    work, author = contribution.id, contribution.author_id
    for role in (Role.INSTRUCTOR, Role.ASSISTANT):
        browser = browser_of(app, room.database, room.visit(room.instructor, role=role))
        for show in Show:
            cost(browser, f"/?show={show}")
        for path in ("/remind?what=share", "/remind?what=review", "/remind?what=revise", "/export"):
            cost(browser, path)
        cost(browser, f"/work/{work}")
        cost(browser, f"/people/{author}")
        for path in ("/groups", "/help", "/my-data", "/window"):
            cost(browser, path)
    cost(
        browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR)),
        "/gradebook/columns",
    )


@pytest.mark.parametrize("role", [Role.DESIGNER, Role.OBSERVER, Role.SUPPORT])
def test_everybody_elses_first_page(
    room: Classroom, app: Flask, cost: Callable[[FlaskClient, str], int], role: Role
) -> None:
    cost(browser_of(app, room.database, room.visit(room.instructor, role=role)), "/")


@pytest.mark.every_database
def test_the_list_of_people_is_paged_without_gaps(room: Classroom, app: Flask) -> None:
    browser = browser_of(app, room.database, room.visit(room.instructor, role=Role.INSTRUCTOR))
    names: list[str] = []
    path, pages = "/", 0
    while path:
        page = browser.get(path).text
        names += re.findall(r'<th scope="row">(.*?)</th>', page)
        pages += 1
        more = re.search(r'href="[^"]*?(/\?[^"]*after=[^"]*)"', page)
        path = more.group(1).replace("&amp;", "&") if more else ""
    assert pages == CROWD // 50
    assert len(names) == len(set(names)) == CROWD
    assert names == sorted(names)
