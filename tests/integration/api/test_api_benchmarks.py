"""Benchmarks over HTTP: every declared cohort beside the studies, and an assessment's place in one."""

from __future__ import annotations

import random
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, update

from assessment.service.context import Services
from assessment.service.editions import release
from assessment.store.tables import ASSESSMENTS, EDITIONS
from tests.integration.api.running import PAGE, Api, client_of, pointers
from tests.unit.scoring.builders import random_answers

RUBRIC = "alignment-quick@2026.1"


def services_of(api: Api) -> Services:
    services: Services = api.app.state["services"]
    return services


async def complete(api: Api, number: int, client: httpx.AsyncClient | None = None, **fields: Any) -> dict[str, Any]:
    rubric = services_of(api).rubrics.get(RUBRIC)
    body = {
        "rubric": RUBRIC,
        "organisation": {"name": "N", "external_id": f"{number}", "industry": "Retail", "size": "200-999"},
        "responses": [{"function": "sales", "answers": random_answers(rubric, random.Random(number), missing=0.0)}],
        "complete": True,
        "contribute_to_benchmark": True,
    }
    made = await (client or api.client).post("/v1/assessments", json=body | fields)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def empty_pool(api: Api) -> None:
    """Take back what the tests before have contributed: all of them share a database."""
    services = services_of(api)
    async with services.database.administer() as connection:
        await connection.execute(update(ASSESSMENTS).values(contribute=False))
        await connection.execute(delete(EDITIONS))


async def make(api: Api) -> None:
    services = services_of(api)
    await release(services, services.rubrics.get(RUBRIC), actor="test")


@pytest.fixture(autouse=True)
async def alone(api: Api) -> None:
    await empty_pool(api)


async def test_until_there_is_an_edition_the_studies_stand_alone(api: Api) -> None:
    found = (await api.client.get(f"/v1/benchmarks/{RUBRIC}")).json()
    assert found["rubric"]["version"] == "2026.1"
    assert found["edition"] is None
    assert found["cohorts"] == []
    assert "agreed" in found["note"]
    [kpi] = [one for one in found["studies"] if one["id"] == "kpi-set"] or [found["studies"][0]]
    for benchmark in kpi["benchmarks"]:
        assert {"finding", "study", "publisher", "year", "population", "n", "n_reason", "shares"} <= benchmark.keys()


async def test_an_edition_lists_every_declared_cohort(api: Api) -> None:
    for number in range(10):
        await complete(api, number)
    await make(api)
    found = (await api.client.get(f"/v1/benchmarks/{RUBRIC}")).json()
    assert found["edition"]["number"] == 1
    assert len(found["cohorts"]) == 22
    by_value = {one["value"]: one for one in found["cohorts"]}
    for value in ("all", "retail", "200-999"):
        cohort = by_value[value]
        assert (cohort["n"], cohort["suppressed"], cohort["reason"]) == (10, False, None)
        assert cohort["released_in"] == found["edition"]
        assert cohort["score"].keys() == {
            "n", "median", "median_interval", "median_coverage", "quartiles", "tails", "histogram"
        }  # fmt: skip
        assert cohort["score"]["median_coverage"] == 0.9785
        assert cohort["score"]["quartiles"] is None
        assert all(one["figures"]["n"] == 10 and one["title"] for one in cohort["dimensions"])
    software = by_value["software"]
    assert (software["n"], software["suppressed"], software["reason"]) == (None, True, "too_few")
    assert (software["score"], software["dimensions"], software["released_in"]) == (None, [], None)
    assert software["title"] == "Software and IT services"


async def test_an_edition_is_read_by_its_number_and_never_changes(api: Api) -> None:
    for number in range(10):
        await complete(api, number)
    await make(api)
    first = await api.client.get(f"/v1/benchmarks/{RUBRIC}?edition=1")
    for number in range(10, 15):
        await complete(api, number)
    await make(api)
    assert (await api.client.get(f"/v1/benchmarks/{RUBRIC}?edition=1")).content == first.content
    current = (await api.client.get(f"/v1/benchmarks/{RUBRIC}")).json()
    assert (current["edition"]["number"], current["cohorts"][0]["n"]) == (2, 15)
    same = await api.client.get(f"/v1/benchmarks/{RUBRIC}?edition=1", headers={"If-None-Match": first.headers["etag"]})
    assert same.status_code == 304
    missing = await api.client.get(f"/v1/benchmarks/{RUBRIC}?edition=3")
    assert (missing.status_code, missing.json()["code"]) == (404, "edition_not_found")


@pytest.mark.parametrize(
    ("query", "place"),
    [("edition=0", "/query/edition"), ("edition=x", "/query/edition"), ("cohort=all", "/query/cohort")],
)
async def test_what_a_rubric_s_benchmarks_are_not_asked(api: Api, query: str, place: str) -> None:
    wrong = await api.client.get(f"/v1/benchmarks/{RUBRIC}?{query}")
    assert wrong.status_code == 422
    assert list(pointers(wrong)) == [place]


async def test_an_unknown_rubric_or_version_has_no_benchmarks(api: Api) -> None:
    for reference in ("nothing", "alignment-quick@1999.1", "alignment-quick@", "@2026.1"):
        missing = await api.client.get(f"/v1/benchmarks/{reference}")
        assert (missing.status_code, missing.json()["code"]) == (404, "rubric_not_found"), reference


async def test_any_key_reads_benchmarks_and_nobody_without(api: Api) -> None:
    assert (await api.nobody.get(f"/v1/benchmarks/{RUBRIC}")).status_code == 401
    assert (await api.stranger.get(f"/v1/benchmarks/{RUBRIC}")).status_code == 200
    made = await api.client.post("/v1/keys", json={"kind": "restricted", "name": "r", "scopes": ["catalogue:read"]})
    async with client_of(api.app, made.json()["key"]) as restricted:
        assert (await restricted.get(f"/v1/benchmarks/{RUBRIC}")).status_code == 200
        refused = await restricted.get("/v1/assessments/asmt_01k9zqf3v8e3rb4m5n6p7q8r9s/benchmark")
        assert refused.json()["code"] == "scope_missing"


async def test_a_page_reads_the_place_of_what_it_created(api: Api) -> None:
    async with client_of(api.app, api.publishable_key) as page:
        page.headers["Origin"] = PAGE
        made = await complete(api, 0, page, organisation={"name": "N"})
        address = f"/v1/assessments/{made['id']}/benchmark"
        assert (await page.get(address)).status_code == 404
        found = await page.get(address, headers={"Alignment-Client-Token": made["client_token"]})
        assert (found.status_code, found.json()["reason"]) == (200, "no_edition")


async def test_an_assessment_stands_in_words_and_from_twenty_on_as_a_percentile(api: Api) -> None:
    made = [await complete(api, number) for number in range(12)]
    await make(api)
    address = f"/v1/assessments/{made[0]['id']}/benchmark"
    words = (await api.client.get(f"{address}?cohort=industry")).json()
    assert (words["cohort"]["value"], words["cohort"]["n"], words["suppressed"]) == ("retail", 12, False)
    assert words["score"] == made[0]["result"]["score"]
    assert words["place"]["percentile"] is None
    assert words["place"]["words"].endswith(".")
    assert words["benchmark_position"] == made[0]["result"]["benchmark_position"]
    for number in range(12, 20):
        await complete(api, number)
    await make(api)
    figures = (await api.client.get(address)).json()
    assert figures["edition"]["number"] == 2
    low, high = figures["place"]["interval"]
    assert 0 <= low <= figures["place"]["percentile"] <= high <= 100
    assert [one["id"] for one in figures["dimensions"]] == [one["id"] for one in made[0]["result"]["dimensions"]]
    pinned = await api.client.get(f"{address}?cohort=industry&edition=1")
    assert pinned.json() == words


async def test_an_open_assessment_has_no_place_and_a_foreign_one_does_not_exist(api: Api) -> None:
    opened = await complete(api, 0, complete=False)
    address = f"/v1/assessments/{opened['id']}/benchmark"
    conflict = await api.client.get(address)
    assert (conflict.status_code, conflict.json()["code"]) == (409, "assessment_open")
    assert (await api.stranger.get(address)).status_code == 404
    wrong = await api.client.get(f"{address}?cohort=region")
    assert pointers(wrong) == {"/query/cohort": "invalid_parameter"}
    assert "industry" in wrong.json()["errors"][0]["detail"]
