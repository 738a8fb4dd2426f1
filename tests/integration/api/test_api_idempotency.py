"""Idempotency-Key over HTTP: one effect and one answer for a request that is repeated."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.api.intake import BUDGET
from assessment.service import ids
from assessment.service.context import Services
from assessment.service.housekeeping import keeping_house
from assessment.service.partners import authenticate
from assessment.service.receipts import KEPT
from assessment.service.sweep import delete_receipts
from assessment.store.access import EVERYONE
from assessment.store.idempotency import IdempotencyRow
from assessment.store.tables import IDEMPOTENCY_RECORDS
from tests.integration.api.running import PAGE, Api, case_answers, client_of, pointers


def new(**changes: Any) -> dict[str, Any]:
    return {
        "rubric": "alignment-quick",
        "organisation": {"name": "Example"},
        "responses": [{"answers": case_answers("alignment-quick", "level-3-shared-target")}],
        "complete": True,
    } | changes


def scores() -> dict[str, Any]:
    return {"rubric": "alignment-quick", "answers": case_answers("alignment-quick", "level-3-shared-target")}


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


async def count(api: Api) -> int:
    return len((await api.client.get("/v1/assessments", params={"limit": 100})).json()["data"])


def assert_same(first: httpx.Response, again: httpx.Response) -> None:
    """The answer is repeated to the byte, and says so."""
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    for name in ("location", "etag", "content-type", "content-length"):
        assert again.headers.get(name) == first.headers.get(name)


async def test_a_repeated_create_has_one_effect_and_one_answer(api: Api) -> None:
    first = await api.client.post("/v1/assessments", json=new(), headers=keyed("order-1"))
    assert first.status_code == 201
    for _ in range(3):
        assert_same(first, await api.client.post("/v1/assessments", json=new(), headers=keyed("order-1")))
    assert await count(api) == 1


async def test_an_open_assessment_is_created_once_too(api: Api) -> None:
    sent = new(complete=False, responses=None, organisation={"name": "Example", "external_id": "crm-1"})
    first = await api.client.post("/v1/assessments", json=sent, headers=keyed("order-1"))
    assert_same(first, await api.client.post("/v1/assessments", json=sent, headers=keyed("order-1")))
    other = await api.client.post("/v1/assessments", json=sent, headers=keyed("order-2"))
    assert other.json()["id"] != first.json()["id"]
    assert other.json()["organisation"] == first.json()["organisation"]
    assert await count(api) == 2


async def test_without_a_key_every_request_is_new(api: Api) -> None:
    answers = [await api.client.post("/v1/assessments", json=new()) for _ in range(2)]
    assert answers[0].json()["id"] != answers[1].json()["id"]
    assert "idempotency-replayed" not in answers[1].headers


async def test_completing_can_be_retried(api: Api) -> None:
    location = (await api.client.post("/v1/assessments", json=new(complete=False))).headers["location"]
    first = await api.client.post(f"{location}/complete", headers=keyed("done"))
    assert (first.status_code, first.json()["status"]) == (200, "completed")
    assert_same(first, await api.client.post(f"{location}/complete", headers=keyed("done")))
    other = await api.client.post(f"{location}/complete", headers=keyed("done-2"))
    assert (other.status_code, other.json()["code"]) == (409, "assessment_completed")


@pytest.mark.parametrize(
    ("path", "body"), [("/v1/scores", scores()), ("/v1/scores/batch", {"items": [scores(), {"rubric": "nothing"}]})]
)
async def test_scores_are_repeated_to_the_byte(api: Api, path: str, body: dict[str, Any]) -> None:
    first = await api.client.post(path, json=body, headers=keyed("score"))
    assert first.status_code == 200
    assert_same(first, await api.client.post(path, json=body, headers=keyed("score")))


async def test_a_long_answer_is_kept_packed_and_repeated_to_the_byte(api: Api) -> None:
    item = {"rubric": "alignment", "answers": case_answers("alignment", "level-3-worked-example")}
    body = {"items": [item | {"target_level": 1 + number % 4} for number in range(1_000)]}
    first = await api.client.post("/v1/scores/batch", json=body, headers=keyed("long"))
    assert len(first.json()["data"]) == 1_000
    assert len(first.content) > 40_000_000
    stored = await _batches(api)
    assert (len(stored), stored[0].dictionary, stored[0].organisation_id) == (1, None, None)
    assert len(stored[0].body) < 2_000_000
    assert_same(first, await api.client.post("/v1/scores/batch", json=body, headers=keyed("long")))
    unkeyed = await api.client.post("/v1/scores/batch", json=body)
    assert unkeyed.content == first.content


async def test_a_damaged_long_answer_is_not_begun(api: Api) -> None:
    sent = {"items": [scores()] * 20}
    first = await api.client.post("/v1/scores/batch", json=sent, headers=keyed("long"))
    [stored] = await _batches(api)
    assert stored.status == 200
    for body in (stored.body[:-1] + bytes([stored.body[-1] ^ 1]), stored.body[:-9], b"\x00" + stored.body[1:]):
        await _write(api, stored, body)
        again = await api.client.post("/v1/scores/batch", json=sent, headers=keyed("long"))
        assert (again.status_code, again.json()["code"]) == (500, "damaged_result")
    await _write(api, stored, stored.body)
    assert_same(first, await api.client.post("/v1/scores/batch", json=sent, headers=keyed("long")))


async def test_a_long_answer_that_has_no_room_now_can_be_had_later(api: Api) -> None:
    sent = {"items": [scores()] * 20}
    with api.app.state["intake"].holding(BUDGET - 256 * 1024):
        refused = await api.client.post("/v1/scores/batch", json=sent, headers=keyed("long"))
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    [_] = await _batches(api)
    later = await api.client.post("/v1/scores/batch", json=sent, headers=keyed("long"))
    assert (later.status_code, later.headers["idempotency-replayed"]) == (200, "true")
    assert later.content == (await api.client.post("/v1/scores/batch", json=sent)).content


async def test_a_batch_that_is_refused_as_a_whole_is_not_remembered(api: Api) -> None:
    refused = await api.client.post("/v1/scores/batch", json={"items": []}, headers=keyed("long"))
    assert refused.status_code == 422
    assert await _batches(api) == []
    done = await api.client.post("/v1/scores/batch", json={"items": [scores()]}, headers=keyed("long"))
    assert (done.status_code, "idempotency-replayed" in done.headers) == (200, False)


async def test_another_request_with_the_key_is_refused(api: Api) -> None:
    location = (await api.client.post("/v1/assessments", json=new(complete=False))).headers["location"]
    await api.client.post(f"{location}/complete", headers=keyed("k"))
    others: list[tuple[str, bytes]] = [
        (f"{location}/complete", b"{}"),
        (f"{location}/complete", b"{"),
        ("/v1/scores", b""),
        ("/v1/scores", httpx.Request("POST", "http://x", json=scores()).content),
        ("/v1/assessments", b"not even JSON"),
    ]
    for path, body in others:
        refused = await api.client.post(path, content=body, headers=keyed("k") | {"Content-Type": "application/json"})
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused"), (path, body)


async def test_a_key_is_the_same_bare_and_quoted(api: Api) -> None:
    first = await api.client.post("/v1/assessments", json=new(), headers=keyed("8e03978e-40d5-43e8-bc93-6894a57f9324"))
    again = await api.client.post(
        "/v1/assessments", json=new(), headers=keyed('"8e03978e-40d5-43e8-bc93-6894a57f9324"')
    )
    assert_same(first, again)
    escaped = await api.client.post("/v1/assessments", json=new(), headers=keyed(r'"a \"b\" \\ c"'))
    assert escaped.status_code == 201
    assert await count(api) == 2


@pytest.mark.parametrize(
    "key", ["", " ", '""', '"a', '"a"b"', '"a"; p=1', r'"a\b"', "a" * 256, '"' + "a" * 256 + '"', "caf\xe9", "a\tb"]
)
async def test_what_is_no_key_is_refused(api: Api, key: str) -> None:
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]
    refused = await api.client.post("/v1/assessments", json=new(), headers=headers)
    assert refused.status_code == 422
    assert pointers(refused) == {"/header/Idempotency-Key": "invalid_header"}
    assert "1 to 255 printable ASCII characters" in refused.json()["detail"]
    assert await count(api) == 0


@pytest.mark.parametrize("key", ["a", "!", "~" * 255, '"' + "a" * 255 + '"', '" "', r'"' + r"\"" * 255 + '"', "a b"])
async def test_keys_of_any_allowed_form_are_taken(api: Api, key: str) -> None:
    first = await api.client.post("/v1/scores", json=scores(), headers=keyed(key))
    assert first.status_code == 200
    assert_same(first, await api.client.post("/v1/scores", json=scores(), headers=keyed(key)))


async def test_two_keys_are_refused(api: Api) -> None:
    headers = [(b"Idempotency-Key", b"a"), (b"Idempotency-Key", b"a")]
    refused = await api.client.post("/v1/assessments", json=new(), headers=headers)
    assert refused.status_code == 422
    assert "two Idempotency-Key headers" in refused.json()["detail"]


async def test_what_fails_is_not_remembered(api: Api) -> None:
    wrong = await api.client.post("/v1/assessments", json=new(rubric="nothing"), headers=keyed("k"))
    assert wrong.status_code == 404
    right = await api.client.post("/v1/assessments", json=new(), headers=keyed("k"))
    assert (right.status_code, "idempotency-replayed" in right.headers) == (201, False)


async def test_keys_of_partners_have_nothing_to_do_with_each_other(api: Api) -> None:
    mine = await api.client.post("/v1/assessments", json=new(), headers=keyed("k"))
    theirs = await api.stranger.post("/v1/assessments", json=new(), headers=keyed("k"))
    assert theirs.status_code == 201
    assert theirs.json()["id"] != mine.json()["id"]
    assert "idempotency-replayed" not in theirs.headers


async def test_keys_of_a_page_have_nothing_to_do_with_those_of_its_partner(api: Api) -> None:
    mine = await api.client.post("/v1/scores", json=scores(), headers=keyed("k"))
    async with client_of(api.app, api.publishable_key) as page:
        page.headers["Origin"] = PAGE
        other = await page.post("/v1/scores", json=scores() | {"target_level": 4}, headers=keyed("k"))
        assert (other.status_code, "idempotency-replayed" in other.headers) == (200, False)
        assert_same(other, await page.post("/v1/scores", json=scores() | {"target_level": 4}, headers=keyed("k")))
    assert_same(mine, await api.client.post("/v1/scores", json=scores(), headers=keyed("k")))


async def test_a_request_is_the_same_whichever_secret_key_of_its_partner_it_comes_with(api: Api) -> None:
    mine = await api.client.post("/v1/scores", json=scores(), headers=keyed("k"))
    another = (await api.client.post("/v1/keys", json={"kind": "secret"})).json()["key"]
    async with client_of(api.app, another) as client:
        assert_same(mine, await client.post("/v1/scores", json=scores(), headers=keyed("k")))


async def test_racers_with_one_key_have_one_effect(api: Api) -> None:
    answers = await asyncio.gather(
        *(api.client.post("/v1/assessments", json=new(), headers=keyed("race")) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["code"] == "request_in_flight"
            assert answer.headers["retry-after"] == "1"
    assert await count(api) == 1
    again = await api.client.post("/v1/assessments", json=new(), headers=keyed("race"))
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("path", ["create", "complete"])
async def test_another_process_that_was_faster_gives_the_answer(api: Api, path: str) -> None:
    # This process forgets what it works on, as another process never knew it: the database alone decides.
    class Forgetful(set[Any]):
        def __contains__(self, item: object) -> bool:
            return False

    services: Services = api.app.state["services"]
    known, services.in_flight = services.in_flight, Forgetful()
    location = "/v1/assessments"
    sent = new(organisation={"name": "Example", "external_id": "crm-1"})
    if path == "complete":
        location = (await api.client.post(location, json=sent | {"complete": False})).headers["location"] + "/complete"
        sent = {}
    try:
        answers = await asyncio.gather(
            *(api.client.post(location, json=sent, headers=keyed("race")) for _ in range(10))
        )
    finally:
        services.in_flight = known
    assert {answer.status_code for answer in answers} == {200 if path == "complete" else 201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert await count(api) == 1


async def _stored(api: Api, sent: httpx.Response) -> IdempotencyRow:
    """The record of an assessment's creation."""
    services: Services = api.app.state["services"]
    organisation = ids.from_text("org", sent.json()["organisation"]["id"])
    async with services.database.read(EVERYONE) as session:
        query = select(IdempotencyRow).where(IdempotencyRow.organisation_id == organisation)
        return (await session.scalars(query)).one()


async def _batches(api: Api) -> list[IdempotencyRow]:
    """The partner's records, which are all of batches."""
    services: Services = api.app.state["services"]
    key = str(api.client.headers["Authorization"]).removeprefix("Bearer ")
    principal = await authenticate(services, key)
    async with services.database.read(principal) as session:
        mine = IdempotencyRow.partner_id == principal.partner_id
        return list((await session.scalars(select(IdempotencyRow).where(mine))).all())


async def _write(api: Api, stored: IdempotencyRow, body: bytes) -> None:
    """Put another body into a partner's only record."""

    async def work(connection: AsyncConnection) -> None:
        row = update(IDEMPOTENCY_RECORDS).where(IDEMPOTENCY_RECORDS.c.partner_id == stored.partner_id)
        await connection.execute(row.values(body=body))

    await api.app.state["services"].queue.run(work, EVERYONE)


async def test_the_record_is_packed_and_names_the_organisation_and_not_the_key(api: Api) -> None:
    first = await api.client.post("/v1/assessments", json=new(), headers=keyed("a-key-to-look-for"))
    stored = await _stored(api, first)
    assert len(first.content) > 15_000
    assert len(stored.body) < 2_000
    assert stored.dictionary is not None
    assert stored.headers == {"location": first.headers["location"], "etag": first.headers["etag"]}
    assert b"a-key-to-look-for" not in stored.key_hash + stored.fingerprint + stored.body


async def test_records_are_kept_for_seven_days(api: Api) -> None:
    services: Services = api.app.state["services"]
    answers = [await api.client.post("/v1/assessments", json=new(), headers=keyed(f"k{n}")) for n in range(3)]
    rows = [await _stored(api, answer) for answer in answers]
    now = datetime.now(UTC)

    async def age(connection: AsyncConnection) -> None:
        for row, days in zip(rows, (6.9, 7.1, 30), strict=True):
            one = (IDEMPOTENCY_RECORDS.c.key_hash == row.key_hash, IDEMPOTENCY_RECORDS.c.partner_id == row.partner_id)
            old = update(IDEMPOTENCY_RECORDS).where(*one)
            await connection.execute(old.values(created_at=now - timedelta(days=days)))

    await services.queue.run(age, EVERYONE)
    assert timedelta(days=7) == KEPT
    assert await delete_receipts(services, now - KEPT) == 2
    assert await delete_receipts(services, now - KEPT) == 0
    repeated = [await api.client.post("/v1/assessments", json=new(), headers=keyed(f"k{n}")) for n in range(3)]
    assert ["idempotency-replayed" in answer.headers for answer in repeated] == [True, False, False]


async def test_a_service_that_starts_deletes_what_has_expired(api: Api) -> None:
    services: Services = api.app.state["services"]
    first = await api.client.post("/v1/assessments", json=new(), headers=keyed("k"))
    stored = await _stored(api, first)
    mine = IDEMPOTENCY_RECORDS.c.key_hash == stored.key_hash

    async def age(connection: AsyncConnection) -> None:
        old = update(IDEMPOTENCY_RECORDS).where(mine, IDEMPOTENCY_RECORDS.c.partner_id == stored.partner_id)
        await connection.execute(old.values(created_at=datetime.now(UTC) - timedelta(days=8)))

    await services.queue.run(age, EVERYONE)
    async with keeping_house(services), asyncio.timeout(10):
        again = first
        while "idempotency-replayed" in again.headers or again is first:
            await asyncio.sleep(0.02)
            again = await api.client.post("/v1/assessments", json=new(), headers=keyed("k"))
    assert again.json()["id"] != first.json()["id"]


async def test_a_damaged_record_is_not_served(api: Api) -> None:
    first = await api.client.post("/v1/assessments", json=new(), headers=keyed("k"))
    stored = await _stored(api, first)
    await _write(api, stored, stored.body[:-1] + bytes([stored.body[-1] ^ 1]))
    again = await api.client.post("/v1/assessments", json=new(), headers=keyed("k"))
    assert (again.status_code, again.json()["code"]) == (500, "damaged_result")
    await _write(api, stored, stored.body)
    assert_same(first, await api.client.post("/v1/assessments", json=new(), headers=keyed("k")))


async def test_a_failed_effect_leaves_no_record(api: Api) -> None:
    location = (await api.client.post("/v1/assessments", json=new(responses=None, complete=False))).headers["location"]
    early = await api.client.post(f"{location}/complete", headers=keyed("k"))
    assert (early.status_code, pointers(early)) == (422, {"/responses": "no_submitted_response"})
    services: Services = api.app.state["services"]
    organisation = ids.from_text("org", (await api.client.get(location)).json()["organisation"]["id"])
    async with services.database.read(EVERYONE) as session:
        query = select(func.count()).select_from(IDEMPOTENCY_RECORDS)
        assert await session.scalar(query.where(IDEMPOTENCY_RECORDS.c.organisation_id == organisation)) == 0
