"""Responses over HTTP: status codes, ETags, idempotency, pages with a publishable key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.integration.api.running import PAGE, Api, case_answers, client_of, pointers

ANSWERS = case_answers("alignment-quick", "level-3-shared-target")


async def opened(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    body = {
        "rubric": "alignment-quick@2026.1",
        "organisation": {"name": "Example"},
        "functions": ["sales", "marketing"],
    }
    created = await client.post("/v1/assessments", json=body | changes)
    assert created.status_code == 201, created.text
    return created


@pytest.fixture
async def page(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """A page of the listed origin, with the publishable key."""
    async with client_of(api.app, api.publishable_key) as client:
        client.headers["Origin"] = PAGE
        yield client


async def test_a_draft_is_begun_saved_and_submitted(api: Api) -> None:
    place = (await opened(api.client)).headers["location"]
    sent = {"function": "sales", "respondent": {"reference": "u-1", "seniority": "director"}}
    begun = await api.client.post(f"{place}/responses", json=sent)
    assert begun.status_code == 201
    found = begun.json()
    assert found["id"].startswith("resp_")
    assert begun.headers["location"] == f"{place}/responses/{found['id']}"
    assert found == {
        "id": found["id"],
        "assessment": place.rpartition("/")[2],
        "function": "sales",
        "respondent": {"reference": "u-1", "seniority": "director"},
        "answers": {},
        "withheld": None,
        "created_at": found["created_at"],
        "submitted_at": None,
    }
    mine, etag = begun.headers["location"], begun.headers["etag"]
    saved = await api.client.patch(mine, json={"answers": ANSWERS}, headers={"If-Match": etag})
    assert saved.status_code == 200
    assert saved.json() == found | {"answers": ANSWERS}
    got = await api.client.get(mine, headers={"If-None-Match": etag})
    assert (got.status_code, got.content, got.headers["etag"]) == (200, saved.content, saved.headers["etag"])
    assert (await api.client.get(mine, headers={"If-None-Match": saved.headers["etag"]})).status_code == 304
    back = {"answers": {"kpi-set": None}, "function": None, "respondent": None}
    taken = await api.client.patch(mine, json=back, headers={"If-Match": saved.headers["etag"]})
    left = {name: answer for name, answer in ANSWERS.items() if name != "kpi-set"}
    assert taken.json() == found | {"answers": left, "function": None, "respondent": None}
    submitted = await api.client.post(f"{mine}/submit")
    assert submitted.status_code == 200
    assert submitted.json() == taken.json() | {"submitted_at": submitted.json()["submitted_at"]}
    listed = await api.client.get(f"{place}/responses")
    assert listed.json() == {"data": [submitted.json()], "has_more": False, "next_cursor": None}


async def test_a_change_says_what_it_was_made_from(api: Api) -> None:
    place = (await opened(api.client)).headers["location"]
    begun = await api.client.post(f"{place}/responses", json={})
    mine, etag = begun.headers["location"], begun.headers["etag"]
    change = {"answers": {"kpi-set": "one-joint-target"}}
    missing = await api.client.patch(mine, json=change)
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    assert (await api.client.patch(mine, json=change, headers={"If-Match": etag})).status_code == 200
    stale = await api.client.patch(mine, json={}, headers={"If-Match": etag})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert (await api.client.patch(mine, json={}, headers={"If-Match": "*"})).status_code == 200


async def test_what_is_submitted_or_completed_is_a_conflict(api: Api) -> None:
    place = (await opened(api.client)).headers["location"]
    given = await api.client.post(f"{place}/responses", json={"answers": ANSWERS, "submit": True})
    draft = await api.client.post(f"{place}/responses", json={})
    done, begun = given.headers["location"], draft.headers["location"]
    anyhow = {"If-Match": "*"}
    late = [await api.client.patch(done, json={}, headers=anyhow), await api.client.post(f"{done}/submit")]
    assert [(one.status_code, one.json()["code"]) for one in late] == [(409, "response_submitted")] * 2
    assert (await api.client.post(f"{place}/complete")).status_code == 200
    late = [
        await api.client.post(f"{place}/responses", json={}),
        await api.client.patch(begun, json={}, headers=anyhow),
        await api.client.post(f"{begun}/submit"),
    ]
    assert [(one.status_code, one.json()["code"]) for one in late] == [(409, "assessment_completed")] * 3


async def test_what_does_not_fit_is_named(api: Api) -> None:
    place = (await opened(api.client, functions=["sales"])).headers["location"]
    begun = await api.client.post(f"{place}/responses", json={})
    wrong = await api.client.patch(
        begun.headers["location"],
        json={"answers": {"kpi-set": "x", "nothing": None}, "function": "marketing"},
        headers={"If-Match": "*"},
    )
    assert wrong.status_code == 422
    assert pointers(wrong) == {
        "/function": "function_not_asked",
        "/answers/kpi-set": "unknown_option",
        "/answers/nothing": "unknown_question",
    }
    shape = await api.client.post(
        f"{place}/responses", json={"respondent": {"reference": "u", "seniority": "boss"}, "answer": {}, "submit": 1}
    )
    assert pointers(shape) == {
        "/answer": "unknown_field",
        "/respondent/seniority": "not_allowed",
        "/submit": "wrong_type",
    }
    assert "one of 'director', 'executive', 'manager', 'specialist'" in shape.text


async def test_a_repeated_request_begins_and_submits_once(api: Api) -> None:
    place = (await opened(api.client)).headers["location"]
    key = {"Idempotency-Key": "mine-1"}
    first, again = [await api.client.post(f"{place}/responses", json={}, headers=key) for _ in range(2)]
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    assert again.headers["location"] == first.headers["location"]
    key = {"Idempotency-Key": "mine-2"}
    address = f"{first.headers['location']}/submit"
    first, again = [await api.client.post(address, headers=key) for _ in range(2)]
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert len((await api.client.get(f"{place}/responses")).json()["data"]) == 1


async def test_what_is_foreign_is_not_found(api: Api) -> None:
    place = (await opened(api.client)).headers["location"]
    mine = (await api.client.post(f"{place}/responses", json={})).headers["location"]
    elsewhere = (await opened(api.client)).headers["location"]
    misplaced = f"{elsewhere}/responses/{mine.rpartition('/')[2]}"
    for client, address in ((api.stranger, mine), (api.client, misplaced), (api.client, f"{mine}0")):
        for asked in (
            await client.get(address),
            await client.patch(address, json={}),
            await client.post(f"{address}/submit"),
        ):
            assert (asked.status_code, asked.json()["code"]) == (404, "resource_not_found")
    assert (await api.stranger.get(f"{place}/responses")).status_code == 404
    assert (await api.stranger.post(f"{place}/responses", json={})).status_code == 404


async def test_a_page_responds_to_the_assessment_that_it_created(api: Api, page: httpx.AsyncClient) -> None:
    created = await opened(page)
    place = created.headers["location"]
    hidden = await page.post(f"{place}/responses", json={})
    assert (hidden.status_code, hidden.json()["code"]) == (404, "resource_not_found")
    token = {"Alignment-Client-Token": created.json()["client_token"]}
    begun = await page.post(f"{place}/responses", json={"function": "sales"}, headers=token)
    assert begun.status_code == 201
    assert begun.headers["access-control-allow-origin"] == PAGE
    mine = begun.headers["location"]
    saved = await page.patch(mine, json={"answers": ANSWERS}, headers=token | {"If-Match": begun.headers["etag"]})
    assert saved.status_code == 200
    assert (await page.get(mine, headers=token)).content == saved.content
    who = await page.patch(
        mine, json={"respondent": {"reference": "u-1"}}, headers=token | {"If-Match": saved.headers["etag"]}
    )
    assert pointers(who) == {"/respondent": "not_for_publishable_keys"}
    assert (await page.post(f"{mine}/submit", headers=token)).status_code == 200
    for refused in (
        await page.get(f"{place}/responses", headers=token),
        await page.get(f"{place}/invitations", headers=token),
        await page.post(f"{place}/invitations", json={"function": "sales"}, headers=token),
        await page.delete(f"{place}/invitations/inv_01k9zqf3v8e3rb4m5n6p7q8r9z", headers=token),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    other = await opened(page)
    assert (await page.get(mine, headers={"Alignment-Client-Token": other.json()["client_token"]})).status_code == 404
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "If-Match"}
    preflight = await api.nobody.options(mine, headers=asked)
    assert "PATCH" in preflight.headers["access-control-allow-methods"]
    assert "If-Match" in preflight.headers["access-control-allow-headers"]


async def test_a_restricted_key_needs_its_scopes(api: Api) -> None:
    place = (await opened(api.client)).headers["location"]
    made = await api.client.post("/v1/keys", json={"kind": "restricted", "scopes": ["assessments:read"]})
    async with client_of(api.app, made.json()["key"]) as reader:
        assert (await reader.get(f"{place}/responses")).status_code == 200
        assert (await reader.get(f"{place}/invitations")).status_code == 200
        for refused in (
            await reader.post(f"{place}/responses", json={}),
            await reader.post(f"{place}/invitations", json={"function": "sales"}),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
