"""Rubrics and studies as they are served."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.integration.api.running import Api, case_answers, pointers


async def test_rubrics_are_listed_in_pages(api: Api) -> None:
    found: list[str] = []
    page: dict[str, Any] = {"has_more": True, "next_cursor": None}
    while page["has_more"]:
        params = {"limit": "2"} | ({"cursor": page["next_cursor"]} if page["next_cursor"] else {})
        page = (await api.client.get("/v1/rubrics", params=params)).json()
        assert 1 <= len(page["data"]) <= 2
        found += [rubric["id"] for rubric in page["data"] if rubric["version"] == "2026.1"]
    assert found == [
        "alignment",
        "alignment-quick",
        "collaboration-2016",
        "collaboration-rating",
        "integration-2008",
        "sentiment-2014",
    ]
    assert page["next_cursor"] is None


async def test_every_study_is_found_by_paging_and_each_can_be_read(api: Api) -> None:
    found: list[str] = []
    cursor: str | None = None
    while True:
        params: dict[str, Any] = {"limit": 7} | ({} if cursor is None else {"cursor": cursor})
        page = (await api.client.get("/v1/studies", params=params)).json()
        found += [study["id"] for study in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(found) == len(set(found)) >= 26
    assert found == sorted(found)
    for study in found:
        whole = (await api.client.get(f"/v1/studies/{study}")).json()
        assert whole["id"] == study
        assert whole["n"] is not None or whole["n_reason"]
        assert whole["quality"]["grade"] in "ABCDE" and whole["quality"]["reason"]
        for finding in whole["findings"]:
            assert finding["n"] is not None or finding["n_reason"]


async def test_a_cursor_of_another_list_is_refused(api: Api) -> None:
    cursor = (await api.client.get("/v1/rubrics?limit=1")).json()["next_cursor"]
    response = await api.client.get("/v1/studies", params={"cursor": cursor})
    assert pointers(response) == {"/query/cursor": "invalid_cursor"}


@pytest.mark.parametrize(
    "path", ["/v1/rubrics/alignment", "/v1/rubrics/alignment/2026.1", "/v1/studies/hbr-2006", "/openapi.json"]
)
async def test_an_etag_answers_304_until_something_changes(api: Api, path: str) -> None:
    response = await api.client.get(path)
    etag = response.headers["etag"]
    assert etag.startswith('"') and etag.endswith('"')
    for sent in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await api.client.get(path, headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        assert "x-request-id" in again.headers
    for sent in ('"other"', "other", etag.strip('"'), ""):
        assert (await api.client.get(path, headers={"If-None-Match": sent})).status_code == 200


async def test_a_version_may_be_kept_for_a_day_and_the_latest_may_not(api: Api) -> None:
    latest = await api.client.get("/v1/rubrics/alignment")
    version = await api.client.get(f"/v1/rubrics/alignment/{latest.json()['version']}")
    assert version.content == latest.content
    assert version.headers["cache-control"] == "public, max-age=86400"
    assert latest.headers["cache-control"] == "no-cache"


async def test_a_language_it_does_not_have_is_refused(api: Api) -> None:
    assert (await api.client.get("/v1/rubrics/alignment?locale=en")).status_code == 200
    for path in ("/v1/rubrics/alignment", "/v1/rubrics/alignment/2026.1", "/v1/rubrics"):
        response = await api.client.get(f"{path}?locale=xx")
        assert pointers(response) == {"/query/locale": "unknown_locale"}


@pytest.mark.parametrize(
    "path", ["/v1/rubrics/none", "/v1/rubrics/alignment/2020.1", "/v1/rubrics/alignment@2026.1", "/v1/studies/none"]
)
async def test_what_does_not_exist_is_404(api: Api, path: str) -> None:
    assert (await api.client.get(path)).status_code == 404


async def test_a_rubric_is_served_whole(api: Api) -> None:
    rubric = (await api.client.get("/v1/rubrics/alignment/2026.1")).json()
    assert (len(rubric["dimensions"]), len(rubric["questions"]), len(rubric["recommendations"])) == (8, 32, 34)
    assert [level["name"] for level in rubric["levels"]] == ["Undefined", "Defined", "Aligned", "Integrated"]
    assert [level["from"] for level in rubric["levels"]] == [0.0, 0.25, 0.5, 0.75]
    assert rubric["aggregation"]["shift"] == 0.1 and rubric["aggregation"]["core_rule"] == 1
    assert rubric["published_at"].endswith("T00:00:00Z")
    assert [gate["id"] for gate in rubric["gates"] if gate["requires"]] == ["perception"]
    for question in rubric["questions"]:
        keys = {"level", "points"}
        for option in question["options"]:
            assert (option["level"] is None) == (question["kind"] == "multiple"), question["id"]
            assert keys <= set(option)
        for benchmark in question["benchmarks"]:
            assert len(benchmark["ridits"]) == 5
            assert benchmark["n"] is not None or benchmark["n_reason"]


async def test_the_score_follows_from_the_served_rubric(api: Api) -> None:
    """Recomputed by hand from what an outsider sees: weighted means, then the shifted geometric mean."""
    rubric = (await api.client.get("/v1/rubrics/alignment/2026.1")).json()
    answers = case_answers("alignment", "level-3-worked-example")
    scores: dict[str, tuple[float, float]] = {}
    for question in rubric["questions"]:
        given = answers[question["id"]]
        if given == {"state": "dont_know"}:
            continue
        options = {option["id"]: option for option in question["options"]}
        if question["kind"] == "multiple":
            level = min(4.0, sum(options[option]["points"] for option in given))
        else:
            level = options[given]["level"]
        value, weight = scores.get(question["dimension"], (0.0, 0.0))
        scores[question["dimension"]] = (value + question["weight"] * level / 4, weight + question["weight"])
    shift = rubric["aggregation"]["shift"]
    weights = {dimension["id"]: dimension["weight"] for dimension in rubric["dimensions"]}
    logs = sum(weights[id_] * math.log(value / weight + shift) for id_, (value, weight) in scores.items())
    expected = 100 * (math.exp(logs / sum(weights.values())) - shift)
    result = (await api.client.post("/v1/scores", json={"rubric": "alignment", "answers": answers})).json()
    assert result["score"] == pytest.approx(expected, abs=0.005)


async def test_a_rubric_says_what_it_compares_and_what_contradicts_itself(api: Api) -> None:
    rubric = (await api.client.get("/v1/rubrics/alignment/2026.2")).json()
    questions = {question["id"]: question for question in rubric["questions"]}
    assert questions["tool-usage"]["about"] == "sales"
    assert questions["kpi-set"]["about"] is None
    (gap,) = questions["tool-usage"]["published_gaps"]
    assert (gap["finding"], gap["category"], gap["level"]) == ("stone2016-tool-usage", "virtually-all", 4)
    assert gap["shares"] == {"sales": 0.5, "marketing": 0.15}
    assert len(rubric["consistency_checks"]) == 12
    assert rubric["consistency_checks"][0]["when"] == [
        {"question": "sla-clauses", "at_least": 1.0, "at_most": None},
        {"question": "sla-agreement", "at_least": None, "at_most": 0.5},
    ]
    assert [bridge["version"] for bridge in rubric["bridges"]] == ["2026.1"]
