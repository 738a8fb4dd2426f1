"""Sends a request again with its key and one byte changed."""

from __future__ import annotations

import random

import httpx
import msgspec

from tests.faults import samples
from tests.faults.harness import ENGINES, Report
from tests.faults.servers import database, serving

NUMBER = 6
PROMISE = "a key with another request is refused"
COUNTS = {"ci": 200, "full": 5_000}

BODIES = 8
PATHS = ("/v1/assessments", "/v1/scores", "/v1/scores/batch")


async def run(count: int, report: Report) -> None:
    for engine in ENGINES:
        with report.on(engine), database(engine) as url, serving(url) as server:
            async with server.client() as client:
                await _change(client, count, report)


async def _change(client: httpx.AsyncClient, count: int, report: Report) -> None:
    chance = random.Random(NUMBER)
    bodies = [msgspec.json.encode(samples.assessment(chance, complete=True)) for _ in range(BODIES)]
    first = [await _send(client, PATHS[0], body, number) for number, body in enumerate(bodies)]
    assert {answer.status_code for answer in first} == {201}, first[0].text
    for _ in range(count):
        number = chance.randrange(BODIES)
        other = _spoil(bodies[number], chance)
        path = chance.choice(PATHS)
        refused = await _send(client, path, other, number)
        shown = f"{path} with {other[:200]!r}: {refused.status_code} {refused.text[:300]}"
        assert refused.status_code == 422 and refused.json()["code"] == "idempotency_key_reused", shown
        report.tried(1, "one-byte changes")
    for number, body in enumerate(bodies):
        elsewhere = await _send(client, PATHS[1], body, number)
        assert elsewhere.status_code == 422, f"the same body at {PATHS[1]}: {elsewhere.text[:300]}"
        again = await _send(client, PATHS[0], body, number)
        assert again.content == first[number].content, "The first answer is not repeated any more."
    listed = (await client.get("/v1/assessments", params={"limit": 100})).json()["data"]
    assert len(listed) == BODIES, f"{len(listed)} assessments from {BODIES} keys"


async def _send(client: httpx.AsyncClient, path: str, body: bytes, number: int) -> httpx.Response:
    headers = {"Idempotency-Key": f"request-{number}", "Content-Type": "application/json"}
    return await client.post(path, content=body, headers=headers)


def _spoil(body: bytes, chance: random.Random) -> bytes:
    """The body with one byte more, one less or one that is another: JSON or not."""
    place = chance.randrange(len(body))
    match chance.randrange(4):
        case 0:
            return body[:place] + body[place + 1 :]
        case 1:
            return body[:place] + b" " + body[place:]
        case 2:
            return body[:place] + bytes([body[place] ^ 1 << chance.randrange(8)]) + body[place + 1 :]
        case _:
            return body + chance.choice([b" ", b"\n", b"}"])
