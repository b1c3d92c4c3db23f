"""The database's history, from empty to now."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from ..kernel.database import Database


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to a schema, by default the present one; nothing happens when it is there already.

    SQLite changes a table by copying it and dropping the old one. With foreign keys on, that drop would take
    all rows with it that point there; so they are off meanwhile, and checked at the end.

    Raises:
        RuntimeError: a row would point nowhere; nothing was changed.

    """
    config = _config()
    if _is_at(database, config, revision):
        return  # at nearly every start; alembic would load every room's models to find nothing to do
    with database.engine.connect() as connection:
        _foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
                _check(connection)
        finally:
            _foreign_keys(connection, "ON")


def is_current(database: Database) -> bool:
    """Whether the database has the present schema."""
    return _is_at(database, _config(), "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def _is_at(database: Database, config: Config, revision: str) -> bool:
    wanted = ScriptDirectory.from_config(config).get_revision(revision)
    with database.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    return present == (wanted.revision,)


def _foreign_keys(connection: Connection, state: str) -> None:
    """Switch them on SQLite, which ignores it inside a transaction: so on the driver's own connection."""
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        driver.execute(f"PRAGMA foreign_keys={state}")


def _check(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if lost:
            raise RuntimeError(f"the migration would leave rows that point nowhere: {lost[:5]}")
