"""A village (see `village`) where every text is hostile, made once; each module spoils its own copy."""

from collections.abc import Iterator

import pytest
from services import sqlite
from village import PEOPLE, Village, build, copied

from lti_tool.kernel.database import Database
from lti_tool.migrations import upgrade

# What must never become more than text. 1337 is what a template would make of a part of it.
EVIL = (
    "<script>zq()</script>\"><svg onload=zq()>{{7*191}}${7*191}'onfocus='zq() [x](javascript:zq())"
    " \u202egpj\u2066 👩🏽‍🔧 \x00\x0b\r\nBcc: zq@evil.example"
)
SURNAMES = dict(zip(PEOPLE, ("Quennehen", "Zwingelstein", "Pfaffenrath"), strict=True))
NAMES = {part: f'{surname} <img src=x onerror="zq()">{"é" * 160}' for part, surname in SURNAMES.items()}


def evil(place: str) -> str:
    """Hostile words of a place, by which they are recognised."""
    return f"zq-{place}- {EVIL}"


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
