"""Makes each statement of a transaction fail in turn, and the commit too, and compares the database with before."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx
from sqlalchemy import select, text

from assessment.store.engine import Database
from assessment.store.tables import API_KEYS, METADATA
from tests.faults import samples
from tests.faults.harness import ENGINES, Report
from tests.faults.servers import Server, database, serving

NUMBER = 7
PROMISE = "a failure leaves nothing"
COUNTS = {"ci": 1, "full": 50}
"""How often each statement of each transaction fails."""


class Fault(NamedTuple):
    """A statement that fails: at once, or when it is to be committed, as PostgreSQL can put it off."""

    operation: str
    table: str
    deferred: bool = False


CREATE = (
    Fault("INSERT", "organisations"),
    Fault("INSERT", "assessments"),
    Fault("INSERT", "responses"),
    Fault("INSERT", "results"),
    Fault("INSERT", "events"),
    Fault("INSERT", "idempotency_records"),
    Fault("INSERT", "assessments", deferred=True),
)
COMPLETE = (
    Fault("UPDATE", "assessments"),
    Fault("INSERT", "results"),
    Fault("INSERT", "events"),
    Fault("INSERT", "idempotency_records"),
    Fault("UPDATE", "assessments", deferred=True),
)
CHANGE = (Fault("UPDATE", "assessments"), Fault("UPDATE", "assessments", deferred=True))
DELETE = (
    Fault("DELETE", "assessments"),
    Fault("DELETE", "responses"),
    Fault("DELETE", "results"),
    Fault("INSERT", "audit_events"),
    Fault("DELETE", "assessments", deferred=True),
)
USES = {API_KEYS.c.last_used_at}
"""What changes by itself, whoever asks for what."""

Rows = dict[str, list[tuple[Any, ...]]]


async def run(count: int, report: Report) -> None:
    for engine in ENGINES:
        with report.on(engine), database(engine) as url, serving(url) as server:
            opened = Database(url)
            try:
                async with server.client() as client:
                    for number in range(count):
                        await _Trial(opened, server, client, report, random.Random(number), number).run()
            finally:
                await opened.aclose()


class _Trial:
    def __init__(
        self, opened: Database, server: Server, client: httpx.AsyncClient, report: Report, chance: random.Random, n: int
    ) -> None:
        self._database = opened
        self._server = server
        self._client = client
        self._report = report
        self._chance = chance
        self._number = n

    async def run(self) -> None:
        for place, fault in enumerate(self._possible(CREATE)):
            name = f"{self._number} {place}"
            body = self._body({"name": name, "external_id": name if place % 2 else None})
            await self._try(fault, "POST", "/v1/assessments", f"create {name}", json=body)
        location = ""
        for fault in self._possible(COMPLETE):
            location = await self._create(complete=False)
            await self._try(fault, "POST", f"{location}/complete", f"complete {location}")
        for fault in self._possible(CHANGE):
            await self._try(fault, "PATCH", location, None, json={"metadata": {"n": self._chance.random()}})
        for fault in self._possible(DELETE):
            await self._try(fault, "DELETE", await self._create(complete=True), None)

    def _possible(self, faults: tuple[Fault, ...]) -> list[Fault]:
        """SQLite checks everything at once: it has no triggers that wait for the commit."""
        return [fault for fault in faults if not (fault.deferred and self._database.is_sqlite)]

    def _body(self, organisation: dict[str, Any]) -> dict[str, Any]:
        return samples.assessment(self._chance, organisation=organisation, complete=True)

    async def _create(self, *, complete: bool) -> str:
        body = self._body({"name": "Northwind"}) | {"complete": complete}
        answer = await self._client.post("/v1/assessments", json=body)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    async def _try(self, fault: Fault, method: str, path: str, key: str | None, **given: Any) -> None:
        """The request fails with the fault, leaves nothing, and works without it, with the same key."""
        headers = {"If-Match": "*"} if key is None else {"Idempotency-Key": key}
        before = await self._rows()
        async with self._failing(fault):
            refused = await self._client.request(method, path, headers=headers, **given)
            where = f"{method} {path} with {fault}"
            assert refused.status_code in (500, 503), f"{where}: {refused.status_code} {refused.text[:300]}"
            after = await self._rows()
        for table, rows in after.items():
            assert rows == before[table], f"{where}: {len(before[table])} rows of {table} before, {len(rows)} after"
        done = await self._client.request(method, path, headers=headers, **given)
        assert done.is_success, f"{where}, repeated: {done.status_code} {done.text[:300]}"
        assert "idempotency-replayed" not in done.headers, f"{where}: the failure was remembered as done"
        assert await self._rows() != before, f"{where}, repeated: nothing was done"
        self._report.tried(1, "failing statements")

    async def _rows(self) -> Rows:
        """Every row of every table."""
        found: Rows = {}
        async with self._database.administer() as connection:
            for table in METADATA.sorted_tables:
                columns = [column for column in table.c if column not in USES]
                rows = await connection.execute(select(*columns).order_by(*table.primary_key.columns))
                found[table.name] = [tuple(row) for row in rows]
        return found

    @asynccontextmanager
    async def _failing(self, fault: Fault) -> AsyncIterator[None]:
        """Meanwhile the statement fails."""
        async with self._database.administer() as connection:
            for statement in _trigger(fault, sqlite=self._database.is_sqlite):
                await connection.execute(text(statement))
        try:
            yield
        finally:
            async with self._database.administer() as connection:
                place = "" if self._database.is_sqlite else f" ON {fault.table}"
                await connection.execute(text(f"DROP TRIGGER trial{place}"))


def _trigger(fault: Fault, *, sqlite: bool) -> list[str]:
    if sqlite:
        return [
            f"CREATE TRIGGER trial BEFORE {fault.operation} ON {fault.table} "
            "BEGIN SELECT RAISE(ABORT, 'the trial says no'); END"
        ]
    function = (
        "CREATE OR REPLACE FUNCTION trial() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the trial says no'; END $$"
    )
    kind, when, wait = "TRIGGER", "BEFORE", ""
    if fault.deferred:
        kind, when, wait = "CONSTRAINT TRIGGER", "AFTER", "DEFERRABLE INITIALLY DEFERRED"
    return [
        function,
        f"CREATE {kind} trial {when} {fault.operation} ON {fault.table} {wait} FOR EACH ROW EXECUTE FUNCTION trial()",
    ]
