"""Trial 12: keys that are used, rolled, expired and revoked under fire, and then looked for wherever they could lie."""

from __future__ import annotations

import asyncio
import random
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx

from tests.faults.harness import ENGINES, Report
from tests.faults.remains import find_marks
from tests.faults.servers import Server, database, serving

NUMBER = 12
PROMISE = "keys are unreadable at rest, revoked at once"
COUNTS = {"ci": 20, "full": 1_000}

PAGE = "https://widget.example"
AT_ONCE = 10
CLIENTS = 3
GRACE = 1.0
"""Seconds after which a key that was ended must not work any more, in any process."""
EXPIRES = 3.0
"""Seconds after its creation that a key expires, where that is its end."""
PATIENCE = 30.0
"""Seconds after which a key that should be used has not been."""
WATCHED = 0.5
"""How long after that it is tried."""
LOUD = {
    "ASSESSMENT_RATE_LIMIT_SECRET": "",
    "ASSESSMENT_RATE_LIMIT_PUBLISHABLE": "",
    "ASSESSMENT_RATE_LIMIT_ORIGIN": "",
    "ASSESSMENT_RATE_LIMIT_ANONYMOUS": "",
    "ASSESSMENT_LOG_LEVEL": "debug",
    "ASSESSMENT_LOG_FORMAT": "json",
}
KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "secret"},
    {"kind": "restricted", "scopes": ["catalogue:read"]},
    {"kind": "publishable", "origins": [PAGE]},
)
WAYS = ("revoke", "roll", "expire")
SECRET = re.compile(rb"alm_[spr]k_(?:live|test)_[0-9A-Za-z]{33}|\bct_[0-9A-Za-z]{27}")


class Ended(NamedTuple):
    """How long after its end a key was last answered with something else than 401."""

    way: str
    kind: str
    seconds: float


async def run(count: int, report: Report) -> None:
    for engine in ENGINES:
        # What one process has forgotten, another one may still believe.
        arguments = ("--workers", "2") if engine == "postgresql" else ()
        with report.on(engine), database(engine) as url:
            with serving(url, arguments=arguments, settings=LOUD) as server:
                used = await _use_and_end(server, engine, count, report)
                first = {server.keys.secret, server.keys.publishable}  # which the first start prints, once
                log = server.log
                assert server.stop() == 0, "the server did not end as it should"
            await _look_for(used, first, url, log, report)


async def _use_and_end(server: Server, engine: str, count: int, report: Report) -> set[str]:
    """Every secret text that was handed out."""
    chance = random.Random(12)
    partner = server.new_partner("Keys")
    used = {partner.secret, partner.publishable}
    slowest = 0.0
    async with server.client(partner.secret) as secret, server.client("") as anybody:
        await _leave_traces(anybody, partner.secret)
        used |= await _tokens(secret, anybody)
        for start in range(0, count, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, count))
            done = await asyncio.gather(*(_end(secret, anybody, number, chance, used) for number in numbers))
            for ended in done:
                assert ended.seconds <= GRACE, f"A {ended.kind} key worked {ended.seconds:.2f} s after {ended.way}"
            slowest = max(slowest, *(ended.seconds for ended in done))
            report.tried(len(done), "keys ended under fire")
    report.note(f"{engine}: the last success {slowest:.2f} s after the end")
    return used


async def _end(
    secret: httpx.AsyncClient, anybody: httpx.AsyncClient, number: int, chance: random.Random, used: set[str]
) -> Ended:
    """Make a key, use it all the time, end it, and see how long it goes on working."""
    what, way = KINDS[number % len(KINDS)], WAYS[number // len(KINDS) % len(WAYS)]
    body = dict(what)
    if way == "expire":
        body["expires_at"] = (datetime.now(UTC) + timedelta(seconds=EXPIRES)).isoformat()
    named = {"Idempotency-Key": f"key {number}"} if number % 2 else {}
    made = (await secret.post("/v1/keys", json=body, headers=named)).json()
    if named:
        assert (await secret.post("/v1/keys", json=body, headers=named)).json() == made, "a repetition differs"
    used.add(made["key"])
    headers = {"Authorization": f"Bearer {made['key']}", "Origin": PAGE}
    successes = [time.time()]
    assert (await anybody.get("/v1/studies/hbr-2006", headers=headers)).status_code == 200, "a new key does not work"
    used_again, stop = asyncio.Event(), asyncio.Event()

    async def go_on() -> None:
        while not stop.is_set():
            sent = time.time()
            status = (await anybody.get("/v1/studies/hbr-2006", headers=headers)).status_code
            assert status in (200, 401), f"a key that was ended under fire was answered {status}"
            if status == 200:
                successes.append(sent)
                used_again.set()
            await asyncio.sleep(chance.random() * 0.02)

    async with asyncio.TaskGroup() as group:
        for _ in range(CLIENTS):
            group.create_task(go_on())
        if way == "expire":
            ended = datetime.fromisoformat(made["expires_at"]).timestamp()
            await asyncio.sleep(max(0.0, ended - time.time()))
        else:
            async with asyncio.timeout(PATIENCE):
                await used_again.wait()
            await asyncio.sleep(0.1)
            action, sent = ("revoke", None) if way == "revoke" else ("roll", {"overlap_seconds": 0})
            answer = await secret.post(f"/v1/keys/{made['id']}/{action}", json=sent or {})
            assert answer.status_code in (200, 201), answer.text
            ended = time.time()
            if way == "roll":
                used.add(answer.json()["key"])
        await asyncio.sleep(GRACE + WATCHED)
        stop.set()
    assert used_again.is_set(), "the key was never used while it was ended"
    return Ended(way, what["kind"], max(0.0, max(successes) - ended))


async def _tokens(secret: httpx.AsyncClient, anybody: httpx.AsyncClient) -> set[str]:
    """A page's key and the tokens of its creates, a repeated one among them."""
    made = (await secret.post("/v1/keys", json={"kind": "publishable", "origins": [PAGE]})).json()
    headers = {"Authorization": f"Bearer {made['key']}", "Origin": PAGE}
    body = {
        "rubric": "alignment-quick",
        "organisation": {"name": "A visitor"},
        "complete": True,
        "responses": [{"answers": {"kpi-set": "one-joint-target", "sla-agreement": "one-sided"}}],
    }
    used = {made["key"]}
    for named in ({}, {"Idempotency-Key": "visit"}, {"Idempotency-Key": "visit"}):
        created = await anybody.post("/v1/assessments", json=body, headers=headers | named)
        assert created.status_code == 201, created.text
        token = created.json()["client_token"]
        used.add(token)
        read = await anybody.get(created.headers["location"], headers=headers | {"Alignment-Client-Token": token})
        assert read.status_code == 200, read.text
    assert len(used) == 3, "the repetition of a create was given another token"
    return used


async def _leave_traces(anybody: httpx.AsyncClient, key: str) -> None:
    """Send a key in all the wrong places, as people do; none of them may be written down."""
    bearer = {"Authorization": f"Bearer {key}"}
    await anybody.get(f"/v1/rubrics?key={key}", headers=bearer)
    await anybody.get(f"/v1/rubrics/{key}", headers=bearer)
    await anybody.get(f"/{key}")
    await anybody.get("/v1/rubrics", headers={"Authorization": key})
    await anybody.get("/v1/rubrics", headers={"Authorization": f"Basic {key}"})
    await anybody.get("/v1/rubrics", headers=bearer | {"X-Request-Id": key, "User-Agent": key, "Referer": key})
    await anybody.post("/v1/scores", json={"rubric": key, "answers": {key: key}}, headers=bearer)
    await anybody.post("/v1/assessments", json={key: key}, headers=bearer | {"Idempotency-Key": key})


async def _look_for(used: set[str], shown: set[str], url: str, log: str, report: Report) -> None:
    places = await find_marks(SECRET, url, log)
    found = {text: where for text, where in places.items() if text not in shown}
    assert not found, f"{len(found)} secrets can be read, such as one in: {sorted(next(iter(found.values())))}"
    # And without the start that is kept on purpose, in case they were kept in two.
    parts = re.compile(b"|".join(sorted(text.encode()[-25:] for text in used)))
    found = await find_marks(parts, url, log)
    assert not found, f"parts of {len(found)} secrets can be read, such as one in: {sorted(next(iter(found.values())))}"
    assert log.count('"request"') > len(used), "the log says nothing of the requests, so it shows nothing"
    report.tried(len(used), "secrets looked for")
