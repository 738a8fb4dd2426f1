"""One session of an assistant with a running service, by the official client."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import ClientSession, MCPError
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, TextResourceContents

from tests.faults.servers import Server, database, serving
from tests.integration.api.running import case_answers

ANSWERS = case_answers("alignment-quick", "level-2-ground-rules")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """An `assessment serve` on each engine."""
    settings = {"ASSESSMENT_RATE_LIMIT_SECRET": "40/day"}
    with database(request.param) as url, serving(url, settings=settings) as started:
        yield started


@asynccontextmanager
async def session_with(server: Server, key: str) -> AsyncIterator[ClientSession]:
    """A session of the protocol, not yet initialized."""
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, trust_env=False) as http,
        streamable_http_client(f"{server.url}/mcp", http_client=http) as (reading, writing),
        ClientSession(reading, writing) as session,
    ):
        yield session


def text_of(answer: CallToolResult) -> str:
    (content,) = answer.content
    assert isinstance(content, TextContent)
    return content.text


async def call(session: ClientSession, tool: str, **arguments: Any) -> dict[str, Any]:
    """What a tool answers. The client holds it against the schema that was announced."""
    answer = await session.call_tool(tool, arguments)
    assert not answer.is_error, text_of(answer)
    found: dict[str, Any] = answer.structured_content
    return found


async def test_an_assistant_leads_somebody_from_the_questions_to_the_next_level(server: Server) -> None:
    async with server.client() as api:
        body = {"rubric": "alignment-quick", "organisation": {"name": "Northwind"}, "responses": [{"answers": ANSWERS}]}
        stored = (await api.post("/v1/assessments", json=body | {"complete": True})).json()

    async with session_with(server, server.keys.secret) as session:
        begun = await session.initialize()
        assert (begun.protocol_version, begun.server_info.name) == ("2025-11-25", "alignment-assessment")
        assert begun.instructions is not None
        assert "never guess one" in begun.instructions

        tools = (await session.list_tools()).tools
        assert len(tools) == 6
        for tool in tools:
            assert tool.annotations is not None
            assert (tool.annotations.read_only_hint, tool.annotations.idempotent_hint) == (True, True)
            assert tool.description
            assert tool.output_schema

        # Which rubric, and what it asks.
        listed = await call(session, "list_rubrics")
        assert "alignment-quick" in [one["id"] for one in listed["rubrics"]]
        asked = await call(session, "get_questions", rubric="alignment-quick", locale="de")
        questions = [question["id"] for dimension in asked["dimensions"] for question in dimension["questions"]]
        assert questions == list(ANSWERS)

        # A slip is answered with what is allowed; then the score.
        scored = {"rubric": "alignment-quick", "answers": ANSWERS}
        slip = await session.call_tool("score_answers", scored | {"answers": ANSWERS | {"kpi-set": "all of them"}})
        assert slip.is_error
        assert "- /answers/kpi-set: 'kpi-set' has no option 'all of them'. Allowed options: separate, " in text_of(slip)
        verdict = await call(session, "score_answers", **scored)
        assert verdict["score"] == stored["result"]["score"]
        assert verdict["rating"] == stored["result"]["rating"]

        # Why, from the stored assessment as from the answers; and what next.
        of_answers = await call(session, "explain_result", **scored)
        of_stored = await call(session, "explain_result", assessment=stored["id"])
        assert of_answers == of_stored
        assert len(of_stored["answers"]) == 12
        plan = await call(session, "plan_next_level", assessment=stored["id"])
        steps = [step["question"] for step in plan["next_level"]["steps"]]
        assert steps == [change["question"] for change in stored["result"]["next_level"]["changes"]]

        # The evidence: a finding that the explanation names, its study, and the whole rubric.
        named = next(beside["finding"] for answer in of_stored["answers"] for beside in answer["beside"])
        (finding,) = (await call(session, "look_up_finding", finding=named))["findings"]
        assert finding["id"] == named
        templates = (await session.list_resource_templates()).resource_templates
        assert [one.uri_template for one in templates] == ["rubric://{id}/{version}", "study://{id}"]
        resources = {one.uri: one for one in (await session.list_resources()).resources}
        assert {f"study://{finding['study']}", "rubric://alignment-quick/2026.2"} <= resources.keys()
        async with server.client() as api:
            for uri, path in (
                (f"study://{finding['study']}", f"/v1/studies/{finding['study']}"),
                ("rubric://alignment-quick/2026.2", "/v1/rubrics/alignment-quick/2026.2"),
            ):
                (content,) = (await session.read_resource(uri)).contents
                assert isinstance(content, TextResourceContents)
                assert (content.mime_type, json.loads(content.text)) == (
                    "application/json",
                    (await api.get(path)).json(),
                )
        with pytest.raises(MCPError, match=r"No study has the id `none`"):
            await session.read_resource("study://none")
        with pytest.raises(MCPError, match=r"There is no tool 'grade'\. Tools: list_rubrics"):
            await session.call_tool("grade", {})

    assert '"route":"/mcp"' in server.log
    assert "all of them" not in server.log


async def test_every_resource_that_is_listed_can_be_read(server: Server) -> None:
    restricted = await made(server, ["catalogue:read"])
    async with session_with(server, restricted) as session:
        await session.initialize()
        listed = (await session.list_resources()).resources
        assert len(listed) == 34
        for resource in listed[::3]:
            (content,) = (await session.read_resource(resource.uri)).contents
            assert isinstance(content, TextResourceContents)
            assert json.loads(content.text)["title"]


async def test_the_protocol_of_2026_is_spoken_as_well(server: Server) -> None:
    headers = {"Authorization": f"Bearer {await made(server, ['catalogue:read', 'scores:write'])}"}
    async with (
        httpx2.AsyncClient(headers=headers, trust_env=False) as http,
        Client(streamable_http_client(f"{server.url}/mcp", http_client=http)) as client,
    ):
        assert client.protocol_version == "2026-07-28"
        assert len((await client.list_tools()).tools) == 6
        answer = await client.call_tool("score_answers", {"rubric": "alignment-quick", "answers": ANSWERS})
        assert "alignment-quick@2026.2: score " in text_of(answer)
        refused = await client.call_tool("explain_result", {"assessment": "asmt_1"})
        assert refused.is_error
        assert "This needs the scope assessments:read." in text_of(refused)


async def test_a_wrong_key_and_a_spent_quota_are_said_to_the_client(server: Server) -> None:
    async with session_with(server, "alm_sk_live_wrong") as session:
        with pytest.raises(MCPError, match="A valid API key is needed"):
            await session.initialize()
    async with session_with(server, await made(server, ["scores:write"])) as session:
        await session.initialize()
        with pytest.raises(MCPError, match=r"The limit is 40 requests in 86,400 s\. Try again in "):
            await ping_often(session)


async def ping_often(session: ClientSession) -> None:
    for _ in range(40):
        await session.send_ping()


async def made(server: Server, scopes: list[str]) -> str:
    """A new restricted key, which has a quota of its own."""
    async with server.client() as api:
        key: str = (await api.post("/v1/keys", json={"kind": "restricted", "scopes": scopes})).json()["key"]
        return key
