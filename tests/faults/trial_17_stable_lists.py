"""Walks lists page by page while others add to them and take from them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.faults import samples
from tests.faults.harness import ENGINES, Report
from tests.faults.servers import database, serving

NUMBER = 17
PROMISE = "lists are stable"
COUNTS = {"ci": 50, "full": 2_000}

LASTING = 30
"""Assessments that are there from the first page to the last."""
WRITERS = 3
LISTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/v1/assessments", {}),
    ("/v1/assessments", {"status": "open"}),
    ("/v1/assessments", {"rubric": "alignment-quick", "external_id": "crm-1"}),
    ("/v1/organisations", {}),
)
"""Addresses, with filters that some of the lasting rows pass."""


async def run(count: int, report: Report) -> None:
    for engine in ENGINES:
        with report.on(engine), database(engine) as url, serving(url) as server:
            async with server.client() as client:
                await _traverse(client, count, report)


async def _traverse(client: httpx.AsyncClient, count: int, report: Report) -> None:
    chance = random.Random(NUMBER)
    for place in range(LASTING):
        organisation = {"name": f"Lasting {place}"} | ({"external_id": f"crm-{place % 3}"} if place % 2 else {})
        await _create(client, chance, organisation=organisation, complete=place % 3 == 0)
    lasting = [await _whole(client, address, filters) for address, filters in LISTS]
    assert all(lasting), "A list has none of the lasting rows."
    counter = {"writes": 0}
    async with _writing(client, counter):
        for number in range(count):
            place = number % len(LISTS)
            address, filters = LISTS[place]
            seen = await _walk(client, address, filters, chance)
            doubled = [one for one in set(seen) if seen.count(one) > 1]
            missed = [one for one in lasting[place] if one not in seen]
            where = f"{address} {filters}, traversal {number}"
            assert not doubled, f"{where}: seen twice: {doubled}"
            assert not missed, f"{where}: not seen, though there throughout: {missed}"
            assert seen == sorted(seen, reverse=True), f"{where}: not newest first"
            report.tried(1, "traversals")
    assert counter["writes"] > count, f"Only {counter['writes']} writes went on beside {count} traversals."
    report.tried(counter["writes"], "writes beside them")


async def _walk(client: httpx.AsyncClient, address: str, filters: dict[str, str], chance: random.Random) -> list[str]:
    """The ids of every page, in pages of changing size."""
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query: dict[str, Any] = {**filters, "limit": chance.randrange(1, 9)} | ({"cursor": cursor} if cursor else {})
        page = await _sent(client, "GET", address, params=query)
        seen += [one["id"] for one in page["data"]]
        cursor = page["next_cursor"]
        assert page["has_more"] == (cursor is not None), f"has_more and next_cursor disagree: {page['has_more']}"
        if cursor is None:
            return seen


async def _whole(client: httpx.AsyncClient, address: str, filters: dict[str, str]) -> list[str]:
    """The list as it stands, in one page."""
    page = await _sent(client, "GET", address, params={**filters, "limit": 100})
    assert not page["has_more"]
    return [one["id"] for one in page["data"]]


@asynccontextmanager
async def _writing(client: httpx.AsyncClient, counter: dict[str, int]) -> AsyncIterator[None]:
    """Writers that create and delete all the while. What they raise is raised at the end."""
    stop = asyncio.Event()
    writers = [asyncio.create_task(_write(client, number, stop, counter)) for number in range(WRITERS)]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*writers)


async def _write(client: httpx.AsyncClient, number: int, stop: asyncio.Event, counter: dict[str, int]) -> None:
    chance = random.Random(number)
    own: list[str] = []
    while not stop.is_set():
        shared = chance.random() < 0.3
        organisation = {"name": "Passing"} | ({"external_id": "crm-1"} if shared else {})
        made = await _create(client, chance, organisation=organisation, complete=chance.random() < 0.5)
        # With an organisation that lasts the assessment alone passes, else both do.
        own.append(f"/v1/assessments/{made['id']}" if shared else f"/v1/organisations/{made['organisation']['id']}")
        counter["writes"] += 1
        if len(own) > 8 or chance.random() < 0.5:
            address = own.pop(chance.randrange(len(own)))
            await _sent(client, "DELETE", address, headers={"If-Match": "*"})
            counter["writes"] += 1


async def _create(client: httpx.AsyncClient, chance: random.Random, **fields: Any) -> dict[str, Any]:
    return await _sent(client, "POST", "/v1/assessments", json=samples.assessment(chance, **fields))


async def _sent(client: httpx.AsyncClient, method: str, address: str, **given: Any) -> dict[str, Any]:
    answer = await client.request(method, address, **given)
    assert answer.is_success, f"{method} {address}: {answer.status_code} {answer.text}"
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found
