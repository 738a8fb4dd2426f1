"""Problem documents, keys, methods and request ids."""

from __future__ import annotations

import logging
import random
import re
from typing import Any

import pytest

from assessment.service.rubrics import Rubrics
from tests.integration.api.running import Api, pointers

SECURED = [
    ("GET", "/v1/rubrics"),
    ("GET", "/v1/rubrics/alignment"),
    ("GET", "/v1/rubrics/alignment/2026.1"),
    ("GET", "/v1/studies"),
    ("GET", "/v1/studies/hbr-2006"),
    ("POST", "/v1/scores"),
    ("POST", "/v1/scores/batch"),
    ("POST", "/mcp"),
    ("POST", "/v1/assessments"),
    ("GET", "/v1/assessments"),
    ("GET", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("DELETE", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("POST", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/complete"),
    ("GET", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/result"),
    ("GET", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/change"),
    ("PATCH", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("GET", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/benchmark"),
    ("GET", "/v1/benchmarks/alignment"),
    ("GET", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/responses"),
    ("POST", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/responses"),
    ("GET", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/responses/resp_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("PATCH", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/responses/resp_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("POST", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/responses/resp_01k9zqf3v8e3rb4m5n6p7q8r9s/submit"),
    ("GET", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/invitations"),
    ("POST", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/invitations"),
    ("DELETE", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/invitations/inv_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("GET", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/report"),
    ("GET", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/share_links"),
    ("POST", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/share_links"),
    ("DELETE", "/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/share_links/link_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("GET", "/v1/organisations"),
    ("GET", "/v1/organisations/org_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("DELETE", "/v1/organisations/org_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("GET", "/v1/organisations/org_01k9zqf3v8e3rb4m5n6p7q8r9s/export"),
    ("GET", "/v1/organisations/org_01k9zqf3v8e3rb4m5n6p7q8r9s/trend"),
    ("GET", "/v1/audit_events"),
    ("GET", "/v1/webhook_endpoints"),
    ("POST", "/v1/webhook_endpoints"),
    ("GET", "/v1/webhook_endpoints/hook_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("PATCH", "/v1/webhook_endpoints/hook_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("DELETE", "/v1/webhook_endpoints/hook_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("POST", "/v1/webhook_endpoints/hook_01k9zqf3v8e3rb4m5n6p7q8r9s/rotate_secret"),
    ("POST", "/v1/webhook_endpoints/hook_01k9zqf3v8e3rb4m5n6p7q8r9s/test"),
    ("POST", "/v1/webhook_endpoints/hook_01k9zqf3v8e3rb4m5n6p7q8r9s/disable"),
    ("POST", "/v1/webhook_endpoints/hook_01k9zqf3v8e3rb4m5n6p7q8r9s/enable"),
    ("GET", "/v1/events"),
    ("GET", "/v1/events/evt_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("POST", "/v1/events/evt_01k9zqf3v8e3rb4m5n6p7q8r9s/resend"),
    ("POST", "/v1/keys"),
    ("GET", "/v1/keys"),
    ("GET", "/v1/keys/key_01k9zqf3v8e3rb4m5n6p7q8r9s"),
    ("POST", "/v1/keys/key_01k9zqf3v8e3rb4m5n6p7q8r9s/roll"),
    ("POST", "/v1/keys/key_01k9zqf3v8e3rb4m5n6p7q8r9s/revoke"),
]
OF_INVITED = [
    ("GET", "/v1/invitation"),
    ("GET", "/v1/invitation/response"),
    ("PATCH", "/v1/invitation/response"),
    ("POST", "/v1/invitation/response/submit"),
]
"""What takes an invitation and no key."""
OPEN = ["/health", "/ready", "/docs", "/docs/docs.js", "/openapi.json", "/v1/errors", "/v1/errors/conflict"]


def test_list_of_secured_addresses_is_complete(api: Api) -> None:
    routes = {re.sub(r"{(\w+):str}", r"{\1}", route.path_format) for route in api.app.routes}
    public = {"/health", "/ready", "/docs", "/docs/{name}", "/openapi.json", "/v1/errors", "/v1/errors/{code}"}
    hosted = {"/take", "/take/{token}", "/take/{token}/{rest}", "/pages/{name}", "/", "/demo"}
    hosted |= {"/widget/v1", "/widget/v1/{name}", "/widget/v1/frame"}
    hosted |= {"/r", "/r/{token}", "/r/{token}/report.pdf", "/r/{token}/{rest}", "/r/{token}/report.pdf/{rest}"}
    assert len(routes - public - hosted) == len({path for _, path in SECURED + OF_INVITED})


@pytest.mark.parametrize(("method", "path"), SECURED + OF_INVITED)
async def test_without_a_key_nothing_is_answered(api: Api, method: str, path: str) -> None:
    response = await api.nobody.request(method, path)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["code"] == "unauthenticated"


@pytest.mark.parametrize(("method", "path"), SECURED + OF_INVITED)
async def test_a_publishable_key_is_told_that_it_is_for_pages(api: Api, method: str, path: str) -> None:
    response = await api.nobody.request(method, path, headers={"Authorization": f"Bearer {api.publishable_key}"})
    assert (response.status_code, response.json()["code"]) == (403, "origin_not_allowed")
    assert "pages of the origins that it lists" in response.json()["detail"]


@pytest.mark.parametrize("path", OPEN)
async def test_service_pages_need_no_key(api: Api, path: str) -> None:
    assert (await api.nobody.get(path)).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic eDp5",
        "Bearer alm_sk_live_0",
        "Token abc",
        "Bearer \xff",
        "bearer\tx",
    ],
)
async def test_malformed_authorization_is_401(api: Api, header: str) -> None:
    response = await api.nobody.get("/v1/rubrics", headers=[(b"authorization", header.encode("latin-1"))])
    assert response.status_code == 401


async def test_two_keys_are_refused(api: Api) -> None:
    key = api.client.headers["authorization"]
    response = await api.nobody.get("/v1/rubrics", headers=[("Authorization", key), ("Authorization", key)])
    assert response.status_code == 401


async def test_a_valid_key_under_another_scheme_is_refused(api: Api) -> None:
    key = api.client.headers["authorization"].removeprefix("Bearer ")
    response = await api.nobody.get("/v1/rubrics", headers={"Authorization": f"Token {key}"})
    assert response.status_code == 401
    assert "Bearer <key>; no other scheme" in response.json()["detail"]


async def test_the_scheme_may_be_written_in_any_case(api: Api) -> None:
    key = api.client.headers["authorization"].removeprefix("Bearer ")
    assert (await api.nobody.get("/v1/rubrics", headers={"Authorization": f"bearer {key}"})).status_code == 200


async def test_a_key_in_the_query_is_not_taken(api: Api) -> None:
    key = api.client.headers["authorization"].removeprefix("Bearer ")
    assert (await api.nobody.get("/v1/rubrics", params={"key": key})).status_code == 401


async def test_a_problem_has_the_whole_shape(api: Api) -> None:
    response = await api.client.get("/v1/rubrics/none/2026.1", headers={"X-Request-Id": "my-1"})
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"] == "my-1"
    problem = response.json()
    detail = problem.pop("detail")
    assert detail.startswith("There is no published rubric 'none@2026.1'. Published are: alignment@2026.1, ")
    assert problem == {
        "type": "/v1/errors/rubric_not_found",
        "title": "No published rubric has this id and version",
        "status": 404,
        "instance": "/v1/rubrics/none/2026.1",
        "code": "rubric_not_found",
        "request_id": "my-1",
        "errors": [],
    }


async def test_the_type_of_a_problem_leads_to_its_description(api: Api) -> None:
    problem = (await api.client.get("/v1/nowhere")).json()
    described = (await api.nobody.get(problem["type"])).json()
    assert (described["code"], described["status"], described["title"]) == ("not_found", 404, problem["title"])


async def test_an_unknown_error_code_is_404(api: Api) -> None:
    assert (await api.nobody.get("/v1/errors/none")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/start", "/v1", "/v1/nowhere", "/v1/rubrics/a/b/c", "/docs/../app.py", "/docs/x.js", "/v2/scores"]
)
async def test_an_unknown_address_is_a_problem_with_a_request_id(api: Api, path: str) -> None:
    response = await api.client.get(path)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response.headers["x-request-id"] == response.json()["request_id"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/v1/scores", "OPTIONS, POST"),
        ("DELETE", "/v1/assessments", "GET, HEAD, OPTIONS, POST"),
        ("PUT", "/v1/assessments/x", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("POST", "/health", "GET, HEAD, OPTIONS"),
        ("TRACE", "/v1/rubrics", "GET, HEAD, OPTIONS"),
        ("PUT", "/v1/assessments/x/complete", "OPTIONS, POST"),
    ],
)
async def test_another_method_is_405_and_told_what_is_allowed(api: Api, method: str, path: str, allow: str) -> None:
    response = await api.client.request(method, path)
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert response.headers["allow"] == allow
    assert response.headers["x-request-id"] == response.json()["request_id"]


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/v1/assessments", "GET, HEAD, OPTIONS, POST"),
        ("/v1/assessments/x", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("/v1/scores/batch", "OPTIONS, POST"),
        ("/docs", "GET, HEAD, OPTIONS"),
    ],
)
async def test_options_names_every_method(api: Api, path: str, allow: str) -> None:
    response = await api.nobody.options(path)
    assert (response.status_code, response.headers["allow"], response.content) == (204, allow, b"")


@pytest.mark.parametrize("path", ["/v1/rubrics/alignment", "/v1/studies", "/health", "/docs", "/v1/nowhere"])
async def test_head_is_get_without_a_body(api: Api, path: str) -> None:
    got, head = await api.client.get(path), await api.client.head(path)
    assert head.content == b""
    assert head.status_code == got.status_code
    assert head.headers["content-type"] == got.headers["content-type"]
    if got.status_code == 200:
        assert head.headers["content-length"] == str(len(got.content))


@pytest.mark.parametrize("given", ["a", "A-1_b.c:d", "x" * 128])
async def test_a_usable_request_id_is_returned(api: Api, given: str) -> None:
    response = await api.nobody.get("/health", headers={"X-Request-Id": given})
    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", " ", "a b", "x" * 129, "é", "a\x0bb", "<script>"])
async def test_an_unusable_request_id_is_replaced(api: Api, given: str) -> None:
    response = await api.nobody.get("/health", headers=[(b"x-request-id", given.encode())])
    assert re.fullmatch(r"req_[0-9a-f]{24}", response.headers["x-request-id"])


async def test_a_request_id_is_drawn_without_touching_the_numbers_of_others(api: Api) -> None:
    before = random.getstate()
    ids = {(await api.nobody.get("/health")).headers["x-request-id"] for _ in range(20)}
    assert (len(ids), random.getstate() == before) == (20, True)


async def test_a_fault_of_ours_says_nothing_about_itself_and_is_logged(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: Rubrics, reference: str) -> Any:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr(Rubrics, "get", fail)
    with caplog.at_level(logging.ERROR, logger="assessment.api"):
        response = await api.client.post(
            "/v1/scores", json={"rubric": "alignment", "answers": {}}, headers={"X-Request-Id": "fault-1"}
        )
    assert response.status_code == 500
    assert response.json()["code"] == "internal_error"
    assert "secret" not in response.text
    (logged,) = caplog.records
    assert (logged.getMessage(), vars(logged)["request_id"], logged.exc_text is not None) == (
        "request failed",
        "fault-1",
        True,
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("x=1", {"/query/x": "unknown_parameter"}),
        ("limit=0", {"/query/limit": "invalid_parameter"}),
        ("limit=101", {"/query/limit": "invalid_parameter"}),
        ("limit=1e1", {"/query/limit": "invalid_parameter"}),
        ("limit=%2B1", {"/query/limit": "invalid_parameter"}),
        ("limit=1.0", {"/query/limit": "invalid_parameter"}),
        ("limit=", {"/query/limit": "invalid_parameter"}),
        ("limit=" + "9" * 5_000, {"/query/limit": "invalid_parameter"}),
        ("limit=1&limit=2", {"/query/limit": "repeated_parameter"}),
        ("cursor=x", {"/query/cursor": "invalid_cursor"}),
        ("cursor=%00", {"/query": "nul_character"}),
        ("cursor=%ff", {"/query": "invalid_encoding"}),
        ("status=done", {"/query/status": "invalid_parameter"}),
        ("organisation=org_x", {"/query/organisation": "invalid_id"}),
        ("created_after=yesterday", {"/query/created_after": "invalid_parameter"}),
        ("created_after=2026-01-01T00:00:00", {"/query/created_after": "invalid_parameter"}),
        ("created_after=1700000000", {"/query/created_after": "invalid_parameter"}),
        ("created_after=0001-01-01T00:00:00%2B14:00", {"/query": "invalid_parameter"}),
        (
            "a=1&limit=x&status=y",
            {
                "/query/a": "unknown_parameter",
                "/query/limit": "invalid_parameter",
                "/query/status": "invalid_parameter",
            },
        ),
    ],
)
async def test_bad_query_parameters_are_named(api: Api, query: str, expected: dict[str, str]) -> None:
    response = await api.client.get(f"/v1/assessments?{query}")
    assert (response.status_code, response.json()["code"]) == (422, "invalid_query")
    assert pointers(response) == expected


@pytest.mark.parametrize(("method", "path"), SECURED)
async def test_unknown_parameters_are_refused_everywhere(api: Api, method: str, path: str) -> None:
    response = await api.client.request(method, path + "?verbose=1")
    assert (response.status_code, pointers(response)) == (422, {"/query/verbose": "unknown_parameter"})
