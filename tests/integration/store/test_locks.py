"""Rows that one transaction holds and others wait for, or pass by. SQLite has one writer, and so nobody to wait for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.store.assessments import find_assessment, find_unused_organisations
from assessment.store.engine import Database
from assessment.store.organisations import find_organisation
from assessment.store.queue import WriteQueue
from assessment.store.tables import ASSESSMENTS, ORGANISATIONS
from tests.integration.store.rows import NOW, assessment, complete_set


@pytest.fixture
def engine_name() -> str:
    return "postgresql"


@pytest.fixture
async def organisation(database: Database) -> dict[str, Any]:
    """An organisation that is in the database with one assessment."""
    queue = WriteQueue(database)
    queue.start()
    batch = dict(complete_set())
    await queue.insert([*batch.items()])
    await queue.aclose()
    return {**batch[ORGANISATIONS], "assessment_id": batch[ASSESSMENTS]["id"]}


@pytest.fixture
async def holder(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.administer() as connection, AsyncSession(connection) as session:
        yield session


@pytest.fixture
async def other(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction that does not wait long."""
    async with database.administer() as connection:
        await connection.execute(text("SET LOCAL lock_timeout = '200ms'"))
        yield connection


def owner(of: dict[str, Any]) -> tuple[Any, Any]:
    return of["partner_id"], of["mode"]


async def add_assessment(connection: AsyncConnection, organisation: dict[str, Any]) -> None:
    """Add an assessment, and take it back, with what it locked."""
    async with connection.begin_nested() as tried:
        await connection.execute(insert(ASSESSMENTS).values(assessment(organisation)))
        await tried.rollback()


async def test_nobody_adds_an_assessment_to_an_organisation_that_is_held(
    organisation: dict[str, Any], holder: AsyncSession, other: AsyncConnection
) -> None:
    await find_organisation(holder, *owner(organisation), organisation["id"])
    await add_assessment(other, organisation)
    await find_organisation(holder, *owner(organisation), organisation["id"], lock=True)
    with pytest.raises(DBAPIError, match="lock timeout"):
        await add_assessment(other, organisation)


async def test_of_two_who_would_change_an_assessment_the_second_one_waits(
    organisation: dict[str, Any], holder: AsyncSession, other: AsyncConnection
) -> None:
    wanted = (*owner(organisation), organisation["assessment_id"])
    await find_assessment(holder, *wanted)
    assert await find_assessment(AsyncSession(other), *wanted, lock=True) is not None
    await holder.execute(text("SET LOCAL lock_timeout = '200ms'"))
    with pytest.raises(DBAPIError, match="lock timeout"):
        await find_assessment(holder, *wanted, lock=True)


async def test_an_organisation_that_somebody_holds_is_passed_by(
    organisation: dict[str, Any], holder: AsyncSession, other: AsyncConnection
) -> None:
    await find_organisation(holder, *owner(organisation), organisation["id"], lock=True)
    later = NOW + timedelta(days=1)
    session = AsyncSession(other)
    assert await find_unused_organisations(session, *owner(organisation), since=later) == [organisation["id"]]
    assert await find_unused_organisations(session, *owner(organisation), since=later, lock=True) == []


async def test_an_organisation_that_is_to_go_is_held(
    organisation: dict[str, Any], holder: AsyncSession, other: AsyncConnection
) -> None:
    later = NOW + timedelta(days=1)
    assert await find_unused_organisations(holder, *owner(organisation), since=later) == [organisation["id"]]
    await add_assessment(other, organisation)
    assert await find_unused_organisations(holder, *owner(organisation), since=later, lock=True) == [organisation["id"]]
    with pytest.raises(DBAPIError, match="lock timeout"):
        await add_assessment(other, organisation)
