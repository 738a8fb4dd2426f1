"""Somebody else's computation, from the served rubric and the method alone, gives the same scores and levels."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from tests.integration.api.running import Api

SETS = 1000
"""Random answer sets for each rubric."""

Served = dict[str, Any]


def _random_answers(rubric: Served, chance: random.Random) -> dict[str, Any]:
    missing = chance.choice([0.0, 0.0, 0.1, 0.4])
    answers: dict[str, Any] = {}
    for question in rubric["questions"]:
        options = [option["id"] for option in question["options"]]
        if chance.random() < missing:
            state = chance.choice([None, {"state": "dont_know"}, {"state": "not_applicable", "reason": "none here"}])
            if state is not None:
                answers[question["id"]] = state
        elif question["kind"] == "multiple":
            answers[question["id"]] = [option for option in options if chance.random() < 0.6]
        else:
            answers[question["id"]] = chance.choice(options)
    return answers


def _level(question: Served, answer: Any) -> float | None:
    if answer is None or isinstance(answer, dict):
        return None
    if question["kind"] == "multiple":
        return min(4.0, math.fsum(o["points"] for o in question["options"] if o["id"] in answer))
    return float(next(o["level"] for o in question["options"] if o["id"] == answer))


class Recomputed:
    """A straightforward reading of the method, with nothing prepared and nothing shared with the scorer."""

    def __init__(self, rubric: Served, answers: dict[str, Any]) -> None:
        self.rubric = rubric
        self.levels = {q["id"]: _level(q, answers.get(q["id"])) for q in rubric["questions"]}
        self.applies = {
            q["id"]: not (isinstance(answers.get(q["id"]), dict) and answers[q["id"]].get("state") == "not_applicable")
            for q in rubric["questions"]
        }
        self.score: float | None = None
        self.level: int | None = None
        points = {d["id"]: self._dimension(d["id"], None) for d in rubric["dimensions"]}
        if not any(d["core"] and points[d["id"]] is None for d in rubric["dimensions"]):
            self.score = self._overall(points)
            self.level = self._rating(self.score, points, self.levels)
        self.bounds = tuple(
            self._overall({d["id"]: self._dimension(d["id"], fill) for d in rubric["dimensions"]}) for fill in (0, 4)
        )

    def _dimension(self, dimension: str, fill: float | None) -> float | None:
        """The weighted mean of level / 4; with `fill`, every missing answer at that level."""
        answered = applicable = earned = 0.0
        for question in self.rubric["questions"]:
            if question["dimension"] != dimension or not self.applies[question["id"]]:
                continue
            applicable += question["weight"]
            level = self.levels[question["id"]]
            level = fill if level is None else level
            if level is not None:
                answered += question["weight"]
                earned += question["weight"] * level / 4
        return None if not answered or answered < applicable / 2 - 1e-12 else earned / answered

    def _overall(self, points: dict[str, float | None]) -> float:
        shift = self.rubric["aggregation"]["shift"]
        product = weights = 0.0
        for dimension in self.rubric["dimensions"]:
            value = points[dimension["id"]]
            if value is not None:
                product += dimension["weight"] * math.log(value + shift)
                weights += dimension["weight"]
        return float("nan") if not weights else math.exp(product / weights) - shift

    def _by_score(self, score: float) -> int:
        return max(int(level["number"]) for level in self.rubric["levels"] if score >= level["from"] - 1e-9)

    def _rating(self, score: float, points: dict[str, float | None], levels: dict[str, float | None]) -> int:
        core = [points[d["id"]] for d in self.rubric["dimensions"] if d["core"]]
        weakest = min(self._by_score(value) for value in core if value is not None)
        level = min(self._by_score(score), weakest + int(self.rubric["aggregation"]["core_rule"]))
        for gate in self.rubric["gates"]:
            passed = gate["requires"] is not None or all(
                any((levels[c["question"]] or 0) >= c["level"] for c in clause["any_of"]) for clause in gate["all_of"]
            )
            if not passed:
                level = min(level, int(gate["level"]) - 1)
        return level


@pytest.mark.parametrize("rubric_id", ["alignment", "alignment-quick"])
async def test_thousands_of_random_answer_sets_agree(partner: Api, rubric_id: str) -> None:
    rubric = (await partner.client.get(f"/v1/rubrics/{rubric_id}")).json()
    chance = random.Random(rubric_id)
    given = [_random_answers(rubric, chance) for _ in range(SETS)]
    levels_seen = set()
    for start in range(0, SETS, 100):
        batch = given[start : start + 100]
        body = {"items": [{"rubric": rubric_id, "answers": answers} for answers in batch]}
        response = await partner.client.post("/v1/scores/batch", json=body)
        assert response.status_code == 200, response.text
        for answers, item in zip(batch, response.json()["data"], strict=True):
            result, expected = item["result"], Recomputed(rubric, answers)
            if expected.score is None:
                assert result["score"] is None
                assert result["rating"] is None
                continue
            assert result["score"] == pytest.approx(100 * expected.score, abs=0.005 + 1e-9)
            assert result["rating"]["level"] == expected.level
            lower, upper = (100 * bound for bound in expected.bounds)
            assert result["bounds"]["lower"] == pytest.approx(min(lower, 100 * expected.score), abs=0.0051)
            assert result["bounds"]["upper"] == pytest.approx(max(upper, 100 * expected.score), abs=0.0051)
            levels_seen.add(expected.level)
    assert levels_seen >= {1, 2, 3}
