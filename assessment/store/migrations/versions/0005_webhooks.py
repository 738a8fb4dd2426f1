"""Webhook endpoints, events, and their deliveries.

Revision: 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Spelt out rather than imported: a migration must not change when the code does.
ID = sa.LargeBinary(16).with_variant(postgresql.UUID(as_uuid=True), "postgresql")
MOMENT = sa.BigInteger().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
OWNER = ("partner_id", "mode")


def upgrade() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("partner_id", ID, nullable=False),
        _mode(),
        sa.Column("id", ID, nullable=False),
        sa.Column("url", sa.String(2048), nullable=False),
        sa.Column("description", sa.String(200), nullable=True),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("disabled_reason", sa.String(200), nullable=True),
        sa.Column("secret", sa.LargeBinary(32), nullable=False),
        sa.Column("old_secret", sa.LargeBinary(32), nullable=True),
        sa.Column("old_secret_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint(*OWNER, "id", name="pk_webhook_endpoints"),
        _partner("webhook_endpoints"),
        _mode_check("webhook_endpoints"),
    )
    _create_events()
    _create_deliveries()


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("events")
    op.drop_table("webhook_endpoints")


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("partner_id", ID, nullable=False),
        _mode(),
        sa.Column("id", ID, nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("organisation_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("dispatched_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint(*OWNER, "id", name="pk_events"),
        _partner("events"),
        _mode_check("events"),
    )
    op.create_index("ix_events_organisation_id", "events", ["organisation_id"], unique=False)
    op.create_index("ix_events_created_at", "events", ["created_at"], unique=False)
    undispatched = sa.text("dispatched_at IS NULL")
    op.create_index(
        "ix_events_id", "events", ["id"], unique=False, sqlite_where=undispatched, postgresql_where=undispatched
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("partner_id", ID, nullable=False),
        _mode(),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("endpoint_id", ID, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", MOMENT, nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("last_attempt_at", MOMENT, nullable=True),
        sa.Column("last_status", sa.SmallInteger(), nullable=True),
        sa.Column("last_error", sa.String(200), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint(*OWNER, "event_id", "endpoint_id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(
            [*OWNER, "event_id"],
            ["events.partner_id", "events.mode", "events.id"],
            name="fk_deliveries_partner_id_mode_event_id_events",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            [*OWNER, "endpoint_id"],
            ["webhook_endpoints.partner_id", "webhook_endpoints.mode", "webhook_endpoints.id"],
            name="fk_deliveries_partner_id_mode_endpoint_id_webhook_endpoints",
            ondelete="CASCADE",
        ),
        _mode_check("deliveries"),
        sa.CheckConstraint("status IN ('pending', 'delivered', 'dead')", name="ck_deliveries_status"),
    )
    op.create_index(
        "ix_deliveries_endpoint_id_status_next_attempt_at",
        "deliveries",
        ["endpoint_id", "status", "next_attempt_at"],
        unique=False,
    )


def _mode() -> sa.Column[str]:
    return sa.Column("mode", sa.String(4), nullable=False)


def _mode_check(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("mode IN ('live', 'test')", name=f"ck_{table}_mode")


def _partner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["partner_id"], ["partners.id"], name=f"fk_{table}_partner_id_partners", ondelete="CASCADE"
    )
