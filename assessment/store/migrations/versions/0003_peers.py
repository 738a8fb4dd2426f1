"""Invitations, and editions of cohort benchmarks.

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Spelt out rather than imported: a migration must not change when the code does.
ID = sa.LargeBinary(16).with_variant(postgresql.UUID(as_uuid=True), "postgresql")
MOMENT = sa.BigInteger().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
OWNER = ("partner_id", "mode")


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("partner_id", ID, nullable=False),
        _mode(),
        sa.Column("assessment_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("function", sa.String(64), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("response_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint(*OWNER, "assessment_id", "id", name="pk_invitations"),
        sa.ForeignKeyConstraint(
            [*OWNER, "assessment_id"],
            ["assessments.partner_id", "assessments.mode", "assessments.id"],
            name="fk_invitations_partner_id_mode_assessment_id_assessments",
            ondelete="CASCADE",
        ),
        _mode_check("invitations"),
    )
    op.create_index("ix_invitations_hash", "invitations", ["hash"], unique=False)
    op.create_table(
        "benchmark_editions",
        sa.Column("id", ID, nullable=False),
        sa.Column("rubric_id", sa.String(64), nullable=False),
        sa.Column("rubric_version", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("released_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_benchmark_editions"),
        sa.UniqueConstraint(
            "rubric_id",
            "rubric_version",
            "number",
            name="uq_benchmark_editions_rubric_id_rubric_version_number",
        ),
    )
    op.create_table(
        "benchmark_cohorts",
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("cut", sa.String(16), nullable=False),
        sa.Column("value", sa.String(32), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("counted_in", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "cut", "value", name="pk_benchmark_cohorts"),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["benchmark_editions.id"],
            name="fk_benchmark_cohorts_edition_id_benchmark_editions",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "cohort_members",
        sa.Column("partner_id", ID, nullable=False),
        _mode(),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("assessment_id", ID, nullable=False),
        sa.Column("industry", sa.String(32), nullable=True),
        sa.Column("size", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint(*OWNER, "organisation_id", "edition_id", name="pk_cohort_members"),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["benchmark_editions.id"],
            name="fk_cohort_members_edition_id_benchmark_editions",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            [*OWNER, "organisation_id"],
            ["organisations.partner_id", "organisations.mode", "organisations.id"],
            name="fk_cohort_members_partner_id_mode_organisation_id_organisations",
            ondelete="CASCADE",
        ),
        _mode_check("cohort_members"),
    )
    op.create_index("ix_cohort_members_edition_id", "cohort_members", ["edition_id"], unique=False)


def downgrade() -> None:
    op.drop_table("cohort_members")
    op.drop_table("benchmark_cohorts")
    op.drop_table("benchmark_editions")
    op.drop_table("invitations")


def _mode() -> sa.Column[str]:
    return sa.Column("mode", sa.String(4), nullable=False)


def _mode_check(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("mode IN ('live', 'test')", name=f"ck_{table}_mode")
