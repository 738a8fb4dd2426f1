"""Loses replies, between service and database and between client and service, and sends the request again."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

import httpx

from assessment.service import ids
from tests.faults import samples
from tests.faults.harness import ENGINES, Report
from tests.faults.proxy import HttpProxy, Loss, PostgresProxy
from tests.faults.servers import Server, database, serving

NUMBER = 3
PROMISE = "a lost reply makes no duplicate"
COUNTS = {"ci": 50, "full": 2_000}

AT_ONCE = 5
"""Requests under way together, so that some share the transaction whose reply is lost."""
MOST_RETRIES = 50
BROKEN = "broken connection"
FOUND = "answer that the service itself found again"


async def run(count: int, report: Report) -> None:
    failures: Counter[str] = Counter()
    for engine in ENGINES:
        with report.on(engine), database(engine) as url:
            async with AsyncExitStack() as stack:
                postgres = None
                if engine == "postgresql":
                    postgres = await stack.enter_async_context(PostgresProxy(url))
                # Started in a thread, since the proxy that it connects through is served here.
                server = await asyncio.to_thread(stack.enter_context, serving(postgres.url if postgres else url))
                http = await stack.enter_async_context(HttpProxy(server.port))
                # A connection for each request, since those that lose a reply are broken.
                limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
                client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=30, limits=limits))
                await _Trial(server, client, http, postgres, report, failures).run(count)
    for what, times in sorted(failures.items()):
        report.note(f"{times:,} × {what}")


class _Trial:
    def __init__(
        self,
        server: Server,
        client: httpx.AsyncClient,
        http: HttpProxy,
        postgres: PostgresProxy | None,
        report: Report,
        failures: Counter[str],
    ) -> None:
        self._server = server
        self._client = client
        self._key = {"Authorization": f"Bearer {server.keys.secret}"}
        self._http = http
        self._postgres = postgres
        self._report = report
        self._failures = failures

    async def run(self, count: int) -> None:
        for start in range(0, count, AT_ONCE):
            await asyncio.gather(*(self._attempt(n) for n in range(start, min(start + AT_ONCE, count))))

    async def _attempt(self, number: int) -> None:
        """An assessment created, and every second one completed by itself, each with a reply lost."""
        chance = random.Random(number)
        name = f"lost reply {number}"
        body = samples.assessment(chance, organisation={"name": name, "external_id": name}, complete=number % 2 == 0)
        self._lose(number, name.encode())
        created = await self._insist("/v1/assessments", body, f"create {number}")
        rows = await self._list(name)
        assert [row["id"] for row in rows] == [created["id"]], f"{name}: {len(rows)} assessments after a lost reply"
        assert rows[0]["organisation"] == created["organisation"]
        if number % 2 == 0:
            return
        wanted = ids.from_text("asmt", created["id"])
        assert wanted is not None
        self._lose(number, wanted.bytes)
        completed = await self._insist(f"/v1/assessments/{created['id']}/complete", {}, f"complete {number}")
        assert completed["status"] == "completed"
        again = (await self._list(name))[0]
        assert again["completed_at"] == completed["completed_at"], f"{name} was completed twice"

    def _lose(self, number: int, mark: bytes) -> None:
        """Choose what is lost next of the request that `mark` is sent to the database with."""
        kinds: list[Loss | None] = [None]
        if self._postgres is not None:
            kinds = [Loss.REPLY, Loss.REPLY, Loss.CONNECTION, Loss.COMMIT, None]
        kind = kinds[number // 2 % len(kinds)]
        if kind is None or self._postgres is None:
            self._http.marked.add(b"%d-lost" % number)
            self._report.tried(1, "lost HTTP replies")
        else:
            self._postgres.marked[mark] = kind
            self._report.tried(1, kind.value)

    async def _insist(self, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Send it with the same key until there is an answer, as a client does."""
        number = key.split()[1]
        headers = {**self._key, "Idempotency-Key": f'"{key}"', "X-Request-Id": f"{number}-lost"}
        address = f"http://127.0.0.1:{self._http.port}{path}"
        failures = 0
        for _ in range(MOST_RETRIES):
            try:
                answer = await self._client.post(address, json=body, headers=headers)
            except httpx.TransportError:
                self._failures[BROKEN] += 1
                failures += 1
                continue
            if answer.is_success:
                if not failures:
                    # The service asks the database whether a commit without a reply was one.
                    assert "Idempotency-Replayed" in answer.headers, f"{key}: nothing was lost"
                    self._failures[FOUND] += 1
                found: dict[str, Any] = answer.json()
                return found
            assert answer.status_code in (409, 503), f"{key}: {answer.status_code} {answer.text}"
            code = answer.json()["code"]
            assert code in ("request_in_flight", "database_unavailable"), f"{key}: {answer.text}"
            self._failures[code] += 1
            failures += 1
            await asyncio.sleep(0.02)
        raise AssertionError(f"{key}: no answer after {MOST_RETRIES} tries")

    async def _list(self, name: str) -> list[dict[str, Any]]:
        address = f"{self._server.url}/v1/assessments"
        answer = await self._client.get(address, params={"external_id": name}, headers=self._key)
        assert answer.is_success, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found
