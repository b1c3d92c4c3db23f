"""The door with a platform in front of it, on each database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from door import Door, make_settings
from platforms.strict import KeyServer, key_server
from services import sqlite

from lti_tool.app import create_app
from lti_tool.kernel.database import Base


@contextmanager
def open_door(server: Any, keys: KeyServer, folders: pytest.TempPathFactory) -> Iterator[Door]:
    """The whole application on a new database."""
    with server.fresh() as url:
        app = create_app(make_settings(url, folders.mktemp("data")))
        database = app.extensions["entraide.database"]
        Base.metadata.create_all(database.engine)
        yield Door(app, database, keys)
        database.dispose()


@pytest.fixture(scope="session")
def keys() -> Iterator[KeyServer]:
    """Where platforms publish their keys."""
    with key_server() as server:
        yield server


@pytest.fixture(scope="session")
def door(database_server: Any, keys: KeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The door on each kind of database."""
    with open_door(database_server, keys, tmp_path_factory) as opened:
        yield opened


@pytest.fixture(scope="session")
def sqlite_door(
    sqlite_files: sqlite.Files, keys: KeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    """The door on SQLite only, for what never reaches the database."""
    with open_door(sqlite_files, keys, tmp_path_factory) as opened:
        yield opened
