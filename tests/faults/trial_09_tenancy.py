"""No partner reads or changes another's data, whatever it sends."""

from __future__ import annotations

import random

import httpx

from assessment.settings import Settings
from tests.faults.harness import ENGINES, Report
from tests.faults.intrusion import Intruder
from tests.faults.neighbours import Answer, Ask, Headers, in_process, require_canaries, settle, snapshot
from tests.faults.servers import DEFAULTS, Server, database, serving
from tests.integration.api.running import running

NUMBER = 9
PROMISE = "no partner reads or changes another's data"
COUNTS = {"ci": 10_000, "full": 1_000_000}
OVER_HTTP = 100
"""One of so many random requests is repeated on a server process, over a socket."""


def unlimited(url: str) -> Settings:
    """Settings of an application in this process that counts no requests."""
    limits = {name.removeprefix("ASSESSMENT_").lower(): "" for name in DEFAULTS if "RATE_LIMIT" in name}
    return Settings(database_url=url, allow_lossy_database=True, deliver=False, **limits)  # type: ignore[arg-type]  # texts, each


async def run(count: int, report: Report) -> None:
    for place, engine in enumerate(ENGINES):
        # At the count of CI the engines share the pairs of a way and a victim between them.
        share = slice(place, None, len(ENGINES)) if count <= COUNTS["ci"] else slice(None)
        with report.on(engine), database(engine) as url:
            async with running(unlimited(url)) as app:
                services, ask = app.state["services"], in_process(app)
                ways, victims = await settle(services, ask)
                columns = await require_canaries(services, victims)
                before = await snapshot(services, victims)
                intruder = await Intruder.meet(ask, ways, victims)
                await intruder.every_field(report.tried, share)
                await intruder.at_random(count, random.Random(count), report.tried)
                assert await snapshot(services, victims) == before, "A row of a neighbour was changed."
            with serving(url) as server:
                async with httpx.AsyncClient(base_url=server.url, timeout=30, trust_env=False) as client:
                    outside = intruder.through(_over_http(server, client))
                    await outside.at_random(count // OVER_HTTP, random.Random(9), report.tried)
    report.note(f"canaries in {columns} columns")


def _over_http(server: Server, client: httpx.AsyncClient) -> Ask:
    async def ask(method: str, target: str, headers: Headers, body: bytes) -> Answer:
        typed = {"content-type": "application/json"} if body else {}
        response = await client.request(method, f"{server.url}{target}", headers={**headers, **typed}, content=body)
        return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, response.content)

    return ask
