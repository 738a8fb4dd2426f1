"""What a database must promise before anything is written to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from assessment.errors import DatabaseRefused, DatabaseUnavailable, Overloaded
from assessment.store import engine
from assessment.store.access import NOBODY
from assessment.store.engine import Database


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.mark.parametrize("name", ["writer", "reader"])
async def test_every_sqlite_connection_is_durable(database: Database, name: str) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    async with getattr(database, name).connect() as connection:
        found = {pragma: (await connection.execute(text(f"PRAGMA {pragma}"))).scalar_one() for pragma in wanted}
    assert found == wanted


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        async with database.read(NOBODY) as session:
            await session.execute(text("DELETE FROM partners"))


async def test_a_sqlite_connection_without_a_write_ahead_log_is_refused() -> None:
    database = Database("sqlite+aiosqlite:///file:/shared?vfs=memdb&uri=true")
    with pytest.raises(DatabaseRefused, match="SQLite did not accept journal_mode = wal"):
        async with database.writer.connect():
            pass
    await database.reader.dispose()
    await database.writer.dispose()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "not an address"),
        ("mysql+aiomysql://user@host/name", "'mysql\\+aiomysql'"),
        ("postgresql://user@host/name", "allowed are postgresql\\+asyncpg and sqlite\\+aiosqlite"),
        ("sqlite+aiosqlite://", "must name a file"),
        ("sqlite+aiosqlite:///:memory:", "must name a file"),
    ],
)
def test_an_address_that_is_not_supported_is_named(url: str, said: str) -> None:
    with pytest.raises(DatabaseRefused, match=said):
        Database(url)


async def test_a_postgresql_that_may_lose_writes_is_refused(postgres_url: str) -> None:
    database = Database(postgres_url)
    try:
        with pytest.raises(DatabaseRefused, match="PostgreSQL runs with fsync=off: it can lose writes"):
            await database.check_durability()
        await database.check_durability(allow_lossy=True)
    finally:
        await database.aclose()


async def test_synchronous_commit_switched_off_for_a_role_is_refused(postgres_url: str) -> None:
    database = Database(postgres_url)
    async with database.administer() as connection:
        await connection.execute(text("ALTER ROLE CURRENT_USER SET synchronous_commit = off"))
    try:
        with pytest.raises(DatabaseRefused, match="fsync=off and synchronous_commit=off"):
            await database.check_durability()
    finally:
        async with database.administer() as connection:
            await connection.execute(text("ALTER ROLE CURRENT_USER RESET synchronous_commit"))
        await database.aclose()


async def test_a_database_that_is_away_is_said_to_be_away(tmp_path: Path) -> None:
    database = Database(f"postgresql+asyncpg://postgres@/postgres?host={tmp_path}")
    try:
        with pytest.raises(DatabaseUnavailable):
            async with database.read(NOBODY) as session:
                await session.execute(text("SELECT 1"))
    finally:
        await database.aclose()


@pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
async def test_who_finds_no_free_connection_is_told_to_come_back(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "CONNECT_SECONDS", 0.2)
    database = Database(database_url, read_connections=1)
    try:
        async with database.read(NOBODY) as session:
            await session.execute(text("SELECT 1"))
            with pytest.raises(Overloaded, match="Every connection to the database is in use"):
                async with database.read(NOBODY) as other:
                    await other.execute(text("SELECT 1"))
    finally:
        await database.aclose()
