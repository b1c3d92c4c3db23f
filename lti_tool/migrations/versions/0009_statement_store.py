"""The statement store: documents, activities, agents, files, credentials."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "xapi_files",
        sa.Column(
            "sha2",
            sa.String(length=128),
            nullable=False,
            comment="in small letters, as attachments name it",
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha2", name=op.f("pk_xapi_files")),
    )
    op.create_table(
        "xapi_activities",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False, comment="hash of the activity's id"),
        sa.Column("definition", sa.Text(), nullable=False, comment="all that statements said of it, JSON"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_xapi_activities")),
    )
    op.create_table(
        "xapi_documents",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False, comment="hash of what identifies it"),
        sa.Column(
            "context",
            sa.LargeBinary(length=16),
            nullable=False,
            comment="hash of whose documents are listed together",
        ),
        sa.Column(
            "agent",
            sa.LargeBinary(length=16),
            nullable=True,
            comment="hash of whom it is about, if of somebody",
        ),
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Text(), nullable=False, comment="stateId or profileId"),
        sa.Column("stored", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False, comment="the media type that it was sent with"),
        sa.Column("sha1", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_xapi_documents")),
    )
    op.create_index("ix_xapi_documents_agent", "xapi_documents", ["agent"])
    op.create_index("ix_xapi_documents_context_stored", "xapi_documents", ["context", "stored"])
    op.create_table(
        "xapi_credentials",
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="salt:scrypt of the password"),
        sa.Column("scopes", sa.Text(), nullable=False, comment="separated by spaces"),
        sa.Column("name", sa.Text(), nullable=False, comment="whom its statements are asserted by"),
        sa.Column("made_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_xapi_credentials")),
    )


def downgrade() -> None:
    for table in ("xapi_credentials", "xapi_documents", "xapi_activities"):
        op.drop_table(table)
    op.drop_table("xapi_files")
