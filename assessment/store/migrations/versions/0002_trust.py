"""Restricted and expiring keys, origins, idempotency records, audit log and client tokens.

Revision: 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Spelt out rather than imported: a migration must not change when the code does.
ID = sa.LargeBinary(16).with_variant(postgresql.UUID(as_uuid=True), "postgresql")
MOMENT = sa.BigInteger().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
OWNER = ("partner_id", "mode")
KEY_COLUMNS = ("name", "scopes", "origins", "expires_at", "last_used_at", "replaced_by")


def upgrade() -> None:
    with op.batch_alter_table("api_keys") as table:
        table.add_column(sa.Column("name", sa.String(200), nullable=True))
        table.add_column(sa.Column("scopes", sa.JSON(), nullable=True))
        table.add_column(sa.Column("origins", sa.JSON(), nullable=True))
        table.add_column(sa.Column("expires_at", MOMENT, nullable=True))
        table.add_column(sa.Column("last_used_at", MOMENT, nullable=True))
        table.add_column(sa.Column("replaced_by", ID, nullable=True))
        table.drop_constraint("ck_api_keys_kind", type_="check")
        table.create_check_constraint("ck_api_keys_kind", "kind IN ('secret', 'publishable', 'restricted')")
    op.create_table(
        "idempotency_records",
        sa.Column("partner_id", ID, nullable=False),
        _mode(),
        sa.Column("key_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(32), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("dictionary", sa.LargeBinary(32), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint(*OWNER, "key_hash", name="pk_idempotency_records"),
        _of_partner("idempotency_records"),
        _mode_check("idempotency_records"),
    )
    op.create_index("ix_idempotency_records_created_at", "idempotency_records", ["created_at"], unique=False)
    op.create_table(
        "audit_events",
        sa.Column("partner_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("mode", sa.String(4), nullable=True),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("target", sa.String(64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.Column("request_id", sa.String(128), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "id", name="pk_audit_events"),
        _of_partner("audit_events"),
    )
    op.create_table(
        "client_tokens",
        sa.Column("partner_id", ID, nullable=False),
        _mode(),
        sa.Column("assessment_id", ID, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint(*OWNER, "assessment_id", name="pk_client_tokens"),
        sa.ForeignKeyConstraint(
            [*OWNER, "assessment_id"],
            ["assessments.partner_id", "assessments.mode", "assessments.id"],
            name="fk_client_tokens_partner_id_mode_assessment_id_assessments",
            ondelete="CASCADE",
        ),
        _mode_check("client_tokens"),
    )


def downgrade() -> None:
    op.drop_table("client_tokens")
    op.drop_table("audit_events")
    op.drop_table("idempotency_records")
    op.execute("DELETE FROM api_keys WHERE kind = 'restricted'")
    with op.batch_alter_table("api_keys") as table:
        table.drop_constraint("ck_api_keys_kind", type_="check")
        table.create_check_constraint("ck_api_keys_kind", "kind IN ('secret', 'publishable')")
        for column in KEY_COLUMNS:
            table.drop_column(column)


def _mode() -> sa.Column[str]:
    return sa.Column("mode", sa.String(4), nullable=False)


def _mode_check(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("mode IN ('live', 'test')", name=f"ck_{table}_mode")


def _of_partner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["partner_id"], ["partners.id"], name=f"fk_{table}_partner_id_partners", ondelete="CASCADE"
    )
