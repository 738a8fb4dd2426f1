"""API keys: table and queries. All but the lookup of a presented key are confined to one partner and mode."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple, cast

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    Select,
    String,
    UniqueConstraint,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import MODES, Base, Id, Mode, Moment, one_of

Kind = Literal["secret", "publishable", "restricted"]
KINDS = ("secret", "publishable", "restricted")


class ApiKeyRow(Base):
    """`hash` is the SHA-256 of the key's text; the text itself is kept nowhere. `scopes` is what a restricted key may
    do, `origins` where a publishable key may be used from; `replaced_by` is the key that this one was rolled into."""

    __tablename__ = "api_keys"
    __table_args__ = (
        UniqueConstraint("hash"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("mode", MODES), name="mode"),
    )

    partner_id: Mapped[uuid.UUID] = mapped_column(Id, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(4))
    prefix: Mapped[str] = mapped_column(String(24))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    name: Mapped[str | None] = mapped_column(String(200))
    scopes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    origins: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)
    replaced_by: Mapped[uuid.UUID | None] = mapped_column(Id)


class ActiveKey(NamedTuple):
    """What a key that is neither revoked nor expired stands for."""

    partner_id: uuid.UUID
    key_id: uuid.UUID
    kind: Kind
    mode: Mode
    scopes: tuple[str, ...]
    origins: tuple[str, ...]
    expires_at: datetime | None
    last_used_at: datetime | None


async def find_active_key(session: AsyncSession, key_hash: bytes, now: datetime) -> ActiveKey | None:
    """The key with this hash, unless there is none, or it was revoked or has expired: one lookup either way."""
    query = select(
        ApiKeyRow.partner_id,
        ApiKeyRow.id,
        ApiKeyRow.kind,
        ApiKeyRow.mode,
        ApiKeyRow.scopes,
        ApiKeyRow.origins,
        ApiKeyRow.expires_at,
        ApiKeyRow.last_used_at,
    ).where(ApiKeyRow.hash == key_hash, ApiKeyRow.revoked_at.is_(None))
    row = (await session.execute(query)).one_or_none()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return ActiveKey(
        row.partner_id,
        row.id,
        cast("Kind", row.kind),
        cast("Mode", row.mode),
        tuple(row.scopes or ()),
        tuple(row.origins or ()),
        row.expires_at,
        row.last_used_at,
    )


async def list_known_origins(session: AsyncSession, now: datetime) -> frozenset[str]:
    """The origins of every publishable key of any partner that is neither revoked nor expired."""
    query = select(ApiKeyRow.origins, ApiKeyRow.expires_at).where(
        ApiKeyRow.kind == "publishable", ApiKeyRow.revoked_at.is_(None), ApiKeyRow.origins.is_not(None)
    )
    rows = (await session.execute(query)).all()
    return frozenset(origin for row in rows if row.expires_at is None or row.expires_at > now for origin in row.origins)


async def find_key(session: AsyncSession, partner_id: uuid.UUID, mode: Mode, key_id: uuid.UUID) -> ApiKeyRow | None:
    return (await session.scalars(_owned(partner_id, mode).where(ApiKeyRow.id == key_id))).one_or_none()


async def list_keys(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, *, limit: int, before: uuid.UUID | None
) -> Sequence[ApiKeyRow]:
    """Newest first, those older than `before`."""
    query = _owned(partner_id, mode)
    if before is not None:
        query = query.where(ApiKeyRow.id < before)
    return (await session.scalars(query.order_by(ApiKeyRow.id.desc()).limit(limit))).all()


async def lock_keys(session: AsyncSession, partner_id: uuid.UUID, mode: Mode) -> Sequence[ApiKeyRow]:
    """The keys that are not revoked, locked until the transaction ends: of two callers that change keys at once, the
    second one sees what the first one did."""
    query = _owned(partner_id, mode).where(ApiKeyRow.revoked_at.is_(None)).order_by(ApiKeyRow.id).with_for_update()
    return (await session.scalars(query)).all()


async def note_use(connection: AsyncConnection, partner_id: uuid.UUID, key_id: uuid.UUID, now: datetime) -> None:
    """Move `last_used_at` forward, never back."""
    await connection.execute(
        update(ApiKeyRow)
        .where(
            ApiKeyRow.partner_id == partner_id,
            ApiKeyRow.id == key_id,
            or_(ApiKeyRow.last_used_at.is_(None), ApiKeyRow.last_used_at < now),
        )
        .values(last_used_at=now)
    )


async def find_owner(session: AsyncSession, key_id: uuid.UUID) -> tuple[uuid.UUID, Mode] | None:
    """Partner and mode of a key, for an operator who knows its id alone."""
    query = select(ApiKeyRow.partner_id, ApiKeyRow.mode).where(ApiKeyRow.id == key_id)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row.partner_id, cast("Mode", row.mode))


def _owned(partner_id: uuid.UUID, mode: Mode) -> Select[ApiKeyRow]:
    return select(ApiKeyRow).where(ApiKeyRow.partner_id == partner_id, ApiKeyRow.mode == mode)
