"""Migrations: bring a database to a revision, and say whether it is at the current one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from assessment.errors import DatabaseRefused, DatabaseUnavailable
from assessment.store.engine import Database, lost_connection
from assessment.store.policies import close_gaps, open_to_owner
from assessment.store.roles import ensure_roles, require_roles

MIGRATIONS = Path(__file__).parent / "migrations"
_Step = Literal["upgrade", "downgrade"]
LOCK_MILLISECONDS = 500
"""How long a migration waits for a table that is in use. Requests wait behind it as long, so it is brief; and less than
the second after which PostgreSQL looks for deadlocks, so that in one it is the migration that gives way."""
LOCK_TRIES = 60
TRY_AGAIN_SECONDS = 0.5
NO_LOCK = "55P03"
ADVISORY_LOCK = 0x616C6D  # any number, as long as every process takes the same
NO_RIGHT = "42501"
NO_ROLE = ("22023", "42704")
"""What PostgreSQL says where nobody has migrated for this version yet."""


def current_revision() -> str:
    """The revision that this code needs."""
    return revisions()[-1]


@cache
def revisions() -> tuple[str, ...]:
    """Every revision that this code can start from, oldest first, as the names of the migrations begin."""
    return tuple(sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))


async def upgrade(database: Database, revision: str = "head") -> None:
    """Run the migrations up to `revision`, in one transaction."""
    await _migrate(database, revision, "upgrade")


async def downgrade(database: Database, revision: str) -> None:
    """Undo the migrations down to `revision` (`base` for all), in one transaction."""
    await _migrate(database, revision, "downgrade")


async def is_current(database: Database) -> bool:
    """Whether the database is at the revision that this code needs, or at a later one: a migration only adds, so that
    servers of this version answer on while those of the next one are started."""
    found = await _find_revision(database)
    return found is not None and (found == current_revision() or _is_later(found))


async def is_ahead(database: Database) -> bool:
    """Whether a later version has migrated the database."""
    found = await _find_revision(database)
    return found is not None and _is_later(found)


async def is_empty(database: Database) -> bool:
    """Whether the database has no table yet."""
    async with database.administer() as connection:
        return not await connection.run_sync(lambda c: inspect(c).get_table_names())


async def require_row_level_security(database: Database) -> None:
    """Raise DatabaseRefused or MigrationsPending unless PostgreSQL itself keeps partners apart. SQLite cannot, and is
    not asked."""
    if not database.is_sqlite:
        async with database.administer() as connection:
            await connection.run_sync(require_roles)


async def _find_revision(database: Database) -> str | None:
    """The revision of the database; None where there is none that this login may see."""
    try:
        async with database.reader.connect() as connection:
            return await connection.run_sync(_recorded)
    except (DBAPIError, OSError) as error:
        if _state(error) in (NO_RIGHT, *NO_ROLE):
            return None
        if lost_connection(error):
            raise DatabaseUnavailable("The database cannot be reached; try again shortly.") from error
        raise


def _is_later(revision: str) -> bool:
    """Whether a revision comes after those that this code knows. They are numbered, with as many digits."""
    return revision.isdigit() and revision > current_revision()


def _recorded(connection: Connection) -> str | None:
    """The revision that the last migration has written down."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


async def _migrate(database: Database, revision: str, step: _Step) -> None:
    def run(connection: Connection) -> None:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
            ensure_roles(connection)
        if _recorded(connection) != (current_revision() if revision == "head" else revision):
            if not database.is_sqlite:
                open_to_owner(connection)
            _take_steps(connection, revision, step)
            if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise DatabaseRefused("A migration left rows without the rows they point to; nothing was changed.")
        if not database.is_sqlite:
            close_gaps(connection)

    try:
        await _run_when_free(database, run)
    except DBAPIError as error:
        if _state(error) == NO_RIGHT:
            raise DatabaseRefused(
                f"The database cannot be migrated by this login ({str(error.orig).partition(chr(10))[0]}). "
                "Run assessment migrate as the owner of the tables."
            ) from error
        raise


def _take_steps(connection: Connection, revision: str, step: _Step) -> None:
    # Alembic takes 12 MB and a tenth of a second to load, and most starts find a database that is current.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        (command.upgrade if step == "upgrade" else command.downgrade)(config, revision)
    except CommandError as error:
        raise DatabaseRefused(f"The database cannot be migrated: {error}") from error


async def _run_when_free(database: Database, run: Callable[[Connection], None]) -> None:
    """Run it in one transaction, as a whole again where a table was in use for too long."""
    for _ in range(LOCK_TRIES):
        try:
            async with database.administer() as connection:
                await connection.run_sync(run)
        except DBAPIError as error:
            if _state(error) != NO_LOCK:
                raise
            await asyncio.sleep(TRY_AGAIN_SECONDS)
        else:
            return
    raise DatabaseUnavailable(
        "The database was not migrated: its tables were in use all the time, and nothing was changed. Try again when "
        "fewer requests come, or see in pg_stat_activity who holds a transaction open."
    )


def _state(error: BaseException) -> object:
    """PostgreSQL's code of what went wrong."""
    return getattr(getattr(error, "orig", None), "sqlstate", None)
