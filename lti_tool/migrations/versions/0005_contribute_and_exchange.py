"""More kinds of activity, writing together, versions, questions, news, moderation."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Whoever listens on PostgreSQL hears of what is new when it is committed; see kernel/commits.py.
TELL = (
    "CREATE FUNCTION tell_of_news() RETURNS trigger LANGUAGE plpgsql "
    "AS 'BEGIN PERFORM pg_notify(''entraide'', ''''); RETURN NULL; END'",
    "CREATE TRIGGER event_told AFTER INSERT ON event FOR EACH STATEMENT EXECUTE FUNCTION tell_of_news()",
    "CREATE TRIGGER news_told AFTER INSERT ON news FOR EACH STATEMENT EXECUTE FUNCTION tell_of_news()",
)


def upgrade() -> None:
    op.create_table(
        "mail_choice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "frequency",
            sa.Enum("at-once", "daily", "weekly", "off", name="frequency", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("without", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mail_choice_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_choice")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_choice_key")),
    )
    op.create_table(
        "extension",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("share_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by_id", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_extension_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["person.id"], name=op.f("fk_extension_given_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_extension_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_id", "person_id", name=op.f("pk_extension")),
    )
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extension_person_id"), ["person_id"], unique=False)

    op.create_table(
        "presence",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_presence_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_presence_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_id", "person_id", name=op.f("pk_presence")),
    )
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presence_person_id"), ["person_id"], unique=False)

    op.create_table(
        "authorship",
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_authorship_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_authorship_contribution_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_authorship_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contribution_id", "person_id", name=op.f("pk_authorship")),
        sa.UniqueConstraint("person_id", "activity_id", name=op.f("uq_authorship_person_id_activity_id")),
    )
    op.create_table(
        "revision",
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("merged", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_revision_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_revision_contribution_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contribution_id", "number", name=op.f("pk_revision")),
        sa.UniqueConstraint("contribution_id", "form", name=op.f("uq_revision_contribution_id_form")),
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revision_author_id"), ["author_id"], unique=False)

    op.create_table(
        "mention",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_mention_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mention_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name=op.f("pk_mention")),
    )
    with op.batch_alter_table("mention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mention_person_id"), ["person_id"], unique=False)

    op.create_table(
        "news",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=True),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "comment",
                "reply",
                "mention",
                "reaction",
                "answer",
                "accepted",
                "review",
                "version",
                "moderation",
                name="newskind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_news_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_news_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_news_contribution_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_news_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_news_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_news_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
        sa.UniqueConstraint("person_id", "event_id", name=op.f("uq_news_person_id_event_id")),
    )
    with op.batch_alter_table("news", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_news_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            "ix_news_mail",
            ["mail_at", "person_id"],
            unique=False,
            sqlite_where=sa.text("mail_at IS NOT NULL"),
            postgresql_where=sa.text("mail_at IS NOT NULL"),
        )
        batch_op.create_index("ix_news_person", ["person_id", "course_id", "id"], unique=False)

    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("then", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome", sa.Enum("hidden", "left", name="outcome", native_enum=False, length=40), nullable=True
        ),
        sa.CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_report_settled")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_report_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_report_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_report_contribution_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["person.id"], name=op.f("fk_report_reporter_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_report_settled_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_comment_id"), ["comment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(
            "ix_report_open",
            ["activity_id", "reported_at"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_report_reporter_id"), ["reporter_id"], unique=False)
        batch_op.create_index(
            "uq_report_of_contribution",
            ["reporter_id", "contribution_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL AND comment_id IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL AND comment_id IS NULL"),
        )
        batch_op.create_index(
            "uq_report_of_comment",
            ["reporter_id", "comment_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("step", sa.Uuid(), nullable=True),
        sa.Column("attachment_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("received BETWEEN 0 AND size", name=op.f("ck_upload_received")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_upload_attachment_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_upload_contribution_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_upload_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_person_id"), ["person_id"], unique=False)

    op.create_table(
        "vote",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_vote_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_vote_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name=op.f("pk_vote")),
    )
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vote_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "feedback",
                sa.Enum("reviews", "comments", "none", name="feedback", native_enum=False, length=40),
                nullable=False,
                server_default="reviews",
            )
        )
        batch_op.add_column(
            sa.Column(
                "writing",
                sa.Enum("alone", "groups", "course", name="writing", native_enum=False, length=40),
                nullable=False,
                server_default="alone",
            )
        )
        batch_op.add_column(sa.Column("named", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("presence", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(
            sa.Column("prompts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True)
        )
        batch_op.add_column(sa.Column("target_words", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("quota_mb", sa.Integer(), nullable=False, server_default="2000"))
        batch_op.create_check_constraint(
            batch_op.f("ck_activity_target_words"), "target_words BETWEEN 1 AND 10000"
        )
        batch_op.create_check_constraint(batch_op.f("ck_activity_quota_mb"), "quota_mb BETWEEN 1 AND 100000")

    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("step", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("captions", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("transcript", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "role",
                sa.Enum("remark", "question", "answer", name="commentrole", native_enum=False, length=40),
                nullable=False,
                server_default="remark",
            )
        )
        batch_op.add_column(sa.Column("hidden_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("endorsed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("endorsed_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("open_in_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            "ix_comment_open",
            ["open_in_id", "said_at", "id"],
            unique=False,
            sqlite_where=sa.text("open_in_id IS NOT NULL"),
            postgresql_where=sa.text("open_in_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_comment_accepted",
            ["contribution_id"],
            unique=True,
            sqlite_where=sa.text("accepted_at IS NOT NULL AND thread_id IS NULL"),
            postgresql_where=sa.text("accepted_at IS NOT NULL AND thread_id IS NULL"),
        )
        batch_op.create_index(
            "uq_comment_accepted_in_thread",
            ["thread_id"],
            unique=True,
            sqlite_where=sa.text("accepted_at IS NOT NULL"),
            postgresql_where=sa.text("accepted_at IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_comment_endorsed_by_id"), "person", ["endorsed_by_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_comment_hidden_by_id"), "person", ["hidden_by_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_comment_open_in_id"), "activity", ["open_in_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_comment_open"), "open_in_id IS NULL OR answered_at IS NULL"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_comment_accepted"), "accepted_at IS NULL OR role = 'answer'"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_comment_endorsed"), "endorsed_at IS NULL OR role = 'answer'"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_comment_question"), "role <> 'question' OR thread_id IS NULL"
        )

    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("team", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("by_staff", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("written_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("revised_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("exemplary_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("exemplary_because", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("hidden_because", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("hidden_by_id", sa.Uuid(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_contribution_activity_id_author_id"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_contribution_activity_id_author_id_number"), ["activity_id", "author_id", "number"]
        )
        batch_op.create_index(
            "uq_contribution_team",
            ["activity_id", "team"],
            unique=True,
            sqlite_where=sa.text("team <> ''"),
            postgresql_where=sa.text("team <> ''"),
        )
        batch_op.create_index(
            "ix_contribution_open",
            ["activity_id", "shared_at", "id"],
            unique=False,
            sqlite_where=sa.text("answered_at IS NULL AND state = 'shared'"),
            postgresql_where=sa.text("answered_at IS NULL AND state = 'shared'"),
        )
        batch_op.create_index(
            "ix_contribution_pinned",
            ["activity_id", "pinned_at"],
            unique=False,
            sqlite_where=sa.text("pinned_at IS NOT NULL"),
            postgresql_where=sa.text("pinned_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_contribution_exemplary",
            ["activity_id"],
            unique=False,
            sqlite_where=sa.text("exemplary_at IS NOT NULL"),
            postgresql_where=sa.text("exemplary_at IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_contribution_hidden_by_id"),
            "person",
            ["hidden_by_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_contribution_written_by_id"),
            "person",
            ["written_by_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_event_unnoticed",
            ["id"],
            unique=False,
            postgresql_where=sa.text("noticed_at IS NULL"),
            sqlite_where=sa.text("noticed_at IS NULL"),
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index("ix_review_contribution", ["contribution_id", "state"], unique=False)

    # ### end Alembic commands ###
    # What was there before has been told, and each shared text is its own first version.
    op.execute("UPDATE event SET noticed_at = occurred_at")
    op.execute("UPDATE contribution SET revision = 1, revised_at = shared_at WHERE state = 'shared'")
    op.execute(
        "INSERT INTO revision"
        " (contribution_id, number, author_id, title, answers, words, why, merged, saved_at)"
        " SELECT id, 1, author_id, title, answers, words, '', false, shared_at FROM contribution"
        " WHERE state = 'shared'"
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in TELL:
            op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before")
