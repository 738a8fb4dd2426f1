"""Invitations over HTTP: what a token opens, that it opens nothing else, and where it is kept from showing up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from assessment.api.contract import operations
from assessment.service.context import Services
from assessment.service.ids import find_id
from assessment.service.tokens import INVITATION
from assessment.settings import Settings
from assessment.store.access import EVERYONE
from assessment.store.tables import ASSESSMENTS, IDEMPOTENCY_RECORDS
from tests.integration.api.running import Api, case_answers, client_of, fresh_partners, pointers, running

ANSWERS = case_answers("alignment-quick", "level-3-shared-target")
RUBRIC = "/v1/rubrics/alignment-quick/2026.1"
Person = Callable[[str], AbstractAsyncContextManager[httpx.AsyncClient]]


async def opened(api: Api, **changes: Any) -> str:
    """The address of an assessment that two functions are to answer."""
    body = {
        "rubric": "alignment-quick@2026.1",
        "organisation": {"name": "Example"},
        "functions": ["sales", "marketing"],
    }
    created = await api.client.post("/v1/assessments", json=body | changes)
    assert created.status_code == 201, created.text
    address: str = created.headers["location"]
    return address


async def invited(api: Api, place: str, **asked: Any) -> list[dict[str, Any]]:
    created = await api.client.post(f"{place}/invitations", json={"function": "sales"} | asked)
    assert created.status_code == 201, created.text
    data: list[dict[str, Any]] = created.json()["data"]
    return data


@pytest.fixture
async def person(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody from sales who was invited, and has nothing but the token."""
    [one] = await invited(api, await opened(api))
    async with client_of(api.app, one["token"]) as client:
        yield client


async def test_invitations_are_shown_once_with_where_to_answer(api: Api) -> None:
    place = await opened(api)
    created = await api.client.post(f"{place}/invitations", json={"function": "sales", "count": 3})
    assert (created.status_code, created.headers["cache-control"]) == (201, "no-store")
    data = created.json()["data"]
    assert len({one["token"] for one in data}) == 3
    for one in data:
        assert one["url"] == f"http://testserver/take/{one['token']}"
        assert (one["function"], one["status"], one["response"]) == ("sales", "open", None)
    listed = (await api.client.get(f"{place}/invitations")).json()
    assert listed["data"] == [{k: v for k, v in one.items() if k not in ("token", "url")} for one in data]
    assert listed["functions"] == [
        {"function": "sales", "open": 3, "started": 0, "submitted": 0, "expired": 0, "revoked": 0},
        {"function": "marketing", "open": 0, "started": 0, "submitted": 0, "expired": 0, "revoked": 0},
    ]


async def test_a_repeated_request_shows_the_same_tokens_and_none_is_kept(api: Api) -> None:
    place = await opened(api)
    key = {"Idempotency-Key": "invite-1"}
    body = {"function": "sales", "count": 5}
    first, again = [await api.client.post(f"{place}/invitations", json=body, headers=key) for _ in range(2)]
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    tokens = [one["token"] for one in first.json()["data"]]
    assert len(set(tokens)) == 5
    assert len((await api.client.get(f"{place}/invitations")).json()["data"]) == 5
    for token in tokens:
        async with client_of(api.app, token) as client:
            assert (await client.get("/v1/invitation")).status_code == 200
    services: Services = api.app.state["services"]
    asked = select(ASSESSMENTS.c.partner_id).where(ASSESSMENTS.c.id == find_id("asmt", place.rpartition("/")[2]))
    own = IDEMPOTENCY_RECORDS.c.partner_id == asked.scalar_subquery()
    async with services.database.read(EVERYONE) as session:
        rows = (await session.execute(select(IDEMPOTENCY_RECORDS).where(own))).all()
        assert rows
        for row in rows:
            kept = await services.results.unpack(session, row.dictionary, row.body)
            assert not any(token.encode() in kept or token in str(row.headers) for token in tokens)
    other = (await api.client.post("/v1/keys", json={"kind": "secret"})).json()["key"]
    async with client_of(api.app, other) as client:
        refused = await client.post(f"{place}/invitations", json=body, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


async def test_an_invited_person_answers_without_a_key(person: httpx.AsyncClient) -> None:
    shown = await person.get("/v1/invitation")
    assert shown.status_code == 200
    view = shown.json()
    assert (view["organisation"], view["function"], view["status"], view["response"]) == (
        "Example",
        "sales",
        "open",
        None,
    )
    assert view["meaning"].startswith("Nobody is shown what you answer.")
    assert (await person.get("/v1/invitation", headers={"If-None-Match": shown.headers["etag"]})).status_code == 304
    rubric = await person.get(f"/v1/rubrics/{view['rubric']['id']}/{view['rubric']['version']}")
    assert (rubric.status_code, rubric.json()["digest"]) == (200, view["rubric"]["digest"])
    begun = await person.patch("/v1/invitation/response", json={"answers": {"kpi-set": "one-joint-target"}})
    assert (begun.status_code, begun.json()) == (200, {"answers": {"kpi-set": "one-joint-target"}, "seniority": None})
    etag = begun.headers["etag"]
    saved = await person.patch(
        "/v1/invitation/response", json={"answers": ANSWERS, "seniority": "manager"}, headers={"If-Match": etag}
    )
    assert saved.json() == {"answers": ANSWERS, "seniority": "manager"}
    read = await person.get("/v1/invitation/response")
    assert (read.content, read.headers["etag"]) == (saved.content, saved.headers["etag"])
    assert (await person.get("/v1/invitation")).json() == view | {"status": "started", "response": saved.json()}
    used = await person.post("/v1/invitation/response/submit")
    assert (used.status_code, used.json()) == (200, view | {"status": "submitted"})
    assert (await person.get("/v1/invitation")).content == used.content
    for late in (
        await person.patch("/v1/invitation/response", json={}, headers={"If-Match": "*"}),
        await person.get("/v1/invitation/response"),
        await person.post("/v1/invitation/response/submit"),
    ):
        assert (late.status_code, late.json()["code"]) == (409, "response_submitted")


async def test_a_save_says_what_it_was_made_from_unless_it_is_the_first(person: httpx.AsyncClient) -> None:
    address = "/v1/invitation/response"
    assert (await person.get(address)).status_code == 404
    assert (await person.post(f"{address}/submit")).status_code == 404
    for early in ('"0123"', "*"):
        refused = await person.patch(address, json={}, headers={"If-Match": early})
        assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")
    odd = await person.patch(address, json={}, headers={"If-None-Match": '"0123"'})
    assert pointers(odd) == {"/header/If-None-Match": "invalid_header"}
    first = await person.patch(address, json={}, headers={"If-None-Match": "*"})
    assert first.status_code == 200
    second = await person.patch(address, json={}, headers={"If-None-Match": "*"})
    assert (second.status_code, second.json()["code"]) == (412, "precondition_failed")
    missing = await person.patch(address, json={})
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    change = {"answers": {"kpi-set": "one-joint-target"}}
    match = {"If-Match": first.headers["etag"]}
    assert (await person.patch(address, json=change, headers=match)).status_code == 200
    assert (await person.patch(address, json=change, headers=match)).status_code == 412


async def test_two_devices_that_save_at_once_lose_nothing_unseen(person: httpx.AsyncClient) -> None:
    address = "/v1/invitation/response"
    etag = (await person.patch(address, json={})).headers["etag"]
    for turn in range(5):
        changes = [
            {"answers": {name: {"state": "dont_know", "reason": f"{turn}"}}} for name in ("kpi-set", "cross-rewards")
        ]
        answers = await asyncio.gather(
            *(person.patch(address, json=change, headers={"If-Match": etag}) for change in changes)
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        [etag] = [answer.headers["etag"] for answer in answers if answer.status_code == 200]
        assert (await person.get(address)).headers["etag"] == etag


async def test_a_repeated_submit_is_answered_the_same(person: httpx.AsyncClient) -> None:
    await person.patch("/v1/invitation/response", json={"answers": ANSWERS})
    key = {"Idempotency-Key": "done"}
    first, again = [await person.post("/v1/invitation/response/submit", headers=key) for _ in range(2)]
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert again.headers["idempotency-replayed"] == "true"


async def test_an_idempotency_key_of_one_person_is_free_for_everybody_else(api: Api) -> None:
    place = await opened(api)
    key = {"Idempotency-Key": "done"}
    for one in await invited(api, place, count=2):
        async with client_of(api.app, one["token"]) as client:
            await client.patch("/v1/invitation/response", json={"answers": ANSWERS})
            done = await client.post("/v1/invitation/response/submit", headers=key)
            assert (done.status_code, "idempotency-replayed" in done.headers) == (200, False)
    completed = await api.client.post(f"{place}/complete", headers=key)
    assert (completed.status_code, "idempotency-replayed" in completed.headers) == (200, False)


async def test_a_token_opens_nothing_else(api: Api, person: httpx.AsyncClient) -> None:
    place = await opened(api)
    [one] = await invited(api, place)
    mine = {"/v1/invitation", "/v1/invitation/response", "/v1/invitation/response/submit"}
    known = {
        "assessment_id": place.rpartition("/")[2],
        "invitation_id": one["id"],
        "rubric_id": "alignment-quick",
        "version": "2026.1",
        "study_id": "hbr-2006",
    }
    tried = 0
    for path, method, operation in operations(api.app):
        if operation.public or path in mine or path == "/v1/rubrics/{rubric_id}/{version}":
            continue
        address = path
        for hole in path.split("{")[1:]:
            name = hole.partition("}")[0]
            address = address.replace(f"{{{name}}}", known.get(name, "resp_01k9zqf3v8e3rb4m5n6p7q8r9v"))
        refused = await person.request(method, address, json={}, headers={"If-Match": "*"})
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated"), path
        tried += 1
    assert tried >= 30
    assert (await api.client.get(f"{place}/invitations")).json()["functions"][0]["open"] == 1


async def test_a_key_does_not_answer_for_an_invited_person(api: Api) -> None:
    for client in (api.client, api.stranger):
        for refused in (
            await client.get("/v1/invitation"),
            await client.get("/v1/invitation/response"),
            await client.patch("/v1/invitation/response", json={}),
            await client.post("/v1/invitation/response/submit"),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await api.nobody.get("/v1/invitation")).json()["code"] == "unauthenticated"


async def test_tokens_that_do_not_hold_are_refused_in_the_same_words(api: Api) -> None:
    place = await opened(api)
    [one] = await invited(api, place)
    said = set()
    async with client_of(api.app, one["token"]) as revoked, client_of(api.app, INVITATION.make()) as unknown:
        await revoked.patch("/v1/invitation/response", json={"answers": ANSWERS})
        address = f"{place}/invitations/{one['id']}"
        assert (await api.stranger.delete(address)).status_code == 404
        for _ in range(2):
            assert (await api.client.delete(address)).status_code == 204
        for client in (revoked, unknown):
            for refused in (
                await client.get("/v1/invitation"),
                await client.patch("/v1/invitation/response", json={}, headers={"If-Match": "*"}),
                await client.post("/v1/invitation/response/submit"),
                await client.get(RUBRIC),
            ):
                assert refused.headers["www-authenticate"] == "Bearer"
                problem = refused.json()
                said.add((problem["status"], problem["code"], problem["detail"]))
    assert said == {(401, "invitation_invalid", "The invitation does not hold, or not any more")}
    listed = (await api.client.get(f"{place}/invitations")).json()
    assert (listed["data"][0]["status"], listed["functions"][0]["revoked"]) == ("revoked", 1)
    # What was begun with it is never scored.
    assert (await api.client.post(f"{place}/complete")).json()["errors"][0]["code"] == "no_submitted_response"


async def test_an_assessment_shows_that_somebody_answers_and_not_what(api: Api) -> None:
    place = await opened(api)
    [one] = await invited(api, place)
    canary = "c4n4ry"
    note = {"kpi-set": {"option": "one-joint-target", "note": canary}}
    async with client_of(api.app, one["token"]) as client:
        begun = await client.patch("/v1/invitation/response", json={"answers": note, "seniority": "executive"})
        assert canary in begun.text
        before = await api.client.get(place)
        match = {"If-Match": begun.headers["etag"]}
        await client.patch("/v1/invitation/response", json={"answers": ANSWERS | note}, headers=match)
        # Nothing that a key reads tells that the draft has changed.
        assert (await api.client.get(place)).content == before.content
        [shown] = before.json()["responses"]
        assert shown == {"id": shown["id"], "function": "sales", "respondent": None, "submitted_at": None}
        response = f"{place}/responses/{shown['id']}"
        for refused in (
            await api.client.patch(response, json={}, headers={"If-Match": "*"}),
            await api.client.post(f"{response}/submit"),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, "invited_response")
        await client.post("/v1/invitation/response/submit")
    assert (await api.client.get(f"{place}/result")).json()["code"] == "assessment_open"
    organisation = (await api.client.get(place)).json()["organisation"]["id"]
    for seen in (
        await api.client.get(place),
        await api.client.get(response),
        await api.client.get(f"{place}/responses"),
        await api.client.get(f"{place}/invitations"),
        await api.client.get("/v1/assessments"),
        await api.client.get("/v1/audit_events"),
        await api.client.get(f"/v1/organisations/{organisation}/export"),
        await api.client.post(f"{place}/complete"),
        await api.client.get(response),
    ):
        assert seen.status_code == 200, seen.text
        assert canary not in seen.text
        assert '"executive"' not in seen.text


async def test_answers_and_tokens_are_in_no_log(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    [one] = await invited(api, await opened(api))
    async with client_of(api.app, one["token"]) as client:
        named = {"X-Request-Id": one["token"]}
        answers = {"kpi-set": {"option": "one-joint-target", "note": "c4n4ry"}}
        saved = await client.patch("/v1/invitation/response", json={"answers": answers}, headers=named)
        wrong = {"answers": {"kpi-set": "c4n4ry"}}
        await client.patch("/v1/invitation/response", json=wrong, headers=named | {"If-Match": "*"})
        assert saved.headers["x-request-id"].startswith("req_")
    told = [line for line in caplog.messages if "sqlalchemy" not in line]
    assert not any("c4n4ry" in line or one["token"] in line for line in told)


async def test_what_does_not_fit_an_invitation_is_named(api: Api, person: httpx.AsyncClient) -> None:
    place = await opened(api, functions=["sales"])
    for sent, problems in (
        ({"function": "marketing"}, {"/function": "function_not_asked"}),
        ({"function": "catering"}, {"/function": "unknown_function"}),
        (
            {"count": 101, "expires_in_days": 0},
            {"/function": "missing_field", "/count": "out_of_bounds", "/expires_in_days": "out_of_bounds"},
        ),
    ):
        assert pointers(await api.client.post(f"{place}/invitations", json=sent)) == problems
    wrong = await person.patch(
        "/v1/invitation/response", json={"answers": {"kpi-set": "x"}, "seniority": "boss", "function": "sales"}
    )
    assert pointers(wrong) == {"/function": "unknown_field", "/seniority": "not_allowed"}
    wrong = await person.patch("/v1/invitation/response", json={"answers": {"kpi-set": "x"}})
    assert (wrong.json()["code"], pointers(wrong)) == ("invalid_answers", {"/answers/kpi-set": "unknown_option"})


@pytest.mark.parametrize("host", ["a b", "[::1", "x@y", "ho_st", "", 'h"'])
async def test_a_host_that_is_none_makes_no_link(api: Api, host: str) -> None:
    place = await opened(api)
    refused = await api.client.post(f"{place}/invitations", json={"function": "sales"}, headers={"Host": host})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")
    assert (await api.client.get(f"{place}/invitations")).json()["data"] == []


async def test_links_lead_where_the_operator_says_and_each_invitation_has_its_quota(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, public_url="https://assessment.example/in/", rate_limit_invitation="3/day")
    async with running(settings) as app, fresh_partners(app) as api:
        one, two = await invited(api, await opened(api), count=2)
        assert one["url"] == f"https://assessment.example/in/take/{one['token']}"
        for token in (one["token"], two["token"]):
            async with client_of(app, token) as client:
                answers = [await client.get("/v1/invitation") for _ in range(4)]
                assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
                assert int(answers[-1].headers["retry-after"]) >= 1
