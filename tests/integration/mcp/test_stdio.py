"""`assessment mcp` as an assistant on the same machine starts it: no service, no key, no database."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult, TextContent

from tests.integration.api.running import case_answers

SCORED = {"rubric": "alignment@2026.1", "answers": case_answers("alignment", "level-3-worked-example")}


@pytest.fixture
def rubrics(tmp_path: Path) -> Path:
    """The rubrics of this repository but one, alone in a folder."""
    copied = Path(shutil.copytree(Path(__file__).parents[3] / "rubrics", tmp_path / "rubrics"))
    shutil.rmtree(copied / "alignment-quick")
    lock = copied / "published.lock"
    kept = [line for line in lock.read_text().splitlines() if not line.startswith("alignment-quick@")]
    lock.write_text("\n".join([*kept, ""]))
    return copied


@asynccontextmanager
async def session(folder: Path, *options: str) -> AsyncIterator[ClientSession]:
    """A session with the command, which is started in an empty folder and ends with it."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "assessment", "mcp", *options], cwd=folder, env=dict(os.environ)
    )
    async with stdio_client(command) as (reading, writing), ClientSession(reading, writing) as opened:
        await opened.initialize()
        yield opened


def text_of(answer: CallToolResult) -> str:
    (content,) = answer.content
    assert isinstance(content, TextContent)
    return content.text


async def test_every_tool_works_with_rubrics_of_ones_own_and_no_service(rubrics: Path) -> None:
    calls: dict[str, dict[str, Any]] = {
        "list_rubrics": {},
        "get_questions": {"rubric": "alignment"},
        "score_answers": SCORED,
        "explain_result": SCORED,
        "plan_next_level": SCORED,
        "look_up_finding": {"text": "SLA"},
    }
    async with session(rubrics.parent, "--rubrics-dir", "rubrics") as opened:
        tools = {tool.name: tool for tool in (await opened.list_tools()).tools}
        assert tools.keys() == calls.keys()
        assert "assessment" not in tools["explain_result"].input_schema["properties"]
        for tool, arguments in calls.items():
            answer = await opened.call_tool(tool, arguments)
            assert not answer.is_error, text_of(answer)
            assert answer.structured_content
        scored = await opened.call_tool("score_answers", SCORED)
        assert text_of(scored).startswith("alignment@2026.1: score 52.03 of 100, level 3 of 4 (Aligned).")
        wrong = await opened.call_tool("score_answers", {"rubric": "alignment", "answers": {"kpi-set": []}})
        assert wrong.is_error
        assert "- /answers/kpi-set: 'kpi-set' takes one option id as a text." in text_of(wrong)
        listed = await opened.call_tool("list_rubrics", {})
        assert "alignment (version 2026.2)" in text_of(listed)
        assert "alignment-quick" not in text_of(listed)
        assert len((await opened.list_resources()).resources) == 32
        read = await opened.read_resource("rubric://alignment/2026.1")
        assert read.contents[0].mime_type == "application/json"
    assert os.listdir(rubrics.parent) == ["rubrics"]


def test_without_the_extra_it_says_what_to_install() -> None:
    blocked = "import sys; sys.modules['mcp'] = None; from assessment.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", blocked, "mcp"], capture_output=True, text=True, timeout=60, check=False, input=""
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("Error: What speaks MCP is not installed. Run: pip install 'alignment-assessment[mcp]'\n")


def test_it_ends_when_its_input_does() -> None:
    done = run("mcp")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assessment", *arguments],
        capture_output=True, text=True, timeout=60, check=False, input="",
    )  # fmt: skip
