"""What is counted of requests, and that none of it comes from what somebody sent."""

from __future__ import annotations

import asyncio
import re
import socket
import uuid
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY, generate_latest

from assessment import metrics
from assessment.api.observe import Observed
from assessment.api.tracing import Traced
from assessment.service.context import Services
from assessment.store.tables import PARTNERS
from tests.integration.api.running import Api

TRACE = "0af7651916cd43dd8448eb211c80319c"


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_requests_are_counted_by_template_method_and_class_of_status(api: Api) -> None:
    route = "/v1/assessments/{assessment_id}"
    before = {
        status: value("assessment_requests_total", route=route, method="GET", status=status)
        for status in ("2xx", "4xx")
    }
    timed = value("assessment_request_seconds_count", route=route)
    body = {"rubric": "alignment-quick", "organisation": {"name": "A"}}
    made = (await api.client.post("/v1/assessments", json=body)).json()["id"]
    for who, named in ((api.client, made), (api.stranger, made), (api.client, "nonsense"), (api.nobody, made)):
        await who.get(f"/v1/assessments/{named}")
    assert value("assessment_requests_total", route=route, method="GET", status="2xx") == before["2xx"] + 1
    assert value("assessment_requests_total", route=route, method="GET", status="4xx") == before["4xx"] + 3
    assert value("assessment_request_seconds_count", route=route) == timed + 4


async def test_addresses_and_methods_that_nobody_offers_share_one_name(api: Api) -> None:
    names = [uuid.uuid4().hex for _ in range(3)]
    before = value("assessment_requests_total", route="none", method="GET", status="4xx")
    for name in names:
        assert (await api.client.get(f"/{name}")).status_code == 404
        await api.client.request(name[:10].upper(), f"/v1/assessments/{name}?{name}={name}", headers={name: name})
    assert value("assessment_requests_total", route="none", method="GET", status="4xx") == before + 3
    page = generate_latest().decode()
    assert not any(name in page or name[:10].upper() in page for name in names)
    methods = set(re.findall(r'method="(\w+)"', page))
    assert methods <= {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"}


async def test_scoring_and_sealing_are_counted(api: Api) -> None:
    scored, sealed = value("assessment_scoring_seconds_count"), value("assessment_results_sealed_total")
    answers = {"kpi-set": "one-joint-target"}
    await api.client.post("/v1/scores", json={"rubric": "alignment-quick", "answers": answers})
    await api.client.post(
        "/v1/assessments",
        json={
            "rubric": "alignment-quick",
            "organisation": {"name": "A"},
            "complete": True,
            "responses": [{"answers": answers}],
        },
    )
    assert value("assessment_scoring_seconds_count") == scored + 2
    assert value("assessment_results_sealed_total") == sealed + 1


async def test_writes_are_counted_in_the_groups_that_were_committed_together(services: Services) -> None:
    groups, writes = value("assessment_write_group_size_count"), value("assessment_write_group_size_sum")
    row = {"id": uuid.uuid4(), "name": "A", "created_at": datetime.now(UTC)}
    await services.queue.insert([(PARTNERS, row)])
    assert value("assessment_write_group_size_count") == groups + 1
    assert value("assessment_write_group_size_sum") == writes + 1


async def test_an_answer_that_never_came_is_counted_as_none() -> None:
    class Left(BaseException):
        pass

    async def leave(scope: Any, receive: Any, send: Any) -> None:
        raise Left

    before = value("assessment_requests_total", route="none", method="GET", status="none")
    with pytest.raises(Left):
        await Observed(leave)(cast("Any", {"method": "GET", "headers": []}), cast("Any", None), cast("Any", None))
    assert value("assessment_requests_total", route="none", method="GET", status="none") == before + 1


async def test_the_figures_are_shown_on_a_port_of_their_own_and_nowhere_else(api: Api) -> None:
    assert (await api.client.get("/metrics")).status_code == 404
    with metrics.shown("127.0.0.1", 0) as port:
        page = await asyncio.to_thread(httpx.get, f"http://127.0.0.1:{port}/metrics")
        assert page.status_code == 200
        assert "assessment_requests_total" in page.text
        assert "process_cpu_seconds_total" in page.text
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=2):
        pass


async def test_a_span_has_the_route_and_nothing_of_the_request(started: Litestar, api: Api) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    traced = Traced(started.asgi_handler, provider.get_tracer("test"))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["app"] = scope["litestar_app"] = started
        scope["state"] = {}
        await traced(scope, receive, send)

    headers = {
        **api.client.headers,
        "traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
        "baggage": "secret=canary",
        "user-agent": "canary",
    }
    transport = httpx.ASGITransport(cast("Any", app))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as client:
        await client.get("/v1/assessments/canary", headers={"X-Request-Id": "abc.1"})
        await client.post("/v1/scores?canary=canary", json={"canary": "canary"})
        await client.get("/canary")
    spans = exporter.get_finished_spans()
    assert [span.name for span in spans] == ["GET /v1/assessments/{assessment_id}", "POST /v1/scores", "GET none"]
    assert dict(spans[0].attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/v1/assessments/{assessment_id}",
        "http.response.status_code": 404,
        "assessment.request_id": "abc.1",
    }
    assert all(span.context is not None and f"{span.context.trace_id:032x}" == TRACE for span in spans)
    assert all(not span.events for span in spans)
    assert "canary" not in "".join(span.to_json() for span in spans)
