"""Share links.

Revision: 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Spelt out rather than imported: a migration must not change when the code does.
ID = sa.LargeBinary(16).with_variant(postgresql.UUID(as_uuid=True), "postgresql")
MOMENT = sa.BigInteger().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
OWNER = ("partner_id", "mode")


def upgrade() -> None:
    op.create_table(
        "share_links",
        sa.Column("partner_id", ID, nullable=False),
        sa.Column("mode", sa.String(4), nullable=False),
        sa.Column("assessment_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("locale", sa.String(16), nullable=True),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint(*OWNER, "assessment_id", "id", name="pk_share_links"),
        sa.ForeignKeyConstraint(
            [*OWNER, "assessment_id"],
            ["assessments.partner_id", "assessments.mode", "assessments.id"],
            name="fk_share_links_partner_id_mode_assessment_id_assessments",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("mode IN ('live', 'test')", name="ck_share_links_mode"),
    )
    op.create_index("ix_share_links_hash", "share_links", ["hash"], unique=False)


def downgrade() -> None:
    op.drop_table("share_links")
