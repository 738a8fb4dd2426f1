"""What all tables share: the metadata, and column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import BigInteger, Dialect, LargeBinary, MetaData
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as POSTGRESQL_UUID
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

MODES = ("live", "test")
Mode = Literal["live", "test"]


class Id(TypeDecorator[uuid.UUID]):
    """A UUID: the native type on PostgreSQL, its 16 bytes on SQLite (text would take 32)."""

    impl = LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(POSTGRESQL_UUID(as_uuid=True))
        return dialect.type_descriptor(LargeBinary(16))

    # Not `process_bind_param`, around which SQLAlchemy puts calls of its own, and on SQLite a memoryview.
    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return None if dialect.name == "postgresql" else _bytes_of

    def process_result_value(self, value: Any, dialect: Dialect) -> uuid.UUID | None:
        return value if value is None or dialect.name == "postgresql" else uuid.UUID(bytes=value)


class Moment(TypeDecorator[datetime]):
    """A UTC time to the microsecond: timestamptz on PostgreSQL, microseconds since 1970 on SQLite.

    SQLite has no time type, and its text form would give naive times back and compare by spelling.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return None if dialect.name == "postgresql" else _microseconds_of

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "postgresql":
            return cast("datetime", value).astimezone(UTC)
        return EPOCH + cast("int", value) * MICROSECOND


def _bytes_of(value: uuid.UUID | None) -> bytes | None:
    return None if value is None else value.int.to_bytes(16)


def _microseconds_of(value: datetime | None) -> int | None:
    return None if value is None else (value - EPOCH) // MICROSECOND


class Base(DeclarativeBase):
    """Rows are keyed by (partner, mode, id): every foreign key then carries partner and mode, so that no row can
    point across partners, and one index serves lookups, lists and foreign keys.

    Other indexes must not begin with partner and mode. Before its first ANALYZE PostgreSQL cannot tell such an index
    from the primary key when it checks a foreign key, takes the newer one, and walks through all of the partner's rows.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The SQL condition that `column` holds one of `values`."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
