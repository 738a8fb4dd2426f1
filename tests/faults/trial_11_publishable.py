"""Trial 11: a publishable key, which anybody can copy: on every route, from wrong places, and on ids of others."""

from __future__ import annotations

import asyncio
import random
import string
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import httpx
from sqlalchemy import func, select

from assessment.service import ids
from assessment.service.client_tokens import make_token
from assessment.store.access import EVERYONE
from assessment.store.assessments import AssessmentRow
from assessment.store.engine import Database
from tests.faults.harness import ENGINES, Report
from tests.faults.origins import SAME, changed, hostile_origins, missing_origins, own_host, own_pages, rebound
from tests.faults.raw import exchange, request
from tests.faults.servers import Server, database, serving

NUMBER = 11
PROMISE = "a publishable key is harmless"
COUNTS = {"ci": 1_000, "full": 50_000}

PAGES = ("https://widget.example", "https://shop.example:8443", "http://localhost:3000")
HOSTILE = 200
AT_ONCE = 16
CANARY = "c4n4ry"
TOKEN = "Alignment-Client-Token"
UNLIMITED = {
    "ASSESSMENT_RATE_LIMIT_SECRET": "",
    "ASSESSMENT_RATE_LIMIT_PUBLISHABLE": "",
    "ASSESSMENT_RATE_LIMIT_ORIGIN": "",
    "ASSESSMENT_RATE_LIMIT_ANONYMOUS": "",
    "ASSESSMENT_LOG_LEVEL": "warning",
}
FOR_PAGES = {
    ("get", "/v1/rubrics"),
    ("get", "/v1/rubrics/{rubric_id}"),
    ("get", "/v1/rubrics/{rubric_id}/{version}"),
    ("get", "/v1/studies"),
    ("get", "/v1/studies/{study_id}"),
    ("post", "/v1/scores"),
    ("post", "/v1/assessments"),
    ("get", "/v1/assessments/{assessment_id}"),
    ("get", "/v1/assessments/{assessment_id}/result"),
    ("get", "/v1/assessments/{assessment_id}/report"),
    ("post", "/v1/assessments/{assessment_id}/share_links"),
    ("get", "/v1/assessments/{assessment_id}/benchmark"),
    ("get", "/v1/benchmarks/{rubric}"),
    ("post", "/v1/assessments/{assessment_id}/responses"),
    ("get", "/v1/assessments/{assessment_id}/responses/{response_id}"),
    ("patch", "/v1/assessments/{assessment_id}/responses/{response_id}"),
    ("post", "/v1/assessments/{assessment_id}/responses/{response_id}/submit"),
}
"""All that a page needs, and nothing else may ever be let through."""
PUBLIC = {"/health", "/ready", "/openapi.json", "/v1/errors", "/v1/errors/{code}"}
PUBLIC_URL = {"ASSESSMENT_PUBLIC_URL": "https://Assessment.example:443/in"}
OWN = b"https://assessment.example"
BODY = {"rubric": "alignment-quick", "organisation": {"name": "A visitor"}}
CHANCE_SEED = 11


class Stored(NamedTuple):
    """An assessment of somebody, and its token where it has one."""

    id: str
    token: str | None


async def run(count: int, report: Report) -> None:
    for engine in ENGINES:
        with report.on(engine), database(engine) as url, serving(url, settings=UNLIMITED) as server:
            await _attack(server, url, count, report)
        with report.on(engine), database(engine) as url, serving(url, settings=UNLIMITED | PUBLIC_URL) as server:
            await _attack_public_url(server, report)


async def _attack(server: Server, url: str, count: int, report: Report) -> None:
    chance = random.Random(CHANCE_SEED)
    async with server.client() as secret:
        made = await secret.post("/v1/keys", json={"kind": "publishable", "origins": list(PAGES)})
        assert made.status_code == 201, made.text
        key = made.json()["key"]
        async with server.client(key) as page:
            await _every_route(page, report)
            await _hostile_origins(server, page, chance, report)
            await _missing_origins(server, secret, report)
            await _own_origins(server, key, own_pages(server.port), rebound(server.port), report)
            assert await _rows(url) == 0, "an assessment was created from a hostile origin"
            mine = [await _visit(page, place) for place in range(10)]
            others = [Stored(visit.id, None) for visit in [await _visit(page, 100 + n, CANARY) for n in range(10)]]
            others += [await _of_server(secret) for _ in range(10)]
            neighbour = server.new_partner("Neighbour")
            async with server.client(neighbour.secret) as foreign:
                others += [await _of_server(foreign) for _ in range(10)]
            before = await _rows(url)
            await _other_ids(page, mine, others, count, chance, report)
            assert await _rows(url) == before, "an assessment was created or deleted"


async def _every_route(page: httpx.AsyncClient, report: Report) -> None:
    contract = (await page.get("/openapi.json")).json()
    for path, operations in contract["paths"].items():
        for method in operations:
            if path in PUBLIC:
                continue
            target = path.format(**{hole: _sample(hole) for hole in _holes(path)})
            for origin, listed in ((PAGES[0], True), ("https://attacker.example", False), (None, False)):
                headers = {"If-Match": "*"} | ({} if origin is None else {"Origin": origin})
                answer = await page.request(method, target, headers=headers, json={})
                shown = f"{method} {path} from {origin}: {answer.status_code} {answer.text[:200]}"
                if not listed:
                    _assert_refused(answer, shown)
                elif (method, path) in FOR_PAGES:
                    assert answer.status_code not in (401, 403), shown
                else:
                    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), shown
                report.tried(1, "routes")


async def _hostile_origins(server: Server, page: httpx.AsyncClient, chance: random.Random, report: Report) -> None:
    origins = hostile_origins(PAGES, HOSTILE, chance)
    assert len(origins) == len(set(origins)) == HOSTILE
    for origin in origins:
        named = {b"Origin": origin}
        for method, target, body in (
            ("GET", "/v1/rubrics", b""),
            # A handler that ran would find what is wrong here first.
            ("POST", "/v1/scores?unknown=1", b"{"),
            ("POST", "/v1/assessments", httpx.Request("POST", "http://x", json=BODY).content),
        ):
            sent = named | ({b"Content-Type": b"application/json"} if body else {})
            answer = await page.request(method, target, headers=list(sent.items()), content=body)
            _assert_refused(answer, f"{method} {target} from {origin!r}: {answer.status_code} {answer.text[:200]}")
        for path in ("/v1/assessments", "/v1/invitation/response"):
            preflight = await page.options(path, headers=list(named.items()))
            _assert_hidden(preflight, f"a preflight of {path} from {origin!r}")
        invited = [*named.items(), (b"Authorization", b"Bearer alm_inv_" + b"0" * 33)]
        _assert_hidden(await page.get("/v1/invitation", headers=invited), f"an invitation from {origin!r}")
        report.tried(1, "hostile origins")
    await asyncio.gather(*(_without_its_body(server, page, origin) for origin in chance.sample(origins, 20)))


async def _missing_origins(server: Server, secret: httpx.AsyncClient, report: Report) -> None:
    """Requests that name no origin, as those of a page to its own address do, and what only looks like one of them."""
    own = f"http://127.0.0.1:{server.port}"
    made = await secret.post("/v1/keys", json={"kind": "publishable", "origins": [own, PAGES[0]]})
    key = made.json()["key"]

    async def ask(method: str, *headers: bytes) -> list[int]:
        return [
            answer.status for answer in await exchange(server.port, request(method, "/v1/rubrics", *headers, key=key))
        ]

    host = own_host(server.port)
    assert await ask("GET", host, SAME) == [200], "a page of the service's own address cannot read"
    for headers in missing_origins(server.port):
        found = await ask("GET", *headers)
        # What is no HTTP at all may be refused as that.
        assert found in ([403], [400]), f"{headers} without an origin: {found}"
        report.tried(1, "missing origins")
    for method in ("POST", "PUT", "DELETE"):
        assert await ask(method, host, SAME) in ([403], [405]), f"{method} without an origin"


async def _attack_public_url(server: Server, report: Report) -> None:
    """Where the operator has said where the service is, nothing else is its own: not even this machine."""
    async with server.client() as secret:
        made = await secret.post("/v1/keys", json={"kind": "publishable", "origins": list(PAGES)})
    hosts = (own_host(server.port), b"Host: assessment.example", b"Host: inside:8000")
    own = tuple((host, b"Origin: " + OWN) for host in hosts)
    strange: tuple[bytes, ...] = (
        b"https://assessment.example:443",
        b"https://assessment.example/in",
        b"http://assessment.example",
    )
    strange += (
        b"https://assessment.example.attacker.example",
        b"https://a.assessment.example",
        b"https://Assessment.example",
    )
    hostile = (*rebound(server.port), *own_pages(server.port), *((hosts[0], b"Origin: " + one) for one in strange))
    await _own_origins(server, made.json()["key"], own, hostile, report)


async def _own_origins(
    server: Server,
    key: str,
    own: Sequence[tuple[bytes, ...]],
    hostile: Sequence[tuple[bytes, ...]],
    report: Report,
) -> None:
    """A key works on the service's own pages, which it does not list, and nowhere that only looks like them."""
    body = httpx.Request("POST", "http://x", json=BODY).content
    form = (b"Content-Type: application/json", b"Content-Length: %d" % len(body))

    async def ask(headers: tuple[bytes, ...]) -> list[int]:
        sent = request("POST", "/v1/assessments?unknown=1", *headers, *form, key=key) + body
        return [answer.status for answer in await exchange(server.port, sent)]

    for headers in own:
        # Past the gate: the query is what is wrong.
        assert await ask(headers) == [422], f"{headers}: the service's own page is refused: {await ask(headers)}"
    for headers in hostile:
        found = await ask(headers)
        assert found in ([403], [400]), f"{headers} passes for the service's own page: {found}"
        report.tried(1, "own origins")


async def _without_its_body(server: Server, page: httpx.AsyncClient, origin: bytes) -> None:
    """Whoever waited for the body would not answer: it never comes."""
    key = page.headers["Authorization"].removeprefix("Bearer ")
    fields = (b"Origin: " + origin, b"Content-Type: application/json", b"Content-Length: 9")
    head = request("POST", "/v1/assessments", *fields, key=key)
    heard = await exchange(server.port, head, seconds=5)
    assert [answer.status for answer in heard] == [403], f"{origin!r} without its body: {heard}"


async def _other_ids(
    page: httpx.AsyncClient,
    mine: list[Stored],
    others: list[Stored],
    count: int,
    chance: random.Random,
    report: Report,
) -> None:
    """Calls with everything that a visitor of a page has: its own tokens, and ids that it was told of or guesses."""
    page.headers["Origin"] = PAGES[0]
    statuses: Counter[int] = Counter()
    controls = 0

    async def one(number: int) -> None:
        nonlocal controls
        if number % 50 == 0:
            own = chance.choice(mine)
            read = await page.get(_ending(own.id, chance), headers={TOKEN: str(own.token)})
            # An open assessment has no result yet; what was asked for was found.
            assert read.status_code in (200, 409), f"its own assessment cannot be read: {read.text[:200]}"
            controls += 1
            return
        method, target, headers, body = _attempt(mine, others, chance)
        answer = await page.request(method, target, headers=headers, json=body)
        shown = f"{method} {target} {headers}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code in (403, 404), shown
        assert CANARY not in answer.text, shown
        statuses[answer.status_code] += 1

    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        await _all(one, numbers)
        report.tried(len(numbers), "calls")
    assert controls and statuses[404], "nothing was read, or nothing refused: the trial tried nothing"


async def _all(one: Callable[[int], Awaitable[None]], numbers: range) -> None:
    await asyncio.gather(*(one(number) for number in numbers))


def _attempt(
    mine: list[Stored], others: list[Stored], chance: random.Random
) -> tuple[str, str, dict[str, str], dict[str, Any] | None]:
    """A call for what is not its own, or that a page may not make at all."""
    known = chance.choice(mine)
    wanted = chance.choice(others).id if chance.random() < 0.8 else ids.to_text("asmt", ids.new_id())
    token = chance.choice([known.token, make_token(), changed(str(known.token), chance), "", None])
    headers = {} if token is None else {TOKEN: token}
    method, ending = chance.choice(
        [("GET", "")] * 6
        + [("GET", "/result")] * 6
        + [("PATCH", ""), ("DELETE", ""), ("POST", "/complete"), ("POST", "/responses"), ("GET", "/responses")]
        + [("POST", "/invitations"), ("GET", "/invitations")]
        + [("GET", "/report")] * 2
        + [("POST", "/share_links"), ("GET", "/share_links"), ("DELETE", "/share_links/link_x")]
    )
    target = f"/v1/assessments/{wanted}{ending}"
    if method == "GET":
        kind = chance.random()
        if kind < 0.05:
            target = f"/v1/assessments?{chance.choice(['limit=100', 'external_id=crm-1', 'status=completed'])}"
        elif kind < 0.1:
            target = chance.choice(["/v1/keys", "/v1/organisations", "/v1/audit_events"])
        elif kind < 0.2 and token != known.token:
            target = f"/v1/assessments/{known.id}{ending}"
        return method, target, headers, None
    return method, target, headers | {"If-Match": "*"}, {}


async def _visit(page: httpx.AsyncClient, number: int, name: str = "A visitor") -> Stored:
    body = BODY | {"organisation": {"name": name}}
    headers = {"Origin": PAGES[number % len(PAGES)]}
    created = await page.post("/v1/assessments", json=body, headers=headers)
    assert created.status_code == 201, created.text
    return Stored(created.json()["id"], created.json()["client_token"])


async def _of_server(secret: httpx.AsyncClient) -> Stored:
    organisation = {"name": CANARY, "external_id": f"{CANARY}-{random.random()}"}
    body = BODY | {"organisation": organisation, "metadata": {"deal": CANARY}}
    created = await secret.post("/v1/assessments", json=body)
    assert created.status_code == 201, created.text
    return Stored(created.json()["id"], None)


async def _rows(url: str) -> int:
    opened = Database(url)
    try:
        async with opened.read(EVERYONE) as session:
            return int(await session.scalar(select(func.count()).select_from(AssessmentRow)) or 0)
    finally:
        await opened.aclose()


def _assert_refused(answer: httpx.Response, shown: str) -> None:
    assert answer.status_code == 403, shown
    assert answer.json()["code"] == "origin_not_allowed", shown
    _assert_hidden(answer, shown)


def _assert_hidden(answer: httpx.Response, shown: str) -> None:
    told = [name for name in answer.headers if name.startswith("access-control-")]
    assert not told, f"{shown}: a browser is told {told}"


def _ending(assessment_id: str, chance: random.Random) -> str:
    return f"/v1/assessments/{assessment_id}{chance.choice(['', '/result'])}"


def _holes(path: str) -> list[str]:
    return [field for _, field, _, _ in string.Formatter().parse(path) if field]


def _sample(hole: str) -> str:
    names = {"rubric": "alignment", "rubric_id": "alignment-quick", "version": "2026.1", "study_id": "hbr-2006"}
    prefixes: dict[str, ids.Prefix] = {
        "assessment_id": "asmt",
        "response_id": "resp",
        "invitation_id": "inv",
        "link_id": "link",
        "key_id": "key",
        "organisation_id": "org",
        "endpoint_id": "hook",
        "event_id": "evt",
    }
    return names.get(hole) or ids.to_text(prefixes[hole], ids.new_id())
