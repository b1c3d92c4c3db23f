"""Classrooms on LMSs of every kind, and the tool for their browsers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from factories import browser_of, tool
from flask import Flask
from flask.testing import FlaskClient
from graded import Graded, graded
from services import sqlite
from sqlalchemy import delete

from lti_tool.kernel.database import Database
from lti_tool.kernel.permissions import Role
from lti_tool.migrations import upgrade
from lti_tool.people.models import Platform


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[Flask]:
    """The tool."""
    app = tool(database, tmp_path)
    yield app
    app.extensions["entraide.database"].dispose()


@pytest.fixture(scope="session")
def one_database(sqlite_files: sqlite.Files) -> Iterator[Database]:
    """One SQLite database for what is about LMSs rather than databases."""
    with sqlite_files.fresh() as url:
        database = Database(url)
        upgrade(database)
        yield database
        database.dispose()


@pytest.fixture
def on(one_database: Database) -> Iterator[Callable[..., Graded]]:
    """Opens the only classroom, on an LMS of a personality; takes what `graded` takes."""
    with one_database.write() as rows:
        rows.execute(delete(Platform))
    with ExitStack() as stack:
        yield lambda personality, **given: stack.enter_context(graded(one_database, personality, **given))


@pytest.fixture
def instructor_of(tmp_path: Path) -> Iterator[Callable[[Graded], FlaskClient]]:
    """The instructor's browser in a classroom on an LMS."""
    with ExitStack() as stack:

        def open_one(course: Graded) -> FlaskClient:
            app = tool(course.database, tmp_path)
            stack.callback(app.extensions["entraide.database"].dispose)
            visit = course.room.visit(course.room.instructor, role=Role.INSTRUCTOR)
            return browser_of(app, course.database, visit)

        yield open_one
