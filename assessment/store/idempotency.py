"""Idempotency records: what a request with a key was answered, kept in the transaction of its effect."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    delete,
    select,
    tuple_,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import MODES, Base, Id, Mode, Moment, one_of


class IdempotencyRow(Base):
    """`key_hash` is the SHA-256 of the caller's key, `fingerprint` that of method, address and raw body. `dictionary`
    names the result dictionary that `body` is packed with; without one `body` is packed alone. `organisation_id` is
    the organisation that the answer tells of."""

    __tablename__ = "idempotency_records"
    __table_args__ = (CheckConstraint(one_of("mode", MODES), name="mode"), Index(None, "created_at"))

    partner_id: Mapped[uuid.UUID] = mapped_column(Id, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True)
    mode: Mapped[str] = mapped_column(String(4), primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int] = mapped_column(SmallInteger)
    headers: Mapped[dict[str, str]] = mapped_column(JSON)
    dictionary: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Moment)


async def find_record(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, key_hash: bytes
) -> IdempotencyRow | None:
    query = select(IdempotencyRow).where(
        IdempotencyRow.partner_id == partner_id, IdempotencyRow.mode == mode, IdempotencyRow.key_hash == key_hash
    )
    return (await session.scalars(query)).one_or_none()


async def delete_records(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete records made before that time, `limit` of them at most. Returns how many there were."""
    key = tuple_(IdempotencyRow.partner_id, IdempotencyRow.mode, IdempotencyRow.key_hash)
    old = (
        select(IdempotencyRow.partner_id, IdempotencyRow.mode, IdempotencyRow.key_hash)
        .where(IdempotencyRow.created_at < before)
        .limit(limit)
    )
    return (await connection.execute(delete(IdempotencyRow).where(key.in_(old)))).rowcount


async def list_of_organisation(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, organisation_id: uuid.UUID
) -> Sequence[IdempotencyRow]:
    """What was answered about an organisation, oldest first."""
    query = (
        select(IdempotencyRow)
        .where(
            IdempotencyRow.partner_id == partner_id,
            IdempotencyRow.mode == mode,
            IdempotencyRow.organisation_id == organisation_id,
        )
        .order_by(IdempotencyRow.created_at, IdempotencyRow.key_hash)
    )
    return (await session.scalars(query)).all()


async def delete_of_organisation(
    connection: AsyncConnection, partner_id: uuid.UUID, mode: Mode, organisation_id: uuid.UUID
) -> int:
    """Delete what was answered about an organisation; how many records there were."""
    found = await connection.execute(
        delete(IdempotencyRow).where(
            IdempotencyRow.partner_id == partner_id,
            IdempotencyRow.mode == mode,
            IdempotencyRow.organisation_id == organisation_id,
        )
    )
    return found.rowcount


def is_taken(error: IntegrityError) -> bool:
    """Whether rows were refused because somebody else has used the idempotency key already."""
    said = str(error.orig)
    return "pk_idempotency_records" in said or "UNIQUE constraint failed: idempotency_records." in said
