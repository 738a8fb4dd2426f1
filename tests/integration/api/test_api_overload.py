"""What a connection does while more comes than can be served, on a real server in this process whose gate is set."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from assessment.api import connection
from assessment.api.gate import Gate, Kind
from assessment.pages.failure import show_busy
from assessment.pages.render import stylesheet
from tests.faults.raw import Heard, exchange, request
from tests.integration.api import bare

BODY = b'{"rubric": "alignment-quick"}'
KEPT = b"Connection: keep-alive"
LARGE = b"x" * (6 << 20)
"""More than the system keeps for a client that takes nothing."""


@dataclass
class Running:
    port: int
    gate: Gate
    begun: list[str]
    """Paths of the requests that the application was given."""
    release: asyncio.Event
    """Set while the application answers at once."""


@asynccontextmanager
async def serving(most: int = 8) -> AsyncIterator[Running]:
    begun: list[str] = []
    release = asyncio.Event()
    release.set()

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        begun.append(scope["path"])
        while (await receive()).get("more_body"):
            pass
        await release.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/parts":
            for _ in range(6):
                await send({"type": "http.response.body", "body": LARGE[: 1 << 20], "more_body": True})
        body = LARGE if scope["path"] == "/whole" else b""
        await send({"type": "http.response.body", "body": body, "more_body": False})

    protocol = connection.limited_to(1000, most, show_busy, idle_seconds=1)
    async with bare.serving(answer, protocol, timeout_graceful_shutdown=1) as (port, _):
        try:
            yield Running(port, protocol.gate, begun, release)
        finally:
            release.set()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(20):
            yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  # what is waited for tells nobody
            await asyncio.sleep(0.001)


async def told(running: Running, data: bytes | list[bytes], pause: float = 0) -> list[Heard]:
    return await exchange(running.port, data, pause=pause, seconds=20)


def cut(whole: bytes, pieces: int) -> list[bytes]:
    size = -(-len(whole) // pieces)
    return [whole[at : at + size] for at in range(0, len(whole), size)]


def turned_away(answer: Heard, number: bytes, path: str, retry_after: str) -> None:
    assert answer.status == 503
    assert answer.kind == "application/problem+json"
    assert answer.headers["retry-after"] == retry_after
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Retry-After" in answer.headers["access-control-expose-headers"].split(", ")
    assert answer.headers["x-request-id"] == number.decode()
    assert answer.json() == {
        "type": "/v1/errors/overloaded",
        "title": "The service is busy; try again shortly",
        "status": 503,
        "detail": "More requests come than can be served. Try again after the seconds in Retry-After.",
        "instance": path,
        "code": "overloaded",
        "request_id": number.decode(),
        "errors": [],
    }


def post(path: str = "/v1/assessments", *headers: bytes, number: bytes = b"one") -> bytes:
    return request("POST", path, b"X-Request-Id: " + number, *headers, body=BODY)


@pytest.fixture
async def held_down() -> AsyncIterator[Running]:
    """A server that turns every submission away, and what is less urgent."""
    async with serving() as running:
        running.gate.held_down, running.gate.few = Kind.SUBMISSION, 0
        yield running


@pytest.mark.parametrize("pieces", [1, 2, 60])
async def test_who_is_turned_away_is_told_the_same_however_the_request_arrives(held_down: Running, pieces: int) -> None:
    whole = post("/v1/assessments?x=%22")
    [answer] = await told(held_down, cut(whole, pieces), 0.005)
    turned_away(answer, b"one", "/v1/assessments", "1")
    assert answer.headers["connection"] == "close"
    assert held_down.begun == []


async def test_the_less_urgent_are_told_to_come_back_later(held_down: Running) -> None:
    for method, path, retry_after in (("POST", "/v1/scores", "2"), ("GET", "/v1/rubrics", "3")):
        [answer] = await told(held_down, request(method, path, b"X-Request-Id: two"))
        turned_away(answer, b"two", path, retry_after)


BROWSER = b"Accept: text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.mark.parametrize("pieces", [1, 60])
async def test_a_person_is_told_on_a_page(held_down: Running, pieces: int) -> None:
    whole = request("POST", "/take/alm_inv_x?again=1", BROWSER, b"X-Request-Id: mine", body=b"seniority=manager")
    [answer] = await told(held_down, cut(whole, pieces), 0.005)
    assert (answer.status, answer.kind, answer.headers["retry-after"]) == (503, "text/html; charset=utf-8", "1")
    assert answer.headers["x-request-id"] == "mine"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert answer.headers["cache-control"] == "no-store"
    shown = answer.body.decode()
    assert "<h1>The service is busy</h1>" in shown
    assert f'href="../pages/{stylesheet()[0]}"' in shown


@pytest.mark.parametrize("pieces", [1, 60])
async def test_a_page_may_send_what_will_be_refused_so_that_it_learns_of_it(held_down: Running, pieces: int) -> None:
    asks = (b"Origin: https://partner.example", b"Access-Control-Request-Method: POST")
    whole = request("OPTIONS", "/v1/assessments", *asks)
    [answer] = await told(held_down, cut(whole, pieces), 0.005)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"].split(", ")
    assert "Authorization" in answer.headers["access-control-allow-headers"].split(", ")
    [refused] = await told(held_down, request("OPTIONS", "/v1/assessments"))
    assert refused.status == 503


@pytest.mark.parametrize("path", ["/v1/assessments", "/v1/assessments/asmt_x/report", "/mcp"])
async def test_what_is_for_programs_is_told_as_a_problem_to_a_browser_too(held_down: Running, path: str) -> None:
    [answer] = await told(held_down, request("GET", path, BROWSER))
    assert (answer.status, answer.kind) == (503, "application/problem+json")


async def test_a_connection_goes_on_after_it_was_told_to_come_back(held_down: Running) -> None:
    first, second = post("/a%1", KEPT, number=b"first"), post("/b", KEPT, number=b"second")
    answers = await told(held_down, [first, second, request("GET", "/health")], 0.05)
    turned_away(answers[0], b"first", "/a%1", "1")
    turned_away(answers[1], b"second", "/b", "1")
    assert [answer.status for answer in answers] == [503, 503, 200]
    assert held_down.begun == ["/health"]


async def test_requests_sent_ahead_are_answered_in_their_order(held_down: Running) -> None:
    data = post("/a", KEPT, number=b"first") + request("GET", "/health", KEPT) + post("/c", number=b"third")
    answers = await told(held_down, data)
    assert [answer.status for answer in answers] == [503, 200, 503]
    turned_away(answers[2], b"third", "/c", "1")


async def test_an_answer_to_head_has_no_body(held_down: Running) -> None:
    async with connected(held_down.port) as (reader, writer):
        writer.write(request("HEAD", "/v1/rubrics", KEPT))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 503 ")
        writer.write(request("GET", "/health"))
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")


async def test_an_id_that_cannot_be_used_is_replaced(held_down: Running) -> None:
    [answer] = await told(held_down, post(number=b"not an id"))
    assert answer.headers["x-request-id"].startswith("req_")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400, "bad_request"),
        (b"\x16\x03", 400, "bad_request"),
    ],
)
async def test_what_is_no_request_is_refused_as_ever(held_down: Running, data: bytes, status: int, code: str) -> None:
    [answer] = await told(held_down, data)
    assert (answer.status, answer.json()["code"]) == (status, code)
    [after] = await told(held_down, post())
    turned_away(after, b"one", "/v1/assessments", "1")


async def test_an_upgrade_that_is_offered_is_no_way_in(held_down: Running) -> None:
    [answer] = await told(held_down, post("/v1/assessments", b"Connection: upgrade, close", b"Upgrade: h2c"))
    assert answer.status == 503
    assert held_down.begun == []


async def test_an_idle_connection_is_closed_after_it_was_told_to_come_back(held_down: Running) -> None:
    async with connected(held_down.port) as (reader, writer):
        writer.write(post("/v1/assessments", KEPT))
        assert (await reader.read()).startswith(b"HTTP/1.1 503 ")


async def test_when_as_many_are_begun_as_may_be_reads_are_turned_away_before_submissions() -> None:
    async with serving(most=8) as running:
        running.release.clear()
        waiting = [asyncio.create_task(told(running, request("GET", "/v1/rubrics"))) for _ in range(8)]
        await until(lambda: len(running.begun) == 8)
        [read] = await told(running, request("GET", "/v1/studies", b"X-Request-Id: read"))
        turned_away(read, b"read", "/v1/studies", "3")
        submission = asyncio.create_task(told(running, post()))
        await until(lambda: "/v1/assessments" in running.begun)
        running.release.set()
        answers = [answer for task in (*waiting, submission) for answer in await task]
        assert [answer.status for answer in answers] == [200] * 9


@pytest.mark.parametrize(
    "data",
    [
        [request("POST", "/sends", b"Content-Length: 1000")],
        [request("GET", "/parts")],
        [request("GET", "/whole", KEPT), request("GET", "/next")],
        [request("GET", "/whole", KEPT) + request("GET", "/next")],
    ],
    ids=["a body", "an answer in parts", "an answer before the next request", "an answer with requests sent ahead"],
)
async def test_slow_clients_do_not_fill_the_gate(data: list[bytes]) -> None:
    async with serving(most=8) as running:
        with ExitStack() as stack:
            for number in range(12):
                slow = stack.enter_context(socket.socket())
                slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                slow.connect(("127.0.0.1", running.port))
                for part in data:
                    slow.sendall(part)
                    await until(partial(_is_begun_or_waits, running, number + 1))
                await until(partial(_waits, running, number + 1))
            [answer] = await told(running, request("GET", "/v1/rubrics"))
            assert answer.status == 200
            assert running.gate.held_down is Kind.NONE
        await until(partial(_waits, running, 0))


def _waits(running: Running, clients: int) -> bool:
    return running.gate.waiting_for_clients == clients


def _is_begun_or_waits(running: Running, clients: int) -> bool:
    return len(running.begun) >= clients or _waits(running, clients)
