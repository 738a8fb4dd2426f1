"""Row level security holds alone: with the application's filter taken out of every statement, nothing foreign is read
or changed, whatever becomes of connections that are shared and requests that are cancelled."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
import random
import re
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, event, select, text
from sqlalchemy import inspect as inspect_row
from sqlalchemy.exc import IntegrityError, MultipleResultsFound
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

import assessment.store
from assessment.errors import Overloaded
from assessment.store.access import NOBODY, confined
from assessment.store.assessments import RubricPinned
from assessment.store.engine import Database, open_as
from assessment.store.history import Completion
from assessment.store.outbox import DeliveryKey, Endpoint, Settlement
from assessment.store.policies import owner_column
from assessment.store.queue import WriteQueue
from assessment.store.tables import (
    API_KEYS,
    ASSESSMENTS,
    AUDIT_EVENTS,
    EDITIONS,
    EVENTS,
    IDEMPOTENCY_RECORDS,
    INVITATIONS,
    METADATA,
    ORGANISATIONS,
    RESPONSES,
    SHARE_LINKS,
    WEBHOOK_ENDPOINTS,
)
from tests.faults.harness import Report
from tests.faults.intrusion import Intruder
from tests.faults.neighbours import in_process, settle, snapshot
from tests.faults.servers import database
from tests.faults.trial_09_tenancy import unlimited
from tests.integration.api.running import running
from tests.integration.store.rows import whole_set

NUMBER = 10
PROMISE = "the second line holds alone"
COUNTS = {"ci": 1_000, "full": 100_000}

FILTER = re.compile(r"\b(?:\w+\.)?(?:partner_id|mode) = (\$\d+::\w+)")
JOINED = re.compile(r"\b\w+\.(?:partner_id|mode) = \w+\.(?:partner_id|mode)\b")
OWNED = {name: table for name, table in METADATA.tables.items() if owner_column(table) is not None}

SWEEPING = {"delete_records", "delete_tokens", "delete_events", "forget_old_secrets"}
"""Queries that are given a time to sweep up to as `before`, where others are given the row that a page begins at."""

Rows = dict[Any, dict[str, Any]]


def without_filter(statement: str) -> str:
    """A statement that takes any partner and mode for the right one."""
    return JOINED.sub("true", FILTER.sub(r"(\1 IS NOT NULL)", statement))


@contextmanager
def filters_removed(*opened: Database) -> Iterator[Counter[str]]:
    """While inside, no statement of these databases is filtered. Counts those that would have been, by what they do."""
    removed: Counter[str] = Counter()

    def strip(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> tuple[str, Any]:
        # An INSERT states whose the row is, which is no filter.
        bare = statement if statement.startswith("INSERT") else without_filter(statement)
        if bare != statement:
            removed[statement] += 1
        return bare, parameters

    engines = [engine.sync_engine for one in opened for engine in (one.reader, one.writer)]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", strip, retval=True)
    try:
        yield removed
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", strip)


async def run(count: int, report: Report) -> None:
    with report.on("postgresql"):
        with database("postgresql") as url:
            await _every_query(url, report)
        with database("postgresql") as url:
            await _every_operation(url, count, report)
        with database("postgresql") as url:
            await _shared_connections(url, count, report)


# Every query of the store, asked by one partner with the ids of another.


async def _every_query(url: str, report: Report) -> None:
    opened = Database(url)
    queue = WriteQueue(opened)
    queue.start()
    mine, my_rows = whole_set(b"1" * 32)
    _, their_rows = whole_set(b"2" * 32, "publishable")
    rows: Rows = {table: {**row} for table, row in their_rows}
    rows[ORGANISATIONS]["external_id"] = "crm-1"
    rows[AUDIT_EVENTS]["target"] = "another"
    rows[API_KEYS]["origins"] = ["https://www.example.com"]
    await queue.insert(my_rows)
    await queue.insert(list(rows.items()))
    await queue.aclose()
    stripped = 0
    for query in _queries():
        filtered = await _outcome(opened, query, mine, rows)
        with filters_removed(opened) as removed:
            bare = await _outcome(opened, query, mine, rows)
        assert bare[0] == filtered[0], f"{_name(query)} gave {bare[0]} without its filter, and {filtered[0]} with it"
        assert bare[1] == filtered[1], f"{_name(query)} left other rows without its filter than with it"
        stripped += bool(removed)
        report.tried(1, "queries without their filter")
    assert stripped >= 20, f"Only {stripped} queries had a filter to remove: statements have another form now."
    report.note(f"without the second line too, {await _bitten(opened, mine, rows)} of them reached foreign rows")
    await opened.aclose()


async def _bitten(opened: Database, mine: uuid.UUID, rows: Rows) -> int:
    """How many of the queries reach something foreign once row level security is off as well: the trial can tell."""
    async with opened.administer() as connection:
        for name in OWNED:
            await connection.execute(text(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY"))
    reached = []
    for query in _queries():
        filtered = await _outcome(opened, query, mine, rows)
        with filters_removed(opened):
            if await _outcome(opened, query, mine, rows) != filtered:
                reached.append(_name(query))
    assert len(reached) >= 20, f"Only {reached} would have reached anything foreign."
    return len(reached)


def _queries() -> list[Callable[..., Awaitable[Any]]]:
    """Every function of the store that is given a session or a connection."""
    found = []
    for module in pkgutil.iter_modules(assessment.store.__path__):
        loaded = importlib.import_module(f"assessment.store.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.iscoroutinefunction):
            parameters = inspect.signature(function).parameters
            ours = function.__module__ == loaded.__name__ and not name.startswith("_")
            if ours and next(iter(parameters), "") in {"session", "connection"}:
                found.append(function)
    return found


def _name(query: Callable[..., Any]) -> str:
    return f"{query.__module__.rpartition('.')[2]}.{getattr(query, '__name__', query)}"


async def _outcome(opened: Database, query: Callable[..., Awaitable[Any]], mine: uuid.UUID, rows: Rows) -> Any:
    """What the query answers to `mine` when it is given everything of another partner, and which rows there are
    after it. All of it is undone."""
    given = _arguments(query, mine, rows)
    async with opened.writer.connect() as connection:
        open_as(connection, confined(mine, "live"))
        transaction = await connection.begin()
        try:
            try:
                async with connection.begin_nested(), AsyncSession(connection, expire_on_commit=False) as session:
                    on = connection if "connection" in inspect.signature(query).parameters else session
                    said = _plain(await query(on, **given))
            except (IntegrityError, MultipleResultsFound) as error:
                said = type(error).__name__  # it found what only another partner's row can be at fault for
            await connection.execute(text("SET LOCAL ROLE assessment_keeper"))
            left = {name: _plain((await connection.execute(select(table))).all()) for name, table in OWNED.items()}
        finally:
            await transaction.rollback()
    return said, left


def _arguments(query: Callable[..., Any], mine: uuid.UUID, rows: Rows) -> dict[str, Any]:
    """What the query is given: its own partner, and of everything else what belongs to the other one."""
    future = datetime.now(UTC) + timedelta(days=1)
    assessment_id, organisation_id = rows[ASSESSMENTS]["id"], rows[ORGANISATIONS]["id"]
    theirs, now = rows[API_KEYS]["partner_id"], datetime.now(UTC)
    endpoint = Endpoint(theirs, "live", rows[WEBHOOK_ENDPOINTS]["id"])
    delivery = DeliveryKey(theirs, "live", rows[EVENTS]["id"], endpoint.id)
    by_hash = API_KEYS if "active_key" in query.__name__ else IDEMPOTENCY_RECORDS
    known = {
        "partner_id": theirs if query.__name__ == "find_partner" else mine,
        "mode": "live",
        "assessment_id": assessment_id,
        "assessment_ids": [assessment_id],
        "organisation_id": organisation_id,
        "organisation_ids": [organisation_id],
        "wanted": [organisation_id],
        "external_id": "crm-1",
        "response_id": rows[RESPONSES]["id"],
        "invitation_id": rows[INVITATIONS]["id"],
        "token_hash": rows[INVITATIONS]["hash"],
        "link_id": rows[SHARE_LINKS]["id"],
        "key_id": rows[API_KEYS]["id"],
        "endpoint_id": rows[WEBHOOK_ENDPOINTS]["id"],
        "endpoint_ids": [rows[WEBHOOK_ENDPOINTS]["id"]],
        "event_id": rows[EVENTS]["id"],
        "event_ids": [rows[EVENTS]["id"]],
        "event_type": rows[EVENTS]["type"],
        "endpoint": endpoint,
        "endpoints": [endpoint],
        "settlements": [Settlement(delivery, now, "delivered", 1, now, None, 204, None)],
        "leases": [(delivery, now)],
        "leased_until": future,
        "most": 100,
        "key_hash": rows[by_hash].get("hash") or rows[by_hash].get("key_hash"),
        "rubric_id": rows[ASSESSMENTS]["rubric_id"],
        "rubric_version": rows[ASSESSMENTS]["rubric_version"],
        "rubrics": [RubricPinned("alignment", "2026.1", bytes(32))],
        "pinned": RubricPinned("alignment", "2026.1", bytes(32)),
        "until": Completion(future, assessment_id),
        "edition_id": rows[EDITIONS]["id"],
        "sha256": b"2" * 32,
        "targets": [rows[AUDIT_EVENTS]["target"]],
        "limit": 100,
        "before": future if query.__name__ in SWEEPING else None,
        "after": None,
        "now": future,
        "than": future,
        "since": datetime(2020, 1, 1, tzinfo=UTC),
        "created_before": future,
    }
    found = {}
    for name, parameter in list(inspect.signature(query).parameters.items())[1:]:
        if name == "filters":
            found[name] = inspect.getmodule(query).Filters()  # type: ignore[union-attr]  # each module has its own
        elif name in known:
            found[name] = known[name]
        else:
            assert parameter.default is not parameter.empty, f"Say in _arguments what {_name(query)} gets as {name!r}."
    return found


def _plain(value: Any) -> Any:
    """Rows of any kind as the values they hold, in no order."""
    if hasattr(value, "__table__"):
        return tuple(getattr(value, attribute.key) for attribute in inspect_row(value).mapper.column_attrs)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | Row):
        return sorted((_plain(one) for one in value), key=repr)
    return value


# Every operation of the API.


async def _every_operation(url: str, count: int, report: Report) -> None:
    async with running(unlimited(url)) as app:
        services, ask = app.state["services"], in_process(app)
        ways, victims = await settle(services, ask)
        before = await snapshot(services, victims)
        intruder = await Intruder.meet(ask, ways, victims)
        with filters_removed(services.database) as removed:
            await intruder.at_random(count, random.Random(count), lambda n, _: report.tried(n, "requests without it"))
        assert removed, "No filter was removed."
        assert await snapshot(services, victims) == before, "A row of a neighbour was changed."


# Two connections for everybody, and callers that go away at any moment.

PARTNERS = 5
CALLERS = 12


async def _shared_connections(url: str, count: int, report: Report) -> None:
    opened = Database(url, read_connections=2)
    queue = WriteQueue(opened)
    queue.start()
    owners: dict[uuid.UUID, set[uuid.UUID]] = {}
    for number in range(PARTNERS):
        partner_id, batch = whole_set(bytes([number]) * 32)
        await queue.insert(batch)
        organisation = dict(batch)[ORGANISATIONS]
        more = [{**organisation, "id": uuid.uuid4(), "external_id": f"crm-{n}"} for n in range(number)]
        await queue.insert([(ORGANISATIONS, row) for row in more])
        owners[partner_id] = {organisation["id"], *(row["id"] for row in more)}
    chance = random.Random(count)
    cancelled = 0
    # Both are there before the first is cancelled: who waits for one that never comes would wait for long.
    await asyncio.gather(*(_look(opened, queue, None, as_work=False) for _ in range(2)))
    for start in range(0, count, CALLERS):
        turn = range(min(CALLERS, count - start))
        asked = [chance.choice([*owners, None]) for _ in turn]
        callers = [asyncio.create_task(_look(opened, queue, who, as_work=chance.random() < 0.2)) for who in asked]
        for caller in callers:
            if chance.random() < 0.5:
                await asyncio.sleep(chance.choice([0, 0, 0.0002, 0.001]))
                cancelled += caller.cancel()
        for who, said in zip(asked, await asyncio.gather(*callers, return_exceptions=True), strict=True):
            if isinstance(said, asyncio.CancelledError):
                continue
            # A connection may be gone with the one who was cancelled on it; a wrong row never comes.
            assert isinstance(said, set | Overloaded), f"{said!r}"
            if isinstance(said, set):
                wanted = owners[who] if who is not None else set()
                assert said == wanted, f"{who} saw {said} and not {wanted}"
        report.tried(len(turn), "reads over two connections")
    report.note(f"{cancelled:,} of the reads were cancelled")
    await queue.aclose()
    await opened.aclose()


async def _look(opened: Database, queue: WriteQueue, who: uuid.UUID | None, *, as_work: bool) -> set[uuid.UUID]:
    """Every organisation there is, as far as `who` can see, in two statements that filter nothing."""
    access = NOBODY if who is None else confined(who, "live")
    query = select(ORGANISATIONS.c.id)
    if as_work:

        async def work(connection: AsyncConnection) -> set[uuid.UUID]:
            return set((await connection.execute(query)).scalars())

        return await queue.run(work, access)
    async with opened.read(access) as session:
        first = set((await session.execute(query)).scalars())
        await asyncio.sleep(0)
        again = set((await session.execute(query)).scalars())
    assert first == again, f"{who} saw {first} and then {again}"
    return again
