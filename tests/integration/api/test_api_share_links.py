"""Share links over HTTP: made once, listed without what opens them, revoked, and a page may make one of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from assessment.service.context import Services
from assessment.service.ids import find_id
from assessment.store.access import EVERYONE
from assessment.store.tables import ASSESSMENTS, IDEMPOTENCY_RECORDS
from tests.integration.api.running import PAGE, Api, case_answers, client_of, pointers

ANSWERS = case_answers("alignment-quick", "level-3-shared-target")
BODY = {
    "rubric": "alignment-quick@2026.1",
    "organisation": {"name": "Northwind"},
    "responses": [{"answers": ANSWERS}],
    "complete": True,
}


async def completed(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    created = await client.post("/v1/assessments", json=BODY | changes)
    assert created.status_code == 201, created.text
    return created


@pytest.fixture
async def place(api: Api) -> str:
    """The address of a completed assessment."""
    found: str = (await completed(api.client)).headers["location"]
    return found


@pytest.fixture
async def page(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(api.app, api.publishable_key) as client:
        client.headers["Origin"] = PAGE
        yield client


async def test_a_link_is_shown_once_and_listed_without_what_opens_it(api: Api, place: str) -> None:
    created = await api.client.post(f"{place}/share_links", json={"expires_in_days": 90, "locale": "en"})
    assert (created.status_code, created.headers["cache-control"]) == (201, "no-store")
    link = created.json()
    assert list(link) == ["id", "locale", "created_at", "expires_at", "revoked_at", "views", "token", "url"]
    assert link["url"] == f"http://testserver/r/{link['token']}"
    assert (link["locale"], link["revoked_at"], link["views"]) == ("en", None, 0)
    lifetime = datetime.fromisoformat(link["expires_at"]) - datetime.fromisoformat(link["created_at"])
    assert lifetime == timedelta(days=90)
    shown = {name: value for name, value in link.items() if name not in ("token", "url")}
    listed = await api.client.get(f"{place}/share_links")
    assert listed.json() == {"data": [shown], "has_more": False, "next_cursor": None}
    assert listed.headers["cache-control"] == "private, no-cache"


async def test_a_repeated_request_shows_the_same_token_and_it_is_kept_nowhere(api: Api, place: str) -> None:
    key = {"Idempotency-Key": "share-1"}
    first, again = [await api.client.post(f"{place}/share_links", json={}, headers=key) for _ in range(2)]
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    token = first.json()["token"]
    assert len((await api.client.get(f"{place}/share_links")).json()["data"]) == 1
    assert (await api.nobody.get(f"/r/{token}")).status_code == 200
    services: Services = api.app.state["services"]
    asked = select(ASSESSMENTS.c.partner_id).where(ASSESSMENTS.c.id == find_id("asmt", place.rpartition("/")[2]))
    own = IDEMPOTENCY_RECORDS.c.partner_id == asked.scalar_subquery()
    async with services.database.read(EVERYONE) as session:
        rows = (await session.execute(select(IDEMPOTENCY_RECORDS).where(own))).all()
        assert rows
        for row in rows:
            kept = await services.results.unpack(session, row.dictionary, row.body)
            assert token.encode() not in kept
            assert token not in str(row.headers)
    other = (await api.client.post("/v1/keys", json={"kind": "secret"})).json()["key"]
    async with client_of(api.app, other) as client:
        refused = await client.post(f"{place}/share_links", json={}, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_revoked_link_stays_in_the_list_and_revoking_again_changes_nothing(api: Api, place: str) -> None:
    link = (await api.client.post(f"{place}/share_links", json={})).json()
    for _ in range(2):
        assert (await api.client.delete(f"{place}/share_links/{link['id']}")).status_code == 204
    [listed] = (await api.client.get(f"{place}/share_links")).json()["data"]
    assert listed["revoked_at"] is not None
    assert (await api.nobody.get(f"/r/{link['token']}")).status_code == 404
    events = (await api.client.get("/v1/audit_events", params={"target": place.rpartition("/")[2]})).json()["data"]
    assert [event["action"] for event in events] == ["share_link.revoked", "share_link.created"]
    assert events[1]["details"] == {"share_link": link["id"], "expires_in_days": 30}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"expires_in_days": 0}, {"/expires_in_days": "out_of_bounds"}),
        ({"expires_in_days": 366}, {"/expires_in_days": "out_of_bounds"}),
        ({"locale": "xx"}, {"/locale": "unknown_locale"}),
        ({"locale": 7}, {"/locale": "wrong_type"}),
        ({"days": 7}, {"/days": "unknown_field"}),
    ],
)
async def test_what_is_wrong_with_a_link_is_told(api: Api, place: str, body: Any, found: dict[str, str]) -> None:
    refused = await api.client.post(f"{place}/share_links", json=body)
    assert (refused.status_code, pointers(refused)) == (422, found)


async def test_an_open_assessment_and_one_of_others_have_nothing_to_share(api: Api, place: str) -> None:
    opened = (await completed(api.client, complete=False)).headers["location"]
    refused = await api.client.post(f"{opened}/share_links", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "assessment_open")
    link = (await api.client.post(f"{place}/share_links", json={})).json()
    for strange in (
        await api.stranger.post(f"{place}/share_links", json={}),
        await api.stranger.get(f"{place}/share_links"),
        await api.stranger.delete(f"{place}/share_links/{link['id']}"),
        await api.client.delete(f"{opened}/share_links/{link['id']}"),
        await api.client.delete(f"{place}/share_links/link_x"),
    ):
        assert (strange.status_code, strange.json()["code"]) == (404, "resource_not_found")
    assert (await api.nobody.get(f"/r/{link['token']}")).status_code == 200


async def test_a_page_shares_what_it_created_for_thirty_days_at_most(
    api: Api, place: str, page: httpx.AsyncClient
) -> None:
    created = await completed(page)
    own, token = created.headers["location"], {"Alignment-Client-Token": created.json()["client_token"]}
    made = await page.post(f"{own}/share_links", json={"expires_in_days": 30}, headers=token)
    assert made.status_code == 201, made.text
    assert made.headers["access-control-allow-origin"] == PAGE
    assert (await api.nobody.get(f"/r/{made.json()['token']}")).status_code == 200
    longer = await page.post(f"{own}/share_links", json={"expires_in_days": 31}, headers=token)
    assert pointers(longer) == {"/expires_in_days": "out_of_range"}
    assert "1 to 30 with a publishable key" in longer.json()["detail"]
    for hidden in (
        await page.post(f"{own}/share_links", json={}),
        await page.post(f"{place}/share_links", json={}, headers=token),
    ):
        assert (hidden.status_code, hidden.json()["code"]) == (404, "resource_not_found")
    for refused in (
        await page.get(f"{own}/share_links", headers=token),
        await page.delete(f"{own}/share_links/{made.json()['id']}", headers=token),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_a_restricted_key_needs_its_scopes(api: Api, place: str) -> None:
    made = await api.client.post("/v1/keys", json={"kind": "restricted", "scopes": ["assessments:read"]})
    async with client_of(api.app, made.json()["key"]) as reader:
        assert (await reader.get(f"{place}/share_links")).status_code == 200
        assert (await reader.get(f"{place}/report")).status_code == 200
        refused = await reader.post(f"{place}/share_links", json={})
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


async def test_a_share_link_is_no_key(api: Api, place: str) -> None:
    link = (await api.client.post(f"{place}/share_links", json={})).json()
    async with client_of(api.app, link["token"]) as client:
        for address in (place, f"{place}/report", "/v1/invitation"):
            assert (await client.get(address)).status_code == 401


async def test_a_token_that_is_sent_as_a_request_id_is_not_taken_for_one(api: Api, place: str) -> None:
    token = (await api.client.post(f"{place}/share_links", json={})).json()["token"]
    answer = await api.client.get(place, headers={"X-Request-Id": token})
    assert token not in str(answer.headers)


async def test_an_export_has_the_links_and_not_what_opens_them(api: Api, place: str) -> None:
    link = (await api.client.post(f"{place}/share_links", json={})).json()
    organisation = (await api.client.get(place)).json()["organisation"]["id"]
    exported = await api.client.get(f"/v1/organisations/{organisation}/export")
    [one] = exported.json()["assessments"]
    assert one["share_links"] == [{name: value for name, value in link.items() if name not in ("token", "url")}]
    assert link["token"] not in exported.text
