"""Scoring over HTTP, one set of answers or a thousand."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.integration.api.running import Api, case_answers, pointers


async def test_answers_are_scored_and_nothing_is_kept(api: Api) -> None:
    answers = case_answers("alignment", "level-3-worked-example")
    response = await api.client.post("/v1/scores", json={"rubric": "alignment@2026.1", "answers": answers})
    assert response.status_code == 200
    result = response.json()
    assert (result["score"], result["rating"]["name"]) == (52.03, "Aligned")
    assert (await api.client.get("/v1/assessments")).json()["data"] == []


async def test_the_same_answers_give_the_same_bytes(api: Api) -> None:
    answers = case_answers("alignment-quick", "level-3-shared-target")
    body = {"rubric": "alignment-quick", "answers": answers}
    turned = {"answers": dict(reversed(answers.items())), "rubric": "alignment-quick"}
    first, second = await api.client.post("/v1/scores", json=body), await api.client.post("/v1/scores", json=turned)
    assert first.content == second.content


async def test_several_people_are_scored_together(api: Api) -> None:
    answers = case_answers("alignment-quick", "level-3-shared-target")
    responses = [{"function": "sales", "answers": answers}, {"function": "marketing", "answers": answers}]
    result = (await api.client.post("/v1/scores", json={"rubric": "alignment-quick", "responses": responses})).json()
    assert result["score"] == 60.55
    assert result["respondents"] == [
        {"function": "sales", "respondents": 1},
        {"function": "marketing", "respondents": 1},
    ]


async def test_a_rubric_that_does_not_exist_is_404(api: Api) -> None:
    for reference in ("none", "alignment@2020.1", "alignment@", "@", "alignment@2026.1@2026.1"):
        response = await api.client.post("/v1/scores", json={"rubric": reference, "answers": {}})
        assert (response.status_code, response.json()["code"]) == (404, "rubric_not_found")


async def test_bad_answers_name_the_question_and_what_is_allowed(api: Api) -> None:
    answers = {"kpi-set": "none-such", "sla-clauses": "follow-up-time", "sla-agreement": {"state": "not_applicable"}}
    response = await api.client.post("/v1/scores", json={"rubric": "alignment", "answers": answers})
    assert response.json()["code"] == "invalid_answers"
    assert pointers(response) == {
        "/answers/kpi-set": "unknown_option",
        "/answers/sla-clauses": "wrong_type",
        "/answers/sla-agreement/reason": "missing_reason",
    }
    assert "Allowed options: " in response.json()["errors"][0]["detail"]


async def test_each_item_of_a_batch_gets_its_own_answer_in_order(api: Api) -> None:
    answers = case_answers("alignment-quick", "level-3-shared-target")
    good = {"rubric": "alignment-quick", "answers": answers}
    items = [
        good,
        {"rubric": "none", "answers": {}},
        {"rubric": "alignment-quick", "answers": {"x": 1}, "y": 2},
        7,
        good,
    ]
    response = await api.client.post("/v1/scores/batch", json={"items": items})
    assert response.status_code == 200
    data = response.json()["data"]
    assert [next(iter(item)) for item in data] == ["result", "problem", "problem", "problem", "result"]
    assert data[0]["result"] == (await api.client.post("/v1/scores", json=good)).json()
    assert [item["problem"]["code"] for item in data[1:4]] == ["rubric_not_found", "invalid_request", "invalid_request"]
    assert [problem["pointer"] for problem in data[2]["problem"]["errors"]] == ["/items/2/y", "/items/2/answers/x"]
    assert data[3]["problem"]["errors"][0]["pointer"] == "/items/3"


@pytest.mark.parametrize("count", [0, 1_001])
async def test_a_batch_has_1_to_1000_items(api: Api, count: int) -> None:
    response = await api.client.post("/v1/scores/batch", json={"items": [{}] * count})
    assert (response.status_code, pointers(response)) == (422, {"/items": "wrong_length"})


async def test_a_thousand_complete_items_fit_in_one_batch(api: Api) -> None:
    item = {"rubric": "alignment", "answers": case_answers("alignment", "level-3-worked-example")}
    body = json.dumps({"items": [item] * 1_000}).encode()
    response = await api.client.post("/v1/scores/batch", content=body, headers={"Content-Type": "application/json"})
    assert [item["result"]["score"] for item in response.json()["data"]] == [52.03] * 1_000


async def test_others_are_served_while_a_batch_is_scored(api: Api) -> None:
    item = {"rubric": "alignment", "answers": case_answers("alignment", "level-3-worked-example")}
    batch = asyncio.create_task(api.client.post("/v1/scores/batch", json={"items": [item] * 300}))
    served = 0
    while not batch.done():
        assert (await api.nobody.get("/health")).status_code == 200
        served += 1
        await asyncio.sleep(0)  # in-process requests never wait for a socket, which is where a server lets others run
    assert (await batch).status_code == 200
    assert served > 3


def panel(answers: dict[str, object], **other: object) -> list[dict[str, object]]:
    """Four people of sales who give these answers and four of marketing who give some `other` ones."""
    there = {name.replace("_", "-"): answer for name, answer in other.items()}
    sales: dict[str, object] = {"function": "sales", "seniority": "manager", "answers": answers}
    marketing: dict[str, object] = {"function": "marketing", "seniority": "director", "answers": {**answers, **there}}
    return [sales] * 4 + [marketing] * 4


async def test_the_gap_between_two_functions_is_measured(api: Api) -> None:
    answers = case_answers("alignment-quick", "level-3-shared-target")
    there = {"communication_quality": "excellent", "pipeline_review": "tracked-actions"}
    responses = panel({**answers, "pipeline-review": "quarterly"}, **there)
    body = {"rubric": "alignment-quick@2026.2", "responses": responses}
    perception = (await api.client.post("/v1/scores", json=body)).json()["perception"]
    assert perception["confidentiality"] == "grouped"
    assert perception["functions"]["groups"] == ["marketing", "sales"]
    gap = next(gap for gap in perception["functions"]["questions"] if gap["id"] == "pipeline-review")
    assert gap["groups"] == [
        {"group": "marketing", "respondents": 4, "mean": 4.0},
        {"group": "sales", "respondents": 4, "mean": 1.0},
    ]
    assert (gap["gap"], gap["delta"], gap["size"]) == (3.0, 1.0, "large")
    # Two of twelve questions differ: 2/70 each, times twelve over two.
    assert (gap["p"], gap["p_adjusted"], gap["supported"]) == (0.0286, 0.1714, False)
    assert gap["disputed"]
    (beside,) = gap["published"]
    assert (beside["finding"], beside["shares"], beside["cohens_h"]) == (
        "insideview2016-pipeline-meetings",
        [0.75, 0.35],
        0.8283,
    )
    assert beside["own_shares"] == [1.0, 0.0]
    assert perception["seniority"]["groups"] == ["leadership", "rest"]


async def test_a_few_people_are_withheld_unless_they_are_named(api: Api) -> None:
    answers = case_answers("alignment-quick", "level-3-shared-target")
    body = {"rubric": "alignment-quick@2026.2", "responses": panel(answers)[2:6]}
    grouped = (await api.client.post("/v1/scores", json=body)).json()["perception"]
    assert grouped["withheld"] == ["marketing", "sales", "leadership", "rest"]
    assert {group["mean"] for gap in grouped["functions"]["questions"] for group in gap["groups"]} == {None}
    named = (await api.client.post("/v1/scores", json={**body, "confidentiality": "named"})).json()["perception"]
    assert (named["confidentiality"], named["withheld"]) == ("named", [])
    assert None not in {group["mean"] for gap in named["functions"]["questions"] for group in gap["groups"]}


async def test_an_unknown_seniority_or_confidentiality_is_refused(api: Api) -> None:
    body = {
        "rubric": "alignment-quick",
        "confidentiality": "secret",
        "responses": [{"seniority": "boss", "answers": {}}, {"seniority": 3, "answers": {}}],
    }
    response = await api.client.post("/v1/scores", json=body)
    assert response.status_code == 422
    assert set(pointers(response)) == {"/confidentiality", "/responses/0/seniority", "/responses/1/seniority"}


async def test_contradictions_are_named(api: Api) -> None:
    answers = {"sla-agreement": "none", "sla-clauses": ["escalation", "return-rule"]}
    body = {"rubric": "alignment-quick@2026.2", "answers": answers}
    (found,) = (await api.client.post("/v1/scores", json=body)).json()["inconsistencies"]
    assert found["id"] == "clauses-without-sla"
    assert found["answers"] == [{"question": "sla-clauses", "level": 1.0}, {"question": "sla-agreement", "level": 0.0}]
