"""A village (see `village`) where every text is hostile, made once; each module spoils its own copy."""

from collections.abc import Iterator

import pytest
from hostile import NAMES, evil
from services import sqlite
from village import build
from villagers import Village, copied

from lti_tool.kernel.database import Database
from lti_tool.migrations import upgrade


@pytest.fixture(scope="session")
def made(sqlite_files: sqlite.Files, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    """The village as everybody finds it."""
    with sqlite_files.fresh() as url:
        database = Database(url)
        upgrade(database)
        folder = tmp_path_factory.mktemp("village")
        village = build(database, folder, evil, NAMES, named=False)
        village.app.extensions["entraide.database"].dispose()
        database.dispose()  # the last connection is closed: now all is in the file
        yield village


@pytest.fixture(scope="module")
def village(
    made: Village, sqlite_files: sqlite.Files, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Village]:
    """A copy, to be spoilt."""
    with copied(made, sqlite_files, tmp_path_factory.mktemp("copy")) as village:
        yield village
