"""Publishable keys on the service's own pages, and what pages of others may read with an invitation."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from assessment.api.own_origin import origin_of_url
from assessment.settings import Settings
from tests.integration.api.pages import link_of
from tests.integration.api.running import PAGE, Api, client_of, fresh_partners, running

SCORE = {"rubric": "alignment-quick", "answers": {}}


async def ask(api: Api, **headers: str) -> httpx.Response:
    async with client_of(api.app, api.publishable_key) as client:
        return await client.post("/v1/scores", json=SCORE, headers=headers)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:9000", "[::1]:8000", "localhost"])
async def test_a_key_works_on_pages_of_the_service_on_this_machine(api: Api, host: str) -> None:
    answer = await ask(api, Host=host, Origin=f"http://{host}")
    assert answer.status_code == 200
    assert answer.headers["vary"] == "Origin, Sec-Fetch-Site"
    async with client_of(api.app, api.publishable_key) as client:
        read = await client.get("/v1/rubrics", headers={"Host": host, "Sec-Fetch-Site": "same-origin"})
        assert read.status_code == 200


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("attacker.example:8000", "http://attacker.example:8000"),
        ("localhost.attacker.example", "http://localhost.attacker.example"),
        ("192.168.0.7:8000", "http://192.168.0.7:8000"),
        ("127.0.0.1:8000", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:3000"),
        ("127.0.0.1:8000", "https://127.0.0.1:8000"),
        ("127.0.0.1:8000", "null"),
    ],
)
async def test_a_host_that_only_the_request_names_is_not_the_services_own(api: Api, host: str, origin: str) -> None:
    refused = await ask(api, Host=host, Origin=origin)
    assert (refused.status_code, refused.json()["code"]) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in refused.headers
    async with client_of(api.app, api.publishable_key) as client:
        told = {"Host": host if "attacker" in host else "attacker.example", "Sec-Fetch-Site": "same-origin"}
        assert (await client.get("/v1/rubrics", headers=told)).status_code == 403


async def test_with_a_public_url_that_alone_is_its_own(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, public_url="https://Assessment.example/in", rate_limit_origin="2/day")
    async with running(settings) as app, fresh_partners(app) as api:
        assert (await ask(api, Host="127.0.0.1:8000", Origin="http://127.0.0.1:8000")).status_code == 403
        told = [(await ask(api, Host="inside:8000", Origin="https://assessment.example")).status_code for _ in range(3)]
        assert told == [200, 200, 429]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://assessment.example", "https://assessment.example"),
        ("https://Assessment.example:443/in", "https://assessment.example"),
        ("http://assessment.example:80", "http://assessment.example"),
        ("https://assessment.example:8443/in", "https://assessment.example:8443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of_url(url) == origin


async def test_a_page_of_a_known_origin_may_answer_an_invitation(api: Api, link: str) -> None:
    async with client_of(api.app, link.rpartition("/")[2]) as page:
        page.headers["Origin"] = PAGE
        shown = await page.get("/v1/invitation")
        assert shown.status_code == 200
        assert shown.headers["access-control-allow-origin"] == PAGE
        assert shown.headers["vary"] == "Origin, Sec-Fetch-Site"
        saved = await page.patch("/v1/invitation/response", json={"answers": {"kpi-set": "separate"}})
        assert saved.status_code == 200
        assert "ETag" in saved.headers["access-control-expose-headers"]
        stale = await page.patch("/v1/invitation/response", json={"answers": {}}, headers={"If-Match": '"0"'})
        assert (stale.status_code, stale.headers["access-control-allow-origin"]) == (412, PAGE)
        rubric = await page.get("/v1/rubrics/alignment-quick/2026.1")
        assert (rubric.status_code, rubric.headers["access-control-allow-origin"]) == (200, PAGE)
        lost = await page.get("/v1/invitation", headers={"Authorization": "Bearer alm_inv_x"})
        assert (lost.status_code, lost.headers["access-control-allow-origin"]) == (401, PAGE)


@pytest.mark.parametrize("origin", ["null", "https://attacker.example", f"{PAGE}:8443"])
async def test_a_page_of_a_stranger_reads_nothing_with_an_invitation(api: Api, link: str, origin: str) -> None:
    async with client_of(api.app, link.rpartition("/")[2]) as page:
        page.headers["Origin"] = origin
        for path in ("/v1/invitation", "/v1/invitation/response", "/v1/rubrics/alignment-quick/2026.1"):
            hidden = (await page.get(path)).headers
            assert "access-control-allow-origin" not in hidden
            assert hidden["vary"] == "Origin, Sec-Fetch-Site"
            preflight = await page.options(path)
            assert preflight.status_code == 204
            assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/invitation", "GET, HEAD"),
        ("/v1/invitation/response", "GET, HEAD, PATCH"),
        ("/v1/invitation/response/submit", "POST"),
    ],
)
async def test_a_preflight_names_what_an_invited_page_may_do(api: Api, path: str, methods: str) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "PATCH"}
    answer = await api.nobody.options(path, headers=asked)
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["access-control-allow-methods"] == methods
    assert "If-Match" in answer.headers["access-control-allow-headers"].split(", ")


async def test_a_partners_key_learns_nothing_more_by_way_of_an_invitation(api: Api) -> None:
    place = (await link_of(api))[0]
    refused = await api.client.get("/v1/invitation", headers={"Origin": PAGE})
    assert refused.status_code == 403
    hidden = await api.client.get(f"{place}/invitations", headers={"Origin": PAGE})
    assert "access-control-allow-origin" not in hidden.headers
