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
