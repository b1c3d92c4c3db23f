"""LTI Advantage: registrations that wait, deep links, rosters, groups, an administrator's pages.

Visits end: launches now say what they are for, and old ones do not know. What people made stays.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "admin_session",
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("secret", name=op.f("pk_admin_session")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)

    op.create_table(
        "sign_in_link",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sign_in_link")),
    )
    op.create_table(
        "contact",
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("launch", "token", "grade", "roster", name="contactkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_contact_platform_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("platform_id", "kind", name=op.f("pk_contact")),
    )
    op.create_table(
        "invitation",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_invitation_platform_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_invitation")),
    )
    op.create_table(
        "notice",
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("claims", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_notice_platform_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("platform_id", "notice_id", name=op.f("pk_notice")),
    )
    op.create_table(
        "platform_check",
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("results", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_platform_check_platform_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("platform_id", name=op.f("pk_platform_check")),
    )
    op.create_table(
        "course_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source", sa.Enum("lms", "own", name="groupsource", native_enum=False, length=40), nullable=False
        ),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("set_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_group_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_group")),
        sa.UniqueConstraint(
            "course_id", "source", "external_id", name=op.f("uq_course_group_course_id_source_external_id")
        ),
    )
    op.create_table(
        "subscription",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("subscribed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["deployment.id"], name=op.f("fk_subscription_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_subscription")),
    )
    op.create_table(
        "roster",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("memberships_url", sa.String(), nullable=False),
        sa.Column("differences_url", sa.String(), nullable=False),
        sa.Column("groups_url", sa.String(), nullable=False),
        sa.Column("group_sets_url", sa.String(), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("whole_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_roster_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_roster")),
    )
    with op.batch_alter_table("roster", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_next_try_at"), ["next_try_at"], unique=False)

    op.create_table(
        "group_member",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["course_group.id"], name=op.f("fk_group_member_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_group_member_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "person_id", name=op.f("pk_group_member")),
    )
    with op.batch_alter_table("group_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_group_member_person_id"), ["person_id"], unique=False)

    op.create_table(
        "placement",
        sa.Column("resource_link_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_placement_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resource_link_id"],
            ["resource_link.id"],
            name=op.f("fk_placement_resource_link_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("resource_link_id", name=op.f("pk_placement")),
    )
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placement_activity_id"), ["activity_id"], unique=False)

    op.create_table(
        "deep_link_request",
        sa.Column("launch_id", sa.String(), nullable=False),
        sa.Column("return_url", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=True),
        sa.Column("accept_multiple", sa.Boolean(), nullable=False),
        sa.Column("accept_lineitem", sa.Boolean(), nullable=True),
        sa.Column("targets", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["launch_id"], ["launch.id"], name=op.f("fk_deep_link_request_launch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("launch_id", name=op.f("pk_deep_link_request")),
    )
    op.create_table(
        "handover",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("launch_id", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["launch_id"], ["launch.id"], name=op.f("fk_handover_launch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_expires_at"), ["expires_at"], unique=False)

    op.execute(
        "INSERT INTO placement (resource_link_id, activity_id, placed_at)"
        " SELECT resource_link_id, id, created_at FROM activity"
    )
    op.execute(
        "INSERT INTO roster (course_id, memberships_url, differences_url, groups_url, group_sets_url,"
        " members, next_try_at, tries, problem)"
        " SELECT course_id, MAX(memberships_url), '', '', '', 0, CURRENT_TIMESTAMP, 0, '' FROM resource_link"
        " WHERE memberships_url <> '' GROUP BY course_id"
    )
    op.execute("DELETE FROM launch")

    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("copied_from_id", sa.Uuid(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_activity_resource_link_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_activity_resource_link_id"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_activity_copied_from_id"),
            "activity",
            ["copied_from_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.drop_column("resource_link_id")

    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "history",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                nullable=False,
                server_default="[]",
            )
        )

    with op.batch_alter_table("deployment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("label", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.alter_column("last_seen_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch_op.add_column(sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("launch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_address", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(
            sa.Column(
                "purpose",
                sa.Enum(
                    "take-part", "pick", "see-work", "own-data", name="purpose", native_enum=False, length=40
                ),
                nullable=False,
                server_default="take-part",
            )
        )
        batch_op.add_column(sa.Column("tenant_id", sa.Uuid(), nullable=False))
        batch_op.add_column(sa.Column("about_person_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("lms_origin", sa.String(), nullable=False, server_default=""))
        batch_op.alter_column("course_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.alter_column("resource_link_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.create_foreign_key(
            batch_op.f("fk_launch_tenant_id"), "deployment", ["tenant_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_launch_about_person_id"), "person", ["about_person_id"], ["id"], ondelete="CASCADE"
        )

    with op.batch_alter_table("line_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("label", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("unwanted", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("problem", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("login_attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("storage_target", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("token", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("platform", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmed", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(
            sa.Column("trusts_deployments", sa.Boolean(), nullable=False, server_default=sa.false())
        )

    with op.batch_alter_table("resource_link", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chosen", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column(
                "history",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                nullable=False,
                server_default="[]",
            )
        )
        batch_op.drop_column("memberships_url")


def downgrade() -> None:
    raise NotImplementedError(
        "Several links may lead to one activity now: there is no way back. Use a backup."
    )
