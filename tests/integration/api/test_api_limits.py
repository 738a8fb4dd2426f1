"""Quotas: who is counted as whom, what callers are told, and what becomes of it when the shared store is gone."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from pydantic import ValidationError

from assessment.service import keys
from assessment.service.partners import create_partner
from assessment.settings import Settings
from tests.faults.servers import Server, database, serving
from tests.integration.api.running import Api, client_of, fresh_partners, running
from tests.redis import Store, redis_server

OFF = {"rate_limit_secret": "", "rate_limit_publishable": "", "rate_limit_origin": "", "rate_limit_anonymous": ""}
PAGE, OTHER_PAGE = "https://www.example.com", "https://shop.example.com"
SCORES = {"rubric": "alignment-quick", "answers": {}}


@asynccontextmanager
async def limited(folder: Path, **limits: str) -> AsyncIterator[Api]:
    """An application with these limits and no others."""
    settings: dict[str, Any] = {"data_dir": folder, **OFF, **limits}
    async with running(Settings(**settings)) as app, fresh_partners(app) as api:
        yield api


def from_address(api: Api, address: str, key: str | None = None) -> httpx.AsyncClient:
    """A client of the application at an address of the network."""
    transport = httpx.ASGITransport(cast("Any", api.app), raise_app_exceptions=False, client=(address, 50_000))
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    return httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers)


def left(response: httpx.Response) -> dict[str, int]:
    """Quota → requests that are left of it."""
    found = re.findall(r'"(\w+)";r=(\d+);t=\d+', response.headers["ratelimit"])
    return {name: int(rest) for name, rest in found}


async def test_every_answer_says_what_is_left(tmp_path: Path) -> None:
    async with limited(tmp_path, rate_limit_secret="600/day") as api:
        answers = [
            await api.client.get("/v1/rubrics"),
            await api.client.get("/v1/rubrics/none"),
            await api.client.post("/v1/scores", json={}),
            await api.client.get("/v1/assessments?limit=0"),
        ]
    assert [answer.status_code for answer in answers] == [200, 404, 422, 422]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"default";q=600;w=86400'}
    assert [left(answer) for answer in answers] == [{"default": n} for n in (599, 598, 597, 596)]
    [until] = {re.sub(r".*t=(\d+)", r"\1", answer.headers["ratelimit"]) for answer in answers[:1]}
    assert 0 < int(until) <= 86_400


async def test_a_used_up_quota_is_a_problem_that_says_when_to_try_again(tmp_path: Path) -> None:
    async with limited(tmp_path, rate_limit_secret="2/day") as api:
        for _ in range(2):
            assert (await api.client.get("/v1/rubrics")).status_code == 200
        refused = await api.client.get("/v1/rubrics")
        other = await api.stranger.get("/v1/rubrics")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["content-type"] == "application/problem+json"
    assert left(refused) == {"default": 0}
    assert refused.headers["retry-after"] == refused.headers["ratelimit"].rpartition("t=")[2]
    assert refused.json()["detail"].startswith("The limit is 2 requests in 86,400 s. Try again in ")
    assert other.status_code == 200


async def test_a_refused_request_has_no_effect(tmp_path: Path) -> None:
    body = {"rubric": "alignment", "organisation": {"name": "A"}, "confidentiality": "grouped"}
    async with limited(tmp_path, rate_limit_secret="1/day") as api:
        await api.client.get("/v1/assessments")
        assert (await api.client.post("/v1/assessments", json=body)).status_code == 429
        api.app.state["quotas"].secret = None
        assert (await api.client.get("/v1/assessments")).json()["data"] == []


async def test_a_new_window_brings_a_new_quota(tmp_path: Path) -> None:
    async with limited(tmp_path, rate_limit_secret="1/second") as api:
        statuses = [(await api.client.get("/v1/rubrics")).status_code for _ in range(5)]
        assert 429 in statuses
        await asyncio.sleep(1.01)
        assert (await api.client.get("/v1/rubrics")).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/nowhere"), ("PUT", "/v1/rubrics"), ("GET", "/start")])
async def test_what_has_no_handler_counts_too(tmp_path: Path, method: str, path: str) -> None:
    async with limited(tmp_path, rate_limit_secret="2/day") as api:
        answers = [await api.client.request(method, path) for _ in range(3)]
    assert [answer.status_code for answer in answers[:2]] in ([404, 404], [405, 405])
    assert [left(answer) for answer in answers] == [{"default": n} for n in (1, 0, 0)]
    assert (answers[2].status_code, answers[2].json()["code"]) == (429, "rate_limited")


async def test_strangers_are_counted_by_address(tmp_path: Path) -> None:
    paths = ["/v1/rubrics", "/docs", "/openapi.json", "/v1/errors", "/v1/errors/conflict", "/nowhere", "/docs/docs.js"]
    async with (
        limited(tmp_path, rate_limit_anonymous="7/day") as api,
        from_address(api, "203.0.113.7") as one,
        from_address(api, "203.0.113.8") as other,
    ):
        found = [(await one.get(path)).status_code for path in paths]
        refused = await one.get("/v1/errors")
        assert (await other.get("/v1/errors")).status_code == 200
    assert found == [401, 200, 200, 200, 200, 404, 200]
    assert refused.status_code == 429
    assert refused.headers["ratelimit-policy"] == '"anonymous";q=7;w=86400'


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("not an address", "unknown", True),
    ],
)
async def test_one_customer_has_one_address(tmp_path: Path, one: str, other: str, same: bool) -> None:
    async with (
        limited(tmp_path, rate_limit_anonymous="1/day") as api,
        from_address(api, one) as first,
        from_address(api, other) as second,
    ):
        assert (await first.get("/v1/errors")).status_code == 200
        assert (await second.get("/v1/errors")).status_code == (429 if same else 200)


@pytest.mark.parametrize("path", ["/health", "/ready"])
async def test_what_a_load_balancer_asks_is_never_refused(tmp_path: Path, path: str) -> None:
    async with limited(tmp_path, rate_limit_anonymous="1/day") as api:
        answers = [await api.nobody.get(path) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[0].headers


async def test_a_flood_of_made_up_keys_stops_before_the_database(tmp_path: Path) -> None:
    async with limited(tmp_path, rate_limit_anonymous="3/day") as api:
        known = api.client.headers["authorization"].removeprefix("Bearer ")
        new = (await create_partner(api.app.state["services"], "New")).secret_key
        async with from_address(api, "203.0.113.7") as flood:

            async def ask(key: str) -> int:
                return (await flood.get("/v1/rubrics", headers={"Authorization": f"Bearer {key}"})).status_code

            assert await ask(known) == 200
            made_up = [keys.generate("secret", "live").text for _ in range(5)]
            assert [await ask(key) for key in made_up] == [401, 401, 401, 429, 429]
            # A key that works from there goes on working; one that was never seen waits for the next window.
            assert await ask(known) == 200
            assert await ask(new) == 429
        async with from_address(api, "203.0.113.8", new) as elsewhere:
            assert (await elsewhere.get("/v1/rubrics")).status_code == 200


async def test_a_publishable_key_is_counted_by_key_and_by_origin(tmp_path: Path) -> None:
    async with limited(tmp_path, rate_limit_publishable="5/day", rate_limit_origin="3/day") as api:
        made = await create_partner(api.app.state["services"], "Page", origins=[PAGE, OTHER_PAGE])
        async with client_of(api.app, made.publishable_key) as page:

            async def ask(origin: str) -> httpx.Response:
                return await page.post("/v1/scores", json=SCORES, headers={"Origin": origin})

            answers = [await ask(PAGE) for _ in range(4)]
            assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
            assert answers[0].headers["ratelimit-policy"] == '"default";q=5;w=86400, "origin";q=3;w=86400'
            assert [left(answer) for answer in answers[2:]] == [
                {"default": 2, "origin": 0},
                {"default": 1, "origin": 0},
            ]
            assert answers[3].headers["access-control-allow-origin"] == PAGE
            assert (await ask(OTHER_PAGE)).status_code == 200
            spent = await ask(OTHER_PAGE)
            assert (spent.status_code, left(spent)) == (429, {"default": 0, "origin": 1})


async def test_an_origin_that_is_not_listed_is_no_caller_of_its_own(tmp_path: Path) -> None:
    async with limited(tmp_path, rate_limit_publishable="9/day", rate_limit_origin="9/day") as api:
        made = await create_partner(api.app.state["services"], "Page", origins=[PAGE])
        async with client_of(api.app, made.publishable_key) as page:
            for number in range(3):
                refused = await page.post("/v1/scores", json=SCORES, headers={"Origin": f"https://{number}.invalid"})
                assert (refused.status_code, "ratelimit" in refused.headers) == (403, False)


async def test_a_page_of_a_stranger_spends_its_visitors_quota_and_not_the_keys(tmp_path: Path) -> None:
    limits = {"rate_limit_publishable": "2/day", "rate_limit_origin": "2/day", "rate_limit_anonymous": "3/day"}
    async with limited(tmp_path, **limits) as api:
        made = await create_partner(api.app.state["services"], "Page", origins=[PAGE])
        for address in ("203.0.113.7", "203.0.113.8"):
            async with from_address(api, address, made.publishable_key) as visitor:
                for path, status in (
                    ("/v1/rubrics", 403),
                    ("/v1/rubrics", 403),
                    ("/nothing", 404),
                    ("/v1/rubrics", 429),
                ):
                    refused = await visitor.get(path, headers={"Origin": "https://attacker.example"})
                    assert refused.status_code == status, path
                assert left(refused) == {"anonymous": 0}
                assert "access-control-allow-origin" not in refused.headers
        # The very visitor who was refused may use the page that the key is for.
        async with from_address(api, "203.0.113.8", made.publishable_key) as visitor:
            answers = [await visitor.get("/v1/rubrics", headers={"Origin": PAGE}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert left(answers[0]) == {"default": 1, "origin": 1}


async def test_an_empty_limit_is_none(tmp_path: Path) -> None:
    async with limited(tmp_path) as api:
        answers = [await api.client.get("/v1/rubrics"), await api.nobody.get("/v1/errors")]
    assert all("ratelimit" not in answer.headers and answer.status_code == 200 for answer in answers)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("rate_limit_secret", "600", "such as 600/minute"),
        ("rate_limit_origin", "0/minute", "such as 600/minute"),
        ("rate_limit_anonymous", "5/fortnight", "such as 600/minute"),
        ("rate_limit_url", "memcached://x", "must start with one of redis://"),
        ("trusted_proxies", "*", "would let anybody pose as any address"),
        ("trusted_proxies", "10.0.0.0/8, proxy.internal", "'proxy.internal' is neither"),
        ("body_seconds", "0", "greater than 0"),
    ],
)
def test_a_limit_that_cannot_be_meant_is_refused(name: str, value: str, said: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(said)):
        Settings.model_validate({name: value})


def test_a_shared_store_without_its_client_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessment.settings.find_spec", lambda name: None)
    with pytest.raises(ValidationError, match=r"run: pip install 'alignment-assessment\[redis\]'"):
        Settings(rate_limit_url="redis://localhost")


@pytest.fixture
def server_url() -> Iterator[str]:
    with database("sqlite") as url:
        yield url


def forwarded(server: Server, *addresses: str) -> int:
    """The status of a stranger's request that came, so it says, from these addresses."""
    headers = {"X-Forwarded-For": ", ".join(addresses)}
    return httpx.get(f"{server.url}/v1/errors", headers=headers, timeout=30, trust_env=False).status_code


def test_only_a_proxy_of_ours_may_say_where_a_request_comes_from(server_url: str) -> None:
    settings = {"ASSESSMENT_RATE_LIMIT_ANONYMOUS": "2/day", "ASSESSMENT_TRUSTED_PROXIES": "192.0.2.1"}
    with serving(server_url, settings=settings) as server:
        assert [forwarded(server, f"203.0.113.{n}") for n in range(4)] == [200, 200, 429, 429]


def test_behind_a_proxy_the_address_that_it_saw_counts_and_not_what_the_client_wrote(server_url: str) -> None:
    settings = {"ASSESSMENT_RATE_LIMIT_ANONYMOUS": "2/day"}
    with serving(server_url, settings=settings) as server:
        assert [forwarded(server, f"198.51.100.{n}", "203.0.113.1") for n in range(4)] == [200, 200, 429, 429]
        assert forwarded(server, "203.0.113.2") == 200


@pytest.fixture
def store() -> Iterator[Store]:
    with redis_server() as started:
        yield started


def statuses(server: Server, count: int) -> list[int]:
    headers = {"Authorization": f"Bearer {server.keys.secret}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30, trust_env=False) as client:
        return [client.get("/v1/rubrics/alignment").status_code for _ in range(count)]


def readiness(server: Server) -> str:
    said: str = httpx.get(f"{server.url}/ready", timeout=30, trust_env=False).json()["limits"]
    return said


@pytest.mark.system
@pytest.mark.parametrize("scheme", ["redis", "valkey"])
def test_two_processes_share_one_limit(store: Store, scheme: str) -> None:
    settings = {
        "ASSESSMENT_RATE_LIMIT_SECRET": "6/day",
        "ASSESSMENT_RATE_LIMIT_URL": store.url.replace("redis", scheme),
    }
    with (
        database("postgresql") as url,
        serving(url, settings=settings) as one,
        serving(url, settings=settings) as other,
    ):
        assert statuses(one, 4) == [200] * 4
        headers = {"Authorization": f"Bearer {one.keys.secret}"}
        with httpx.Client(base_url=other.url, headers=headers, timeout=30, trust_env=False) as client:
            answers = [client.get("/v1/rubrics/alignment") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
        assert [left(answer) for answer in answers] == [{"default": n} for n in (1, 0, 0, 0)]
        assert statuses(one, 1) == [429]


@pytest.mark.system
def test_a_store_that_dies_costs_nobody_an_answer_and_processes_count_alone(server_url: str, store: Store) -> None:
    settings = {"ASSESSMENT_RATE_LIMIT_SECRET": "6/day", "ASSESSMENT_RATE_LIMIT_URL": store.url}
    with serving(server_url, settings=settings) as server:
        assert statuses(server, 3) == [200] * 3
        assert readiness(server) == "ok"
        store.kill()
        # It goes on from what it knew, so that the limit still holds.
        assert statuses(server, 5) == [200, 200, 200, 429, 429]
        assert readiness(server) == "degraded"
        assert server.log.count("the rate limit store does not answer; this process counts alone") == 1
        store.start()
        deadline = time.monotonic() + 10
        while readiness(server) == "degraded" and time.monotonic() < deadline:
            statuses(server, 1)
            time.sleep(0.2)
        assert readiness(server) == "ok"
        assert server.log.count("the rate limit store answers again") == 1


@pytest.mark.system
def test_a_store_that_hangs_delays_one_request_a_little(server_url: str, store: Store) -> None:
    settings = {"ASSESSMENT_RATE_LIMIT_SECRET": "600/day", "ASSESSMENT_RATE_LIMIT_URL": store.url}
    with serving(server_url, settings=settings) as server:
        statuses(server, 1)
        store.freeze()
        start = time.monotonic()
        assert statuses(server, 20) == [200] * 20
        assert time.monotonic() - start < 4  # each of them would wait a quarter of a second
        assert readiness(server) == "degraded"
        store.thaw()


@pytest.mark.system
def test_a_server_starts_without_its_store(server_url: str, store: Store) -> None:
    store.kill()
    settings = {"ASSESSMENT_RATE_LIMIT_SECRET": "2/day", "ASSESSMENT_RATE_LIMIT_URL": store.url}
    with serving(server_url, settings=settings) as server:
        assert statuses(server, 3) == [200, 200, 429]
