"""The largest table, divided by month as README says: ids are in the order of time, and part of every primary key."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from assessment.errors import MigrationsPending
from assessment.settings import Settings
from assessment.store.access import confined
from assessment.store.engine import Database
from assessment.store.migrate import require_row_level_security, upgrade
from assessment.store.queue import WriteQueue
from assessment.store.tables import PARTNERS, RESULTS
from tests.integration.api.running import case_answers, fresh_partners, running
from tests.integration.store.rows import complete_set

README = Path(__file__).parents[3] / "README.md"


@pytest.fixture
def engine_name() -> str:
    return "postgresql"


def beginning_of(year: int, month: int) -> str:
    """The lowest id of a month: its first 48 bits are milliseconds."""
    moment = datetime(year, month, 1, tzinfo=UTC)
    return str(uuid.UUID(int=int(moment.timestamp() * 1000) << 80))


async def divide(database: Database) -> None:
    """Run what README shows, which leaves the policies to `assessment migrate`."""
    shown = re.search(r"```sql\n(ALTER TABLE results RENAME.*?)```", README.read_text(encoding="utf-8"), flags=re.S)
    assert shown is not None, "README shows no division by month"
    # Of that only the months change: the next one begins after every row of a test.
    months = sorted(set(re.findall(r"'([0-9a-f-]{36})'", shown[1])))
    assert months == [beginning_of(2026, 2), beginning_of(2026, 3)]
    recipe = shown[1].replace(months[0], beginning_of(2100, 1)).replace(months[1], beginning_of(2100, 2))
    async with database.administer() as connection:
        for statement in filter(str.strip, recipe.split(";")):
            await connection.execute(text(statement))
    with pytest.raises(MigrationsPending, match="table results"):
        await require_row_level_security(database)
    await upgrade(database)
    await require_row_level_security(database)


async def test_a_table_that_is_divided_keeps_its_rows_its_promises_and_its_policies(database: Database) -> None:
    batch = complete_set()
    rows = dict(batch)
    queue = WriteQueue(database)
    queue.start()
    await queue.insert(batch)
    await queue.aclose()
    await divide(database)
    mine = rows[PARTNERS]["id"]
    async with database.read(confined(mine, "live")) as session:
        found = (await session.execute(text("SELECT assessment_id FROM results"))).scalars().all()
        assert found == [rows[RESULTS]["assessment_id"]]
    async with database.read(confined(mine, "test")) as session:
        assert (await session.execute(text("SELECT count(*) FROM results"))).scalar_one() == 0
    async with database.administer() as connection:
        kept = await connection.scalar(text("SELECT count(*) FROM pg_partition_tree('results') WHERE isleaf"))
        assert kept == 3


async def test_the_service_works_on_a_table_that_is_divided(settings: Settings, database: Database) -> None:
    await divide(database)
    body = {
        "rubric": "alignment-quick",
        "organisation": {"name": "Example"},
        "responses": [{"answers": case_answers("alignment-quick", "level-3-shared-target")}],
        "complete": True,
    }
    async with running(settings) as app, fresh_partners(app) as api:
        created = await api.client.post("/v1/assessments", json=body)
        assert created.status_code == 201
        place = created.headers["location"]
        assert (await api.client.get(place)).json()["result"] == created.json()["result"]
        assert (await api.stranger.get(place)).status_code == 404
        deleted = await api.client.delete(place, headers={"If-Match": (await api.client.get(place)).headers["etag"]})
        assert deleted.status_code == 204
    async with database.administer() as connection:
        await connection.execute(text("SET LOCAL ROLE assessment_keeper"))
        assert await connection.scalar(text("SELECT count(*) FROM results")) == 0
