"""Organisations and the audit log over HTTP."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import msgspec

from assessment.api.wire.organisations import OrganisationExport
from assessment.service import ids
from tests.integration.api.running import Api, case_answers, pointers


async def create(api: Api, name: str = "Northwind", **fields: Any) -> dict[str, Any]:
    body = {
        "rubric": "alignment-quick",
        "organisation": {"name": name, **fields},
        "responses": [
            {
                "function": "sales",
                "respondent": {"reference": "person-7", "seniority": "director"},
                "answers": case_answers("alignment-quick", "level-2-ground-rules"),
            }
        ],
        "complete": True,
    }
    answer = await api.client.post("/v1/assessments", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def erase(api: Api, organisation: str, if_match: str | None = None) -> httpx.Response:
    headers = {} if if_match is None else {"If-Match": if_match}
    return await api.client.delete(f"/v1/organisations/{organisation}", headers=headers)


async def test_an_organisation_has_an_etag_and_is_not_sent_twice(api: Api) -> None:
    made = await create(api, external_id="nw-1", domain="northwind.example", industry="tea", size="1-10", region="EU")
    answer = await api.client.get(f"/v1/organisations/{made['organisation']['id']}")
    assert answer.json() == {**made["organisation"], "created_at": made["created_at"], "assessments": 1}
    assert answer.headers["cache-control"] == "private, no-cache"
    headers = {"If-None-Match": answer.headers["etag"]}
    again = await api.client.get(f"/v1/organisations/{made['organisation']['id']}", headers=headers)
    assert (again.status_code, again.content) == (304, b"")


async def test_the_list_is_paged_and_narrowed(api: Api) -> None:
    one = (await create(api, "One", external_id="a"))["organisation"]["id"]
    two = (await create(api, "Two", external_id="b"))["organisation"]["id"]
    first = (await api.client.get("/v1/organisations", params={"limit": 1})).json()
    assert ([each["id"] for each in first["data"]], first["has_more"]) == ([two], True)
    second = (await api.client.get("/v1/organisations", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert ([each["id"] for each in second["data"]], second["has_more"], second["next_cursor"]) == ([one], False, None)
    found = (await api.client.get("/v1/organisations", params={"external_id": "a"})).json()["data"]
    assert [each["name"] for each in found] == ["One"]
    assert (await api.stranger.get("/v1/organisations")).json()["data"] == []


async def test_a_filter_that_is_unknown_or_wrong_is_named(api: Api) -> None:
    answer = await api.client.get("/v1/organisations", params={"colour": "red", "limit": "0", "created_after": "x"})
    assert pointers(answer) == {
        "/query/colour": "unknown_parameter",
        "/query/limit": "invalid_parameter",
        "/query/created_after": "invalid_parameter",
    }
    assert pointers(await api.client.get("/v1/organisations", params={"cursor": "x"})) == {
        "/query/cursor": "invalid_cursor"
    }
    assert pointers(await api.client.get("/v1/audit_events", params={"action": "key.eaten"})) == {
        "/query/action": "invalid_parameter"
    }


async def test_an_export_is_the_document_that_the_contract_describes(api: Api) -> None:
    made = await create(api)
    await create(api, "Southwind")
    answer = await api.client.get(f"/v1/organisations/{made['organisation']['id']}/export")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"]
    msgspec.json.decode(answer.content, type=OrganisationExport)
    document = answer.json()
    assert list(document) == list(OrganisationExport.__struct_fields__)
    [one] = document["assessments"]
    assert one["assessment"] == made
    [response] = one["responses"]
    assert response["answers"] == case_answers("alignment-quick", "level-2-ground-rules")
    assert document["idempotency_records"] == []
    assert [event["action"] for event in document["audit_events"]] == ["organisation.exported"]
    assert "Southwind" not in answer.text


async def test_an_export_says_that_an_answer_is_kept_for_repeated_requests(api: Api) -> None:
    body = {"rubric": "alignment-quick", "organisation": {"name": "Northwind"}}
    made = await api.client.post("/v1/assessments", json=body, headers={"Idempotency-Key": "one"})
    document = (await api.client.get(f"/v1/organisations/{made.json()['organisation']['id']}/export")).json()
    assert [record["status"] for record in document["idempotency_records"]] == [201]


async def test_erasing_needs_the_state_that_was_seen(api: Api) -> None:
    organisation = (await create(api, external_id="nw"))["organisation"]["id"]
    assert (await erase(api, organisation)).status_code == 428
    seen = (await api.client.get(f"/v1/organisations/{organisation}")).headers["etag"]
    await create(api, external_id="nw")
    stale = await erase(api, organisation, seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    now = (await api.client.get(f"/v1/organisations/{organisation}")).headers["etag"]
    gone = await erase(api, organisation, now)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await api.client.get(f"/v1/organisations/{organisation}")).status_code == 404
    assert (await api.client.get("/v1/assessments")).json()["data"] == []


async def test_a_repetition_after_the_erasure_finds_no_old_answer(api: Api) -> None:
    body = {"rubric": "alignment-quick", "organisation": {"name": "Northwind", "external_id": "nw"}}
    headers = {"Idempotency-Key": "one"}
    first = (await api.client.post("/v1/assessments", json=body, headers=headers)).json()
    assert (await erase(api, first["organisation"]["id"], "*")).status_code == 204
    second = await api.client.post("/v1/assessments", json=body, headers=headers)
    assert "idempotency-replayed" not in second.headers
    assert second.json()["organisation"]["id"] != first["organisation"]["id"]


async def test_what_is_foreign_is_not_found(api: Api) -> None:
    organisation = (await create(api))["organisation"]["id"]
    unknown = ids.to_text("org", ids.new_id())
    said = set()
    for wanted in (organisation, unknown, "org_nonsense"):
        path = f"/v1/organisations/{wanted}"
        for answer in (
            await api.stranger.get(path),
            await api.stranger.get(path + "/export"),
            await api.stranger.delete(path),
            await api.stranger.delete(path, headers={"If-Match": "*"}),
        ):
            assert answer.status_code == 404
            said.add((answer.json()["code"], answer.json()["detail"]))
    assert len(said) == 1
    assert (await api.client.get(f"/v1/organisations/{organisation}")).status_code == 200


async def test_the_log_says_who_did_what_by_which_request_without_naming_anybody(api: Api) -> None:
    organisation = (await create(api, "Very secret name", external_id="very-secret-id"))["organisation"]["id"]
    await api.client.get(f"/v1/organisations/{organisation}/export", headers={"X-Request-Id": "mine-1"})
    await api.client.delete(f"/v1/organisations/{organisation}", headers={"If-Match": "*", "X-Request-Id": "mine-2"})
    answer = await api.client.get("/v1/audit_events", params={"target": organisation})
    events = answer.json()["data"]
    assert [(event["action"], event["request_id"], event["mode"]) for event in events] == [
        ("organisation.erased", "mine-2", "live"),
        ("organisation.exported", "mine-1", "live"),
    ]
    assert events[0]["actor"].startswith("key_")
    assert events[0]["id"].startswith("audit_")
    assert "secret" not in answer.text
    assert (await api.stranger.get("/v1/audit_events", params={"target": organisation})).json()["data"] == []
    erased = await api.client.get("/v1/audit_events", params={"action": "organisation.erased"})
    assert [event["target"] for event in erased.json()["data"]] == [organisation]


async def test_deleting_an_assessment_is_in_the_log_with_its_request(api: Api) -> None:
    made = await create(api)
    headers = {"If-Match": "*", "X-Request-Id": "mine-3"}
    await api.client.delete(f"/v1/assessments/{made['id']}", headers=headers)
    [event] = (await api.client.get("/v1/audit_events", params={"target": made["id"]})).json()["data"]
    assert (event["action"], event["request_id"]) == ("assessment.deleted", "mine-3")
    assert event["details"] == {"organisation": made["organisation"]["id"]}


async def test_an_etag_is_that_of_the_bytes(api: Api) -> None:
    organisation = (await create(api))["organisation"]["id"]
    answer = await api.client.get(f"/v1/organisations/{organisation}")
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
