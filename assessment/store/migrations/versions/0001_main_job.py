"""Partners, keys, organisations, assessments, responses and results.

Revision: 0001, the first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Spelt out rather than imported: a migration must not change when the code does.
ID = sa.LargeBinary(16).with_variant(postgresql.UUID(as_uuid=True), "postgresql")
MOMENT = sa.BigInteger().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
OWNER = ("partner_id", "mode")


def upgrade() -> None:
    _create_accounts()
    _create_assessments()


def downgrade() -> None:
    for table in (
        "results",
        "result_dictionaries",
        "responses",
        "assessments",
        "organisations",
        "api_keys",
        "partners",
    ):
        op.drop_table(table)


def _create_accounts() -> None:
    op.create_table(
        "partners",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_partners"),
    )
    op.create_table(
        "api_keys",
        sa.Column("partner_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        _mode(),
        sa.Column("prefix", sa.String(24), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("partner_id", "id", name="pk_api_keys"),
        _of_partner("api_keys"),
        sa.UniqueConstraint("hash", name="uq_api_keys_hash"),
        sa.CheckConstraint("kind IN ('secret', 'publishable')", name="ck_api_keys_kind"),
        _mode_check("api_keys"),
    )
    op.create_table(
        "organisations",
        sa.Column("partner_id", ID, nullable=False),
        _mode(),
        sa.Column("id", ID, nullable=False),
        sa.Column("external_id", sa.String(200), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("domain", sa.String(253), nullable=True),
        sa.Column("industry", sa.String(100), nullable=True),
        sa.Column("size", sa.String(100), nullable=True),
        sa.Column("region", sa.String(100), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint(*OWNER, "id", name="pk_organisations"),
        _of_partner("organisations"),
        sa.UniqueConstraint("external_id", *OWNER, name="uq_organisations_external_id_partner_id_mode"),
        _mode_check("organisations"),
    )


def _create_assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("partner_id", ID, nullable=False),
        _mode(),
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("rubric_id", sa.String(64), nullable=False),
        sa.Column("rubric_version", sa.String(16), nullable=False),
        sa.Column("rubric_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("confidentiality", sa.String(16), nullable=False),
        sa.Column("functions", sa.JSON(), nullable=True),
        sa.Column("target_level", sa.SmallInteger(), nullable=True),
        sa.Column("contribute", sa.Boolean(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=True),
        sa.Column("score", sa.SmallInteger(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("engine", sa.String(16), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("completed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint(*OWNER, "id", name="pk_assessments"),
        sa.ForeignKeyConstraint(
            [*OWNER, "organisation_id"],
            ["organisations.partner_id", "organisations.mode", "organisations.id"],
            name="fk_assessments_partner_id_mode_organisation_id_organisations",
        ),
        _mode_check("assessments"),
        sa.CheckConstraint("status IN ('open', 'completed')", name="ck_assessments_status"),
        sa.CheckConstraint("confidentiality IN ('grouped', 'named')", name="ck_assessments_confidentiality"),
        sa.CheckConstraint("target_level BETWEEN 1 AND 4", name="ck_assessments_target_level"),
        sa.CheckConstraint("score BETWEEN 0 AND 10000", name="ck_assessments_score"),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name="ck_assessments_level"),
    )
    op.create_index("ix_assessments_organisation_id", "assessments", ["organisation_id"], unique=False)
    op.create_table(
        "responses",
        sa.Column("partner_id", ID, nullable=False),
        _mode(),
        sa.Column("assessment_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("function", sa.String(64), nullable=True),
        sa.Column("respondent_reference", sa.String(200), nullable=True),
        sa.Column("respondent_seniority", sa.String(100), nullable=True),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint(*OWNER, "assessment_id", "id", name="pk_responses"),
        _of_assessment("responses"),
        _mode_check("responses"),
    )
    op.create_table(
        "result_dictionaries",
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_result_dictionaries"),
    )
    op.create_table(
        "results",
        sa.Column("partner_id", ID, nullable=False),
        _mode(),
        sa.Column("assessment_id", ID, nullable=False),
        sa.Column("dictionary", sa.LargeBinary(32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint(*OWNER, "assessment_id", name="pk_results"),
        _of_assessment("results"),
        sa.ForeignKeyConstraint(
            ["dictionary"], ["result_dictionaries.sha256"], name="fk_results_dictionary_result_dictionaries"
        ),
        _mode_check("results"),
    )


def _mode() -> sa.Column[str]:
    return sa.Column("mode", sa.String(4), nullable=False)


def _mode_check(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("mode IN ('live', 'test')", name=f"ck_{table}_mode")


def _of_partner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["partner_id"], ["partners.id"], name=f"fk_{table}_partner_id_partners", ondelete="CASCADE"
    )


def _of_assessment(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [*OWNER, "assessment_id"],
        ["assessments.partner_id", "assessments.mode", "assessments.id"],
        name=f"fk_{table}_partner_id_mode_assessment_id_assessments",
        ondelete="CASCADE",
    )
