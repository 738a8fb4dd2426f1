"""Lets many editors change one assessment at once, each on what it read, over two processes on one PostgreSQL."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from typing import Any

from tests.faults.harness import ENGINES, Report
from tests.faults.servers import database, serving
from tests.faults.wire import Connections

NUMBER = 8
PROMISE = "no update is lost"
COUNTS = {"ci": 25, "full": 500}

EDITORS = 20
OPEN = {"rubric": "alignment-quick", "organisation": {"name": "Northwind"}, "metadata": {"edits": 0}}


async def run(count: int, report: Report) -> None:
    refused = 0
    for engine in ENGINES:
        with report.on(engine), database(engine) as url:
            async with AsyncExitStack() as stack:
                servers = [stack.enter_context(serving(url)) for _ in range(2 if engine == "postgresql" else 1)]
                key = servers[0].keys.secret
                clients = [await stack.enter_async_context(Connections(server.port, key)) for server in servers]
                refused += await _edit(clients, count, report)
                await _delete(clients, count, report)
    report.note(f"{refused:,} × refused, because somebody else was faster")


async def _edit(clients: list[Connections], count: int, report: Report) -> int:
    """Every round each editor reads the number of edits and writes one more. How many were refused."""
    location = (await clients[0].send("POST", "/v1/assessments", OPEN)).headers["location"]
    acknowledged: list[int] = []
    refused = 0

    async def edit(editor: int, chance: random.Random) -> None:
        nonlocal refused
        client = clients[editor % len(clients)]
        await asyncio.sleep(chance.random() / 50)
        read = await client.send("GET", location)
        wanted = read.json()["metadata"]["edits"] + 1
        body = {"metadata": {"edits": wanted, "editor": editor}}
        changed = await client.send("PATCH", location, body, {"If-Match": read.headers["etag"]})
        if changed.status == 412:
            refused += 1
            return
        assert changed.status == 200, f"{changed.status} {changed.body!r}"
        assert changed.json()["metadata"] == body["metadata"], f"acknowledged, but it says {changed.body!r}"
        acknowledged.append(wanted)

    for number in range(count):
        before = len(acknowledged)
        await asyncio.gather(*(edit(editor, random.Random(f"{number} {editor}")) for editor in range(EDITORS)))
        report.tried(1, f"rounds of {EDITORS} editors over {len(clients)} process(es)")
        assert len(acknowledged) > before, "Nobody was heard in a round."
        assert sorted(acknowledged) == list(range(1, len(acknowledged) + 1)), (
            "Two edits of one state were acknowledged."
        )
        now = (await clients[0].send("GET", location)).json()["metadata"]["edits"]
        assert now == len(acknowledged), f"{len(acknowledged)} edits were acknowledged, {now} are there"
    return refused


async def _delete(clients: list[Connections], count: int, report: Report) -> None:
    """One changes while another one deletes, both on the same state: one of them is heard."""
    for _ in range(count):
        made = await clients[0].send("POST", "/v1/assessments", OPEN)
        location, match = made.headers["location"], {"If-Match": made.headers["etag"]}
        body: dict[str, Any] = {"metadata": {"keep": "this"}}
        changed, deleted = await asyncio.gather(
            clients[0].send("PATCH", location, body, match), clients[-1].send("DELETE", location, headers=match)
        )
        outcome = (changed.status, deleted.status)
        assert outcome in {(200, 412), (404, 204)}, f"changed and deleted: {outcome}"
        left = await clients[0].send("GET", location)
        assert left.status == (200 if changed.success else 404)
        report.tried(1, "changes against deletions")
