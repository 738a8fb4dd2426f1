"""Trial 25: three servers behind a proxy, a primary with a replica and a store of limits; one of each is killed in
turn, under load."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tests.faults.fleet import ANONYMOUS, Fleet, Load, at, readiness, running_fleet, until, until_ready
from tests.faults.harness import Report
from tests.faults.servers import administer
from tests.postgres import Cluster
from tests.redis import Store

NUMBER = 25
PROMISE = "machines may go"
COUNTS = {"ci": 1, "full": 20}
SYSTEM = True
ATTEMPTS = 20


def run(count: int, report: Report) -> None:
    with report.on("postgresql"):
        for number in range(count):
            with running_fleet() as fleet:
                asyncio.run(_try(fleet, number, report))


async def _try(fleet: Fleet, number: int, report: Report) -> None:
    for server in fleet.servers:
        await until_ready(server, replica="ok", limits="ok")
    async with Load(fleet.proxy, fleet.servers[0].keys.secret) as load:
        await load.everybody("before anything is killed")
        await _kill_a_server(fleet, load, number)
        await _stop_a_server(fleet, load, number + 1)
        await _kill_the_replica(fleet, load)
        await _kill_the_store(fleet, load)
        await _kill_the_primary(fleet, load)
        report.tried(5, "machines taken away")
        await _promote_the_replica(fleet, load)
        report.tried(1, "promotions")
    await _share_a_quota(fleet)
    report.tried(1, "shared quotas")
    await _compare(fleet.replica, load)
    report.tried(len(load.acknowledged), "acknowledged writes")
    report.note(f"{load.statuses[503]} told to come back while there was no primary, {load.broken} answers broke off")


async def _share_a_quota(fleet: Fleet) -> None:
    """Strangers are counted together, whichever server they come to. Last of all: one address that has spent its quota
    has no unknown key looked up."""
    for number in range(ATTEMPTS):
        await _count_together(fleet)
        silent = _silences(fleet)
        statuses: Counter[int] = Counter()
        # Each attempt is another stranger.
        transport = httpx.AsyncHTTPTransport(local_address=f"127.0.1.{number + 1}")
        async with httpx.AsyncClient(base_url=fleet.proxy.url, transport=transport, timeout=30) as client:
            for _ in range(ANONYMOUS + 20):
                statuses[(await client.get("/v1/assessments")).status_code] += 1
        if _silences(fleet) == silent:
            assert statuses == {401: ANONYMOUS, 429: 20}, f"of {ANONYMOUS + 20} strangers' requests: {dict(statuses)}"
            return
    raise AssertionError(f"the store of limits was too slow in each of {ATTEMPTS} attempts")


async def _count_together(fleet: Fleet) -> None:
    """Wait until no server counts alone; it is a request that tries the store again."""
    for server in fleet.servers:
        async with server.client(fleet.servers[0].keys.secret) as client:
            while (await readiness(server)).json()["limits"] == "degraded":
                await client.get("/v1/assessments?limit=1")
                await asyncio.sleep(0.1)


def _silences(fleet: Fleet) -> int:
    """How often a server has gone on without the store, as a busy machine can make it."""
    return sum(server.log.count("the rate limit store does not answer") for server in fleet.servers)


async def _kill_a_server(fleet: Fleet, load: Load, number: int) -> None:
    server = fleet.servers[number % len(fleet.servers)]
    server.kill()
    await load.everybody("while a server is dead")
    await asyncio.to_thread(server.restart)
    await until_ready(server, replica="ok")
    await load.everybody("after a dead server came back")


async def _stop_a_server(fleet: Fleet, load: Load, number: int) -> None:
    """It says so first, still answers while it is taken out, and nobody notices."""
    server = fleet.servers[number % len(fleet.servers)]
    broken = load.broken
    stopping = asyncio.create_task(asyncio.to_thread(server.stop))
    while (found := await readiness(server)).status_code == 200:  # noqa: ASYNC110 - another process has no event
        await asyncio.sleep(0.01)
    assert found.json()["code"] == "shutting_down", f"/ready of a server that drains says {found.text}"
    async with server.client(fleet.servers[0].keys.secret) as client:
        assert (await client.get("/v1/assessments?limit=1")).status_code == 200, "a server that drains does not answer"
    assert await stopping == 0, f"a server that was told to end did not end well:\n{server.log[-2000:]}"
    await load.everybody("while a server is stopped")
    assert load.broken == broken, f"{load.broken - broken} requests met the closed door of a server that drained"
    await asyncio.to_thread(server.restart)
    await until_ready(server, replica="ok")
    await load.everybody("after a stopped server came back")


async def _kill_the_replica(fleet: Fleet, load: Load) -> None:
    await _kill(fleet, load, fleet.replica, "the replica", replica="away")
    for server in fleet.servers:
        await until_ready(server, replica="ok")
    await load.everybody("after the replica came back")


async def _kill_the_store(fleet: Fleet, load: Load) -> None:
    await _kill(fleet, load, fleet.store, "the store of limits", limits="degraded")
    for server in fleet.servers:
        await until_ready(server, limits="ok")


async def _kill(fleet: Fleet, load: Load, program: Cluster | Store, name: str, **said: str) -> None:
    """Kill it, see that everybody is answered without it and that every server says so, and start it again."""
    program.kill()
    await load.everybody(f"while {name} is dead")
    for server in fleet.servers:
        await until_ready(server, **said)
    await asyncio.to_thread(program.start)


async def _kill_the_primary(fleet: Fleet, load: Load) -> None:
    load.away = True
    fleet.primary.kill()
    await until(lambda: load.statuses[503] > 0, "503 while there is no primary")
    await asyncio.to_thread(fleet.primary.start)
    await load.everybody("after the primary came back")
    load.away = False
    for server in fleet.servers:
        await until_ready(server, replica="ok")
    await load.everybody("after the primary came back and every server knew")


async def _promote_the_replica(fleet: Fleet, load: Load) -> None:
    """With synchronous replication: without, what the replica had not been sent would be lost."""
    await administer(fleet.primary.url, "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
    followed = "SELECT bool_or(sync_state = 'sync') FROM pg_stat_replication"
    while not await _ask(fleet.primary, followed):  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.02)
    await load.everybody("once every commit waits for the replica")
    load.away = True
    fleet.primary.kill()
    await asyncio.to_thread(fleet.replica.promote)
    await load.everybody("after the replica became the primary")
    load.away = False
    for server in fleet.servers:
        # There is no replica any more, only a primary.
        await until_ready(server, replica="away")
    await load.everybody("with a primary that was a replica")


async def _compare(cluster: Cluster, load: Load) -> None:
    stored = await _ask(
        cluster,
        "SELECT json_object_agg(key, number) FROM (SELECT metadata->>'key' AS key, count(*) AS number "
        "FROM assessments GROUP BY 1) AS found",
    )
    lost = [key for key in load.acknowledged if key not in stored]
    assert not lost, f"{len(lost)} of {len(load.acknowledged)} acknowledged writes are gone"
    doubled = [key for key, number in stored.items() if number != 1]
    assert not doubled, f"{len(doubled)} requests have two effects"


async def _ask(cluster: Cluster, query: str) -> Any:
    engine = create_async_engine(at(cluster), poolclass=NullPool)
    async with engine.connect() as connection:
        found = await connection.scalar(text(query))
    await engine.dispose()
    return found
