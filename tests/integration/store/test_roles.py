"""Roles and row level security on PostgreSQL: who sees which rows, and that nobody serves without them."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import pytest
from sqlalchemy import URL, Executable, delete, func, insert, make_url, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from assessment.errors import DatabaseRefused, DatabaseUnavailable, MigrationsPending
from assessment.store.access import EVERYONE, NOBODY, PUBLISHABLE_ORIGINS, Access, confined, presenting
from assessment.store.engine import Database, open_as
from assessment.store.migrate import downgrade, is_current, require_row_level_security, upgrade
from assessment.store.policies import owner_column
from assessment.store.queue import WriteQueue
from assessment.store.tables import (
    API_KEYS,
    ASSESSMENTS,
    AUDIT_EVENTS,
    CLIENT_TOKENS,
    IDEMPOTENCY_RECORDS,
    METADATA,
    ORGANISATIONS,
    PARTNERS,
    RESPONSES,
)
from tests.integration.store.rows import whole_set
from tests.postgres import postgres_server

TABLES = sorted(METADATA.tables)
OWNED = [name for name in TABLES if owner_column(METADATA.tables[name]) is not None]


@pytest.fixture
def engine_name() -> str:
    return "postgresql"


@pytest.fixture
async def queue(database: Database) -> AsyncIterator[WriteQueue]:
    opened = WriteQueue(database)
    opened.start()
    yield opened
    await opened.aclose()


async def seen(database: Database, who: Access) -> dict[str, int]:
    """How many rows of each table that holds partners' rows can be seen."""
    async with database.read(who) as session:
        counted = {
            name: await session.scalar(select(func.count()).select_from(METADATA.tables[name])) or 0 for name in OWNED
        }
    return {name: count for name, count in counted.items() if count}


async def _execute(statement: Executable, connection: AsyncConnection) -> None:
    await connection.execute(statement)


async def as_role(database: Database, role: str, statement: str) -> int:
    """Execute a statement in a role, and roll it back."""
    async with database.administer() as connection:
        await connection.execute(text(f"SET LOCAL ROLE {role}"))
        result = await connection.execute(text(statement))
        count = int(result.rowcount)
        await connection.rollback()
    return count


async def test_only_what_belongs_to_no_partner_is_open() -> None:
    assert set(TABLES) - set(OWNED) == {"result_dictionaries", "benchmark_editions", "benchmark_cohorts"}


async def test_a_partner_sees_its_own_rows_of_its_mode_and_nobody_sees_any(
    database: Database, queue: WriteQueue
) -> None:
    mine, my_rows = whole_set(b"1" * 32)
    theirs, their_rows = whole_set(b"2" * 32)
    await asyncio.gather(queue.insert(my_rows), queue.insert(their_rows))
    assert await seen(database, confined(mine, "live")) == dict.fromkeys(OWNED, 1)
    assert await seen(database, confined(theirs, "live")) == dict.fromkeys(OWNED, 1)
    assert await seen(database, confined(mine, "test")) == {"partners": 1}
    assert await seen(database, confined(uuid.uuid4(), "live")) == {}
    assert await seen(database, NOBODY) == {}
    assert await seen(database, EVERYONE) == dict.fromkeys(OWNED, 2)


async def test_what_concerns_a_partner_as_a_whole_is_seen_in_both_modes(database: Database, queue: WriteQueue) -> None:
    mine, rows = whole_set(b"1" * 32)
    await queue.insert([(table, {**row, "mode": None} if table is AUDIT_EVENTS else row) for table, row in rows])
    assert await seen(database, confined(mine, "test")) == {"partners": 1, "audit_events": 1}


async def test_a_presented_key_shows_itself_alone(database: Database, queue: WriteQueue) -> None:
    for number, kind in ((b"1", "secret"), (b"2", "publishable"), (b"3", "secret")):
        await queue.insert(whole_set(number * 32, kind)[1])
    async with database.read(presenting(b"3" * 32)) as session:
        assert list(await session.scalars(select(API_KEYS.c.hash))) == [b"3" * 32]
    assert await seen(database, presenting(b"3" * 32)) == {"api_keys": 1, "invitations": 1, "share_links": 1}
    assert await seen(database, presenting(b"4" * 32)) == {}
    async with database.read(PUBLISHABLE_ORIGINS) as session:
        assert list(await session.scalars(select(API_KEYS.c.kind))) == ["publishable"]
    assert await seen(database, PUBLISHABLE_ORIGINS) == {"api_keys": 1}


async def test_work_changes_nothing_of_another_partner(database: Database, queue: WriteQueue) -> None:
    mine, my_rows = whole_set(b"1" * 32)
    theirs, their_rows = whole_set(b"2" * 32)
    await queue.insert(my_rows)
    await queue.insert(their_rows)

    async def change(connection: AsyncConnection) -> list[int]:
        touched = []
        for table in (ORGANISATIONS, ASSESSMENTS, RESPONSES, CLIENT_TOKENS, API_KEYS, IDEMPOTENCY_RECORDS):
            values = {"partner_id": table.c.partner_id}
            found = await connection.execute(update(table).where(table.c.partner_id == theirs).values(values))
            touched.append(found.rowcount)
            touched.append((await connection.execute(delete(table).where(table.c.partner_id == theirs))).rowcount)
        return touched

    assert await queue.run(change, confined(mine, "live")) == [0] * 12
    assert await seen(database, confined(theirs, "live")) == dict.fromkeys(OWNED, 1)
    for table in (ORGANISATIONS, AUDIT_EVENTS, IDEMPOTENCY_RECORDS):
        another: dict[str, object] = {"key_hash": b"9" * 32} if table is IDEMPOTENCY_RECORDS else {"id": uuid.uuid4()}
        add = insert(table).values(**{**dict(their_rows)[table], **another})
        for who in (confined(mine, "live"), confined(theirs, "test")):
            with pytest.raises(ProgrammingError, match="violates row-level security policy"):
                await queue.run(partial(_execute, add), who)


async def test_a_row_cannot_be_given_to_another_partner(queue: WriteQueue) -> None:
    mine, my_rows = whole_set(b"1" * 32)
    theirs, their_rows = whole_set(b"2" * 32)
    await queue.insert(my_rows)
    await queue.insert(their_rows)

    async def give(connection: AsyncConnection) -> None:
        await connection.execute(update(IDEMPOTENCY_RECORDS).values(partner_id=theirs, key_hash=b"9" * 32))

    with pytest.raises(ProgrammingError, match="violates row-level security policy"):
        await queue.run(give, confined(mine, "live"))


@pytest.mark.parametrize("name", TABLES)
async def test_the_writer_reads_and_changes_nothing(database: Database, name: str) -> None:
    for statement in (f"SELECT 1 FROM {name}", f"DELETE FROM {name}", f"UPDATE {name} SET created_at = NULL"):
        with pytest.raises(ProgrammingError, match=r"permission denied|does not exist"):
            await as_role(database, "assessment_writer", statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET actor = 'x'",
        "DELETE FROM audit_events",
        "UPDATE results SET body = ''",
        "UPDATE partners SET name = 'x'",
        "INSERT INTO result_dictionaries VALUES ('', '', now())",
        "UPDATE alembic_version SET version_num = 'x'",
        "ALTER TABLE partners DISABLE ROW LEVEL SECURITY",
        "TRUNCATE partners CASCADE",
    ],
)
async def test_a_confined_transaction_may_not_do_what_requests_never_do(database: Database, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        await as_role(database, "assessment_app", statement)


async def test_nothing_of_a_transaction_is_left_for_the_next(database: Database, queue: WriteQueue) -> None:
    mine, rows = whole_set(b"1" * 32)
    await queue.insert(rows)
    async with database.read(confined(mine, "live")) as session:
        assert len((await session.scalars(select(ASSESSMENTS.c.id))).all()) == 1
        await session.rollback()
        assert len((await session.scalars(select(ASSESSMENTS.c.id))).all()) == 0
    async with database.reader.connect() as connection:
        settings = "SELECT current_user, current_setting('assessment.partner', true)"
        assert tuple((await connection.execute(text(settings))).one()) in {
            ("assessment_app", ""),
            ("assessment_app", None),
        }


async def test_an_access_that_was_not_used_is_forgotten(database_url: str) -> None:
    database = Database(database_url, read_connections=1)
    queue = WriteQueue(database)
    queue.start()
    mine, rows = whole_set(b"1" * 32)
    await queue.insert(rows)
    async with database.reader.connect() as connection:
        open_as(connection, confined(mine, "live"))
    async with database.reader.connect() as connection:
        assert (await connection.execute(select(ASSESSMENTS.c.id))).all() == []
    await queue.aclose()
    await database.aclose()


GAPS = {
    "row level security switched off": "ALTER TABLE results DISABLE ROW LEVEL SECURITY",
    "not for its owner": "ALTER TABLE results NO FORCE ROW LEVEL SECURITY",
    "a policy that is gone": "DROP POLICY confined ON results",
    "a policy that is wider": "ALTER POLICY confined ON results USING (true)",
    "a policy of another role": "ALTER POLICY keeping ON results TO assessment_app",
    "a policy that takes rows away": """DO $$ BEGIN
        DROP POLICY confined ON results;
        CREATE POLICY confined ON results AS RESTRICTIVE TO assessment_app
        USING (partner_id = NULLIF(current_setting('assessment.partner', true), '')::uuid
               AND mode = current_setting('assessment.mode', true));
    END $$""",
    "a policy that lets more be written": "ALTER POLICY confined ON results WITH CHECK (true)",
    "a policy of two roles": "ALTER POLICY confined ON results TO assessment_app, assessment_writer",
    "a policy beside": "CREATE POLICY beside ON results TO PUBLIC USING (true)",
    "a writer that reads": "GRANT SELECT ON results TO assessment_writer",
    "results that change": "GRANT UPDATE ON results TO assessment_app",
    "a right that is gone": "REVOKE SELECT ON results FROM assessment_app",
}


@pytest.mark.parametrize("gap", GAPS)
async def test_a_gap_is_refused_at_the_start_and_closed_by_migrating(database: Database, gap: str) -> None:
    await require_row_level_security(database)
    async with database.administer() as connection:
        await connection.execute(text(GAPS[gap]))
    with pytest.raises(MigrationsPending, match=r"\(table results\)\. Run: assessment migrate"):
        await require_row_level_security(database)
    await upgrade(database)
    await require_row_level_security(database)


@pytest.mark.parametrize("role", ["assessment_app", "assessment_keeper"])
async def test_every_role_that_reads_may_see_which_migrations_there_were(database: Database, role: str) -> None:
    async with database.administer() as connection:
        await connection.execute(text(f"REVOKE SELECT ON alembic_version FROM {role}"))
    with pytest.raises(MigrationsPending, match=r"\(table alembic_version\)\. Run: assessment migrate"):
        await require_row_level_security(database)
    await upgrade(database)
    await require_row_level_security(database)


async def test_a_table_that_is_not_there_is_no_gap(database: Database) -> None:
    async with database.administer() as connection:
        await connection.execute(text("DROP TABLE alembic_version"))
    await require_row_level_security(database)


async def test_a_policy_of_a_role_that_is_not_ours_is_left_alone(database: Database) -> None:
    async with database.administer() as connection:
        await connection.execute(text("CREATE POLICY analysts ON results TO pg_monitor USING (true)"))
        await connection.execute(text("ALTER TABLE results DISABLE ROW LEVEL SECURITY"))
    await upgrade(database)
    async with database.administer() as connection:
        kept = await connection.scalar(text("SELECT count(*) FROM pg_policies WHERE policyname = 'analysts'"))
    assert kept == 1


BAD_ROLES = {
    "ALTER ROLE assessment_app BYPASSRLS": (
        "ALTER ROLE assessment_app NOBYPASSRLS",
        "assessment_app passes by row level security. Run as an administrator: "
        "ALTER ROLE assessment_app NOSUPERUSER NOBYPASSRLS;",
    ),
    "GRANT assessment_keeper TO assessment_app": (
        "REVOKE assessment_keeper FROM assessment_app",
        'Run as an administrator: REVOKE "assessment_keeper" FROM assessment_app;',
    ),
    "ALTER TABLE result_dictionaries OWNER TO assessment_app": (
        "ALTER TABLE result_dictionaries OWNER TO CURRENT_USER",
        "The role assessment_app owns result_dictionaries and must own nothing",
    ),
}


@pytest.mark.parametrize("statement", BAD_ROLES)
async def test_a_role_that_could_do_more_is_refused(database: Database, statement: str) -> None:
    mend, said = BAD_ROLES[statement]
    async with database.administer() as connection:
        await connection.execute(text(statement))
    try:
        await upgrade(database)  # takes the rights of a new owner back, and does not mend the rest
        with pytest.raises(DatabaseRefused) as caught:
            await require_row_level_security(database)
    finally:
        async with database.administer() as connection:
            await connection.execute(text(mend))
    assert said in str(caught.value)


async def execute(url: str, *statements: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


@contextmanager
def untouched_server() -> Iterator[str]:
    """A server that has none of the roles yet."""
    with postgres_server(untouched=True) as url:
        yield url


@asynccontextmanager
async def opened_as(server: str, login: str, name: str) -> AsyncIterator[Database]:
    parsed: URL = make_url(server).set(database=name, username=login)
    database = Database(parsed.render_as_string(hide_password=False))
    try:
        yield database
    finally:
        await database.aclose()


async def insert_and_count(database: Database) -> dict[str, int]:
    """What a partner sees of its rows that were just written by the service's own ways."""
    queue = WriteQueue(database)
    queue.start()
    mine, rows = whole_set(b"1" * 32)
    await queue.insert(rows)
    await queue.aclose()
    return await seen(database, confined(mine, "live"))


async def test_an_owner_that_may_not_create_roles_is_told_the_sql_that_does_it() -> None:
    with untouched_server() as server:
        await execute(server, 'CREATE ROLE "an owner" LOGIN', 'CREATE DATABASE plain OWNER "an owner"')
        async with opened_as(server, "an owner", "plain") as database:
            assert await is_current(database) is False
            with pytest.raises(DatabaseRefused, match='which the login "an owner" may not create') as caught:
                await upgrade(database)
            sql = re.search(r"CREATE ROLE .*;$", str(caught.value))
            assert sql is not None
            await execute(server, *sql[0].rstrip(";").split("; "))
            await upgrade(database)
            await require_row_level_security(database)
            assert await insert_and_count(database) == dict.fromkeys(OWNED, 1)
            # Forced: not even the owner of the tables sees a row past the policies.
            async with database.administer() as connection:
                assert await connection.scalar(text("SELECT count(*) FROM assessments")) == 0


async def test_an_owner_that_may_create_roles_needs_nobody_and_migrates_past_the_policies() -> None:
    with untouched_server() as server:
        await execute(server, "CREATE ROLE creator LOGIN CREATEROLE", "CREATE DATABASE own OWNER creator")
        async with opened_as(server, "creator", "own") as database:
            await upgrade(database)
            await require_row_level_security(database)
            assert await insert_and_count(database) == dict.fromkeys(OWNED, 1)
            async with database.administer() as connection:
                await connection.execute(text("SET LOCAL ROLE assessment_keeper"))
                await connection.execute(text("UPDATE api_keys SET kind = 'restricted'"))
            # Going down has to delete that key: a migration that could not see it would fail.
            await downgrade(database, "0001")
            assert await is_current(database) is False
            await upgrade(database)
            await require_row_level_security(database)
            async with database.read(EVERYONE) as session:
                assert await session.scalar(select(func.count()).select_from(PARTNERS)) == 1
                assert await session.scalar(select(func.count()).select_from(API_KEYS)) == 0


async def test_a_login_of_its_own_serves_and_owns_nothing(database: Database, postgres_url: str) -> None:
    name = str(database.url.database)
    async with database.administer() as connection:
        # Since 16 it is the grant that says it.
        version = await connection.scalar(text("SELECT current_setting('server_version_num')::int"))
        alone = "NOINHERIT" if version < 160000 else ""
    await execute(postgres_url, f"CREATE ROLE assessment_test_service LOGIN {alone} PASSWORD 'secret'")
    try:
        parsed = database.url.set(username="assessment_test_service", password="secret")
        served = Database(parsed.render_as_string(hide_password=False))
        with pytest.raises(DatabaseRefused, match="may not work as the roles") as caught:
            await require_row_level_security(served)
        grant = re.search(r"GRANT .*(?=;)", str(caught.value))
        assert grant is not None
        await execute(postgres_url, grant[0])
        await require_row_level_security(served)
        assert await is_current(served) is True
        with pytest.raises(DatabaseRefused, match="Run assessment migrate as the owner of the tables"):
            await upgrade(served)
        assert await insert_and_count(served) == dict.fromkeys(OWNED, 1)
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with served.administer() as connection:
                await connection.execute(text("SELECT 1 FROM assessments"))
        await served.aclose()
    finally:
        await execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)", "DROP ROLE assessment_test_service")


async def test_a_login_that_lost_its_roles_is_told_and_mends_itself(database: Database, postgres_url: str) -> None:
    await execute(postgres_url, "CREATE ROLE assessment_test_lost LOGIN PASSWORD 'secret'")
    try:
        parsed = database.url.set(username="assessment_test_lost", password="secret")
        served = Database(parsed.render_as_string(hide_password=False))
        assert await is_current(served) is False
        with pytest.raises(DatabaseUnavailable):
            async with served.read(NOBODY) as session:
                await session.execute(text("SELECT 1"))
        await execute(postgres_url, "GRANT assessment_app TO assessment_test_lost")
        assert await is_current(served) is True
        await served.aclose()
    finally:
        await execute(postgres_url, "DROP ROLE assessment_test_lost")


def test_what_a_transaction_may_reach_is_sent_with_its_begin() -> None:
    partner_id = uuid.UUID("0199a5b2-7c3d-7e4f-8a1b-2c3d4e5f6071")
    assert confined(partner_id, "test").opening == (
        "SET LOCAL ROLE assessment_app;SET LOCAL assessment.partner = '0199a5b2-7c3d-7e4f-8a1b-2c3d4e5f6071';"
        "SET LOCAL assessment.mode = 'test';"
    )
    assert presenting(b"\x01'").opening == "SET LOCAL ROLE assessment_app;SET LOCAL assessment.lookup = '0127';"
