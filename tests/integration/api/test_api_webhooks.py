"""Webhook endpoints and events over HTTP: a secret is shown once, changes name their state, and a repeated request has
one effect and one event."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from assessment.service import ids
from assessment.service.context import Services
from assessment.store.access import EVERYONE
from assessment.store.tables import EVENTS, IDEMPOTENCY_RECORDS, WEBHOOK_ENDPOINTS
from tests.integration.api.pages import link_of, send
from tests.integration.api.running import PAGE, Api, client_of, pointers
from tests.integration.api.test_api_share_links import ANSWERS, BODY

HOOKS = "/v1/webhook_endpoints"
NEW = {"url": "https://hooks.example.com/alignment", "events": ["assessment.completed"]}
FIELDS = [
    "id",
    "url",
    "description",
    "events",
    "status",
    "disabled_reason",
    "created_at",
    "updated_at",
    "old_secret_expires_at",
]


async def made(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    created = await client.post(HOOKS, json=NEW | given)
    assert created.status_code == 201, created.text
    endpoint: dict[str, Any] = created.json()
    return endpoint


async def kept_answers(api: Api, endpoint: str) -> list[str]:
    """What is kept for repeated requests of the endpoint's partner, unpacked."""
    services: Services = api.app.state["services"]
    own = select(WEBHOOK_ENDPOINTS.c.partner_id).where(WEBHOOK_ENDPOINTS.c.id == ids.find_id("hook", endpoint))
    async with services.database.read(EVERYONE) as session:
        wanted = IDEMPOTENCY_RECORDS.c.partner_id == own.scalar_subquery()
        rows = (await session.execute(select(IDEMPOTENCY_RECORDS).where(wanted))).all()
        return [
            (await services.results.unpack(session, row.dictionary, row.body)).decode() + str(row.headers)
            for row in rows
        ]


async def test_a_secret_is_shown_once_and_an_endpoint_without_it(api: Api) -> None:
    created = await api.client.post(HOOKS, json=NEW | {"description": "CRM"})
    endpoint = created.json()
    place = f"{HOOKS}/{endpoint['id']}"
    assert (created.headers["location"], created.headers["cache-control"]) == (place, "no-store")
    assert list(endpoint) == [*FIELDS, "secret"]
    assert endpoint["secret"].startswith("whsec_")
    assert len(endpoint["secret"]) == 50
    shown = {name: endpoint[name] for name in FIELDS}
    read = await api.client.get(place)
    assert (read.json(), read.headers["cache-control"]) == (shown, "private, no-cache")
    listed = await api.client.get(HOOKS)
    assert listed.json() == {"data": [shown], "has_more": False, "next_cursor": None}
    again = await api.client.get(place, headers={"If-None-Match": read.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["", "/rotate_secret"])
async def test_a_repeated_request_shows_the_same_secret_which_no_receipt_holds(api: Api, path: str) -> None:
    endpoint = await made(api.client)
    place, body = (HOOKS, NEW) if not path else (f"{HOOKS}/{endpoint['id']}{path}", {})
    key = {"Idempotency-Key": "hook-1"}
    first, again = [await api.client.post(place, json=body, headers=key) for _ in range(2)]
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    secret = first.json()["secret"]
    assert secret != endpoint["secret"]
    [kept] = await kept_answers(api, endpoint["id"])
    assert secret.removeprefix("whsec_") not in kept
    assert '"secret":"whsec_"' in kept
    other = (await api.client.post("/v1/keys", json={"kind": "secret"})).json()["key"]
    async with client_of(api.app, other) as client:
        refused = await client.post(place, json=body, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


async def test_an_endpoint_is_changed_and_deleted_by_those_who_have_seen_its_state(api: Api) -> None:
    place = f"{HOOKS}/{(await made(api.client))['id']}"
    seen = {"If-Match": (await api.client.get(place)).headers["etag"]}
    change = {"events": ["response.submitted"], "description": "CRM"}
    assert (await api.client.patch(place, json=change)).status_code == 428
    changed = await api.client.patch(place, json=change, headers=seen)
    assert (changed.status_code, changed.json()["events"]) == (200, ["response.submitted"])
    assert changed.headers["etag"] == (await api.client.get(place)).headers["etag"]
    for stale in (
        await api.client.patch(place, json=change, headers=seen),
        await api.client.delete(place, headers=seen),
    ):
        assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    bare = await api.client.patch(place, json={"description": None}, headers={"If-Match": "*"})
    assert bare.json()["description"] is None
    assert (await api.client.delete(place)).status_code == 428
    assert (await api.client.delete(place, headers={"If-Match": bare.headers["etag"]})).status_code == 204
    assert (await api.client.get(place)).status_code == 404


async def test_an_endpoint_is_rotated_disabled_and_enabled(api: Api) -> None:
    endpoint = await made(api.client)
    place = f"{HOOKS}/{endpoint['id']}"
    rotated = await api.client.post(f"{place}/rotate_secret")
    assert (rotated.status_code, rotated.headers["cache-control"]) == (201, "no-store")
    assert rotated.json()["secret"] != endpoint["secret"]
    assert rotated.json()["old_secret_expires_at"] is not None
    sharp = await api.client.post(f"{place}/rotate_secret", json={"overlap_seconds": 0})
    assert sharp.json()["old_secret_expires_at"] is None
    for action, status in (("disable", "disabled"), ("enable", "enabled")):
        bodies: tuple[dict[str, Any] | None, ...] = (None, {})
        for body in bodies:
            done = await api.client.post(f"{place}/{action}", json=body)
            assert (done.status_code, done.json()["status"]) == (200, status)
            assert done.headers["etag"] == (await api.client.get(place)).headers["etag"]
    await api.client.post(f"{place}/disable")
    refused = await api.client.post(f"{place}/test")
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_endpoint_disabled")
    log = (await api.client.get("/v1/audit_events", params={"target": endpoint["id"]})).json()["data"]
    assert [entry["action"].partition(".")[2] for entry in reversed(log)] == [
        *("created", "secret_rotated", "secret_rotated", "disabled", "enabled", "disabled")
    ]
    assert all(endpoint["secret"] not in str(entry) for entry in log)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, {"/url": "missing_field", "/events": "missing_field"}),
        (NEW | {"url": "http://hooks.example.com/"}, {"/url": "invalid_url"}),
        (NEW | {"url": "https://169.254.169.254/"}, {"/url": "inside_address"}),
        (NEW | {"url": "x" * 2049}, {"/url": "out_of_bounds"}),
        (NEW | {"events": []}, {"/events": "wrong_length"}),
        (NEW | {"events": ["webhook_endpoint.test"]}, {"/events/0": "not_allowed"}),
        (NEW | {"events": ["assessment.completed"] * 2}, {"/events/1": "duplicate_event"}),
        (NEW | {"secret": "whsec_x"}, {"/secret": "unknown_field"}),
    ],
)
async def test_what_is_wrong_with_an_endpoint_is_told(api: Api, body: Any, found: dict[str, str]) -> None:
    refused = await api.client.post(HOOKS, json=body)
    assert (refused.status_code, pointers(refused)) == (422, found)
    place = f"{HOOKS}/{(await made(api.client))['id']}"
    if body:
        refused = await api.client.patch(place, json=body, headers={"If-Match": '"stale"'})
        assert (refused.status_code, pointers(refused)) == (422, found)


async def test_there_are_twenty_endpoints_at_most(api: Api) -> None:
    await asyncio.gather(*(made(api.client) for _ in range(20)))
    refused = await api.client.post(HOOKS, json=NEW)
    assert (refused.status_code, refused.json()["code"]) == (409, "limit_reached")
    await made(api.stranger)


async def test_a_test_is_read_listed_and_sent_again_once_for_each_key(api: Api) -> None:
    endpoint = await made(api.client)
    key = {"Idempotency-Key": "test-1"}
    first, again = [await api.client.post(f"{HOOKS}/{endpoint['id']}/test", headers=key) for _ in range(2)]
    assert (first.status_code, again.content) == (202, first.content)
    event = first.json()
    place = f"/v1/events/{event['id']}"
    assert first.headers["location"] == place
    assert (event["type"], event["data"]) == ("webhook_endpoint.test", {"id": endpoint["id"]})
    [delivery] = event["deliveries"]
    assert (delivery["endpoint"], delivery["status"], delivery["attempts"]) == (endpoint["id"], "pending", 0)
    read = await api.client.get(place)
    assert read.json() == event
    assert (await api.client.get(place, headers={"If-None-Match": read.headers["etag"]})).status_code == 304
    listed = await api.client.get("/v1/events", params={"status": "pending", "endpoint": endpoint["id"]})
    assert listed.json() == {"data": [event], "has_more": False, "next_cursor": None}
    for body in (None, {}, {"endpoint": endpoint["id"]}):
        resent = await api.client.post(f"{place}/resend", json=body)
        assert (resent.status_code, resent.headers["location"]) == (202, place)
    unknown = ids.to_text("hook", ids.new_id())
    assert (await api.client.post(f"{place}/resend", json={"endpoint": unknown})).status_code == 404
    other = (await made(api.client))["id"]
    refused = await api.client.post(f"{place}/resend", json={"endpoint": other})
    assert (refused.status_code, refused.json()["code"]) == (409, "never_sent")
    for query, found in (
        ({"status": "lost"}, {"/query/status": "invalid_parameter"}),
        ({"type": "test"}, {"/query/type": "invalid_parameter"}),
        ({"endpoint": "hook_x"}, {"/query/endpoint": "invalid_id"}),
    ):
        assert pointers(await api.client.get("/v1/events", params=query)) == found


async def events_of(api: Api, client: httpx.AsyncClient) -> list[tuple[str, str]]:
    """Type and subject of the events, oldest first."""
    listed = (await client.get("/v1/events", params={"limit": 100})).json()["data"]
    return [(event["type"], event["data"]["id"]) for event in reversed(listed)]


async def test_one_effect_has_one_event_however_often_it_is_asked_for(api: Api) -> None:
    sent = [api.client.post("/v1/assessments", json=BODY, headers={"Idempotency-Key": "a"}) for _ in range(5)]
    created = [answer for answer in await asyncio.gather(*sent) if answer.status_code == 201]
    await api.client.post("/v1/assessments", json=BODY, headers={"Idempotency-Key": "a"})
    [one] = {answer.json()["id"] for answer in created}
    [response] = created[0].json()["responses"]
    expected = [("response.submitted", response["id"]), ("assessment.completed", one)]
    assert await events_of(api, api.client) == expected
    bare = {**BODY, "complete": False, "responses": []}
    place = (await api.client.post("/v1/assessments", json=bare)).headers["location"]
    drafted = (await api.client.post(f"{place}/responses", json={"answers": ANSWERS})).json()["id"]
    for path in (f"{place}/responses/{drafted}/submit", f"{place}/complete"):
        for _ in range(2):
            assert (await api.client.post(path, headers={"Idempotency-Key": path[-20:]})).status_code == 200
    expected += [("response.submitted", drafted), ("assessment.completed", place.rpartition("/")[2])]
    assert await events_of(api, api.client) == expected
    assert await events_of(api, api.stranger) == []


async def test_the_hosted_form_tells_once_what_is_submitted_there(api: Api, visitor: httpx.AsyncClient) -> None:
    place, link = await link_of(api)
    await send(visitor, link, [("q.kpi-set", "separate"), ("action", "submit")])
    assert await events_of(api, api.client) == []
    for _ in range(2):
        assert (await send(visitor, link, [("action", "confirm")])).status_code == 303
    [response] = (await api.client.get(f"{place}/responses")).json()["data"]
    [event] = (await api.client.get("/v1/events")).json()["data"]
    assessment = (await api.client.get(place)).json()
    assert event["type"] == "response.submitted"
    assert event["data"] == {
        "id": response["id"],
        "assessment": assessment["id"],
        "organisation": assessment["organisation"]["id"],
        "function": "sales",
    }


async def test_a_restricted_key_needs_a_scope_and_a_page_may_nothing(api: Api) -> None:
    endpoint = await made(api.client)
    place = f"{HOOKS}/{endpoint['id']}"
    keys = {}
    for scope in ("webhooks:read", "webhooks:write"):
        asked = {"kind": "restricted", "scopes": [scope]}
        keys[scope] = (await api.client.post("/v1/keys", json=asked)).json()["key"]
    async with client_of(api.app, keys["webhooks:read"]) as reader:
        event = (await api.client.post(f"{place}/test")).json()["id"]
        for path in (HOOKS, place, "/v1/events", f"/v1/events/{event}"):
            assert (await reader.get(path)).status_code == 200
        for path in (HOOKS, f"{place}/test", f"{place}/rotate_secret", f"/v1/events/{event}/resend"):
            assert (await reader.post(path, json=NEW)).json()["code"] == "scope_missing"
    async with client_of(api.app, keys["webhooks:write"]) as writer:
        assert (await writer.post(HOOKS, json=NEW)).status_code == 201
        assert (await writer.get(HOOKS)).json()["code"] == "scope_missing"
    async with client_of(api.app, api.publishable_key) as page:
        page.headers["Origin"] = PAGE
        for path in (HOOKS, place, "/v1/events"):
            refused = await page.get(path)
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_events_of_an_organisation_are_exported_and_go_with_it(api: Api) -> None:
    created = (await api.client.post("/v1/assessments", json=BODY)).json()
    organisation = f"/v1/organisations/{created['organisation']['id']}"
    event = (await api.client.get("/v1/events", params={"type": "assessment.completed"})).json()["data"][0]
    exported = (await api.client.get(f"{organisation}/export")).json()["events"]
    assert [one["type"] for one in exported] == ["response.submitted", "assessment.completed"]
    assert exported[1] == {name: event[name] for name in ("id", "type", "created_at", "data")}
    assert (await api.client.delete(organisation, headers={"If-Match": "*"})).status_code == 204
    assert (await api.client.get("/v1/events")).json()["data"] == []
    services: Services = api.app.state["services"]
    async with services.database.read(EVERYONE) as session:
        own = select(EVENTS.c.id).where(EVENTS.c.id == ids.find_id("evt", event["id"]))
        assert (await session.scalars(own)).all() == []
