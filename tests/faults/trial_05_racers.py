"""Lets many send the same request with the same key at once, to two processes on one PostgreSQL, to one on SQLite."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlencode

from tests.faults import samples
from tests.faults.harness import ENGINES, Report
from tests.faults.servers import database, serving
from tests.faults.wire import Connections

NUMBER = 5
PROMISE = "racing the same key has one effect"
COUNTS = {"ci": 40, "full": 1_000}

RACERS = 50
AT_ONCE = 4
"""Rounds that run together, so that transactions hold several keys."""
SETTINGS = {"ASSESSMENT_MOST_AT_ONCE": str(2 * AT_ONCE * RACERS)}
"""All racers shall run: who is turned away at the gate has no part in the race."""


async def run(count: int, report: Report) -> None:
    for engine in ENGINES:
        processes = 2 if engine == "postgresql" else 1
        with report.on(engine), database(engine) as url:
            async with AsyncExitStack() as stack:
                servers = [stack.enter_context(serving(url, settings=SETTINGS)) for _ in range(processes)]
                # The first start on the empty database printed the key.
                key = servers[0].keys.secret
                clients = [await stack.enter_async_context(Connections(server.port, key)) for server in servers]
                for start in range(0, count, AT_ONCE):
                    together = range(start, min(start + AT_ONCE, count))
                    await asyncio.gather(*(_race(clients, number) for number in together))
                    report.tried(len(together), f"rounds of {RACERS} racers over {processes} process(es)")
                for server in servers:
                    assert server.running, f"A server ended:\n{server.log[-2000:]}"


async def _race(clients: list[Connections], number: int) -> None:
    chance = random.Random(number)
    name = f"race {number}"
    # Most rounds race for a new organisation as well.
    organisation = {"name": name, "external_id": name if number % 3 else "shared"}
    body = samples.assessment(chance, organisation=organisation, metadata={"race": number}, complete=number % 2 == 0)
    answered = await _send_all(clients, "/v1/assessments", body, f"create {number}")
    if number % 2:
        answered = await _send_all(clients, f"/v1/assessments/{answered['id']}/complete", {}, f"complete {number}")
    listed = await _list(clients[0], organisation["external_id"])
    found = [one for one in listed if one["metadata"]["race"] == number]
    assert [one["id"] for one in found] == [answered["id"]], f"{name}: {len(found)} assessments"
    assert found[0]["completed_at"] == answered["completed_at"], f"{name} was completed twice"


async def _send_all(clients: list[Connections], path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    """What the racers are answered, which is one answer, or that the request is under way."""
    headers = {"Idempotency-Key": key}
    answers = await asyncio.gather(
        *(clients[racer % len(clients)].send("POST", path, body, headers) for racer in range(RACERS))
    )
    given = [answer for answer in answers if answer.success]
    refused = {(answer.status, answer.code) for answer in answers if not answer.success}
    assert refused <= {(409, "request_in_flight")}, f"{key}: {refused}"
    assert given, f"{key}: nobody was answered"
    assert len({(answer.status, answer.body) for answer in given}) == 1, f"{key}: answers differ"
    first = [answer for answer in given if "idempotency-replayed" not in answer.headers]
    assert len(first) == 1, f"{key}: {len(first)} effects were reported"
    found: dict[str, Any] = given[0].json()
    return found


async def _list(client: Connections, external_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        query = urlencode({"external_id": external_id, "limit": 100} | ({"cursor": cursor} if cursor else {}))
        answer = await client.send("GET", f"/v1/assessments?{query}")
        assert answer.success, answer.body
        found += answer.json()["data"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found
