"""The Grafana dashboard: it asks for what the service counts, by the labels that are there, and leaves nothing out."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

import pytest
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families

from assessment import metrics
from assessment.cli.dashboard import HEIGHT, ROWS, WIDTH, document

SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
OF_PROMETHEUS = {"instance", "le"}
"""Labels that Prometheus and histograms add."""
ELSEWHERE = re.compile(r"(python|process)_|.*_created$")
"""What the Prometheus client counts by itself, and when it began to count."""
CALLED = {"rate", "increase", "sum", "max", "topk", "histogram_quantile", "by"}


@pytest.fixture(scope="module")
def families() -> dict[str, str]:
    """The families of a real answer of /metrics: name and type."""
    with metrics.shown("127.0.0.1", 0) as port, urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        page = answer.read().decode()
    return {family.name: family.type for family in text_string_to_metric_families(page)}


def queries() -> list[str]:
    return [query for panels in ROWS.values() for panel in panels for query in panel.queries.values()]


def named(query: str) -> list[str]:
    return re.findall(r"(\w+)\{", query)


def samples(name: str, kind: str) -> set[str]:
    return {name + suffix for suffix in SUFFIXES.get(kind, ())}


def test_every_metric_that_is_asked_for_is_there(families: dict[str, str]) -> None:
    there = {sample for name, kind in families.items() for sample in samples(name, kind)}
    assert {name for query in queries() for name in named(query)} <= there


def test_every_metric_that_is_there_is_asked_for(families: dict[str, str]) -> None:
    asked = {name for query in queries() for name in named(query)}
    left = {name for name, kind in families.items() if not samples(name, kind) & asked}
    assert {name for name in left if not ELSEWHERE.match(name)} == set()


def test_metrics_are_told_apart_by_labels_that_they_have() -> None:
    labels = {}
    for metric in vars(metrics).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            [described] = metric.describe()
            for sample in samples(described.name, described.type):
                labels[sample] = {*metric._labelnames} | OF_PROMETHEUS
    for query in queries():
        known = {label for name in named(query) for label in labels.get(name, OF_PROMETHEUS)}
        by = {label for group in re.findall(r"by \(([^)]*)\)", query) for label in group.split(", ")}
        filtered = set(re.findall(r"[{ ](\w+)=~?\"", query))
        assert by | filtered <= known, query
        assert filtered >= {"instance"}, query


def test_queries_are_whole() -> None:
    """Each was parsed by a PromQL parser when it was written; this notices what slips in later."""
    for query in queries():
        assert set(re.findall(r"(\w+)\s?\(", query)) <= CALLED, query
        for left, right in ("()", "[]", "{}"):
            assert query.count(left) == query.count(right), query
        for counted in re.findall(r"(?:rate|increase)\((\w+)\{[^}]*\}\[\$__(?:rate_interval|range)\]\)", query):
            assert counted.endswith(("_total", "_bucket", "_sum", "_count")), query
        assert query.count("rate(") + query.count("increase(") == query.count("["), query


def test_legends_name_labels_that_the_query_leaves() -> None:
    for panels in ROWS.values():
        for panel in panels:
            for legend, query in panel.queries.items():
                kept = {label for group in re.findall(r"by \(([^)]*)\)", query) for label in group.split(", ")}
                kept |= {"instance"} if "by (" not in query and not query.startswith(("sum", "max", "topk")) else set()
                assert set(re.findall(r"{{(\w+)}}", legend)) <= kept, query


def test_panels_have_ids_of_their_own_and_do_not_cover_each_other() -> None:
    panels: list[dict[str, Any]] = json.loads(json.dumps(document()))["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= WIDTH
        assert place["h"] == (1 if panel["type"] == "row" else HEIGHT)
        taken |= cells


def test_the_prometheus_is_chosen_where_it_is_imported() -> None:
    board = document()
    assert "__inputs" not in board
    assert [variable["name"] for variable in board["templating"]["list"]] == ["datasource", "instance"]
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            assert target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
