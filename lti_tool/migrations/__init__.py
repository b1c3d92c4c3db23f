"""The database's history, from empty to now."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from ..kernel.database import Database


def upgrade(database: Database) -> None:
    """Bring the database to the present schema; nothing happens when it is there already."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
