"""Keys over HTTP: made, listed, rolled and revoked by a secret key; what restricted keys may do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from assessment.api.contract import operations
from assessment.service.keys import parse
from assessment.service.scopes import SCOPES
from assessment.store.access import EVERYONE
from assessment.store.tables import API_KEYS, IDEMPOTENCY_RECORDS
from tests.integration.api.running import PAGE, Api, client_of, pointers

UNKNOWN = "key_01k9zqf3v8e3rb4m5n6p7q8r9s"
OF_KEYS = [
    ("POST", "/v1/keys"),
    ("GET", "/v1/keys"),
    ("GET", f"/v1/keys/{UNKNOWN}"),
    ("POST", f"/v1/keys/{UNKNOWN}/roll"),
    ("POST", f"/v1/keys/{UNKNOWN}/revoke"),
]


async def made(api: Api, **fields: Any) -> dict[str, Any]:
    response = await api.client.post("/v1/keys", json={"kind": "secret"} | fields)
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    return created


async def status_of(api: Api, key: str, path: str = "/v1/rubrics") -> int:
    async with client_of(api.app, key) as client:
        return (await client.get(path)).status_code


async def test_a_key_is_made_shown_once_and_read_without_its_text(api: Api) -> None:
    ends = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)
    body = {
        "kind": "restricted",
        "mode": "live",
        "name": "Reporting",
        "scopes": ["assessments:read"],
        "expires_at": ends.isoformat(),
    }
    response = await api.client.post("/v1/keys", json=body)
    assert response.status_code == 201
    created = response.json()
    assert response.headers["location"] == f"/v1/keys/{created['id']}"
    assert response.headers["cache-control"] == "no-store"
    text = created.pop("key")
    parsed = parse(text)
    assert parsed is not None
    assert (parsed.kind, parsed.mode, parsed.prefix) == ("restricted", "live", created["prefix"])
    assert created["scopes"] == ["assessments:read"]
    assert (created["origins"], created["last_used_at"], created["revoked_at"], created["replaced_by"]) == (None,) * 4
    assert datetime.fromisoformat(created["expires_at"]) == ends
    got = await api.client.get(f"/v1/keys/{created['id']}")
    assert got.json() == created
    again = await api.client.get(f"/v1/keys/{created['id']}", headers={"If-None-Match": got.headers["etag"]})
    assert again.status_code == 304
    listed = await api.client.get("/v1/keys", params={"limit": 1})
    assert listed.json()["data"] == [created]
    assert listed.json()["has_more"] is True
    assert text not in got.text + listed.text


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, {"/kind": "missing_field"}),
        ({"kind": "master"}, {"/kind": "not_allowed"}),
        ({"kind": "restricted", "scopes": ["keys:write"]}, {"/scopes/0": "not_allowed"}),
        ({"kind": "restricted"}, {"/scopes": "required"}),
        ({"kind": "publishable", "origins": ["http://a.example", "*"]}, {
            "/origins/0": "invalid_origin", "/origins/1": "invalid_origin"}),
        ({"kind": "secret", "expires_at": "2026-01-01T00:00:00Z"}, {"/expires_at": "not_in_future"}),
        ({"kind": "secret", "owner": "me"}, {"/owner": "unknown_field"}),
    ],
)  # fmt: skip
async def test_a_key_that_cannot_be_is_refused_with_its_mistakes(
    api: Api, body: dict[str, Any], found: dict[str, str]
) -> None:
    response = await api.client.post("/v1/keys", json=body)
    assert response.status_code == 422
    assert pointers(response) == found


async def test_a_live_key_makes_no_test_keys(api: Api) -> None:
    response = await api.client.post("/v1/keys", json={"kind": "secret", "mode": "test"})
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert "use a test key" in response.json()["detail"]


async def test_a_new_secret_key_works_until_it_is_revoked(api: Api) -> None:
    created = await made(api)
    assert await status_of(api, created["key"]) == 200
    revoked = await api.client.post(f"/v1/keys/{created['id']}/revoke")
    assert revoked.status_code == 200
    assert revoked.json()["revoked_at"].endswith("Z")
    assert "key" not in revoked.json()
    assert await status_of(api, created["key"]) == 401
    again = await api.client.post(f"/v1/keys/{created['id']}/revoke", json={})
    assert again.json()["revoked_at"] == revoked.json()["revoked_at"]


async def test_an_expired_key_is_refused_as_an_unknown_one(api: Api) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=0.4)
    created = await made(api, expires_at=soon.isoformat())
    assert await status_of(api, created["key"]) == 200
    await asyncio.sleep(0.45)
    refused = await api.nobody.get("/v1/rubrics", headers={"Authorization": f"Bearer {created['key']}"})
    unknown = await api.nobody.get("/v1/rubrics", headers={"Authorization": "Bearer alm_sk_live_x"})
    for name in ("status", "code", "detail", "title"):
        assert refused.json()[name] == unknown.json()[name]
    assert refused.status_code == 401


async def test_the_last_secret_key_stays(api: Api) -> None:
    (own,) = [one["id"] for one in (await api.client.get("/v1/keys")).json()["data"] if one["kind"] == "secret"]
    refused = await api.client.post(f"/v1/keys/{own}/revoke")
    assert (refused.status_code, refused.json()["code"]) == (409, "last_secret_key")
    assert (await api.client.get("/v1/rubrics")).status_code == 200


async def test_a_key_is_rolled_with_an_overlap(api: Api) -> None:
    old = await made(api, kind="publishable", origins=["https://a.example"])
    for body in ({"overlap_seconds": -1}, {"overlap_seconds": 604_801}, {"overlap_seconds": 0.5}, {"overlap": 1}):
        assert (await api.client.post(f"/v1/keys/{old['id']}/roll", json=body)).status_code == 422
    response = await api.client.post(f"/v1/keys/{old['id']}/roll", json={"overlap_seconds": 600})
    assert response.status_code == 201
    new = response.json()
    assert response.headers["location"] == f"/v1/keys/{new['id']}"
    assert (new["origins"], new["expires_at"]) == (["https://a.example"], None)
    left = (await api.client.get(f"/v1/keys/{old['id']}")).json()
    assert left["replaced_by"] == new["id"]
    ends = datetime.fromisoformat(left["expires_at"])
    assert timedelta(seconds=570) < ends - datetime.now(UTC) <= timedelta(seconds=600)
    refused = await api.client.post(f"/v1/keys/{old['id']}/roll")
    assert (refused.status_code, refused.json()["code"]) == (409, "key_inactive")
    day = (await api.client.post(f"/v1/keys/{new['id']}/roll")).json()
    left = (await api.client.get(f"/v1/keys/{new['id']}")).json()
    assert left["replaced_by"] == day["id"]
    ends = datetime.fromisoformat(left["expires_at"])
    assert timedelta(hours=23.9) < ends - datetime.now(UTC) <= timedelta(hours=24)


async def test_a_repetition_with_its_idempotency_key_gets_the_same_text_and_it_is_stored_nowhere(api: Api) -> None:
    for path, body in (("/v1/keys", {"kind": "secret", "name": 'a "key":"alm_sk_live_x" b'}), (None, {})):
        where = path or f"/v1/keys/{(await made(api))['id']}/roll"
        named = {"Idempotency-Key": f"make {where}"}
        first = await api.client.post(where, json=body, headers=named)
        again = await api.client.post(where, json=body, headers=named)
        assert first.status_code == 201, first.text
        assert again.content == first.content
        assert again.headers["idempotency-replayed"] == "true"
        assert not [name for name in (*first.headers, *again.headers) if "secret" in name]
        assert await status_of(api, first.json()["key"]) == 200
    async with api.app.state["services"].database.read(EVERYONE) as session:
        records = (await session.execute(select(IDEMPOTENCY_RECORDS))).all()
        unpack = api.app.state["services"].results.unpack
        kept = [str(row.headers).encode() + await unpack(session, row.dictionary, row.body) for row in records]
    assert kept
    assert not [one for one in kept if first.json()["key"][16:].encode() in one]


async def test_the_answer_of_another_api_key_is_not_made_again(api: Api) -> None:
    other = await made(api)
    named = {"Idempotency-Key": "one"}
    first = await api.client.post("/v1/keys", json={"kind": "secret"}, headers=named)
    async with client_of(api.app, other["key"]) as second:
        refused = await second.post("/v1/keys", json={"kind": "secret"}, headers=named)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert first.json()["key"] not in refused.text


async def test_nothing_of_a_key_is_stored_but_its_start_and_its_hash(api: Api) -> None:
    created = await made(api, name="Stored")
    async with api.app.state["services"].database.read(EVERYONE) as session:
        row = (await session.execute(select(API_KEYS).filter_by(name="Stored").order_by(API_KEYS.c.id.desc()))).first()
    assert row is not None
    assert row.prefix == created["key"][:16]
    assert created["key"][16:] not in str(row)


async def test_keys_of_others_do_not_exist(api: Api) -> None:
    created = await made(api)
    for method, path in OF_KEYS[2:]:
        foreign = await api.stranger.request(method, path.replace(UNKNOWN, created["id"]))
        unknown = await api.stranger.request(method, path)
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert foreign.json()["detail"] == unknown.json()["detail"]
    assert created["id"] not in (await api.stranger.get("/v1/keys", params={"limit": 100})).text


@pytest.mark.parametrize(("method", "path"), OF_KEYS)
async def test_keys_are_managed_with_a_secret_key_alone(api: Api, method: str, path: str) -> None:
    restricted = await made(api, kind="restricted", scopes=list(SCOPES))
    for key in (restricted["key"], api.publishable_key):
        headers = {"Authorization": f"Bearer {key}", "Origin": PAGE}
        refused = await api.nobody.request(method, path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert "secret key" in refused.json()["detail"]


async def test_a_restricted_key_does_what_its_scopes_name_and_nothing_else(api: Api) -> None:
    listed = [(path, method, one) for path, method, one in operations(api.app) if not one.public]
    keys = {scope: (await made(api, kind="restricted", scopes=[scope]))["key"] for scope in SCOPES}
    tried = 0
    for path, method, operation in listed:
        where = path.replace("{assessment_id}", "asmt_01k9zqf3v8e3rb4m5n6p7q8r9s").replace("{", "").replace("}", "")
        for scope, key in keys.items():
            answer = await api.nobody.request(method, where, headers={"Authorization": f"Bearer {key}"})
            tried += 1
            if operation.scope is None:
                assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (method, path, scope)
            elif operation.scope != scope:
                assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), (method, path, scope)
                assert f"needs the scope {operation.scope}" in answer.json()["detail"]
            else:
                assert answer.status_code not in (401, 403), (method, path, scope)
    assert tried >= 100


async def test_every_scope_of_an_operation_can_be_given_to_a_key(api: Api) -> None:
    assert {one.scope for _, _, one in operations(api.app)} - {None} <= set(SCOPES)


async def test_a_page_of_keys_leads_to_the_next(api: Api) -> None:
    ids = [(await made(api))["id"] for _ in range(3)]
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page: httpx.Response = await api.client.get("/v1/keys", params={"limit": 2} | cursor)
        seen += [one["id"] for one in page.json()["data"]]
        if not page.json()["has_more"]:
            break
        cursor = {"cursor": page.json()["next_cursor"]}
    assert seen[:3] == ids[::-1]
    assert len(seen) == len(set(seen)) == 5
    wrong = await api.client.get("/v1/keys", params={"cursor": "x"})
    assert pointers(wrong) == {"/query/cursor": "invalid_cursor"}


async def test_a_key_that_was_sent_as_a_request_id_is_not_taken_for_one(api: Api) -> None:
    text = (await made(api))["key"]
    for sent in (text, f"trace-{text}", "ct_" + "a" * 27):
        answer = await api.client.get("/v1/rubrics/none", headers={"X-Request-Id": sent})
        assert answer.headers["x-request-id"].startswith("req_")
        assert sent not in answer.text
