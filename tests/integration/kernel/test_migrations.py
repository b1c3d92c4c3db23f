"""The migrations lead to what the models say, on both databases."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from lti_tool.kernel.database import Database
from lti_tool.migrations import upgrade
from lti_tool.migrations.metadata import ALL


def differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, ALL)  # type: ignore[arg-type]  # a list of them is taken too


def test_migrations_make_what_the_models_say(database_url: str) -> None:
    database = Database(database_url)
    assert differences(database.engine), "an empty database differs, or nothing is compared"
    upgrade(database)
    upgrade(database)
    assert differences(database.engine) == []
    database.dispose()
