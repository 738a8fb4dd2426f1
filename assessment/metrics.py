"""What a process counts for Prometheus, and the small server that shows it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    multiprocess,
    start_http_server,
)

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable under which the Prometheus client keeps the figures of several processes. It reads it when it
is first imported, so it is set before a worker starts."""

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_WAITS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600, 6 * 3600, 24 * 3600, 72 * 3600)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)

REQUESTS = Counter(
    "assessment_requests", "Requests answered, by route template and class of status.", ["route", "method", "status"]
)
REQUEST_SECONDS = Histogram(
    "assessment_request_seconds", "Time from a request's head to the end of its answer.", ["route"], buckets=_SECONDS
)
RATE_LIMITED = Counter("assessment_rate_limited", "Requests answered with 429.")
RATE_LIMIT_FALLBACKS = Counter(
    "assessment_rate_limit_fallbacks", "Requests counted by one process alone because the shared store did not answer."
)
TURNED_AWAY = Counter(
    "assessment_turned_away", "Requests told to come back because more came than could be served.", ["kind"]
)
SCORING_SECONDS = Histogram("assessment_scoring_seconds", "Time to score one set of answers.", buckets=_SECONDS)
WRITE_GROUP_SIZE = Histogram("assessment_write_group_size", "Writes committed in one transaction.", buckets=_SIZES)
WRITES_WAITING = Gauge("assessment_writes_waiting", "Writes in the queue.", multiprocess_mode="livesum")
CONNECTIONS_IN_USE = Gauge(
    "assessment_connections_in_use", "Database connections in use.", ["pool"], multiprocess_mode="livesum"
)
RESULTS_SEALED = Counter("assessment_results_sealed", "Results packed to be stored.")
RESULTS_DAMAGED = Counter(
    "assessment_results_damaged", "Stored results that failed their checksum and were not served."
)
DELIVERIES = Counter(
    "assessment_deliveries",
    "Attempts to deliver an event: delivered, failed and to be tried again, or dead.",
    ["outcome"],
)
DELIVERY_SECONDS = Histogram("assessment_delivery_seconds", "Time from an event to its delivery.", buckets=_WAITS)
DELIVERIES_DUE = Gauge(
    "assessment_deliveries_due", "Deliveries that are due, 10,000 at most.", multiprocess_mode="livemax"
)
WORKER_RESTARTS = Counter("assessment_worker_restarts", "Workers that ended by themselves and were started again.")


@contextmanager
def shown(host: str, port: int) -> Iterator[int]:
    """Show the figures at `http://host:port/metrics`, those of every worker where there are several. Yields the port
    taken. Raises OSError when it cannot listen there."""
    folder = os.environ.get(SHARED_FOLDER)
    registry = REGISTRY
    if folder is not None:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]  # it has no types
    server, thread = start_http_server(port, addr=host, registry=registry)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def forget_process(pid: int) -> None:
    """Drop what a dead worker had in use; what it counted stays counted."""
    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]  # the client has no type here
