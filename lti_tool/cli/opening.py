"""What commands need of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..kernel.database import Database
from ..kernel.secrets import Sealer
from ..lti.keys import ensure_key
from ..migrations import upgrade
from ..settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The settings' database; the folder of an embedded one is made."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        database.dispose()


def prepare(settings: Settings) -> None:
    """Bring the database to the present schema, and see that the tool has a key pair."""
    with opened(settings) as database:
        upgrade(database)
        with database.write() as writing:
            ensure_key(writing, Sealer(settings.secret_key))
