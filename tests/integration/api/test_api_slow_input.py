"""Slow, oversized and unfinished input, sent as bytes to a real server process."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator

import pytest

from tests.faults.raw import Heard, exchange, request
from tests.faults.servers import Server, database, serving

BODY_SECONDS = 2
SCORES = b'{"rubric": "alignment-quick", "answers": {"kpi-set": "separate"}}'
JSON = b"Content-Type: application/json"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    settings = {"ASSESSMENT_BODY_SECONDS": str(BODY_SECONDS), "ASSESSMENT_CONNECTION_LIMIT": "60"}
    with database("sqlite") as url, serving(url, settings=settings) as started:
        yield started


def seen(answer: Heard) -> tuple[int, str, str]:
    return answer.status, answer.json()["code"], answer.kind


async def timed(server: Server, data: bytes | Iterator[bytes], pause: float = 0) -> tuple[list[Heard], float]:
    start = time.monotonic()
    answers = await exchange(server.port, data, pause=pause)
    return answers, time.monotonic() - start


async def test_a_body_in_small_pieces_is_taken_if_it_comes_in_time(server: Server) -> None:
    whole = request("POST", "/v1/scores", body=SCORES, key=server.keys.secret)
    [answer], _ = await timed(server, (whole[place : place + 20] for place in range(0, len(whole), 20)), 0.01)
    assert answer.status == 200


@pytest.mark.parametrize("sent", [b"", b"{", SCORES[:-1]])
async def test_a_body_that_does_not_arrive_is_408_and_the_connection_is_closed(server: Server, sent: bytes) -> None:
    length = b"Content-Length: %d" % len(SCORES)
    head = request("POST", "/v1/scores", length, JSON, b"Connection: keep-alive", key=server.keys.secret)
    [answer], seconds = await timed(server, head + sent)
    assert seen(answer) == (408, "body_timeout", "application/problem+json")
    assert answer.headers["connection"] == "close"
    assert BODY_SECONDS <= seconds < BODY_SECONDS + 20


async def test_a_body_that_comes_byte_by_byte_is_408(server: Server) -> None:
    whole = request("POST", "/v1/scores", body=b" " * 1_000 + SCORES, key=server.keys.secret)
    [answer], seconds = await timed(server, (whole[place : place + 1] for place in range(len(whole))), 0.02)
    assert seen(answer)[:2] == (408, "body_timeout")
    assert seconds < BODY_SECONDS + 20


async def test_a_large_body_may_take_longer_while_it_keeps_coming(server: Server) -> None:
    body = b" " * 65_536 + SCORES
    whole = request("POST", "/v1/scores", body=body, key=server.keys.secret)
    [answer], seconds = await timed(
        server, (whole[place : place + 5_000] for place in range(0, len(whole), 5_000)), 0.2
    )
    assert answer.status == 200
    assert seconds > BODY_SECONDS + 0.5


async def test_a_chunked_body_that_stops_is_408(server: Server) -> None:
    head = request("POST", "/v1/scores", b"Transfer-Encoding: chunked", JSON, key=server.keys.secret)
    [answer], _ = await timed(server, head + b'5\r\n{"a":\r\n')
    assert seen(answer)[:2] == (408, "body_timeout")


async def test_slow_heads_are_ended_while_others_are_served(server: Server) -> None:
    """A slowloris of 40 connections, each of which sends a header line now and then, and one that sends nothing."""

    def head() -> Iterator[bytes]:
        yield b"GET /v1/rubrics HTTP/1.1\r\nHost: trial\r\n"
        for number in range(60):
            yield b"X-%d: y\r\n" % number

    async def others() -> float:
        slowest = 0.0
        for _ in range(20):
            [answer], seconds = await timed(server, request("GET", "/v1/rubrics/alignment", key=server.keys.secret))
            assert answer.status == 200
            slowest = max(slowest, seconds)
            await asyncio.sleep(0.2)
        return slowest

    slow = [asyncio.create_task(timed(server, head(), 0.5)) for _ in range(40)]
    silent = asyncio.create_task(timed(server, b""))
    slowest = await others()
    ended = await asyncio.gather(*slow)
    answers, seconds = await silent
    assert answers == []
    assert 9.5 < seconds < 25
    assert {seen(answer)[:2] for answers, _ in ended for answer in answers} == {(408, "head_timeout")}
    assert all(9.5 < seconds < 25 for _, seconds in ended)
    assert slowest < 8


async def test_the_rest_of_a_body_that_was_refused_is_not_waited_for(server: Server) -> None:
    head = request("POST", "/v1/scores", b"Content-Length: 1000", JSON, b"Connection: keep-alive")
    [answer], seconds = await timed(server, (piece for piece in [head, *[b"x"] * 100]), 0.1)
    assert seen(answer)[:2] == (401, "unauthenticated")
    assert 4 < seconds < 20


async def test_connections_over_the_limit_are_told_to_come_back(server: Server) -> None:
    held = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(60)]
    try:
        [answer], _ = await timed(server, request("GET", "/health"))
        assert seen(answer)[:2] == (503, "overloaded")
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["access-control-allow-origin"] == "*"
    finally:
        for connection in held:
            connection.close()
    await asyncio.sleep(0.5)
    [answer], _ = await timed(server, request("GET", "/health"))
    assert answer.status == 200


@pytest.mark.parametrize(
    "data",
    [
        request("GET", "/v1/" + "a" * 40_000),
        request("GET", "/health", b"X: " + b"a" * 40_000),
        b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000,
        b"GET /" + b"a" * 40_000,
        request("GET", "/health", *[b"X: y"] * 100),
    ],
    ids=["address", "header", "header without end", "address without end", "many headers"],
)
async def test_a_head_that_is_too_large_is_431(server: Server, data: bytes) -> None:
    [answer], _ = await timed(server, data)
    assert seen(answer) == (431, "head_too_large", "application/problem+json")


async def test_a_large_head_within_the_limit_is_taken(server: Server) -> None:
    [answer], _ = await timed(server, request("GET", "/health", b"X: " + b"a" * 30_000))
    assert answer.status == 200


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /health HTTP/9.9\r\n\r\n",
        b"GET /health HTTP/1.1\r\nNo colon\r\n\r\n",
        b"GET /health HTTP/1.1\r\nA: \x00\r\n\r\n",
        b"GET /h\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /v1/scores HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST /v1/scores HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/scores HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_a_problem_document(server: Server, data: bytes) -> None:
    [answer], _ = await timed(server, data)
    assert seen(answer) == (400, "bad_request", "application/problem+json")


async def test_a_broken_chunk_ends_the_request_and_not_the_server(server: Server) -> None:
    head = request("POST", "/v1/scores", b"Transfer-Encoding: chunked", JSON, key=server.keys.secret)
    [answer], _ = await timed(server, head + b"zz\r\n")
    assert seen(answer)[:2] == (400, "bad_request")


async def test_a_few_requests_ahead_of_their_answers_are_answered_in_order(server: Server) -> None:
    kept = request("GET", "/health", b"Connection: keep-alive")
    answers, _ = await timed(server, kept * 5 + request("GET", "/nowhere"))
    assert [answer.status for answer in answers] == [200, 200, 200, 200, 200, 404]


async def test_a_flood_of_requests_ahead_of_their_answers_is_cut_off(server: Server) -> None:
    answers, seconds = await timed(server, request("GET", "/health", b"Connection: keep-alive") * 5_000)
    assert len(answers) < 5_000
    assert seconds < 20


OFFER = (b"Connection: upgrade", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")
ANSWERS = b'{"rubric":"alignment-quick","answers":{}}'
CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(ANSWERS), ANSWERS)


async def test_the_body_of_a_request_that_offers_an_upgrade_is_read(server: Server) -> None:
    key = server.keys.secret
    length = (*OFFER, b"Content-Length: %d" % len(ANSWERS))
    chunked = (*OFFER, b"Transfer-Encoding: chunked")
    nothing = request("GET", "/nowhere")
    for sent in (
        request("POST", "/v1/scores", *length, body=ANSWERS, key=key),
        request("POST", "/v1/scores", *chunked, body=CHUNKED, key=key),
        request("GET", "/v1/rubrics", *OFFER, key=key),
        request("GET", "/v1/rubrics", *OFFER, b"Content-Length: 0", key=key),
        request("POST", "/v1/scores", *length, body=ANSWERS, key=key) * 3,
    ):
        asked = sent.count(b" HTTP/1.1\r\n")
        whole = sent + request("GET", "/v1/rubrics", b"Connection: keep-alive", key=key) + nothing
        for size in (len(whole), 37, 1):
            answers = await exchange(server.port, _pieces(whole, size), seconds=20)
            assert [answer.status for answer in answers] == [200] * (asked + 1) + [404]
    closing = (*OFFER[1:], b"Connection: upgrade, close", b"Content-Length: %d" % len(ANSWERS))
    [answer] = await exchange(server.port, request("POST", "/v1/scores", *closing, body=ANSWERS, key=key) + nothing)
    assert answer.status == 200


async def test_a_body_after_an_offered_upgrade_is_no_request_of_its_own(server: Server) -> None:
    hidden = request("GET", "/v1/keys", key=server.keys.secret)
    head = request("POST", "/v1/scores", *OFFER, b"Content-Length: %d" % len(hidden), b"Content-Type: application/json")
    for pieces in ([head + hidden], [head, hidden]):
        answers = await exchange(server.port, [*pieces, request("GET", "/nowhere")], pause=0.05)
        assert [answer.status for answer in answers] == [401, 404]


async def test_a_body_that_does_not_come_after_an_offered_upgrade_is_timed(server: Server) -> None:
    head = request(
        "POST", "/v1/scores", *OFFER, b"Content-Length: 9", b"Content-Type: application/json", key=server.keys.secret
    )
    [answer], _ = await timed(server, head)
    assert (answer.status, answer.json()["code"]) == (408, "body_timeout")


def _pieces(whole: bytes, size: int) -> list[bytes]:
    return [whole[place : place + size] for place in range(0, len(whole), size)]


async def test_an_upgrade_is_answered_as_if_it_was_not_asked_for(server: Server) -> None:
    for protocol in (b"h2c", b"websocket"):
        [answer], _ = await timed(
            server, request("GET", "/health", b"Connection: upgrade, close", b"Upgrade: " + protocol)
        )
        assert answer.status == 200
