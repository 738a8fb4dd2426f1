"""The studies, asked again over HTTP: scored at once, or as an assessment that is kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.api.running import Api, pointers

# For each rubric: answers, and for each question the study's share that is the same, and the position.
ANSWERS: dict[str, dict[str, Any]] = {
    "sentiment-2014": {
        "lead-data-visibility": "all-visible",
        "process-automation": "quarter-to-three-quarters",
        "fully-aligned": "not-fully-aligned",
    },
    "integration-2008": {
        "impact-metric": "pipeline-flow",
        "alignment-programme": "running-successful",
        "integration-challenges": ["silos"],
        "system-visibility": "integrated-view",
        "crm-standing": "growing",
        "analytics-access": "one-function",
        "lifetime-value": "working",
    },
    "collaboration-2016": {"sales-rewarded": "rewarded", "conversion-measured": "measured", "formats": ["email"]},
    "collaboration-rating": {"collaboration-rating": "9-of-10"},
}
PLACES: dict[str, dict[str, list[tuple[str | None, float | None, float | None]]]] = {
    "sentiment-2014": {
        "lead-data-visibility": [(None, 0.34, 0.83)],
        "process-automation": [(None, 0.537, 0.6015)],
        "fully-aligned": [(None, 0.84, 0.42)],
    },
    "integration-2008": {
        "impact-metric": [(None, 0.19, None)],
        "alignment-programme": [(None, 0.2035, 0.8982)],
        "integration-challenges": [(None, None, None)],
        "system-visibility": [(None, 0.12, 0.94)],
        "crm-standing": [(None, 0.4158, 0.6634)],
        "analytics-access": [(None, 0.16, 0.46)],
        "lifetime-value": [(None, 0.46, 0.71)],
    },
    "collaboration-2016": {
        "sales-rewarded": [(None, 0.331, 0.8345), ("marketing", 0.2, 0.9)],
        "conversion-measured": [(None, 0.69, 0.655)],
        "formats": [],
    },
    "collaboration-rating": {"collaboration-rating": [("marketing", 0.35, 0.825)]},
}
STUDIES = list(ANSWERS)


def places(result: dict[str, Any]) -> dict[str, list[tuple[str | None, float | None, float | None]]]:
    return {
        question["id"]: [(one["function"], one["same"], one["ridit"]) for one in question["benchmarks"]]
        for question in result["questions"]
        if question["state"] == "answered"
    }


def new(rubric: str, **more: Any) -> dict[str, Any]:
    response = {"function": "marketing", "answers": ANSWERS[rubric], "submit": True}
    return {"rubric": rubric, "organisation": {"name": "Acme"}, "responses": [response], "complete": True, **more}


@pytest.mark.parametrize("rubric", STUDIES)
async def test_a_study_is_answered_and_compared_at_once(api: Api, rubric: str) -> None:
    body = {"rubric": rubric, "responses": [{"function": "marketing", "answers": ANSWERS[rubric]}]}
    response = await api.client.post("/v1/scores", json=body)
    assert response.status_code == 200, response.text
    result = response.json()
    assert (result["score"], result["rating"], result["reason"]) == (None, None, "rubric_without_levels")
    assert places(result) == PLACES[rubric]


@pytest.mark.parametrize("rubric", STUDIES)
async def test_an_assessment_with_a_study_is_completed_read_listed_exported_and_erased(api: Api, rubric: str) -> None:
    created = await api.client.post("/v1/assessments", json=new(rubric))
    assert created.status_code == 201, created.text
    assert places(created.json()["result"]) == PLACES[rubric]
    address = created.headers["location"]
    kept = await api.client.get(f"{address}/result")
    assert kept.json() == created.json()["result"]
    listed = (await api.client.get("/v1/assessments", params={"rubric": rubric})).json()["data"]
    assert [(one["id"], one["status"]) for one in listed] == [(created.json()["id"], "completed")]
    organisation = f"/v1/organisations/{created.json()['organisation']['id']}"
    exported = (await api.client.get(f"{organisation}/export")).json()
    assert exported["assessments"][0]["responses"][0]["answers"] == ANSWERS[rubric]
    etag = (await api.client.get(organisation)).headers["etag"]
    assert (await api.client.delete(organisation, headers={"If-Match": etag})).status_code == 204


async def test_an_assessment_that_is_completed_later_is_compared_then(api: Api) -> None:
    created = await api.client.post("/v1/assessments", json=new("collaboration-rating", complete=False))
    completed = await api.client.post(f"{created.headers['location']}/complete")
    assert places(completed.json()["result"]) == PLACES["collaboration-rating"]


async def test_two_people_are_shown_to_each_other_only_where_answers_are_named(api: Api) -> None:
    given = [
        {"function": "marketing", "answers": {"collaboration-rating": "9-of-10"}},
        {"function": "sales", "answers": {"collaboration-rating": "4-of-10"}},
    ]
    body = {"rubric": "collaboration-rating", "responses": given}
    grouped = (await api.client.post("/v1/scores", json=body)).json()["questions"][0]
    assert (grouped["withheld"], grouped["chosen"]) == (True, [])
    named = (await api.client.post("/v1/scores", json=body | {"confidentiality": "named"})).json()
    expected = {"collaboration-rating": [("marketing", 0.35, 0.825), ("sales", 0.88, 0.44)]}
    assert places(named) == expected
    kept = await api.client.post(
        "/v1/assessments",
        json=new("collaboration-rating", confidentiality="named")
        | {"responses": [{**one, "submit": True} for one in given]},
    )
    assert places(kept.json()["result"]) == expected


async def test_a_target_level_is_refused_wherever_it_is_given(api: Api) -> None:
    wanted = {"/target_level": "rubric_without_levels"}
    body = {"rubric": "sentiment-2014", "answers": {}, "target_level": 3}
    scored = await api.client.post("/v1/scores", json=body)
    assert (scored.status_code, pointers(scored)) == (422, wanted)
    created = await api.client.post("/v1/assessments", json=new("sentiment-2014", target_level=3))
    assert (created.status_code, pointers(created)) == (422, wanted)
    batch = await api.client.post("/v1/scores/batch", json={"items": [{"rubric": "alignment", "answers": {}}, body]})
    problem = batch.json()["data"][1]["problem"]
    assert [one["pointer"] for one in problem["errors"]] == ["/items/1/target_level"]
    opened = await api.client.post("/v1/assessments", json=new("sentiment-2014", complete=False))
    address, etag = opened.headers["location"], opened.headers["etag"]
    patched = await api.client.patch(address, json={"target_level": 3}, headers={"If-Match": etag})
    assert (patched.status_code, pointers(patched)) == (422, wanted)
    assert (await api.client.patch(address, json={"target_level": None}, headers={"If-Match": etag})).status_code == 200


async def test_a_study_is_served_without_levels_weights_and_recommendations(api: Api) -> None:
    served = (await api.client.get("/v1/rubrics/integration-2008/2026.1")).json()
    assert (served["levels"], served["gates"], served["recommendations"]) == ([], [], [])
    assert (served["aggregation"], served["weighting"], served["target"]) == (None, None, None)
    asked = {question["id"]: question for question in served["questions"]}
    crm = asked["crm-standing"]
    assert (crm["weight"], crm["wording"], crm["scale"]) == (None, "published", "ordinal")
    assert crm["benchmarks"][0]["ridits"] == [0.104, 0.2574, 0.3812, 0.6634, 0.9356]
    assert crm["benchmarks"][0]["options"][0] == ["no-crm"]
    assert crm["benchmarks"][0]["titles"][0] == "No CRM system in place"
    assert asked["impact-metric"]["benchmarks"][0]["ridits"] == []


async def test_what_is_known_instead_and_what_functions_differ_by_are_served(api: Api) -> None:
    served = (await api.client.get("/v1/rubrics/collaboration-2016")).json()
    asked = {question["id"]: question for question in served["questions"]}
    assert asked["formats"]["benchmarks"] == []
    assert asked["formats"]["known"].startswith("No share was published.")
    gaps = asked["tool-use"]["published_gaps"]
    assert [(gap["category"], gap["level"], gap["options"]) for gap in gaps] == [
        ("virtually-all", None, ["virtually-all"]),
        ("under-quarter-used", None, ["under-quarter"]),
    ]
    assert asked["tool-use"]["about"] == "sales"
