"""The committed contract: it is what the code says, it is valid, it is complete, and its examples are true."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import pytest
from jsonschema_rs import Draft202012Validator
from litestar import Litestar
from openapi_spec_validator import OpenAPIV31SpecValidator

from assessment.api.contract import document, load_example, operations, render
from assessment.app import contract
from assessment.errors import AssessmentError, DatabaseRefused, InvalidRubric
from tests.contract.examples import execute, settle
from tests.integration.api.running import Api

COMMITTED = Path(__file__).parents[2] / "openapi" / "openapi.json"
Everything = dict[str, Any]


@pytest.fixture(scope="session")
def committed() -> Everything:
    parsed: Everything = json.loads(COMMITTED.read_bytes())
    return parsed


def described(committed: Everything) -> list[tuple[str, str, Everything]]:
    return [(path, method, op) for path, item in committed["paths"].items() for method, op in item.items()]


def test_committed_contract_is_what_the_code_generates() -> None:
    assert COMMITTED.read_text() == contract(), "Run: python -m tests.contract.record"


def test_contract_is_the_same_every_time(served: Litestar) -> None:
    assert render(served) == render(served)


async def test_served_contract_is_the_committed_one(partner: Api) -> None:
    assert (await partner.nobody.get("/openapi.json")).content == COMMITTED.read_bytes()


def test_contract_is_valid_openapi_3_1(committed: Everything) -> None:
    assert committed["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(committed).validate()


def test_every_route_of_the_api_is_in_the_contract(served: Litestar, committed: Everything) -> None:
    routes = {route.path_format.replace(":str", "") for route in served.routes}
    hosted = {"/take", "/take/{token}", "/take/{token}/{rest}", "/pages/{name}", "/", "/demo"}
    hosted |= {"/widget/v1", "/widget/v1/{name}", "/widget/v1/frame"}
    hosted |= {"/r", "/r/{token}", "/r/{token}/report.pdf", "/r/{token}/{rest}", "/r/{token}/report.pdf/{rest}"}
    assert routes - set(committed["paths"]) == {"/docs", "/docs/{name}", "/mcp"} | hosted


def test_every_operation_says_what_it_does(committed: Everything) -> None:
    ids = [op["operationId"] for _, _, op in described(committed)]
    assert len(ids) == len(set(ids)) == 61
    for _, _, op in described(committed):
        assert op["summary"] and op["description"] and op["tags"]


def test_every_operation_has_an_example_file(served: Litestar) -> None:
    folder = Path(__file__).parents[2] / "assessment" / "api" / "examples"
    assert {path.stem for path in folder.iterdir()} == {op.id for _, _, op in operations(served)}


def test_every_problem_is_a_problem_document(committed: Everything) -> None:
    for _, _, op in described(committed):
        problems = {status: answer for status, answer in op["responses"].items() if status >= "400"}
        assert {"422", "500", "503"} <= set(problems)
        assert ({"401", "403"} <= set(problems)) == (op.get("security") != [])
        for answer in problems.values():
            assert list(answer["content"]) == ["application/problem+json"]
            assert "X-Request-Id" in answer["headers"]


def test_every_object_is_closed_and_every_field_described(committed: Everything) -> None:
    for name, schema in committed["components"]["schemas"].items():
        if "properties" not in schema:
            continue
        assert schema["additionalProperties"] is False, name
        for field, part in schema["properties"].items():
            assert "description" in part, f"{name}.{field}"


def test_every_field_of_an_answer_is_required(committed: Everything) -> None:
    requests = {"ScoreRequest", "ResponseToScore", "BatchRequest", "AssessmentRequest", "Nothing"}
    requests |= {
        "OrganisationRequest",
        "RespondentRequest",
        "ResponseRequest",
        "AssessmentPatch",
        "KeyRequest",
        "RollRequest",
        "NewResponseRequest",
        "ResponsePatch",
        "InvitationRequest",
        "ShareLinkRequest",
        "OwnResponsePatch",
        "WebhookEndpointRequest",
        "WebhookEndpointPatch",
        "RotationRequest",
        "ResendRequest",
    }
    for name, schema in committed["components"]["schemas"].items():
        if "properties" in schema and name not in requests:
            assert set(schema["required"]) == set(schema["properties"]), name


def test_whole_numbers_are_bounded_where_they_are_sent(committed: Everything) -> None:
    level = committed["components"]["schemas"]["ScoreRequest"]["properties"]["target_level"]
    assert level["anyOf"] == [{"type": "integer", "minimum": 1, "maximum": 4}, {"type": "null"}]
    [limit] = [p for p in committed["paths"]["/v1/assessments"]["get"]["parameters"] if p["name"] == "limit"]
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}


async def test_examples_are_answered_as_the_contract_shows(partner: Api, committed: Everything) -> None:
    answers = await execute(partner.app, partner.client)
    for path, method, op in described(committed):
        name = op["operationId"]
        expected = {
            "create_assessment": 201,
            "delete_assessment": 204,
            "create_key": 201,
            "roll_key": 201,
            "create_response": 201,
            "create_invitations": 201,
            "revoke_invitation": 204,
            "create_share_link": 201,
            "revoke_share_link": 204,
            "erase_organisation": 204,
            "create_webhook_endpoint": 201,
            "rotate_webhook_secret": 201,
            "test_webhook_endpoint": 202,
            "resend_event": 202,
            "delete_webhook_endpoint": 204,
        }.get(name, 200)
        assert answers[name].status_code == expected, f"{name}: {answers[name].text}"
        shown = load_example(name).get("response")
        if shown is not None:
            assert json.loads(settle(answers[name].text)) == shown, f"{method} {path}"


async def test_answers_of_examples_fit_their_schemas(partner: Api, committed: Everything) -> None:
    for name, response in (await execute(partner.app, partner.client)).items():
        [op] = [op for _, _, op in described(committed) if op["operationId"] == name]
        content = op["responses"][str(response.status_code)].get("content")
        if content is None:
            assert response.content == b""
            continue
        if "application/json" not in content:
            assert response.headers["content-type"].partition(";")[0] in content
            continue
        schema = {**content["application/json"]["schema"], "components": committed["components"]}
        Draft202012Validator(schema).validate(msgspec.json.decode(response.content))


def test_posts_take_an_idempotency_key_and_changes_ask_for_an_etag(committed: Everything) -> None:
    guarded = []
    for path, method, op in described(committed):
        headers = {parameter["name"] for parameter in op.get("parameters", ()) if parameter["in"] == "header"}
        assert ("Idempotency-Key" in headers) == (method == "post"), path
        if "If-Match" in headers:
            guarded.append(op["operationId"])
            # An invited person's response is made by the first change of it.
            assert {"412", "428"} | ({"404"} if "{" in path else set()) <= set(op["responses"])
    assert {"update_assessment", "delete_assessment"} <= set(guarded)


def test_an_invitation_is_for_its_own_operations_and_one_rubric_version(committed: Everything) -> None:
    taken = {op["operationId"]: op["security"] for _, _, op in described(committed) if op["security"]}
    alone = {name for name, security in taken.items() if security == [{"invitation": []}]}
    assert alone == {"get_own_invitation", "get_own_response", "update_own_response", "submit_own_response"}
    assert {name for name, security in taken.items() if {"invitation": []} in security} - alone == {"get_rubric"}


class Repeating(httpx.AsyncClient):
    """Sends each POST twice with a key of its own."""

    async def request(self, method: Any, url: Any, **given: Any) -> httpx.Response:
        if str(method).upper() != "POST":
            return await super().request(method, url, **given)
        key = {"Idempotency-Key": f'"{uuid.uuid4()}"'}
        given["headers"] = {**(given.get("headers") or {}), **key}
        first = await super().request(method, url, **given)
        again = await super().request(method, url, **given)
        assert (again.status_code, again.content) == (first.status_code, first.content), url
        assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true"), url
        for name in ("Location", "ETag"):
            assert again.headers.get(name) == first.headers.get(name), url
        return first


async def test_every_post_is_answered_the_same_when_it_is_repeated(partner: Api) -> None:
    authorization = {"Authorization": partner.client.headers["Authorization"]}
    transport = httpx.ASGITransport(cast("Any", partner.app), raise_app_exceptions=False)
    async with Repeating(transport=transport, base_url="http://testserver", headers=authorization) as client:
        answers = await execute(partner.app, client)
    assert {name for name, answer in answers.items() if answer.request.method == "POST"} >= {
        "create_assessment",
        "complete_assessment",
        "score_answers",
        "score_batch",
    }


def test_requests_of_examples_fit_their_schemas(committed: Everything) -> None:
    for _, _, op in described(committed):
        if "requestBody" in op:
            content = op["requestBody"]["content"]["application/json"]
            schema = {**content["schema"], "components": committed["components"]}
            Draft202012Validator(schema).validate(content["example"])


async def test_every_code_in_the_contract_is_listed(partner: Api, committed: Everything) -> None:
    listed = {entry["code"] for entry in (await partner.nobody.get("/v1/errors")).json()["data"]}
    named = {
        code.strip("` .")
        for _, _, op in described(committed)
        for status, answer in op["responses"].items()
        if status >= "400"
        for code in answer["description"].split("Codes: ")[1].split(",")
    }
    assert named <= listed
    assert listed - named == {"method_not_allowed", "conflict"}


async def test_every_error_class_has_a_listed_code(partner: Api) -> None:
    listed = {entry["code"]: entry for entry in (await partner.nobody.get("/v1/errors")).json()["data"]}
    never_sent = {InvalidRubric, DatabaseRefused}

    def classes(kind: type[AssessmentError]) -> set[type[AssessmentError]]:
        below = [classes(child) for child in kind.__subclasses__()]
        return {kind}.union(*below)

    for kind in classes(AssessmentError) - never_sent:
        if kind.__module__.startswith(("assessment.errors", "assessment.api")):
            assert listed[kind.code]["title"] == kind.title
            assert listed[kind.code]["description"]


def test_document_and_bytes_agree(served: Litestar) -> None:
    assert json.loads(render(served)) == document(served)
