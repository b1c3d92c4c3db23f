"""A worker at work on a database of the test."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from subprocess import Popen
from uuid import UUID, uuid4

import pytest
from classroom import Classroom
from misbehaving import Lrs
from workers import working

from lti_tool.kernel import journal
from lti_tool.kernel.database import Database
from lti_tool.kernel.journal import Event, EventType
from lti_tool.kernel.secrets import Sealer
from lti_tool.settings import Settings
from lti_tool.worker import stores
from lti_tool.worker.clients import Clients
from xapi.store import schema


class Plant:
    """A database with a classroom, the stores its statements go to, and what the worker is told."""

    def __init__(self, database: Database, folder: Path) -> None:
        url = database.engine.url.render_as_string(hide_password=False)
        self.settings = Settings(
            _env_file=None,
            database_url=url,
            data_dir=folder,
            secret_key="k" * 32,
            allow_private_networks=True,
        )
        self.database = database
        schema.metadata.create_all(database.engine)
        self.room = Classroom(database)
        self.sealer = Sealer(self.settings.secret_key)
        self.clients = Clients(self.settings, database, self.sealer)

    def add(self, lrs: Lrs, name: str = "far", **more) -> None:
        """Send statements to an LRS from now on."""
        stores.add(
            self.database, self.sealer, name=name, url=f"{lrs.url}/xapi", username="u", password="p", **more
        )

    def happen(self, count: int) -> list[UUID]:
        """`count` events; return their statements' ids."""
        person = self.room.instructor
        ids = []
        for start in range(0, count, 500):
            with self.database.write() as rows:
                for _ in range(min(500, count - start)):
                    visit = self.room.visit(person)
                    activity = self.room.activity.id
                    event = journal.record_act(rows, visit, EventType.LAUNCHED, activity, uuid4())
                    ids.append(event.statement_id)
        return ids

    def events(self) -> list[Event]:
        """The journal."""
        return list(self.room.all(Event))

    def status(self, name: str = "far") -> dict[str, object]:
        """How far a store is."""
        return stores.status(self.database)[name]

    def working(self) -> AbstractContextManager[Popen]:
        """A worker at work in a process of its own."""
        return working(self.settings.database_url, self.settings.data_dir, self.settings.secret_key)


@pytest.fixture
def plant(database, tmp_path) -> Iterator[Plant]:
    """See Plant."""
    plant = Plant(database, tmp_path)
    yield plant
    plant.clients.close()


@pytest.fixture
def lrs_started() -> Iterator[Callable[..., Lrs]]:
    """Starts LRSs that last as long as the test."""
    with ExitStack() as stack:
        yield lambda *args, **kwargs: stack.enter_context(Lrs(*args, **kwargs).running())
