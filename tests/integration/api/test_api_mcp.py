"""The address `/mcp` as plain HTTP: keys, scopes, origins, quotas and bodies are those of the API."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

import assessment.mcp
from assessment.mcp.protocol import load
from tests.integration.api.running import PAGE, Api, case_answers, client_of, pointers
from tests.integration.api.test_api_limits import left, limited

ANSWERS = case_answers("alignment-quick", "level-2-ground-rules")
SCORED = {"rubric": "alignment-quick@2026.1", "answers": ANSWERS}
CLIENT = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
"""What every client of the protocol sends."""


async def send(client: httpx.AsyncClient, method: str, params: Any = None, **headers: str) -> httpx.Response:
    message = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params or {}}
    return await client.post("/mcp", json=message, headers=CLIENT | headers)


async def use(client: httpx.AsyncClient, tool: str, **arguments: Any) -> dict[str, Any]:
    """What a tool answers."""
    response = await send(client, "tools/call", {"name": tool, "arguments": arguments})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["result"]
    return found


async def completed(api: Api, **changes: Any) -> str:
    """The id of an assessment that is completed, unless the changes say otherwise."""
    body = {"rubric": SCORED["rubric"], "organisation": {"name": "Northwind"}, "complete": True}
    created = await api.client.post("/v1/assessments", json=body | {"responses": [{"answers": ANSWERS}]} | changes)
    assert created.status_code == 201, created.text
    found: str = created.json()["id"]
    return found


async def restricted(api: Api, scope: str) -> str:
    created = await api.client.post("/v1/keys", json={"kind": "restricted", "scopes": [scope]})
    key: str = created.json()["key"]
    return key


async def test_a_message_is_answered_in_one_piece_with_the_fields_of_every_answer(api: Api) -> None:
    response = await send(api.client, "tools/list", **{"X-Request-Id": "mine"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"] == "mine"
    assert "ratelimit" in response.headers
    assert "mcp-session-id" not in response.headers
    # A shared cache must not hand this answer to a page.
    assert response.headers["vary"] == "Origin, Sec-Fetch-Site"
    assert [tool["name"] for tool in response.json()["result"]["tools"]] == [
        "list_rubrics",
        "get_questions",
        "score_answers",
        "explain_result",
        "plan_next_level",
        "look_up_finding",
    ]


async def test_a_score_is_that_of_the_api(api: Api) -> None:
    scored = (await api.client.post("/v1/scores", json=SCORED)).json()
    found = (await use(api.client, "score_answers", **SCORED))["structuredContent"]
    for name in ("rubric", "engine", "score", "rating", "bounds", "dimensions", "next_level", "target"):
        assert found[name] == scored[name]


async def test_a_stored_result_is_explained_and_planned_from_by_its_id(api: Api) -> None:
    assessment = await completed(api)
    stored = (await api.client.get(f"/v1/assessments/{assessment}/result")).json()
    explained = (await use(api.client, "explain_result", assessment=assessment, dimension="slas"))["structuredContent"]
    assert (explained["score"], explained["level"]) == (stored["score"], stored["rating"]["level"])
    assert [one["question"] for one in explained["answers"]] == ["sla-agreement", "sla-clauses", "response-time"]
    plan = (await use(api.client, "plan_next_level", assessment=assessment))["structuredContent"]
    steps = [(step["question"], step["option"]) for step in plan["next_level"]["steps"]]
    assert steps == [(one["question"], one["option"]) for one in stored["next_level"]["changes"]]


async def test_an_assessment_of_others_an_open_one_and_one_too_much_are_refused(api: Api) -> None:
    assessment = await completed(api)
    for client, arguments, said in (
        (api.stranger, {"assessment": assessment}, "No such resource exists for this key (resource_not_found)."),
        (api.client, {"assessment": "asmt_1"}, "No such resource exists for this key (resource_not_found)."),
        (api.client, {"assessment": await completed(api, complete=False)}, "(assessment_open)."),
        (api.client, {"assessment": assessment, **SCORED}, "- /answers: There is no such field here."),
        (api.client, {}, "- /rubric: This field is needed: a text of 1 to 100 characters."),
    ):
        for tool in ("explain_result", "plan_next_level"):
            answer = await use(client, tool, **arguments)
            assert answer["isError"] is True
            assert said in answer["content"][0]["text"]
            assert "structuredContent" not in answer


async def test_each_tool_and_resource_wants_its_scope(api: Api) -> None:
    assessment = await completed(api)
    catalogue = [("list_rubrics", {}), ("get_questions", {"rubric": "alignment"}), ("look_up_finding", {"text": "SLA"})]
    scoring: list[tuple[str, dict[str, Any]]] = [
        (tool, SCORED) for tool in ("score_answers", "explain_result", "plan_next_level")
    ]
    stored = [(tool, {"assessment": assessment}) for tool in ("explain_result", "plan_next_level")]
    wanted = {"catalogue:read": catalogue, "scores:write": scoring, "assessments:read": stored}
    for scope in wanted:
        async with client_of(api.app, await restricted(api, scope)) as client:
            assert (await send(client, "tools/list")).status_code == 200
            for needed, calls in wanted.items():
                for tool, arguments in calls:
                    answer = await use(client, tool, **arguments)
                    assert answer.get("isError", False) is (needed != scope), (scope, tool)
                    if needed != scope:
                        said = f"(scope_missing). This needs the scope {needed}. The key has: {scope}."
                        assert said in answer["content"][0]["text"]
            for method, params in ("resources/list", {}), ("resources/read", {"uri": "study://hbr-2011"}):
                answer = (await send(client, method, params)).json()
                assert ("result" in answer) is (scope == "catalogue:read")
                if scope != "catalogue:read":
                    assert answer["error"]["data"] == {"code": "scope_missing"}


async def test_without_a_valid_key_nothing_is_answered(api: Api) -> None:
    for key in (None, "alm_sk_live_nothing", api.publishable_key):
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        status, code = (403, "origin_not_allowed") if key == api.publishable_key else (401, "unauthenticated")
        plain = await api.nobody.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "ping"}, headers=headers)
        assert (plain.status_code, plain.headers["content-type"]) == (status, "application/problem+json")
        assert plain.json()["code"] == code
        spoken = await send(api.nobody, "ping", **headers)
        assert (spoken.status_code, spoken.headers["content-type"]) == (status, "application/json")
        assert spoken.headers.get("www-authenticate") == plain.headers.get("www-authenticate")
        error = spoken.json()["error"]
        assert (error["code"], error["message"]) == (-32600, plain.json()["detail"])
        assert error["data"] | {"request_id": ""} == plain.json() | {"request_id": ""}
    assert (await send(api.nobody, "ping")).headers["www-authenticate"] == "Bearer"


async def test_a_publishable_key_scores_from_its_pages_and_reads_nothing_stored(api: Api) -> None:
    assessment = await completed(api)
    async with client_of(api.app, api.publishable_key) as page:
        page.headers["Origin"] = PAGE
        response = await send(page, "tools/call", {"name": "score_answers", "arguments": SCORED})
        assert response.json()["result"]["structuredContent"]["rubric"]["id"] == "alignment-quick"
        assert response.headers["access-control-allow-origin"] == PAGE
        assert response.headers["vary"] == "Origin, Sec-Fetch-Site"
        refused = await use(page, "explain_result", assessment=assessment)
        assert "(forbidden). A publishable key may not do this" in refused["content"][0]["text"]
        page.headers["Origin"] = "https://attacker.example"
        refused_here = await send(page, "ping")
    assert (refused_here.status_code, refused_here.json()["error"]["data"]["code"]) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in refused_here.headers


async def test_a_page_learns_that_its_key_was_revoked(api: Api) -> None:
    created = (await api.client.post("/v1/keys", json={"kind": "publishable", "origins": [PAGE]})).json()
    await api.client.post(f"/v1/keys/{created['id']}/revoke")
    refused = await send(api.nobody, "ping", Authorization=f"Bearer {created['key']}", Origin=PAGE)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, PAGE)


async def test_a_preflight_tells_known_pages_what_they_may_send(api: Api) -> None:
    told = await api.nobody.options("/mcp", headers={"Origin": PAGE, "Access-Control-Request-Method": "POST"})
    assert (told.status_code, told.headers["access-control-allow-methods"]) == (204, "POST")
    allowed = told.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "mcp-protocol-version", "mcp-method", "mcp-name"} <= set(allowed)
    elsewhere = await api.nobody.options("/mcp", headers={"Origin": "https://attacker.example"})
    assert "access-control-allow-origin" not in elsewhere.headers


async def test_a_page_may_not_use_another_key_wherever_it_got_it(api: Api) -> None:
    for origin in (PAGE, "https://attacker.example", "null", "http://testserver"):
        refused = await send(api.client, "ping", Origin=origin)
        assert (refused.status_code, refused.json()["error"]["data"]["code"]) == (403, "origin_not_allowed")
        assert "send no header Origin" in refused.json()["error"]["message"]
    own = await send(api.client, "ping", Host="localhost:8000", Origin="http://localhost:8000")
    assert (own.status_code, own.json()["result"]) == (200, {})


async def test_a_call_counts_against_the_keys_quota(tmp_path: Path) -> None:
    async with limited(tmp_path, rate_limit_secret="3/day") as api:
        call = {"name": "list_rubrics", "arguments": {}}
        answers = [await send(api.client, "tools/call", call) for _ in range(3)]
        assert [left(answer) for answer in answers] == [{"default": n} for n in (2, 1, 0)]
        spent = await send(api.client, "tools/call", call)
        assert (spent.status_code, spent.json()["error"]["data"]["code"]) == (429, "rate_limited")
        assert int(spent.headers["retry-after"]) > 0
        assert "The limit is 3 requests in 86,400 s." in spent.json()["error"]["message"]
        assert (await api.client.get("/v1/rubrics")).status_code == 429


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"", "application/json", 400, "body_missing"),
        (b"{", "application/json", 400, "malformed_json"),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping"}', "text/plain", 415, "unsupported_media_type"),
        (b'{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"ping"}', "application/json", 422, "duplicate_keys"),
        (b'{"jsonrpc":"2.0","id":1,"method":"' + b"x" * 262_144 + b'"}', "application/json", 413, "body_too_large"),
        (b"[" * 40 + b"]" * 40, "application/json", 422, "nesting_too_deep"),
    ],
)
async def test_a_body_is_refused_as_everywhere(api: Api, body: bytes, kind: str, status: int, code: str) -> None:
    refused = await api.client.post("/mcp", content=body, headers=CLIENT | {"Content-Type": kind})
    assert (refused.status_code, refused.json()["error"]["data"]["code"]) == (status, code)
    assert refused.json()["id"] is None


async def test_what_is_no_message_is_told_what_one_is(api: Api) -> None:
    for body, found in (
        ([{"jsonrpc": "2.0", "id": 1, "method": "ping"}], {"": "wrong_type"}),
        ({"id": 1, "method": "ping"}, {"/jsonrpc": "missing_field"}),
        ({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": 5}, {"/params": "wrong_type"}),
        ({"jsonrpc": "2.0", "id": 1.5, "method": 2}, {"/id": "wrong_type", "/method": "wrong_type"}),
    ):
        refused = await api.client.post("/mcp", json=body)
        assert (refused.status_code, pointers(refused)) == (422, found)


async def test_the_protocols_own_mistakes_are_its_own_errors(api: Api) -> None:
    for method, params, code, said in (
        ("tools/call", {"name": "score", "arguments": {}}, -32602, "There is no tool 'score'. Tools: list_rubrics, "),
        ("tools/list", {"cursor": "x"}, -32602, "Every list has one page: send no cursor."),
        ("resources/read", {"uri": "study://none"}, -32602, "(study_not_found)"),
        ("resources/read", {"uri": "rubric://alignment/1"}, -32602, "there are: alignment@2026.1"),
        ("resources/read", {"uri": "file:///etc/passwd"}, -32602, "Readable are rubric://{id}/{version} and "),
        ("prompts/list", {}, -32601, "Method not found"),
    ):
        answer = (await send(api.client, method, params)).json()
        assert (answer["id"], answer["error"]["code"]) == (7, code)
        assert said in answer["error"]["message"]


async def test_nothing_is_streamed_and_there_is_no_session_to_end(api: Api) -> None:
    for method in ("GET", "DELETE"):
        refused = await api.client.request(method, "/mcp", headers=CLIENT)
        assert (refused.status_code, refused.headers["allow"]) == (405, "OPTIONS, POST")
    noted = await api.client.post(
        "/mcp", json={"jsonrpc": "2.0", "method": "notifications/initialized"}, headers=CLIENT
    )
    assert (noted.status_code, noted.content) == (202, b"")


async def test_without_the_extra_the_address_says_what_to_install(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await send(api.client, "ping")).status_code == 200
    monkeypatch.delattr(assessment.mcp, "server")
    monkeypatch.setitem(sys.modules, "assessment.mcp.server", None)
    load.cache_clear()
    refused = await send(api.client, "ping")
    load.cache_clear()
    assert (refused.status_code, refused.json()["error"]["data"]["code"]) == (404, "not_found")
    assert "pip install 'alignment-assessment[mcp]'" in refused.json()["error"]["message"]
