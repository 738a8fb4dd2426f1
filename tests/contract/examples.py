"""Executes the contract's examples against a running application, in an order in which each finds what it names."""

from __future__ import annotations

import re
from typing import Any

import httpx
from litestar import Litestar

from assessment.api.contract import load_example, operations

SAMPLE_IDS = {
    "asmt": "asmt_01k9zqf3v8e3rb4m5n6p7q8r9s",
    "org": "org_01k9zqf3v8e3rb4m5n6p7q8r9t",
    "resp": "resp_01k9zqf3v8e3rb4m5n6p7q8r9v",
    "req": "req_0123456789abcdef01234567",
}
SAMPLE_TIME = "2026-01-31T12:00:00.000000Z"
SMALL = 8_000
"""Responses up to this size stand in the contract, so that it stays readable; all of them are executed."""
ALWAYS_SHOWN = {"score_answers", "create_assessment"}
ORDER = ["create_assessment", "list_assessments", "get_assessment", "get_result"]
LAST = ["complete_assessment", "delete_assessment"]

_ID = re.compile(r"\b(asmt|org|resp)_[0-9a-z]{26}\b")
_REQUEST = re.compile(r"\breq_[0-9a-f]{24}\b")
_TIME = re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def settle(text: str) -> str:
    """The text with everything that differs from run to run replaced by samples."""
    text = _ID.sub(lambda match: SAMPLE_IDS[match[1]], text)
    text = _REQUEST.sub(SAMPLE_IDS["req"], text)
    return _TIME.sub(SAMPLE_TIME, text)


async def execute(app: Litestar, client: httpx.AsyncClient) -> dict[str, httpx.Response]:
    """Operation id → what its example is answered. An assessment is created by its own example and used by the
    others; completing takes one that is open."""
    by_id = {operation.id: (path, method, operation) for path, method, operation in operations(app)}
    rest = [name for name in by_id if name not in ORDER + LAST]
    answers: dict[str, httpx.Response] = {}
    current = ""
    for name in [*rest, *ORDER, *LAST]:
        path, method, _ = by_id[name]
        example = load_example(name)
        if name == "complete_assessment":
            body = {**load_example("create_assessment")["request"], "complete": False}
            current = (await client.post("/v1/assessments", json=body)).json()["id"]
        parameters = {key: current if key == "assessment_id" else value for key, value in _parameters(example).items()}
        query = {key: value for key, value in parameters.items() if f"{{{key}}}" not in path}
        body = {"json": example["request"]} if "request" in example else {}
        answers[name] = await client.request(method, path.format(**parameters), params=query, **body)
        if name == "create_assessment":
            current = answers[name].json()["id"]
    return answers


def _parameters(example: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = example.get("parameters", {})
    return found
