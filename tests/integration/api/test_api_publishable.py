"""Publishable keys over HTTP: where they work, what they may do, what browsers are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.service import ids
from assessment.service.partners import create_partner
from assessment.store.access import EVERYONE
from assessment.store.tables import CLIENT_TOKENS, IDEMPOTENCY_RECORDS
from tests.integration.api.running import PAGE, Api, case_answers, client_of, pointers

UNKNOWN = "asmt_01k9zqf3v8e3rb4m5n6p7q8r9s"
CORS = "access-control-"


def new(**changes: Any) -> dict[str, Any]:
    return {
        "rubric": "alignment-quick",
        "organisation": {"name": "Example"},
        "responses": [{"answers": case_answers("alignment-quick", "level-3-shared-target")}],
        "complete": True,
    } | changes


@pytest.fixture
async def page(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """A page of the listed origin, with the publishable key."""
    async with client_of(api.app, api.publishable_key) as client:
        client.headers["Origin"] = PAGE
        yield client


def assert_readable(response: httpx.Response) -> None:
    assert response.headers["access-control-allow-origin"] == PAGE
    assert "Origin" in response.headers["vary"]
    exposed = response.headers["access-control-expose-headers"].split(", ")
    assert {"ETag", "Location", "X-Request-Id", "Retry-After", "RateLimit"} <= set(exposed)
    assert "access-control-allow-credentials" not in response.headers


def assert_hidden(response: httpx.Response) -> None:
    assert not [name for name in response.headers if name.startswith(CORS)]


async def test_a_page_does_the_main_job_and_reads_it_back_with_its_token(api: Api, page: httpx.AsyncClient) -> None:
    for path in ("/v1/rubrics", "/v1/rubrics/alignment-quick", "/v1/studies", "/v1/studies/hbr-2006"):
        shown = await page.get(path)
        assert shown.status_code == 200
        assert_readable(shown)
    scored = await page.post("/v1/scores", json={"rubric": "alignment-quick", "answers": {}})
    assert scored.status_code == 200
    created = await page.post("/v1/assessments", json=new())
    assert created.status_code == 201
    assert_readable(created)
    token = created.json()["client_token"]
    assert token.startswith("ct_")
    assert len(token) == 30
    with_token = {"Alignment-Client-Token": token}
    got = await page.get(created.headers["location"], headers=with_token)
    assert got.json() == created.json() | {"client_token": None}
    assert got.headers["etag"] == created.headers["etag"]
    result = await page.get(f"{created.headers['location']}/result", headers=with_token)
    assert result.json() == created.json()["result"]
    unchanged = {"If-None-Match": result.headers["etag"]}
    again = await page.get(f"{created.headers['location']}/result", headers=with_token | unchanged)
    assert again.status_code == 304
    assert_readable(again)
    assert (await api.client.get(created.headers["location"])).content == got.content


async def test_only_a_page_is_given_a_token(api: Api) -> None:
    created = await api.client.post("/v1/assessments", json=new())
    assert created.json()["client_token"] is None
    listed = await api.client.get("/v1/assessments")
    assert [one["client_token"] for one in listed.json()["data"]] == [None]


async def test_without_the_right_token_nothing_can_be_read(api: Api, page: httpx.AsyncClient) -> None:
    mine = (await page.post("/v1/assessments", json=new())).json()
    other = (await page.post("/v1/assessments", json=new(organisation={"name": "Canary"}))).json()
    servers = (await api.client.post("/v1/assessments", json=new(organisation={"name": "Canary"}))).json()
    said = set()
    for place in (other["id"], servers["id"], UNKNOWN, "nonsense"):
        for ending in ("", "/result"):
            for token in (mine["client_token"], "ct_" + "0" * 27, "", None):
                headers = {} if token is None else {"Alignment-Client-Token": token}
                refused = await page.get(f"/v1/assessments/{place}{ending}", headers=headers)
                assert refused.status_code == 404
                said.add((refused.json()["code"], refused.json()["detail"]))
                assert_readable(refused)
    assert len(said) == 1
    twice = [("Alignment-Client-Token", mine["client_token"])] * 2
    assert (await page.get(f"/v1/assessments/{mine['id']}", headers=twice)).status_code == 404


async def test_a_token_of_another_partner_opens_nothing(api: Api, page: httpx.AsyncClient) -> None:
    mine = (await page.post("/v1/assessments", json=new())).json()
    keys = await api.stranger.post("/v1/keys", json={"kind": "publishable", "origins": [PAGE]})
    headers = {
        "Authorization": f"Bearer {keys.json()['key']}",
        "Origin": PAGE,
        "Alignment-Client-Token": mine["client_token"],
    }
    assert (await api.nobody.get(f"/v1/assessments/{mine['id']}", headers=headers)).status_code == 404


async def test_a_token_holds_for_a_day(api: Api, page: httpx.AsyncClient) -> None:
    created = (await page.post("/v1/assessments", json=new())).json()
    services, wanted = api.app.state["services"], ids.find_id("asmt", created["id"])
    async with services.database.read(EVERYONE) as session:
        row = (await session.execute(select(CLIENT_TOKENS).filter_by(assessment_id=wanted))).one()
    lasts = row.expires_at - datetime.fromisoformat(created["created_at"])
    assert lasts == timedelta(hours=24)
    assert created["client_token"] not in str(row)

    async def work(connection: AsyncConnection) -> None:
        gone = datetime.now(UTC) - timedelta(seconds=1)
        await connection.execute(update(CLIENT_TOKENS).filter_by(assessment_id=wanted).values(expires_at=gone))

    await services.queue.run(work, EVERYONE)
    headers = {"Alignment-Client-Token": created["client_token"]}
    assert (await page.get(f"/v1/assessments/{created['id']}", headers=headers)).status_code == 404


async def test_a_repeated_create_gets_the_same_token_and_it_is_stored_nowhere(
    api: Api, page: httpx.AsyncClient
) -> None:
    named = {"Idempotency-Key": "5f2c1c5e-visit"}
    first = await page.post("/v1/assessments", json=new(), headers=named)
    again = await page.post("/v1/assessments", json=new(), headers=named)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["etag"] == first.headers["etag"]
    assert_readable(again)
    headers = {"Alignment-Client-Token": again.json()["client_token"]}
    assert (await page.get(first.headers["location"], headers=headers)).status_code == 200
    services = api.app.state["services"]
    async with services.database.read(EVERYONE) as session:
        told = IDEMPOTENCY_RECORDS.c.organisation_id.is_not(None)
        rows = (await session.execute(select(IDEMPOTENCY_RECORDS).where(told))).all()
        bodies = [await services.results.unpack(session, row.dictionary, row.body) for row in rows]
    assert not [body for body in bodies if first.json()["client_token"].encode() in body]
    other = await page.post("/v1/assessments", json=new(), headers={"Idempotency-Key": "another visit"})
    assert other.json()["client_token"] != first.json()["client_token"]


async def test_what_names_a_thing_of_the_partners_is_refused_from_a_page(api: Api, page: httpx.AsyncClient) -> None:
    known = {"name": "Known", "external_id": "crm-1"}
    await api.client.post("/v1/assessments", json=new(organisation=known))
    answers = case_answers("alignment-quick", "level-3-shared-target")
    asked = new(
        organisation=known,
        metadata={"deal": 7},
        responses=[{"answers": answers}, {"answers": answers, "respondent": {"reference": "crm-2"}}],
    )
    refused = await page.post("/v1/assessments", json=asked)
    assert refused.status_code == 422
    assert pointers(refused) == {
        "/organisation/external_id": "not_for_publishable_keys",
        "/metadata": "not_for_publishable_keys",
        "/responses/1/respondent": "not_for_publishable_keys",
    }
    listed = await api.client.get("/v1/assessments", params={"external_id": "crm-1"})
    assert len(listed.json()["data"]) == 1


async def test_two_creates_of_a_page_make_two_organisations(page: httpx.AsyncClient) -> None:
    first, second = [(await page.post("/v1/assessments", json=new())).json() for _ in range(2)]
    assert first["organisation"]["id"] != second["organisation"]["id"]


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "*",
        "https://widget.example.attacker.example",
        "https://awidget.example",
        "https://widget.example:8443",
        "https://widget.example:443",
        "https://widget.example/",
        "http://widget.example",
        "https://Widget.example",
        "HTTPS://widget.example",
        "https://user@widget.example",
        "https://widget.example, https://attacker.example",
        "https://widget.example https://attacker.example",
        "https://widget.example.",
        "widget.example",
        "https://",
        "https://xn--widget-example",
    ],
)
async def test_a_publishable_key_works_from_the_very_origins_that_it_lists(
    api: Api, page: httpx.AsyncClient, origin: str | None
) -> None:
    del page.headers["Origin"]
    headers = {} if origin is None else {"Origin": origin}
    for method, path in (("GET", "/v1/rubrics"), ("POST", "/v1/scores"), ("POST", "/v1/assessments")):
        # Were the body looked at, it would be refused first.
        refused = await page.request(method, path, headers=headers, content=b"{")
        assert (refused.status_code, refused.json()["code"]) == (403, "origin_not_allowed")
        assert f"It lists: {PAGE}." in refused.json()["detail"]
        assert refused.headers["vary"] == "Origin, Sec-Fetch-Site"
        assert_hidden(refused)


async def test_two_origins_are_none(page: httpx.AsyncClient) -> None:
    refused = await page.get("/v1/rubrics", headers=[("Origin", PAGE), ("Origin", PAGE)])
    assert refused.json()["code"] == "origin_not_allowed"


OWN = "https://api.example:8443"
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def own_page(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """A page of the service's own address, which its key lists: browsers name no origin when it reads."""
    made = await api.client.post("/v1/keys", json={"kind": "publishable", "origins": [PAGE, OWN]})
    async with client_of(api.app, made.json()["key"]) as client:
        client.base_url = httpx.URL(OWN)
        yield client


async def test_a_page_of_our_own_address_may_read_without_an_origin(own_page: httpx.AsyncClient) -> None:
    for path in ("/v1/rubrics", "/v1/studies"):
        assert (await own_page.get(path, headers=SAME)).status_code == 200
        assert (await own_page.head(path, headers=SAME)).status_code == 200
    created = await own_page.post("/v1/assessments", json=new(), headers={"Origin": OWN} | SAME)
    token = {"Alignment-Client-Token": created.json()["client_token"]}
    read = await own_page.get(created.headers["location"], headers=SAME | token)
    assert (read.status_code, read.headers["vary"]) == (200, "Origin, Sec-Fetch-Site")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Sec-Fetch-Site", "same-site")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "none")],
        [("Sec-Fetch-Site", "")],
        [("Sec-Fetch-Site", "Same-Origin")],
        [("Sec-Fetch-Site", "same-origin, cross-site")],
        [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "same-origin")],
        [("Sec-Fetch-Site", "same-origin"), ("Origin", "null")],
        [("Sec-Fetch-Site", "same-origin"), ("Origin", "")],
        [("Sec-Fetch-Site", "same-origin"), ("Origin", "https://attacker.example")],
        [("Sec-Fetch-Site", "same-origin"), ("Host", "attacker.example")],
        [("Sec-Fetch-Site", "same-origin"), ("Host", "api.example")],
        [("Sec-Fetch-Site", "same-origin"), ("Host", "API.example:8443")],
        [("Sec-Fetch-Site", "same-origin"), ("Host", "api.example:8443.attacker.example")],
        [("Sec-Fetch-Site", "same-origin"), ("Host", "user@api.example:8443")],
        [("Sec-Fetch-Site", "same-origin"), ("Host", "api.example:8443"), ("Host", "api.example:8443")],
        [("Sec-Fetch-Site", "same-origin"), ("Host", "attacker.example"), ("X-Forwarded-Host", "api.example:8443")],
    ],
)
async def test_nothing_else_stands_for_an_origin_that_is_missing(
    own_page: httpx.AsyncClient, headers: list[tuple[str, str]]
) -> None:
    refused = await own_page.get("/v1/rubrics", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "origin_not_allowed")
    assert_hidden(refused)


async def test_an_address_of_ours_that_the_key_does_not_list_and_one_without_tls_are_refused(
    api: Api, own_page: httpx.AsyncClient
) -> None:
    plain = await own_page.get("http://api.example:8443/v1/rubrics", headers=SAME)
    async with client_of(api.app, api.publishable_key) as other:
        unlisted = await other.get(f"{OWN}/v1/rubrics", headers=SAME)
    for refused in (plain, unlisted):
        assert (refused.status_code, refused.json()["code"]) == (403, "origin_not_allowed")


async def test_a_write_without_an_origin_is_refused(own_page: httpx.AsyncClient) -> None:
    # Browsers name the origin of every POST.
    refused = await own_page.post("/v1/scores", content=b"{", headers=SAME)
    assert (refused.status_code, refused.json()["code"]) == (403, "origin_not_allowed")


async def test_a_key_without_origins_works_nowhere(api: Api) -> None:
    partner = await create_partner(api.app.state["services"], "No pages")
    async with client_of(api.app, partner.publishable_key) as client:
        for origin in (PAGE, "null", ""):
            refused = await client.get("/v1/rubrics", headers={"Origin": origin})
            assert (refused.status_code, refused.json()["code"]) == (403, "origin_not_allowed")
            assert "works nowhere" in refused.json()["detail"]


async def test_a_page_may_not_list_change_complete_or_delete(page: httpx.AsyncClient) -> None:
    created = (await page.post("/v1/assessments", json=new(complete=False))).json()
    token = {"Alignment-Client-Token": created["client_token"], "If-Match": "*"}
    for method, path in (
        ("GET", "/v1/assessments"),
        ("POST", f"/v1/assessments/{created['id']}/complete"),
        ("PATCH", f"/v1/assessments/{created['id']}"),
        ("DELETE", f"/v1/assessments/{created['id']}"),
        ("POST", "/v1/scores/batch"),
        ("GET", "/v1/keys"),
    ):
        refused = await page.request(method, path, headers=token)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden"), path
        assert_readable(refused)


async def test_problems_can_be_read_by_the_page_too(page: httpx.AsyncClient) -> None:
    for response in (
        await page.post("/v1/assessments", json={}),
        await page.post("/v1/scores", content=b"x", headers={"Content-Type": "application/json"}),
        await page.get("/v1/rubrics/no-such"),
    ):
        assert response.status_code in (400, 404, 422)
        assert_readable(response)


async def test_a_page_learns_that_its_key_was_revoked(api: Api, page: httpx.AsyncClient) -> None:
    created = (await api.client.post("/v1/keys", json={"kind": "publishable", "origins": [PAGE]})).json()
    await api.client.post(f"/v1/keys/{created['id']}/revoke")
    refused = await page.get("/v1/rubrics", headers={"Authorization": f"Bearer {created['key']}"})
    assert refused.status_code == 401
    assert_readable(refused)
    for origin, key in ((PAGE, "alm_sk_live_x"), ("https://attacker.example", created["key"])):
        hidden = await page.get("/v1/rubrics", headers={"Authorization": f"Bearer {key}", "Origin": origin})
        assert hidden.status_code == 401
        assert_hidden(hidden)


async def test_a_secret_key_gets_no_permission_for_pages(api: Api) -> None:
    for path in ("/v1/rubrics", "/v1/assessments", "/v1/keys"):
        answer = await api.client.get(path, headers={"Origin": PAGE})
        assert answer.status_code == 200
        assert_hidden(answer)
    # A shared cache must not hand this answer to a page.
    assert (await api.client.get("/v1/rubrics")).headers["vary"] == "Origin, Sec-Fetch-Site"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/rubrics", "GET, HEAD"),
        ("/v1/rubrics/alignment/2026.1", "GET, HEAD"),
        ("/v1/scores", "POST"),
        ("/v1/assessments", "POST"),
        (f"/v1/assessments/{UNKNOWN}", "GET, HEAD"),
        (f"/v1/assessments/{UNKNOWN}/result", "GET, HEAD"),
    ],
)
async def test_a_preflight_from_a_known_origin_names_what_a_page_may_do(api: Api, path: str, methods: str) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    answer = await api.nobody.options(path, headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["access-control-allow-methods"] == methods
    allowed = answer.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "idempotency-key", "alignment-client-token"} <= set(allowed)
    assert answer.headers["access-control-max-age"] == "600"
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["vary"].startswith("Origin")
    assert "OPTIONS" in answer.headers["allow"]


@pytest.mark.parametrize("origin", [None, "null", "https://attacker.example", f"{PAGE}:8443", f"{PAGE}/", "*"])
async def test_a_preflight_from_elsewhere_is_told_nothing(api: Api, origin: str | None) -> None:
    answer = await api.nobody.options("/v1/scores", headers={} if origin is None else {"Origin": origin})
    assert answer.status_code == 204
    assert_hidden(answer)
    assert answer.headers["vary"].startswith("Origin")


@pytest.mark.parametrize("path", ["/v1/scores/batch", "/v1/keys", f"/v1/assessments/{UNKNOWN}/complete", "/health"])
async def test_a_preflight_for_what_no_page_may_do_is_told_nothing(api: Api, path: str) -> None:
    answer = await api.nobody.options(path, headers={"Origin": PAGE})
    assert answer.status_code == 204
    assert_hidden(answer)
