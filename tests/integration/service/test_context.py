"""Opening and closing the service."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import text

from assessment.errors import DatabaseRefused, MigrationsPending
from assessment.rubric.catalog import Catalog
from assessment.service.context import Services, open_services, open_store, ready
from assessment.service.partners import create_partner, list_partners
from assessment.settings import Settings


async def test_an_empty_folder_is_enough(tmp_path: Path, catalog: Catalog) -> None:
    settings = Settings(data_dir=tmp_path / "new 1%20?#é" / "data")
    async with open_services(settings, catalog) as services:
        await ready(services)
        await create_partner(services, "Acme")
    async with open_services(settings, catalog) as services:
        assert [partner.name for partner in await list_partners(services)] == ["Acme"]
    assert (tmp_path / "new 1%20?#é" / "data" / "assessment.db").exists()


async def test_a_closed_service_leaves_one_database_file_and_its_lock(tmp_path: Path) -> None:
    async with open_store(Settings(data_dir=tmp_path)) as store:
        await create_partner(store, "Acme")
    assert sorted(os.listdir(tmp_path)) == ["assessment.db", "assessment.db-writer"]


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_postgresql_that_is_not_migrated_is_not_served(empty_url: str) -> None:
    settings = Settings(database_url=empty_url, allow_lossy_database=True)
    with pytest.raises(MigrationsPending, match="Run: assessment migrate"):
        async with open_store(settings):
            pass
    async with open_store(settings.model_copy(update={"auto_migrate": True})) as store:
        await ready(store)


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_postgresql_that_may_lose_writes_is_not_served(database_url: str) -> None:
    with pytest.raises(DatabaseRefused, match="fsync=off"):
        async with open_store(Settings(database_url=database_url)):
            pass


async def test_readiness_notices_another_revision(services: Services) -> None:
    await ready(services)
    async with services.database.administer() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    with pytest.raises(MigrationsPending):
        await ready(services)
