"""Migrations: bring a database to a revision, and say whether it is at the current one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from assessment.errors import DatabaseRefused, DatabaseUnavailable
from assessment.store.engine import Database, lost_connection, migration_engine

ADVISORY_LOCK = 0x616C6D  # any number, as long as every process takes the same


@cache
def current_revision() -> str | None:
    """The revision that this code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


async def upgrade(database: Database, revision: str = "head") -> None:
    """Run the migrations up to `revision`, in one transaction."""
    await _migrate(database, lambda config: command.upgrade(config, revision))


async def downgrade(database: Database, revision: str) -> None:
    """Undo the migrations down to `revision` (`base` for all), in one transaction."""
    await _migrate(database, lambda config: command.downgrade(config, revision))


async def is_current(database: Database) -> bool:
    """Whether the database is at the revision that this code needs."""
    try:
        async with database.reader.connect() as connection:
            found = await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
    except (DBAPIError, OSError) as error:
        if lost_connection(error):
            raise DatabaseUnavailable("The database cannot be reached; try again shortly.") from error
        raise
    return found == current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


async def _migrate(database: Database, step: Callable[[Config], None]) -> None:
    engine = migration_engine(database.url)

    def run(connection: Connection) -> None:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        config = _config()
        config.attributes["connection"] = connection
        step(config)
        if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise DatabaseRefused("A migration left rows without the rows they point to; nothing was changed.")

    async with database.exclusive():
        try:
            async with engine.begin() as connection:
                await connection.run_sync(run)
        except CommandError as error:
            raise DatabaseRefused(f"The database cannot be migrated: {error}") from error
        finally:
            await engine.dispose()
