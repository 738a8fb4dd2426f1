"""Operations are called without the framework between, and answer what they would with it."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest
from litestar import Litestar

from tests.integration.api.running import Api

FRAMEWORKS = "testserver!"
"""A host that the framework takes, and only the framework looks at."""
UNKNOWN = ("asmt_01k9zqf3v8e3rb4m5n6p7q8r9s", "nonsense", "a%20b", "%F0%9F%8E%B2", "a%2Fb", "alignment", "long" * 100)
PATHS = (
    *(
        "/v1/rubrics",
        "/v1/studies",
        "/v1/rubrics/{}",
        "/v1/rubrics/alignment/{}",
        "/v1/studies/{}",
        "/v1/scores",
        "/v1/scores/batch",
    ),
    *("/v1/assessments/{}", "/v1/assessments/{}/result", "/v1/assessments/{}/responses/{}/submit", "/v1/keys/{}"),
    *("/v1/organisations/{}/export", "/v1/events/{}/resend", "/v1/invitation", "/v1/errors/{}", "/health", "/nothing"),
    *("/v1/benchmarks/{}", "/v1/audit_events", "//v1//scores/", "/v1/scores/", "/v1/assessments/{}/complete", "/"),
)
METHODS = ("GET", "GET", "HEAD", "POST", "POST", "PATCH", "DELETE", "OPTIONS", "PUT")
QUERIES = ("", "", "", "", "limit=2", "limit=no", "locale=de", "x=%FF")
BODIES = (
    b"",
    b"{}",
    b"{",
    b'{"rubric": "alignment-quick", "answers": {"kpi-set": "separate"}}',
    b'{"rubric": "alignment-quick", "answers": {"kpi-set": "nonsense"}}',
    b'{"items": [{"rubric": "alignment-quick", "answers": {}}, {"rubric": "x"}]}',
)
FIELDS: tuple[dict[str, str], ...] = (
    {},
    {"content-type": "application/json"},
    {"content-type": "text/plain"},
    {"content-type": "application/json", "idempotency-key": "\x7f"},
    {"content-type": "application/json", "origin": "https://widget.example"},
    {"if-none-match": "*"},
)
_IDS = re.compile(rb"req_[0-9a-f]{24}")


async def ask(app: Litestar, host: str, method: str, path: str, body: bytes, fields: dict[str, str]) -> Any:
    """Status, header fields and body, without what differs from one request to the next."""
    place, _, query = path.partition("?")
    sent: list[Any] = []
    scope: Any = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": re.sub("%([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), place),
        "raw_path": place.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", host.encode()), *((name.encode(), value.encode()) for name, value in fields.items())],
        "client": ("192.0.2.1", 1234),
    }

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    head = {name: value for name, value in sent[0]["headers"] if name not in (b"x-request-id", b"ratelimit")}
    told = b"".join(message["body"] for message in sent[1:])
    return sent[0]["status"], head, scope.get("path_template"), _IDS.sub(b"", told).replace(FRAMEWORKS.encode(), b"")


async def test_an_operation_answers_what_it_would_in_the_framework(api: Api, started: Litestar) -> None:
    chance = random.Random(7)
    keys = [api.client.headers["authorization"], f"Bearer {api.publishable_key}", "Bearer alm_sk_live_x", ""]
    statuses = set()
    for _ in range(1_000):
        path = "/".join(chance.choice(UNKNOWN) if part == "{}" else part for part in chance.choice(PATHS).split("/"))
        query, fields = chance.choice(QUERIES), dict(chance.choice(FIELDS))
        key = chance.choice(keys)
        if key:
            fields["authorization"] = key
        asked = chance.choice(METHODS), f"{path}?{query}", chance.choice(BODIES), fields
        direct = await ask(started, "testserver", *asked)
        assert direct == await ask(started, FRAMEWORKS, *asked), asked
        statuses.add(direct[0])
    assert statuses >= {200, 204, 400, 401, 403, 404, 405, 415, 422}


@pytest.mark.parametrize("host", ["a b", "a/b", "a\x7f"])
async def test_a_host_that_is_none_is_refused_for_operations_too(api: Api, started: Litestar, host: str) -> None:
    status, _, route, told = await ask(started, host, "GET", "/health", b"", {})
    assert (status, json.loads(told)["code"], route) == (400, "bad_request", None)


async def test_a_fault_in_an_operation_is_told_as_one(api: Api, started: Litestar) -> None:
    path = "/v1/rubrics"
    fields = {"authorization": str(api.client.headers["authorization"])}
    shelf = started.state.pop("shelf")
    try:
        told = [await ask(started, host, "GET", path, b"", fields) for host in ("testserver", FRAMEWORKS)]
    finally:
        started.state["shelf"] = shelf
    assert told[0] == told[1]
    assert (told[0][0], json.loads(told[0][3])["code"]) == (500, "internal_error")
