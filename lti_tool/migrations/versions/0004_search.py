"""The list of what is shared, and the words it is found by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lti_tool.contributions.index import terms

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# SQLite's index of the terms. A later migration that copies `search_entry` has to make the triggers again.
FTS = (
    "CREATE VIRTUAL TABLE search_words USING fts5(terms, content='search_entry', content_rowid='id', "
    "prefix='2 3 4', tokenize=\"unicode61 remove_diacritics 2 tokenchars '=@'\")",
    "CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN "
    "INSERT INTO search_words (rowid, terms) VALUES (new.id, new.terms); END",
    "CREATE TRIGGER search_entry_changed AFTER UPDATE OF terms ON search_entry BEGIN "
    "INSERT INTO search_words (search_words, rowid, terms) VALUES ('delete', old.id, old.terms); "
    "INSERT INTO search_words (rowid, terms) VALUES (new.id, new.terms); END",
    "CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN "
    "INSERT INTO search_words (search_words, rowid, terms) VALUES ('delete', old.id, old.terms); END",
)
# PostgreSQL's. The function says what it costs: else it would be called for one row after the other.
GIN = (
    "CREATE FUNCTION search_terms(terms text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT "
    "PARALLEL SAFE COST 1000 AS 'BEGIN RETURN array_to_tsvector(string_to_array(terms, '' '')); END'",
    "CREATE INDEX ix_search_entry_terms ON search_entry USING gin (search_terms(terms))",
)
AT_ONCE = 500  # contributions


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_search_entry_contribution_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("contribution_id", name=op.f("uq_search_entry_contribution_id")),
    )
    with op.batch_alter_table("search_entry", schema=None) as batch_op:
        batch_op.create_index("ix_search_entry_activity", ["activity_id", "id"], unique=False)
        batch_op.create_index("ix_search_entry_course", ["course_id", "id"], unique=False)
    for statement in FTS if op.get_bind().dialect.name == "sqlite" else GIN:
        op.execute(statement)
    _add_what_is_shared()


def _add_what_is_shared() -> None:
    """An entry for each contribution shared so far, in the order of sharing."""
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    contribution = sa.table(
        "contribution",
        *(sa.column(name, sa.Uuid()) for name in ("id", "activity_id")),
        *(sa.column(name) for name in ("state", "shared_at", "title", "language")),
        sa.column("answers", json),
    )
    activity = sa.table("activity", sa.column("id", sa.Uuid()), sa.column("course_id", sa.Uuid()))
    entry = sa.table(
        "search_entry",
        *(sa.column(name, sa.Uuid()) for name in ("contribution_id", "activity_id", "course_id")),
        sa.column("terms"),
    )
    connection = op.get_bind()
    shared = sa.select(contribution.c.id).where(contribution.c.state == "shared")
    ids = connection.scalars(shared.order_by(contribution.c.shared_at, contribution.c.id)).all()
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        rows = connection.execute(
            sa.select(contribution, activity.c.course_id)
            .join(activity, activity.c.id == contribution.c.activity_id)
            .where(contribution.c.id.in_(some))
        )
        by_id = {row.id: row for row in rows}
        connection.execute(
            entry.insert(),
            [
                {
                    "contribution_id": row.id,
                    "activity_id": row.activity_id,
                    "course_id": row.course_id,
                    "terms": terms(
                        "\n".join((row.title, *map(str, row.answers.values()))),
                        row.language,
                        row.activity_id,
                        row.course_id,
                    ),
                }
                for row in map(by_id.__getitem__, some)
            ],
        )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        op.execute("DROP TABLE search_words")
    op.drop_table("search_entry")
    if not sqlite:
        op.execute("DROP FUNCTION search_terms")
