"""`assessment dashboard`: the service's metrics as a Grafana dashboard.

Each panel stands once in `ROWS`, with its queries; everything else of a dashboard follows from that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import rich_click as click

from assessment.cli.output import to_file, write

WIDTH = 24
"""Columns of a Grafana dashboard."""
HEIGHT = 8
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
OURS = 'instance=~"$instance"'
FAILED = ', status="5xx"'


class Panel(NamedTuple):
    """A graph: its queries by legend, and its unit in Grafana's words."""

    title: str
    unit: str
    about: str
    queries: dict[str, str]
    stacked: bool = False
    alarm: float | None = None
    """From where on it is red."""


def _rate(name: str, more: str = "") -> str:
    return f"rate({name}{{{OURS}{more}}}[$__rate_interval])"


def _quantiles(histogram: str) -> dict[str, str]:
    rate = _rate(f"{histogram}_bucket")
    return {f"p{share}": f"histogram_quantile(0.{share}, sum by (le) ({rate}))" for share in (50, 95, 99)}


ROWS: dict[str, tuple[Panel, ...]] = {
    "Requests": (
        Panel(
            "Requests by status",
            "reqps",
            "What is answered, by class of status.",
            {"{{status}}": f"sum by (status) ({_rate('assessment_requests_total')})"},
            stacked=True,
        ),
        Panel(
            "Requests by route",
            "reqps",
            "The ten that are asked for most.",
            {"{{method}} {{route}}": f"topk(10, sum by (method, route) ({_rate('assessment_requests_total')}))"},
        ),
        Panel(
            "Share that fails",
            "percentunit",
            "Answers with 5xx, of all. 503 says that more work is waiting than can be done soon.",
            {"5xx": f"sum({_rate('assessment_requests_total', FAILED)}) / sum({_rate('assessment_requests_total')})"},
            alarm=0.01,
        ),
        Panel(
            "Time to answer",
            "s",
            "From a request's head to the end of its answer.",
            _quantiles("assessment_request_seconds"),
        ),
        Panel(
            "Slowest routes",
            "s",
            "The ten with the longest p95.",
            {
                "{{route}}": "topk(10, histogram_quantile(0.95, "
                f"sum by (le, route) ({_rate('assessment_request_seconds_bucket')})))"
            },
        ),
        Panel(
            "Refused by quotas",
            "reqps",
            "Answers with 429, and requests that one process counted alone because the shared store did not answer.",
            {
                "429": f"sum({_rate('assessment_rate_limited_total')})",
                "counted alone": f"sum({_rate('assessment_rate_limit_fallbacks_total')})",
            },
        ),
        Panel(
            "Turned away",
            "reqps",
            "More came than could be served, and these were told to come back. They are in no other figure. Where it "
            "stays, the service needs another process or machine.",
            {"{{kind}}": f"sum by (kind) ({_rate('assessment_turned_away_total')})"},
            stacked=True,
        ),
    ),
    "Scoring and storing": (
        Panel("Time to score", "s", "One set of answers.", _quantiles("assessment_scoring_seconds")),
        Panel(
            "Writes waiting",
            "short",
            "In the queue before the database. Where it grows, writes come faster than they are committed.",
            {"waiting": f"sum(assessment_writes_waiting{{{OURS}}})"},
        ),
        Panel(
            "Commits and writes",
            "ops",
            "Writes that wait together are committed in one transaction.",
            {
                "commits": f"sum({_rate('assessment_write_group_size_count')})",
                "writes": f"sum({_rate('assessment_write_group_size_sum')})",
            },
        ),
        Panel(
            "Writes in a commit",
            "short",
            "",
            {
                "mean": f"sum({_rate('assessment_write_group_size_sum')}) "
                f"/ sum({_rate('assessment_write_group_size_count')})",
                "p95": f"histogram_quantile(0.95, sum by (le) ({_rate('assessment_write_group_size_bucket')}))",
            },
        ),
        Panel(
            "Database connections in use",
            "short",
            "",
            {"{{pool}}": f"sum by (pool) (assessment_connections_in_use{{{OURS}}})"},
        ),
        Panel(
            "Reads of the replica",
            "ops",
            "Reads that it may answer, by who did. Where the primary answers, it was away or behind.",
            {"{{by}}": f"sum by (by) ({_rate('assessment_reads_total')})"},
        ),
        Panel(
            "Results stored, and damaged",
            "short",
            "A damaged result did not match its checksum and was not served: look at the disk and the last backup.",
            {
                "stored": f"sum(increase(assessment_results_sealed_total{{{OURS}}}[$__rate_interval]))",
                "damaged": f"sum(increase(assessment_results_damaged_total{{{OURS}}}[$__rate_interval]))",
            },
        ),
    ),
    "Webhooks": (
        Panel(
            "Attempts to deliver",
            "ops",
            "By what became of them; what is dead is not tried again by itself.",
            {"{{outcome}}": f"sum by (outcome) ({_rate('assessment_deliveries_total')})"},
            stacked=True,
        ),
        Panel(
            "Deliveries that are due",
            "short",
            "Where it grows, receivers are slow or away, or nothing delivers.",
            {"due": f"max(assessment_deliveries_due{{{OURS}}})"},
        ),
        Panel(
            "Time from event to delivery",
            "s",
            "Of what was delivered.",
            _quantiles("assessment_delivery_seconds"),
        ),
    ),
    "Processes": (
        Panel(
            "Workers that were started again",
            "short",
            "They ended by themselves; the log says of what.",
            {"{{instance}}": f"sum by (instance) (increase(assessment_worker_restarts_total{{{OURS}}}[$__range]))"},
            alarm=1,
        ),
        Panel(
            "Memory",
            "bytes",
            "Only a service of one process shows it.",
            {"{{instance}}": f"process_resident_memory_bytes{{{OURS}}}"},
        ),
        Panel(
            "Processor",
            "percentunit",
            "Of one core. Only a service of one process shows it.",
            {"{{instance}}": _rate("process_cpu_seconds_total")},
        ),
    ),
}


@click.command()
@to_file
def dashboard(output: Path | None) -> None:
    """Write a Grafana dashboard of the service's metrics, to be imported there.

    The metrics are those that `ASSESSMENT_METRICS_PORT` shows and a Prometheus collects. Grafana asks for that
    Prometheus when the dashboard is opened; importing a later version replaces the one before.

    ```
    assessment dashboard -o alignment-assessment.json
    ```
    """
    write(json.dumps(document(), indent=1), output)


def document() -> dict[str, Any]:
    """The dashboard, as Grafana imports it."""
    return {
        "uid": "alignment-assessment",
        "title": "Alignment Assessment",
        "tags": ["alignment-assessment"],
        "schemaVersion": 39,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_source(), _instances()]},
        "panels": list(_panels()),
    }


def _source() -> dict[str, Any]:
    return {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}


def _instances() -> dict[str, Any]:
    asked = "label_values(assessment_requests_total, instance)"
    return {
        "name": "instance",
        "label": "Instance",
        "type": "query",
        "datasource": SOURCE,
        "definition": asked,
        "query": {"query": asked, "refId": "instances"},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }


def _panels() -> Iterator[dict[str, Any]]:
    number, top = 1, 0
    for title, panels in ROWS.items():
        place = {"h": 1, "w": WIDTH, "x": 0, "y": top}
        yield {"id": number, "type": "row", "title": title, "collapsed": False, "gridPos": place, "panels": []}
        number, top = number + 1, top + 1
        width = WIDTH // 3
        for index, panel in enumerate(panels):
            left, down = index % 3 * width, index // 3 * HEIGHT
            yield _graph(panel, number, {"h": HEIGHT, "w": width, "x": left, "y": top + down})
            number += 1
        top += -(-len(panels) // 3) * HEIGHT


def _graph(panel: Panel, number: int, place: dict[str, int]) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.alarm is not None:
        steps.append({"color": "red", "value": panel.alarm})
    custom = {
        "fillOpacity": 20 if panel.stacked else 0,
        "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
        "showPoints": "never",
        "thresholdsStyle": {"mode": "off" if panel.alarm is None else "line"},
    }
    return {
        "id": number,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "min": 0,
                "custom": custom,
                "thresholds": {"mode": "absolute", "steps": steps},
            },
            "overrides": [],
        },
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "targets": [
            {"refId": chr(ord("A") + index), "datasource": SOURCE, "expr": query, "legendFormat": legend}
            for index, (legend, query) in enumerate(panel.queries.items())
        ],
    }
