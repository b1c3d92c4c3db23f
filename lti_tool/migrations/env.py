"""Alembic's entry: runs on the connection it is given, else on the settings' database."""

from typing import Literal

from alembic import context
from sqlalchemy import JSON, Connection

from lti_tool.kernel.database import Database, UtcDateTime
from lti_tool.migrations.metadata import ALL, in_models
from lti_tool.settings import Settings


def plain_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own types as the plain ones below them: a migration must not change when they do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run(connection: Connection) -> None:
    """Run the migrations in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=ALL,
        render_item=plain_type,
        include_name=in_models,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with Database(Settings().database_url).engine.begin() as own:
        run(own)
