"""What a group of writes inserts: every value arrives as it was given, and what a column refuses is refused."""

from __future__ import annotations

import asyncio
import random
import string
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from assessment.store.access import EVERYONE
from assessment.store.engine import Database
from assessment.store.insert import MOST_ROWS, Inserts
from assessment.store.queue import Batch, WriteQueue
from assessment.store.tables import (
    API_KEYS,
    ASSESSMENTS,
    EVENTS,
    IDEMPOTENCY_RECORDS,
    ORGANISATIONS,
    PARTNERS,
    RESPONSES,
    RESULT_DICTIONARIES,
    RESULTS,
)
from tests.integration.store import rows
from tests.integration.store.rows import NOW, complete_set, organisation, partner

GROUPS = (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 256)
"""Batches that wait together: around every number of rows that one statement takes, up to the largest group."""
LETTERS = string.ascii_letters + " '\"\\,{}()%:$?\n\täß€漢🙂"


@pytest.fixture
async def queue(database: Database) -> AsyncIterator[WriteQueue]:
    opened = WriteQueue(database)
    opened.start()
    yield opened
    await opened.aclose()


class Values:
    """Values that columns take, drawn by chance."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def text(self, most: int) -> str:
        return "".join(self._chance.choices(LETTERS, k=self._chance.randint(0, most)))

    def octets(self, most: int) -> bytes:
        return self._chance.randbytes(self._chance.randint(0, most))

    def maybe(self, value: Any) -> Any:
        return self._chance.choice((None, value))

    def moment(self) -> Any:
        return NOW + timedelta(microseconds=self._chance.randint(-(10**15), 10**15))

    def whole(self, low: int, high: int) -> int:
        return self._chance.randint(low, high)

    def nested(self) -> dict[str, Any]:
        return {self.text(5): self._chance.choice((None, True, -1.5, self.text(9), [self.text(3), {}]))}


def drawn(values: Values, owner: uuid.UUID, organisation_id: uuid.UUID) -> Batch:
    """The rows of an assessment as a request with an idempotency key writes them, with other values each time."""
    keys = {"partner_id": owner, "mode": "live"}
    scored = rows.assessment({**keys, "id": organisation_id}) | {
        "rubric_id": values.text(64),
        "rubric_digest": values.octets(32),
        "functions": values.maybe([values.text(9) for _ in range(values.whole(0, 3))]),
        "target_level": values.maybe(values.whole(1, 4)),
        "contribute": bool(values.whole(0, 1)),
        "metadata": values.maybe(values.nested()),
        "score": values.maybe(values.whole(0, 10_000)),
        "completed_at": values.maybe(values.moment()),
    }
    about = keys | {"assessment_id": scored["id"]}
    responses = [
        (RESPONSES, about | {
            "id": uuid7(), "function": values.maybe(values.text(64)), "respondent_reference": values.text(200),
            "respondent_seniority": None, "answers": values.octets(90), "created_at": values.moment(),
            "submitted_at": values.maybe(values.moment()),
        })
        for _ in range(values.whole(0, 3))
    ]  # fmt: skip
    result = about | {"dictionary": bytes(32), "body": values.octets(2000), "sha256": values.octets(32)}
    event = keys | {
        "id": uuid7(), "type": "assessment.completed", "data": values.nested(),
        "organisation_id": values.maybe(organisation_id), "created_at": values.moment(), "dispatched_at": None,
    }  # fmt: skip
    record = keys | {
        "key_hash": uuid7().bytes * 2, "fingerprint": values.octets(32), "status": values.whole(200, 299),
        "headers": {"location": values.text(40)}, "dictionary": values.maybe(bytes(32)), "body": values.octets(2000),
        "organisation_id": values.maybe(organisation_id), "created_at": values.moment(),
    }  # fmt: skip
    return [(ASSESSMENTS, scored), *responses, (RESULTS, result), (EVENTS, event), (IDEMPOTENCY_RECORDS, record)]


async def stored(database: Database, table: Table, keys: tuple[str, ...]) -> dict[Any, dict[str, Any]]:
    async with database.read(EVERYONE) as session:
        found = (await session.execute(select(table))).mappings().all()
    return {tuple(row[key] for key in keys): dict(row) for row in found}


async def test_rows_of_any_values_read_back_as_they_were_given(database: Database, queue: WriteQueue) -> None:
    values = Values(7)
    owner = partner()
    organisations = [organisation(owner["id"]) | {"external_id": f"crm-{n}"} for n in range(3)]
    dictionary = {"sha256": bytes(32), "content": b"", "created_at": NOW}
    await queue.insert([(PARTNERS, owner), (RESULT_DICTIONARIES, dictionary)])
    await queue.insert([(ORGANISATIONS, row) for row in organisations])
    batches: list[Batch] = []
    commits: list[int] = []
    queue.listen(lambda: commits.append(1))
    for size in GROUPS:
        group = [drawn(values, owner["id"], organisations[n % 3]["id"]) for n in range(size)]
        await asyncio.gather(*(queue.insert(batch) for batch in group))
        batches += group
    assert len(commits) == len(GROUPS)
    for table, keys in (
        (ASSESSMENTS, ("id",)),
        (RESPONSES, ("id",)),
        (RESULTS, ("assessment_id",)),
        (EVENTS, ("id",)),
        (IDEMPOTENCY_RECORDS, ("key_hash",)),
    ):
        given = [row for batch in batches for own, row in batch if own is table]
        assert await stored(database, table, keys) == {tuple(row[key] for key in keys): row for row in given}


@pytest.mark.parametrize("engine_name", ["postgresql"])
@pytest.mark.parametrize("wrong", [{"name": "x" * 201}, {"name": 7}, {"mode": "lively"}])
async def test_a_value_that_its_column_does_not_take_is_refused_and_not_cut(
    database: Database, queue: WriteQueue, wrong: dict[str, Any]
) -> None:
    owner = partner()
    await queue.insert([(PARTNERS, owner)])
    good, bad = organisation(owner["id"]), organisation(owner["id"]) | wrong
    outcomes = await asyncio.gather(
        *(queue.insert([(ORGANISATIONS, row)]) for row in (good, bad)), return_exceptions=True
    )
    assert [isinstance(outcome, DBAPIError) for outcome in outcomes] == [False, True]
    assert await stored(database, ORGANISATIONS, ("id",)) == {(good["id"],): good}


async def test_a_bad_row_in_one_of_many_tables_takes_its_own_batch_alone(database: Database, queue: WriteQueue) -> None:
    first = complete_set()
    others = [[step for step in complete_set() if step[0] is not RESULT_DICTIONARIES] for _ in range(40)]
    others[20] = [(table, {**row, "answers": None} if table is RESPONSES else row) for table, row in others[20]]
    await queue.insert(first)
    outcomes = await asyncio.gather(*(queue.insert(batch) for batch in others), return_exceptions=True)
    assert [number for number, outcome in enumerate(outcomes) if outcome is not None] == [20]
    for table in (PARTNERS, ORGANISATIONS, ASSESSMENTS, RESULTS):
        assert len(await stored(database, table, tuple(table.primary_key.columns.keys()))) == 40


async def test_callers_that_give_other_columns_and_as_many_are_both_stored(
    database: Database, queue: WriteQueue
) -> None:
    owner = partner()
    await queue.insert([(PARTNERS, owner)])
    key = {"partner_id": owner["id"], "kind": "secret", "mode": "live", "prefix": "alm", "created_at": NOW}
    revoked = key | {"id": uuid7(), "hash": bytes(32), "revoked_at": NOW}
    used = key | {"id": uuid7(), "hash": b"1" * 32, "last_used_at": NOW}
    await asyncio.gather(*(queue.insert([(API_KEYS, row)]) for row in (revoked, used)))
    found = await stored(database, API_KEYS, ("id",))
    assert [(row["revoked_at"], row["last_used_at"]) for row in (found[revoked["id"],], found[used["id"],])] == [
        (NOW, None),
        (None, NOW),
    ]


async def test_a_batch_without_rows_is_acknowledged_like_any_other(database: Database, queue: WriteQueue) -> None:
    row = partner()
    await queue.insert([])
    await asyncio.gather(queue.insert([]), queue.insert([(PARTNERS, row)]))
    assert await stored(database, PARTNERS, ("id",)) == {(row["id"],): row}


@pytest.mark.parametrize("dialect", [postgresql.asyncpg.dialect, sqlite.aiosqlite.dialect])
def test_keys_that_callers_choose_go_in_the_same_order_everywhere(dialect: Callable[[], Any]) -> None:
    owner = partner()
    named = [organisation(owner["id"]) | {"external_id": name} for name in ("b", None, "a")]
    records = [{"key_hash": bytes([n]) * 32, "mode": "live"} for n in (2, 1)]
    batches = [[(ORGANISATIONS, row)] for row in named] + [[(IDEMPOTENCY_RECORDS, row)] for row in records]
    inserts = Inserts(dialect())
    turned = Inserts(dialect()).of(batches[::-1])
    assert inserts.of(batches) == turned
    assert inserts.of(batches) == turned


def test_statements_take_as_many_rows_as_they_were_prepared_for() -> None:
    inserts = Inserts(sqlite.aiosqlite.dialect())
    sizes = [len(values) // 3 for _, values in inserts.of([[(PARTNERS, partner())] for _ in range(77)])]
    assert sizes == [MOST_ROWS, MOST_ROWS, 8, 4, 1]
