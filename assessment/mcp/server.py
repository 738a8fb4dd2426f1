"""The protocol itself, by the official SDK: one server for one caller, over HTTP or on stdio."""

from __future__ import annotations

from typing import Any, NamedTuple

import mcp_types as types
import msgspec
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError

from assessment import __version__
from assessment.errors import AssessmentError
from assessment.mcp import resources
from assessment.mcp.desk import Desk
from assessment.mcp.said import problem
from assessment.mcp.tools import BY_NAME, INSTRUCTIONS, TOOLS, Tool

Context = ServerRequestContext[Any, Any]
Page = types.PaginatedRequestParams | None


class Answer(NamedTuple):
    """What goes back over HTTP."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


async def answer(desk: Desk, scope: Any, receive: Any, body: bytes) -> Answer:
    """The answer to one message that came by POST. Nothing is remembered between two of them, so any worker answers
    any message."""
    begun: dict[str, Any] = {}
    parts: list[bytes] = []
    unread = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Any:
        return unread.pop() if unread else await receive()

    async def collect(message: Any) -> None:
        if message["type"] == "http.response.start":
            begun.update(message)
        else:
            parts.append(message.get("body", b""))

    manager = StreamableHTTPSessionManager(build(desk), json_response=True, stateless=True)
    async with manager.run():
        await manager.handle_request(scope, replay, collect)
    return Answer(begun["status"], list(begun.get("headers", ())), b"".join(parts))


async def serve_stdio(desk: Desk) -> None:
    """Answer what comes on standard input, until it ends."""
    server = build(desk)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def build(desk: Desk) -> Server[Any]:
    """The server for one caller."""

    async def list_tools(_: Context, page: Page) -> types.ListToolsResult:
        _refuse_cursor(page)
        return types.ListToolsResult(tools=[_listed(tool, desk) for tool in TOOLS])

    async def call_tool(_: Context, asked: types.CallToolRequestParams) -> types.CallToolResult:
        tool = BY_NAME.get(asked.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {asked.name[:100]!r}. Tools: {', '.join(BY_NAME)}.")
        try:
            told = await tool.run(desk, asked.arguments or {})
        except Exception as error:  # whatever it is, a model reads it as the tool's answer
            return types.CallToolResult(content=[_text(problem(desk.judge(error)))], is_error=True)
        return types.CallToolResult(content=[_text(told.text)], structured_content=msgspec.to_builtins(told.document))

    async def list_resources(_: Context, page: Page) -> types.ListResourcesResult:
        _refuse_cursor(page)
        try:
            found = list(resources.listed(desk))
        except Exception as error:  # as above: none says more than it may
            raise _refusal(desk.judge(error)) from None
        return types.ListResourcesResult(
            resources=[types.Resource(mime_type=resources.MEDIA_TYPE, **one._asdict()) for one in found]
        )

    async def list_templates(_: Context, page: Page) -> types.ListResourceTemplatesResult:
        _refuse_cursor(page)
        found = [
            types.ResourceTemplate(
                uri_template=one.uri,
                name=one.name,
                title=one.title,
                description=one.description,
                mime_type=resources.MEDIA_TYPE,
            )
            for one in resources.TEMPLATES
        ]
        return types.ListResourceTemplatesResult(resource_templates=found)

    async def read_resource(_: Context, asked: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        try:
            text = resources.read(desk, asked.uri)
        except Exception as error:  # as above: none says more than it may
            raise _refusal(desk.judge(error)) from None
        content = types.TextResourceContents(uri=asked.uri, mime_type=resources.MEDIA_TYPE, text=text)
        return types.ReadResourceResult(contents=[content])

    server: Server[Any] = Server(
        "alignment-assessment",
        version=__version__,
        title="Alignment Assessment",
        instructions=INSTRUCTIONS,
        # No header says what an argument does, so there is none to compare with it.
        get_tool_input_schema=lambda _: None,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )
    # A request has one span, the service's own, which says nothing of what was sent.
    server.middleware.clear()
    return server


def _listed(tool: Tool, desk: Desk) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.described_for(desk),
        input_schema=tool.takes_at(desk),
        output_schema=tool.answers_with(),
        annotations=types.ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )


def _text(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)


def _refusal(error: AssessmentError) -> MCPError:
    ours = type(error) is AssessmentError
    return MCPError(types.INTERNAL_ERROR if ours else types.INVALID_PARAMS, problem(error), {"code": error.code})


def _refuse_cursor(page: Page) -> None:
    if page is not None and page.cursor is not None:
        raise MCPError(types.INVALID_PARAMS, "Every list has one page: send no cursor.")
