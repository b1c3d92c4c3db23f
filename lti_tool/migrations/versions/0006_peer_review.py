"""Peer review: rubrics, phases, push, annotations, appraisals, flags, examples, comparisons, releases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rubric",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("criteria", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_rubric_owner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["deployment.id"], name=op.f("fk_rubric_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_rubric_owner_id_name")),
    )
    with op.batch_alter_table("rubric", schema=None) as batch_op:
        batch_op.create_index("ix_rubric_library", ["tenant_id", "shared", "name"], unique=False)

    op.create_table(
        "override",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "column",
            sa.Enum("work", "reviewing", "total", name="column", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value BETWEEN 0 AND 1", name=op.f("ck_override_value")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_override_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_override_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["person.id"], name=op.f("fk_override_set_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("activity_id", "person_id", "column", name=op.f("pk_override")),
    )
    with op.batch_alter_table("override", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_override_person_id"), ["person_id"], unique=False)

    op.create_table(
        "pair_rule",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.CheckConstraint("reviewer_id <> author_id", name=op.f("ck_pair_rule_two_people")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_pair_rule_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_pair_rule_author_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f("fk_pair_rule_reviewer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_id", "reviewer_id", "author_id", name=op.f("pk_pair_rule")),
    )
    with op.batch_alter_table("pair_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pair_rule_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pair_rule_reviewer_id"), ["reviewer_id"], unique=False)

    op.create_table(
        "refit",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_refit_activity_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_refit")),
    )
    with op.batch_alter_table("refit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refit_due_at"), ["due_at"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("share", "review", "revise", name="reminderkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_reminder_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_reminder_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(
            "ix_reminder_waiting",
            ["asked_at"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )
        batch_op.create_index(
            "uq_reminder_occasion",
            ["activity_id", "kind", "occasion"],
            unique=True,
            sqlite_where=sa.text("occasion <> ''"),
            postgresql_where=sa.text("occasion <> ''"),
        )

    op.create_table(
        "reviewer_scale",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("bias", sa.Double(), nullable=True),
        sa.Column("precision", sa.Double(), nullable=True),
        sa.Column("useful", sa.Double(), nullable=True),
        sa.Column("agreement", sa.Double(), nullable=True),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_reviewer_scale_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reviewer_scale_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_id", "person_id", name=op.f("pk_reviewer_scale")),
    )
    with op.batch_alter_table("reviewer_scale", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviewer_scale_person_id"), ["person_id"], unique=False)

    op.create_table(
        "reviewer_weight",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.CheckConstraint("weight BETWEEN 0 AND 10", name=op.f("ck_reviewer_weight_weight")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_reviewer_weight_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reviewer_weight_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_id", "person_id", name=op.f("pk_reviewer_weight")),
    )
    with op.batch_alter_table("reviewer_weight", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviewer_weight_person_id"), ["person_id"], unique=False)

    op.create_table(
        "comparison",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("second_left", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "assigned",
                "judged",
                "skipped",
                "lapsed",
                name="comparisonstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("winner_id", sa.Uuid(), nullable=True),
        sa.Column("choices", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'judged') = (judged_at IS NOT NULL)", name=op.f("ck_comparison_judged_at")
        ),
        sa.CheckConstraint("state <> 'judged' OR winner_id IS NOT NULL", name=op.f("ck_comparison_judged")),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_comparison_in_order")),
        sa.CheckConstraint(
            "winner_id IS NULL OR winner_id IN (first_id, second_id)", name=op.f("ck_comparison_winner")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_comparison_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["contribution.id"], name=op.f("fk_comparison_first_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"], ["person.id"], name=op.f("fk_comparison_judge_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["contribution.id"], name=op.f("fk_comparison_second_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["winner_id"], ["contribution.id"], name=op.f("fk_comparison_winner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison")),
        sa.UniqueConstraint(
            "judge_id", "first_id", "second_id", name=op.f("uq_comparison_judge_id_first_id_second_id")
        ),
    )
    with op.batch_alter_table("comparison", schema=None) as batch_op:
        batch_op.create_index("ix_comparison_activity", ["activity_id", "state", "judge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_comparison_first_id"), ["first_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_comparison_judge_id"), ["judge_id"], unique=False)
        batch_op.create_index("ix_comparison_lease", ["state", "lease_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_comparison_second_id"), ["second_id"], unique=False)
        batch_op.create_index(
            "uq_comparison_one_open",
            ["activity_id", "judge_id"],
            unique=True,
            postgresql_where=sa.text("state = 'assigned'"),
            sqlite_where=sa.text("state = 'assigned'"),
        )

    op.create_table(
        "compared_work",
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("se", sa.Double(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_compared_work_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_compared_work_contribution_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contribution_id", name=op.f("pk_compared_work")),
    )
    with op.batch_alter_table("compared_work", schema=None) as batch_op:
        batch_op.create_index(
            "ix_compared_work_score", ["activity_id", "score", "contribution_id"], unique=False
        )

    op.create_table(
        "comparison_fit",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("ssr", sa.Double(), nullable=True),
        sa.Column("split_half", sa.Double(), nullable=True),
        sa.Column("doubts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("misfits", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("judgements", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_comparison_fit_activity_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_comparison_fit")),
    )

    op.create_table(
        "example",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("marks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_example_score_range")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_example_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_example_contribution_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_example_made_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_example")),
    )
    with op.batch_alter_table("example", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_example_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_example_contribution_id"), ["contribution_id"], unique=False)

    op.create_table(
        "work_score",
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("spread", sa.Double(), nullable=True),
        sa.Column("pull", sa.Double(), nullable=True),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value BETWEEN 0 AND 1", name=op.f("ck_work_score_value")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_work_score_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_work_score_contribution_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contribution_id", name=op.f("pk_work_score")),
    )
    with op.batch_alter_table("work_score", schema=None) as batch_op:
        batch_op.create_index("ix_work_score_spread", ["activity_id", "spread"], unique=False)

    op.create_table(
        "annotation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=True),
        sa.Column("x", sa.Double(), nullable=True),
        sa.Column("y", sa.Double(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(prompt <> '') <> (attachment_id IS NOT NULL)", name=op.f("ck_annotation_place")),
        sa.CheckConstraint("seconds >= 0", name=op.f("ck_annotation_moment")),
        sa.CheckConstraint('start >= 0 AND "end" > start', name=op.f("ck_annotation_passage")),
        sa.CheckConstraint("x BETWEEN 0 AND 1 AND y BETWEEN 0 AND 1", name=op.f("ck_annotation_spot")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_annotation_attachment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_annotation_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotation")),
    )
    with op.batch_alter_table("annotation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_annotation_attachment_id"), ["attachment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_annotation_review_id"), ["review_id"], unique=False)

    op.create_table(
        "appraisal",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("useful", sa.Integer(), nullable=True),
        sa.Column("thanks", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("useful BETWEEN 1 AND 5", name=op.f("ck_appraisal_useful")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_appraisal_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_appraisal_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_appraisal")),
    )
    with op.batch_alter_table("appraisal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appraisal_person_id"), ["person_id"], unique=False)

    op.create_table(
        "flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("of_review", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "empty",
                "abusive",
                "plagiarised",
                "recognised",
                "conflict",
                "unfair",
                "other",
                name="flagreason",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "left", "discounted", "hidden", "corrected", name="flagoutcome", native_enum=False, length=40
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_flag_settled")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_flag_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_flag_contribution_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_flag_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_flag_review_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_flag_settled_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(
            "ix_flag_open",
            ["activity_id", "flagged_at"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_flag_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_review_id"), ["review_id"], unique=False)
        batch_op.create_index(
            "uq_flag_open",
            ["review_id", "of_review", "person_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "rescore",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_rescore_score_range")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_rescore_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_rescore")),
    )
    op.create_table(
        "trial",
        sa.Column("example_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("marks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("first_score", sa.Double(), nullable=False),
        sa.Column("distance", sa.Double(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_trial_score_range")),
        sa.ForeignKeyConstraint(
            ["example_id"], ["example.id"], name=op.f("fk_trial_example_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_trial_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("example_id", "person_id", name=op.f("pk_trial")),
    )
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trial_person_id"), ["person_id"], unique=False)

    op.create_table(
        "uptake",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_uptake_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", "revision", name=op.f("pk_uptake")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("review_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("revising", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("revise_by", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("zone", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("reviews_named", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("names_at_end", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column(
                "review_type",
                sa.Enum("criteria", "comparison", name="reviewtype", native_enum=False, length=40),
                nullable=False,
                server_default="criteria",
            )
        )
        batch_op.add_column(
            sa.Column(
                "allocation",
                sa.Enum("pull", "push", name="allocation", native_enum=False, length=40),
                nullable=False,
                server_default="pull",
            )
        )
        batch_op.add_column(sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("push_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("push_anyway", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(
            sa.Column(
                "push_obstacle", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column(
                "matching",
                sa.Enum(
                    "anyone", "within-group", "across-groups", name="matching", native_enum=False, length=40
                ),
                nullable=False,
                server_default="anyone",
            )
        )
        batch_op.add_column(sa.Column("as_group", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("self_review", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(
            sa.Column(
                "calibration",
                sa.Enum(
                    "none",
                    "voluntary",
                    "required",
                    "within",
                    name="calibration",
                    native_enum=False,
                    length=40,
                ),
                nullable=False,
                server_default="none",
            )
        )
        batch_op.add_column(
            sa.Column("tolerance", sa.Double(), nullable=False, server_default=sa.text("0.15"))
        )
        batch_op.add_column(
            sa.Column("feedback_held", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("feedback_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("scores_held", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("scores_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "scoring",
                sa.Enum(
                    "mean",
                    "median",
                    "trimmed",
                    "weighted",
                    "model",
                    name="scoring",
                    native_enum=False,
                    length=40,
                ),
                nullable=False,
                server_default="mean",
            )
        )
        batch_op.add_column(
            sa.Column("late_penalty", sa.Double(), nullable=False, server_default=sa.text("0"))
        )
        batch_op.add_column(
            sa.Column("late_penalty_most", sa.Double(), nullable=False, server_default=sa.text("1"))
        )
        batch_op.add_column(
            sa.Column("work_share", sa.Double(), nullable=False, server_default=sa.text("0.8"))
        )
        batch_op.add_column(
            sa.Column(
                "reviewing_weights", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
            )
        )
        batch_op.add_column(sa.Column("rescore_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reminders", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("asked_again_at", sa.DateTime(timezone=True), nullable=True))
        drawing = "allocation = 'push' AND (pushed_at IS NULL OR push_asked_at IS NOT NULL)"
        batch_op.create_index(
            "ix_activity_push",
            ["push_asked_at", "review_from"],
            sqlite_where=sa.text(drawing),
            postgresql_where=sa.text(drawing),
        )
        for share in ("tolerance", "late_penalty", "late_penalty_most", "work_share"):
            batch_op.create_check_constraint(batch_op.f(f"ck_activity_{share}"), f"{share} BETWEEN 0 AND 1")

    with op.batch_alter_table("criterion", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "type",
                sa.Enum(
                    "levels",
                    "scale",
                    "question",
                    "errors",
                    name="criteriontype",
                    native_enum=False,
                    length=40,
                ),
                nullable=False,
                server_default="levels",
            )
        )
        batch_op.add_column(sa.Column("weight", sa.Double(), nullable=False, server_default=sa.text("1")))
        batch_op.add_column(
            sa.Column("comment_required", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("reweighed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_criterion_weight"), "weight >= 0")
        batch_op.drop_constraint(batch_op.f("uq_criterion_activity_id_position"), type_="unique")
        batch_op.create_index(batch_op.f("ix_criterion_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(
            "uq_criterion_position",
            ["activity_id", "position"],
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )
        batch_op.create_index(
            "ix_criterion_reweighed",
            ["reweighed_at"],
            unique=False,
            sqlite_where=sa.text("reweighed_at IS NOT NULL"),
            postgresql_where=sa.text("reweighed_at IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_criterion_replaces_id"), "criterion", ["replaces_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revise_by", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum("peer", "self", "staff", name="reviewkind", native_enum=False, length=40),
                nullable=False,
                server_default="peer",
            )
        )
        batch_op.add_column(
            sa.Column(
                "origin",
                sa.Enum("pulled", "pushed", "chosen", name="origin", native_enum=False, length=40),
                nullable=False,
                server_default="pulled",
            )
        )
        batch_op.add_column(sa.Column("team", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sends", sa.Integer(), nullable=False, server_default=sa.text("0")))
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("discounted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("discounted_because", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("ck_review_not_ones_own"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_review_not_ones_own"), "author_id <> reviewer_id OR kind = 'self'"
        )
        batch_op.create_index(
            "uq_review_team",
            ["contribution_id", "team"],
            unique=True,
            postgresql_where=sa.text("team <> ''"),
            sqlite_where=sa.text("team <> ''"),
        )

    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withheld", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE review SET sends = 1 WHERE state = 'sent'")


def downgrade() -> None:
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.drop_column("read_at")
        batch_op.drop_column("withheld")

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_review_team", postgresql_where=sa.text("team <> ''"), sqlite_where=sa.text("team <> ''")
        )
        batch_op.drop_constraint(batch_op.f("ck_review_not_ones_own"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_review_not_ones_own"), "author_id <> reviewer_id")
        batch_op.drop_column("hidden_at")
        batch_op.drop_column("discounted_because")
        batch_op.drop_column("discounted_at")
        batch_op.drop_column("changed_at")
        batch_op.drop_column("sends")
        batch_op.drop_column("revision")
        batch_op.drop_column("team")
        batch_op.drop_column("origin")
        batch_op.drop_column("kind")

    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.drop_column("revise_by")

    with op.batch_alter_table("criterion", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_criterion_replaces_id"), type_="foreignkey")
        batch_op.drop_index(
            "ix_criterion_reweighed",
            sqlite_where=sa.text("reweighed_at IS NOT NULL"),
            postgresql_where=sa.text("reweighed_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_criterion_position",
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_criterion_activity_id"))
        batch_op.create_unique_constraint(
            batch_op.f("uq_criterion_activity_id_position"), ["activity_id", "position"]
        )
        batch_op.drop_column("reweighed_at")
        batch_op.drop_column("replaces_id")
        batch_op.drop_column("retired_at")
        batch_op.drop_column("comment_required")
        batch_op.drop_column("weight")
        batch_op.drop_constraint(batch_op.f("ck_criterion_weight"), type_="check")
        batch_op.drop_column("type")

    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index("ix_activity_push")
        for share in ("tolerance", "late_penalty", "late_penalty_most", "work_share"):
            batch_op.drop_constraint(batch_op.f(f"ck_activity_{share}"), type_="check")
        batch_op.drop_column("asked_again_at")
        batch_op.drop_column("reminders")
        batch_op.drop_column("rescore_at")
        batch_op.drop_column("reviewing_weights")
        batch_op.drop_column("work_share")
        batch_op.drop_column("late_penalty_most")
        batch_op.drop_column("late_penalty")
        batch_op.drop_column("scoring")
        batch_op.drop_column("scores_from")
        batch_op.drop_column("scores_held")
        batch_op.drop_column("feedback_from")
        batch_op.drop_column("feedback_held")
        batch_op.drop_column("tolerance")
        batch_op.drop_column("calibration")
        batch_op.drop_column("self_review")
        batch_op.drop_column("as_group")
        batch_op.drop_column("matching")
        batch_op.drop_column("push_obstacle")
        batch_op.drop_column("push_anyway")
        batch_op.drop_column("push_asked_at")
        batch_op.drop_column("pushed_at")
        batch_op.drop_column("allocation")
        batch_op.drop_column("review_type")
        batch_op.drop_column("names_at_end")
        batch_op.drop_column("reviews_named")
        batch_op.drop_column("zone")
        batch_op.drop_column("closes_at")
        batch_op.drop_column("revise_by")
        batch_op.drop_column("revising")
        batch_op.drop_column("review_from")

    op.drop_table("uptake")
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trial_person_id"))

    op.drop_table("trial")
    op.drop_table("rescore")
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_flag_open",
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_flag_review_id"))
        batch_op.drop_index(batch_op.f("ix_flag_person_id"))
        batch_op.drop_index(
            "ix_flag_open",
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_flag_contribution_id"))

    op.drop_table("flag")
    with op.batch_alter_table("appraisal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appraisal_person_id"))

    op.drop_table("appraisal")
    with op.batch_alter_table("annotation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_annotation_review_id"))
        batch_op.drop_index(batch_op.f("ix_annotation_attachment_id"))

    op.drop_table("annotation")
    with op.batch_alter_table("work_score", schema=None) as batch_op:
        batch_op.drop_index("ix_work_score_spread")

    op.drop_table("work_score")
    with op.batch_alter_table("example", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_example_contribution_id"))
        batch_op.drop_index(batch_op.f("ix_example_activity_id"))

    op.drop_table("example")
    op.drop_table("comparison_fit")
    with op.batch_alter_table("compared_work", schema=None) as batch_op:
        batch_op.drop_index("ix_compared_work_score")

    op.drop_table("compared_work")
    with op.batch_alter_table("comparison", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_comparison_one_open",
            postgresql_where=sa.text("state = 'assigned'"),
            sqlite_where=sa.text("state = 'assigned'"),
        )
        batch_op.drop_index(batch_op.f("ix_comparison_second_id"))
        batch_op.drop_index("ix_comparison_lease")
        batch_op.drop_index(batch_op.f("ix_comparison_judge_id"))
        batch_op.drop_index(batch_op.f("ix_comparison_first_id"))
        batch_op.drop_index("ix_comparison_activity")

    op.drop_table("comparison")
    with op.batch_alter_table("reviewer_weight", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviewer_weight_person_id"))

    op.drop_table("reviewer_weight")
    with op.batch_alter_table("reviewer_scale", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviewer_scale_person_id"))

    op.drop_table("reviewer_scale")
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_reminder_occasion",
            sqlite_where=sa.text("occasion <> ''"),
            postgresql_where=sa.text("occasion <> ''"),
        )
        batch_op.drop_index(
            "ix_reminder_waiting",
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_reminder_activity_id"))

    op.drop_table("reminder")
    with op.batch_alter_table("refit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refit_due_at"))

    op.drop_table("refit")
    with op.batch_alter_table("pair_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pair_rule_reviewer_id"))
        batch_op.drop_index(batch_op.f("ix_pair_rule_author_id"))

    op.drop_table("pair_rule")
    with op.batch_alter_table("override", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_override_person_id"))

    op.drop_table("override")
    with op.batch_alter_table("rubric", schema=None) as batch_op:
        batch_op.drop_index("ix_rubric_library")

    op.drop_table("rubric")
