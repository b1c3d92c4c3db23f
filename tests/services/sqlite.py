"""SQLite: a database is a file."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url


class Files:
    """Makes and drops databases in temporary folders, as `services.postgres.Server` does on its server."""

    def __str__(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    @contextmanager
    def fresh(self, template: str | None = None) -> Iterator[str]:
        """The SQLAlchemy URL of a new database, a copy of the one at URL `template` if given."""
        with tempfile.TemporaryDirectory(prefix="entraide-sqlite-") as folder:
            file = Path(folder) / "test.sqlite3"
            if template:
                shutil.copy(str(make_url(template).database), file)
            yield f"sqlite:///{file}"
