"""Spans of requests for OpenTelemetry: one each, named by method and route template, and nothing of its content."""

from __future__ import annotations

from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer

from assessment import __version__
from assessment.api.observe import METHODS, NO_ROUTE
from assessment.api.reply import request_id


def open_provider() -> TracerProvider:
    """A provider that sends spans where the OTEL_EXPORTER_OTLP_* variables say; `shutdown` sends the last ones."""
    # Loaded when it is used: the exporter is what takes long to import.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

    # What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say goes before these.
    provider = TracerProvider(resource=Resource.create({"service.version": __version__}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


class Traced:
    """An ASGI application with a span around each request, which goes on with the trace that a caller began."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked: str = scope["method"]  # type: ignore[typeddict-item]  # no route takes a WebSocket
        method = asked if asked in METHODS else "_OTHER"
        # Only what names the trace is read of the headers; baggage could carry anything.
        carrier = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in (b"traceparent", b"tracestate")
        }
        status = 0

        async def watch(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        with self._tracer.start_as_current_span(
            method,
            extract(carrier),
            SpanKind.SERVER,
            {"http.request.method": method},
            # Both would write down what an error says, which may quote what was sent.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                await self._app(scope, receive, watch)
            finally:
                route: str = scope.get("path_template") or NO_ROUTE
                span.update_name(f"{method} {route}")
                span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status)
                span.set_attribute("assessment.request_id", request_id(scope).decode())
                if status >= 500:
                    span.set_status(Status(StatusCode.ERROR))
