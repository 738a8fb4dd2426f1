"""Queries keep to their partner, their mode, their organisation and their time, to the microsecond."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from assessment.store.access import EVERYONE, confined
from assessment.store.assessments import (
    count_older,
    delete_older,
    find_unused_organisations,
    list_rubrics_of,
)
from assessment.store.base import Mode
from assessment.store.benchmarks import count_pool, last_edition, list_members
from assessment.store.engine import Database
from assessment.store.idempotency import delete_records, is_taken
from assessment.store.queue import Batch, WriteQueue
from assessment.store.tables import ASSESSMENTS, COHORT_MEMBERS, EDITIONS, IDEMPOTENCY_RECORDS, ORGANISATIONS, PARTNERS
from tests.integration.store.rows import NOW, assessment, organisation, partner, whole_set

MOMENT = timedelta(microseconds=1)


@pytest.fixture
async def queue(database: Database) -> AsyncIterator[WriteQueue]:
    opened = WriteQueue(database)
    opened.start()
    yield opened
    await opened.aclose()


def assessed(owner: dict[str, Any], mode: Mode, rubric: str, **organisation_fields: Any) -> Batch:
    """An organisation with one assessment by a rubric."""
    it = {**organisation(owner["id"]), "mode": mode, **organisation_fields}
    return [(ORGANISATIONS, it), (ASSESSMENTS, {**assessment(it), "rubric_id": rubric})]


async def test_older_is_what_was_created_before_and_not_at_that_moment(database: Database, queue: WriteQueue) -> None:
    owner = partner()
    await queue.insert([(PARTNERS, owner), *assessed(owner, "live", "alignment"), *assessed(owner, "test", "other")])
    async with database.read(EVERYONE) as session:
        for mode in ("live", "test"):
            assert await count_older(session, owner["id"], mode, NOW) == 0
            assert await count_older(session, owner["id"], mode, NOW + MOMENT) == 1
        assert await count_older(session, owner["id"], "live", NOW + timedelta(days=1)) == 1
    who = confined(owner["id"], "live")

    async def delete(before: timedelta) -> int:
        return await queue.run(
            partial(delete_older, partner_id=owner["id"], mode="live", than=NOW + before, limit=9), who
        )

    assert [await delete(timedelta(0)), await delete(MOMENT), await delete(MOMENT)] == [0, 1, 0]
    async with database.read(EVERYONE) as session:
        assert await count_older(session, owner["id"], "test", NOW + MOMENT) == 1


async def test_an_organisation_is_in_use_by_an_assessment_of_that_moment(database: Database, queue: WriteQueue) -> None:
    owner = partner()
    before = {"created_at": NOW - MOMENT}
    fresh, used = assessed(owner, "live", "alignment"), assessed(owner, "live", "alignment", **before)
    old, young = {**organisation(owner["id"]), **before}, organisation(owner["id"])
    await queue.insert([(PARTNERS, owner), *fresh, *used, (ORGANISATIONS, old), (ORGANISATIONS, young)])
    async with database.read(EVERYONE) as session:
        assert await find_unused_organisations(session, owner["id"], "live", since=NOW) == [old["id"]]
        assert len(await find_unused_organisations(session, owner["id"], "live", since=NOW + MOMENT)) == 4
        assert await find_unused_organisations(session, owner["id"], "test", since=NOW + MOMENT) == []


async def test_rubrics_are_those_of_the_organisation_alone(database: Database, queue: WriteQueue) -> None:
    owner, stranger = partner(), partner()
    mine, other = assessed(owner, "live", "alignment"), assessed(owner, "live", "other")
    foreign = assessed(stranger, "live", "foreign")
    await queue.insert([(PARTNERS, owner), (PARTNERS, stranger), *mine, *other, *foreign])
    wanted = dict(mine)[ORGANISATIONS]["id"]
    async with database.read(EVERYONE) as session:
        found = await list_rubrics_of(session, owner["id"], "live", wanted)
        assert [one.rubric_id for one in found] == ["alignment"]
        assert await list_rubrics_of(session, owner["id"], "test", wanted) == []
        assert await list_rubrics_of(session, stranger["id"], "live", wanted) == []


async def test_a_record_outlives_the_moment_that_it_was_made_at(queue: WriteQueue) -> None:
    _, rows = whole_set(bytes(32))
    await queue.insert(rows)
    assert await queue.run(partial(delete_records, before=NOW, limit=9), EVERYONE) == 0
    assert await queue.run(partial(delete_records, before=NOW + MOMENT, limit=9), EVERYONE) == 1


async def test_a_key_that_is_used_twice_is_told_from_any_other_row_that_is_refused(queue: WriteQueue) -> None:
    _, rows = whole_set(bytes(32))
    await queue.insert(rows)
    refused = []
    for table in (IDEMPOTENCY_RECORDS, ASSESSMENTS, PARTNERS):
        with pytest.raises(IntegrityError) as caught:
            await queue.insert([(table, dict(rows)[table])])
        refused.append(is_taken(caught.value))
    assert refused == [True, False, False]


async def test_the_members_of_an_edition_are_read_some_at_a_time_each_once(
    database: Database, queue: WriteQueue
) -> None:
    wanted = uuid7()
    edition: dict[str, Any] = {"rubric_id": "alignment", "rubric_version": "2026.1", "released_at": NOW}
    edition |= {"id": wanted, "number": 1}
    another = {**edition, "id": uuid7(), "number": 2}
    batch: list[tuple[Table, dict[str, Any]]] = [(EDITIONS, edition), (EDITIONS, another)]
    members = []
    for owner in (partner("First"), partner("Second")):
        batch.append((PARTNERS, owner))
        for _ in range(3):
            voted = organisation(owner["id"])
            member = {"partner_id": owner["id"], "mode": "live", "organisation_id": voted["id"]}
            member |= {"assessment_id": uuid7(), "industry": None, "size": None}
            batch += [(ORGANISATIONS, voted), (COHORT_MEMBERS, member | {"edition_id": wanted})]
            members.append((owner["id"], voted["id"]))
    await queue.insert([*batch, (COHORT_MEMBERS, member | {"edition_id": another["id"]})])
    async with database.read(EVERYONE) as session:
        for limit in (1, 2, 4, 6):
            read: list[tuple[Any, Any]] = []
            while found := await list_members(session, wanted, limit=limit, after=read[-1] if read else None):
                read += [(one.partner_id, one.organisation_id) for one in found]
            assert read == members
        newest = await last_edition(session, "alignment", "2026.1")
        assert newest is not None
        assert newest.number == 2


async def test_of_assessments_completed_at_once_the_later_id_speaks_for_the_organisation(
    database: Database, queue: WriteQueue
) -> None:
    owner = partner()
    voted = organisation(owner["id"])
    earlier, later = assessment(voted), assessment(voted)
    await queue.insert([(PARTNERS, owner), (ORGANISATIONS, voted), (ASSESSMENTS, earlier), (ASSESSMENTS, later)])
    async with database.read(EVERYONE) as session:
        assert await count_pool(session, "alignment", "2026.1") == 1
    assert earlier["id"] < later["id"]
