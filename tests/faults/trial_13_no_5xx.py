"""No input makes a 5xx: requests generated from the contract with each kind of key, and attacks as raw bytes."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx

from tests.faults.attacks import attacks
from tests.faults.generated import generate
from tests.faults.harness import ENGINES, Report
from tests.faults.raw import Heard, exchange
from tests.faults.servers import Server, database, serving

NUMBER = 13
PROMISE = "no input makes a 5xx"
COUNTS = {"ci": 5_000, "full": 500_000}

PAGE = "https://widget.example"
AT_ONCE = 8
ATTACKS_OF = 5
"""One attack on each engine for so many generated requests."""
ONCE = {"sqlite": ("restricted", "nobody", "invited"), "postgresql": ("secret", "publishable")}
"""Who sends generated requests where, as long as not everybody can everywhere; the tests of the contract send them with
a secret key on SQLite."""
DEEP = ("restricted", "secret")
"""Whose requests come past the gate: as long as not everybody sends everything, they alone send the values that the
contract's bounds suggest, thousands of them."""
SETTINGS = {"ASSESSMENT_LOG_LEVEL": "warning", "ASSESSMENT_BODY_SECONDS": "1"}
HOSTED = (b" /take", b" /pages/", b" /r", b" /widget", b" /demo", b" / ", b" /?", b" // ")
"""In requests for the hosted pages, whose errors are pages too."""
DOCUMENTS = {"application/json", "application/pdf"}
PAGES = {f"text/{kind}; charset=utf-8" for kind in ("html", "css", "javascript", "plain")}


def run(count: int, report: Report) -> None:
    for engine in ENGINES:
        with report.on(engine), database(engine) as url, serving(url, settings=SETTINGS) as server:
            senders = _senders(server)
            few = count <= COUNTS["ci"]
            names = ONCE[engine] if few else tuple(senders)
            for number, name in enumerate(names):
                deep = not few or name in DEEP
                share = count // len(ENGINES) // len(names) if deep else 1
                _generate(server, senders[name], share, report, seed=number, coverage=deep)
            asyncio.run(_attack(server, senders, count // ATTACKS_OF, report))
            assert server.running, f"The server died:\n{server.log[-4000:]}"
            assert "request failed" not in server.log, f"The log tells of failures:\n{server.log[-4000:]}"
    report.note("secret, restricted and publishable keys, an invitation, and none")


def _senders(server: Server) -> dict[str, dict[str, str]]:
    """Headers of each kind of caller."""

    def made(**fields: Any) -> str:
        headers = {"Authorization": f"Bearer {server.keys.secret}"}
        response = httpx.post(f"{server.url}/v1/keys", json=fields, headers=headers, timeout=30, trust_env=False)
        response.raise_for_status()
        key: str = response.json()["key"]
        return key

    scopes = ["catalogue:read", "scores:write", "assessments:read", "assessments:write"]
    return {
        "invited": {"Authorization": f"Bearer {_invitation(server)}"},
        "secret": {"Authorization": f"Bearer {made(kind='secret')}"},
        "restricted": {"Authorization": f"Bearer {made(kind='restricted', scopes=scopes)}"},
        "publishable": {
            "Authorization": f"Bearer {made(kind='publishable', origins=[PAGE])}",
            "Origin": PAGE,
        },
        "nobody": {},
    }


def _invitation(server: Server) -> str:
    """The token of an invitation."""
    headers = {"Authorization": f"Bearer {server.keys.secret}"}
    body = {"rubric": "alignment-quick", "organisation": {"name": "Example"}}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30, trust_env=False) as client:
        place = client.post("/v1/assessments", json=body).raise_for_status().headers["location"]
        made = client.post(f"{place}/invitations", json={"function": "sales"}).raise_for_status()
    token: str = made.json()["data"][0]["token"]
    return token


def _generate(
    server: Server, headers: dict[str, str], count: int, report: Report, seed: int, *, coverage: bool
) -> None:
    """At least `count` requests of one caller, and all phases, or all but that of coverage, at least once. The compiler
    of Python 3.11, which the generator uses, fails now and then on nothing in particular; such a round is no round, and
    one in three may be."""
    phases = {"FUZZING", "STATEFUL_TESTING"} | ({"COVERAGE"} if coverage else set())
    done = turn = breakdowns = 0
    while done < count:
        found = generate(
            server.url,
            headers,
            seed=1_000 * seed + turn + breakdowns,
            examples=3 if turn == 0 else 50,
            coverage=coverage and turn == 0,
            tried=lambda sent: report.tried(sent, "generated requests"),
        )
        assert not found.failures, "\n".join(dict.fromkeys(found.failures[:20]))
        if found.breakdowns:
            breakdowns += 1
            assert 3 * breakdowns <= turn + 3, "\n".join(found.breakdowns)
            continue
        assert turn or phases <= found.phases, f"Only {found.phases} were run"
        done += found.requests
        turn += 1


async def _attack(server: Server, senders: dict[str, dict[str, str]], count: int, report: Report) -> None:
    async with server.client("") as client:
        contract = (await client.get("/openapi.json")).json()
        codes = {entry["code"]: entry["status"] for entry in (await client.get("/v1/errors")).json()["data"]}
    keys = [headers.get("Authorization", "").removeprefix("Bearer ") or None for headers in senders.values()]
    waiting = (attack for attack, _ in zip(attacks(contract, keys, seed=13), range(count), strict=False))
    heard: Counter[int] = Counter()
    await asyncio.gather(*(_send(server, waiting, codes, heard, report) for _ in range(AT_ONCE)))


async def _send(
    server: Server, waiting: Iterator[bytes], codes: dict[str, int], heard: Counter[int], report: Report
) -> None:
    for attack in waiting:
        answers = await exchange(server.port, attack, seconds=3)
        for answer in answers:
            heard[answer.status] += 1
            wrong = _mistake(answer, codes, hosted=any(place in attack for place in HOSTED))
            assert wrong is None, f"{wrong}: {answer}\nwas answered to {attack[:2_000]!r}"
        report.tried(1, "attacks")


def _mistake(answer: Heard, codes: dict[str, int], *, hosted: bool) -> str | None:
    """What is undocumented about an answer."""
    if answer.status >= 500:
        return "A 5xx"
    if answer.status >= 400:
        if hosted and answer.kind in PAGES and answer.status in (400, 403, 404, 406, 408, 413, 415, 422):
            return None
        if answer.kind != "application/problem+json":
            return "Not a problem document"
        problem = json.loads(answer.body) if answer.body else {"code": ""}
        return None if codes.get(problem["code"]) == answer.status else "An undocumented status or code"
    if answer.status in (204, 304):
        return "A body where there is none" if answer.body else None
    known = answer.status in (200, 201) and (answer.kind in DOCUMENTS or answer.kind in PAGES)
    return None if known else "An undocumented status or content type"
