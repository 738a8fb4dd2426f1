"""The service behind the nginx that README shows."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.faults.servers import Server, database, serving
from tests.integration.api.running import case_answers
from tests.nginx import HOST, Proxy, nginx

pytestmark = pytest.mark.system

SETTINGS = {"ASSESSMENT_RATE_LIMIT_ANONYMOUS": "2/day"}
ITEM = {"rubric": "alignment", "answers": case_answers("alignment", "level-3-worked-example")}
SCORES = {"rubric": "alignment-quick", "answers": {}}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with database("sqlite") as url, serving(url, settings=SETTINGS) as started:
        yield started


@pytest.fixture(scope="module")
def proxy(server: Server) -> Iterator[Proxy]:
    with nginx(server.port) as started:
        yield started


def client(proxy: Proxy, key: str | None = None, *, address: str = "127.0.0.1") -> httpx.AsyncClient:
    """A client at that address, which knows the service by its name and finds it here."""
    headers = {"Host": HOST} | ({} if key is None else {"Authorization": f"Bearer {key}"})
    transport = Named(verify=proxy.context, local_address=address)
    return httpx.AsyncClient(
        base_url=f"https://127.0.0.1:{proxy.port}", headers=headers, transport=transport, timeout=60
    )


class Named(httpx.AsyncHTTPTransport):
    """Asks for the certificate of the service's name."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["sni_hostname"] = HOST
        return await super().handle_async_request(request)


def test_nginx_finds_nothing_wrong_with_it(proxy: Proxy) -> None:
    said = proxy.check()
    assert "test is successful" in said
    assert "[warn]" not in said


async def test_strangers_are_told_apart_by_address_whatever_they_say_of_themselves(proxy: Proxy) -> None:
    for address in ("127.0.0.2", "127.0.0.3"):
        async with client(proxy, address=address) as stranger:
            asked = [{"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": "for=203.0.113.9"} for number in range(3)]
            answers = [await stranger.get("/v1/errors", headers=headers) for headers in asked]
        assert [answer.status_code for answer in answers] == [200, 200, 429]


async def test_the_service_knows_the_address_that_a_page_has_asked(server: Server, proxy: Proxy) -> None:
    own = f"https://{HOST}"
    async with client(proxy, server.keys.secret) as secret:
        made = await secret.post("/v1/keys", json={"kind": "publishable", "origins": [own]})
    same = {"Sec-Fetch-Site": "same-origin"}
    async with client(proxy, made.json()["key"]) as page:
        for said in ({}, {"X-Forwarded-Proto": "http"}, {"X-Forwarded-Host": "attacker.example"}):
            read = await page.get("/v1/rubrics", headers=same | said)
            assert (read.status_code, read.headers["access-control-allow-origin"]) == (200, own)
        refused = await page.get("/v1/rubrics")
        assert refused.json()["code"] == "origin_not_allowed"
        preflight = await page.options("/v1/assessments", headers={"Origin": own})
        assert preflight.headers["access-control-allow-origin"] == own


async def test_a_body_that_is_too_large_is_refused_in_the_words_of_the_service_within_reason(
    server: Server, proxy: Proxy
) -> None:
    async with client(proxy, server.keys.secret) as sender:
        json_type = {"Content-Type": "application/json"}
        for mib, kind in ((3, "application/problem+json"), (5, "text/html")):
            refused = await sender.post("/v1/scores/batch", content=b" " * mib * 1024 * 1024, headers=json_type)
            assert (refused.status_code, refused.headers["content-type"]) == (413, kind)


async def test_a_head_that_never_ends_is_given_up(proxy: Proxy) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port, ssl=proxy.context, server_hostname=HOST)
    start = time.monotonic()
    writer.write(b"GET /health HTTP/1.1\r\nHost: api.example.com\r\nX: ")
    try:
        async with asyncio.timeout(20):
            assert await reader.read() == b""
    finally:
        writer.close()
    assert time.monotonic() - start > 9


async def test_a_repeated_post_gets_its_first_answer_also_after_the_service_was_away(
    server: Server, proxy: Proxy
) -> None:
    named = {"Idempotency-Key": "through-nginx"}
    new = {"rubric": "alignment-quick", "organisation": {"name": "Example"}}
    async with client(proxy, server.keys.secret) as sender:
        first = await sender.post("/v1/assessments", json=new, headers=named)
        assert first.status_code == 201
        server.kill()
        # It is the client's to repeat: nginx does not send a write twice.
        assert (await sender.post("/v1/assessments", json=new, headers=named)).status_code == 502
        server.restart()
        async with asyncio.timeout(15):
            again = await sender.post("/v1/assessments", json=new, headers=named)
            while again.status_code == 502:
                await asyncio.sleep(0.2)
                again = await sender.post("/v1/assessments", json=new, headers=named)
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["idempotency-replayed"] == "true"
        assert len((await sender.get("/v1/assessments")).json()["data"]) == 1


@pytest.mark.parametrize("named", [{}, {"Idempotency-Key": "batch"}])
async def test_a_batch_is_passed_on_while_it_is_sent_and_lies_on_no_disk(
    server: Server, proxy: Proxy, named: dict[str, str]
) -> None:
    body: dict[str, Any] = {"items": [ITEM] * 1_000}
    received, on_disk = bytearray(), set[str]()
    async with (
        client(proxy, server.keys.secret) as sender,
        sender.stream("POST", "/v1/scores/batch", json=body, headers=named) as answer,
    ):
        async for part in answer.aiter_raw():
            received += part
            on_disk |= {path.name for name in ("answers", "bodies") for path in (proxy.folder / name).rglob("*")}
            await asyncio.sleep(0)
    assert [one["result"]["score"] for one in json.loads(received)["data"]] == [52.03] * 1_000
    assert on_disk == set()
