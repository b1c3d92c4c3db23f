"""Whom statements name: actor modes, pseudonyms' keys, persons' institutional ids."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("platform", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "actor_mode",
                sa.Enum(
                    "lti-sub", "lis-sourcedid", "pseudonym", name="actormode", native_enum=False, length=40
                ),
                nullable=False,
                server_default="lti-sub",
            )
        )
        batch_op.add_column(sa.Column("texts_told", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("deployment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("home_page", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("pseudonym_key", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sourcedid", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_digest"), ["digest"], unique=False)

    op.create_table(
        "erasure",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_event", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_erasure_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_erasure")),
    )
