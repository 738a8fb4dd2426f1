"""`ASSESSMENT_OTEL`: spans go where OpenTelemetry's own variables say, and are sent before the process ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.integration.cli.conftest import Serving


class Collector(ThreadingHTTPServer):
    """Takes what an exporter sends."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.taken: list[bytes] = []


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        self.server.taken.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.end_headers()

    def log_request(self, *_: Any) -> None:
        """Nothing: the test says what went wrong."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_span_for_each_request_reaches_the_collector(serve: Callable[..., Serving], collector: Collector) -> None:
    where = f"http://127.0.0.1:{collector.server_port}"
    service = serve(ASSESSMENT_OTEL="true", OTEL_EXPORTER_OTLP_ENDPOINT=where, OTEL_SERVICE_NAME="shop")
    assert httpx.get(f"{service.address}/health", timeout=30).status_code == 200
    assert httpx.get(f"{service.address}/v1/errors/not_found?canary=canary", timeout=30).status_code == 422
    assert service.stop() == "Stopped.\n"
    assert collector.taken
    spans, services = [], set()
    for body in collector.taken:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            services |= {one.value.string_value for one in resource.resource.attributes if one.key == "service.name"}
            spans += [span.name for scope in resource.scope_spans for span in scope.spans]
    assert spans == ["GET /health", "GET /v1/errors/{code}"]
    assert services == {"shop"}
    assert b"canary" not in b"".join(collector.taken)


def test_a_collector_that_is_away_does_not_hold_up_anything(serve: Callable[..., Serving]) -> None:
    service = serve(
        ASSESSMENT_OTEL="true", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1", OTEL_EXPORTER_OTLP_TIMEOUT="1"
    )
    assert httpx.get(f"{service.address}/health", timeout=30).status_code == 200
    assert service.stop() == "Stopped.\n"
    assert service.process.returncode == 0
