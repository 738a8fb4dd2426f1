"""What each tool answers, in figures and in words."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from assessment.errors import InvalidAnswers, InvalidInput, RubricNotFound, StudyNotFound
from assessment.mcp.local import LocalDesk
from assessment.mcp.said import problem
from assessment.mcp.tools import TOOLS
from assessment.scoring.answers import Response
from assessment.service.scores import score
from tests.integration.api.running import case_answers
from tests.unit.mcp.conftest import Use

EXAMPLE: dict[str, Any] = {"rubric": "alignment@2026.1", "answers": case_answers("alignment", "level-3-worked-example")}
BEST: dict[str, Any] = {"rubric": "alignment@2026.1", "answers": case_answers("alignment", "level-4-everything-best")}


def pointers(error: InvalidInput) -> dict[str, str]:
    return {one.pointer: one.code for one in error.errors}


async def test_every_rubric_is_listed_once_in_its_latest_version(use: Use) -> None:
    listed, text = await use("list_rubrics")
    assert [one["id"] for one in listed["rubrics"]] == [
        "alignment",
        "alignment-quick",
        "collaboration-2016",
        "collaboration-rating",
        "integration-2008",
        "sentiment-2014",
    ]
    full = listed["rubrics"][0]
    assert (full["version"], full["versions"]) == ("2026.2", ["2026.1", "2026.2"])
    assert (full["questions"], full["minutes"], full["rates"]) == (32, 12, True)
    assert full["locales"] == ["en", "de", "es", "fr"]
    assert "- collaboration-rating (version 2026.1): How well sales and marketing work together, from 1 to 10." in text
    assert "[1 question, about 1 min, sets answers beside a study, without a score, in en]" in text


async def test_questions_come_with_all_that_an_answer_needs(use: Use) -> None:
    asked, text = await use("get_questions", rubric="alignment-quick")
    assert [one["id"] for one in asked["dimensions"]] == ["shared-kpis", "slas", "pipeline-ownership", "communication"]
    assert sum(len(one["questions"]) for one in asked["dimensions"]) == 12
    question = asked["dimensions"][1]["questions"][1]
    assert (question["id"], question["kind"]) == ("sla-clauses", "multiple")
    assert question["audience"] == ["sales", "marketing", "operations"]
    assert "sla-clauses: What does the agreement lay down?" in text
    assert "Asked of sales, marketing, operations. Choose any of:" in text
    assert "  shared-set: A shared set from pipeline to revenue carries joint targets and is reviewed together" in text


async def test_questions_are_asked_in_another_language_and_of_one_dimension(use: Use) -> None:
    asked, text = await use("get_questions", rubric="alignment", locale="de", dimension="slas")
    assert (asked["locale"], [one["id"] for one in asked["dimensions"]]) == ("de", ["slas"])
    assert "Gibt es" in text


async def test_what_a_rubric_does_not_have_is_answered_with_what_it_has(use: Use) -> None:
    with pytest.raises(InvalidInput, match=r"No texts in 'it'\. Allowed: en, de, es, fr") as refused:
        await use("get_questions", rubric="alignment", locale="it")
    assert pointers(refused.value) == {"/locale": "unknown_locale"}
    given: dict[str, dict[str, Any]] = {"get_questions": {}, "explain_result": {"answers": {}}}
    for tool, more in given.items():
        with pytest.raises(InvalidInput, match=r"Allowed: shared-kpis, slas, pipeline-ownership") as refused:
            await use(tool, rubric="alignment", dimension="sales", **more)
        assert pointers(refused.value) == {"/dimension": "unknown_dimension"}
    with pytest.raises(RubricNotFound, match=r"there are: alignment@2026\.1, alignment@2026\.2"):
        await use("get_questions", rubric="alignement")
    with pytest.raises(InvalidInput) as refused:
        await use("list_rubrics", page=2)
    assert pointers(refused.value) == {"/page": "unknown_field"}


async def test_a_score_is_the_services_own(use: Use, desk: LocalDesk) -> None:
    verdict, text = await use("score_answers", **EXAMPLE)
    result = score(desk.rubrics, "alignment@2026.1", [Response(EXAMPLE["answers"])])
    whole = msgspec.to_builtins(result)
    assert (verdict["score"], verdict["rating"]["level"]) == (52.03, 3)
    same = set(verdict) - {"gaps", "recommendations", "more_recommendations"}
    assert {name: verdict[name] for name in same} == {name: whole[name] for name in same}
    assert [one["id"] for one in verdict["recommendations"]] == [one.id for one in result.recommendations[:5]]
    assert verdict["more_recommendations"] == len(result.recommendations) - 5
    assert text.startswith(
        "alignment@2026.1: score 52.03 of 100, level 3 of 4 (Aligned).\nMean position beside the studies: 57 %. "
    )
    assert "Missing answers leave 50.64 to 52.84 open; the level stands." in text
    assert "- Service-level agreements (slas): 47.14, level 2" in text
    assert "Best moves first:\n- Use all four formats to reach sales (Sales enablement, effort S, +1.19 points)" in text


async def test_several_people_are_scored_with_the_gap_between_them(use: Use) -> None:
    sales = EXAMPLE["answers"]
    marketing = {**BEST["answers"], "lead-nurture": {"state": "dont_know"}}
    people = [{"function": "sales", "answers": sales}] * 4 + [{"function": "marketing", "answers": marketing}] * 4
    verdict, text = await use("score_answers", rubric="alignment@2026.1", responses=people)
    assert [gap["id"] for gap in verdict["gaps"]][:2] == ["shared-kpis", "slas"]
    assert verdict["gaps"][1]["groups"][0] == {"group": "marketing", "respondents": 4, "mean": 100.0}
    assert "Seen by function, slas: marketing 100.00, sales 47.14; more than chance." in text
    verdict, text = await use("score_answers", rubric="alignment@2026.1", responses=people[3:5])
    assert "Seen by function, slas: marketing withheld, sales withheld; too few people to test." in text


async def test_a_level_held_by_a_gate_is_said_to_be_held(use: Use) -> None:
    held = {"rubric": "alignment@2026.1", "answers": case_answers("alignment", "gate-integrated-one-sided-sla")}
    verdict, text = await use("score_answers", **held)
    assert (verdict["rating"]["level"], verdict["rating"]["level_by_score"]) == (3, 4)
    assert "level 3 of 4 (Aligned). The score alone would give level 4 (Integrated)." in text
    assert "Held at level 3: Integrated needs sla-agreement at level 3 (it is at 2)." in text
    explained, text = await use("explain_result", **held)
    assert [(one["gate"], one["limit"], one["binds"]) for one in explained["held_back"]] == [("integrated", 3, True)]
    assert "Limit 3, failed, holds the level: Integrated needs sla-agreement at level 3 (it is at 2)." in text
    assert "  - Is there a service-level agreement between sales and marketing? needs level 3, has level 2" in text


async def test_an_explanation_accounts_for_every_point(use: Use) -> None:
    explained, text = await use("explain_result", **EXAMPLE)
    lost = explained["points_lost"]
    assert sum(one["points_lost"] for one in lost) == pytest.approx(100 - 52.03, abs=0.05)
    assert (lost[0]["dimension"], lost[0]["points_lost"]) == ("slas", 8.23)
    assert len(explained["answers"]) == 32
    assert "Points lost: Service-level agreements 8.23; " in text
    assert "- lead-nurture: " in text
    assert " dont_know." in text


async def test_each_answer_stands_beside_its_studies_with_their_sources(use: Use) -> None:
    explained, text = await use("explain_result", dimension="slas", **EXAMPLE)
    assert [one["question"] for one in explained["answers"]] == [
        "sla-agreement",
        "sla-clauses",
        "response-time",
        "sla-tracking",
    ]
    quick = explained["answers"][2]
    assert (quick["level"], quick["means"]) == (2, "Within 1 to 24 hours")
    assert quick["beside"][0] == {
        "finding": "hbr2011-first-response",
        "publisher": "Harvard Business Review (Oldroyd, McElheran & Elkington)",
        "year": 2011,
        "population": "Companies in the United States that were sent a test lead through their website",
        "n": 2241,
        "function": None,
        "ridit": 0.55,
        "interval": (0.5312, 0.5689),
        "same": None,
        "rough": False,
        "judgement": quick["beside"][0]["judgement"],
    }
    assert (
        "  position 55 % (53–57 %) [hbr2011-first-response: Harvard Business Review (Oldroyd, McElheran & Elkington), "
        "2011; Companies in the United States that were sent a test lead through their website; n = 2,241]" in text
    )
    assert "SiriusDecisions, year not published; Business-to-business organisations; n not published]" in text
    assert quick["associations"][0]["population"] == "About 1.25 million sales leads received by 42 firms"


async def test_a_rubric_without_levels_is_explained_without_a_score(use: Use) -> None:
    asked, _ = await use("get_questions", rubric="collaboration-rating")
    (question,) = asked["dimensions"][0]["questions"]
    answers = {question["id"]: question["options"][-1]["id"]}
    people = [{"function": "sales", "answers": answers}]
    verdict, text = await use("score_answers", rubric="collaboration-rating", responses=people)
    assert (verdict["score"], verdict["rating"], verdict["reason"]) == (None, None, "rubric_without_levels")
    assert text.startswith("collaboration-rating@2026.1: no score and no level (rubric_without_levels).")
    explained, _ = await use("explain_result", rubric="collaboration-rating", responses=people)
    assert explained["held_back"] == []
    plan, text = await use("plan_next_level", rubric="collaboration-rating", responses=people)
    assert plan["next_level"] is None
    assert text.endswith("The rubric sets answers beside a study and has no levels.")


async def test_the_plan_names_the_steps_and_the_moves_that_make_them(use: Use) -> None:
    answers = case_answers("alignment-quick", "level-2-ground-rules")
    plan, text = await use("plan_next_level", rubric="alignment-quick@2026.1", answers=answers)
    goal = plan["next_level"]
    assert (plan["score"], plan["level"], plan["reason"]) == (36.65, 2, None)
    assert (goal["level"], goal["name"], goal["score_after"]) == (3, "Aligned", 52.35)
    assert [(step["question"], step["option"], step["adds"]) for step in goal["steps"]] == [
        ("kpi-set", "one-joint-target", False),
        ("kpi-set", "shared-set", False),
        ("response-time", "within-an-hour", False),
        ("pipeline-responsibility", "sourced-pipeline", False),
        ("communication-formats", "virtual-training", True),
        ("communication-formats", "in-person-training", True),
    ]
    assert [move["id"] for move in plan["moves"]] == [
        "adopt-shared-kpis",
        "use-all-formats",
        "answer-within-an-hour",
        "own-pipeline-acceleration",
    ]
    assert "6 steps reach level 3 (Aligned), with a score of 52.35:\n- kpi-set: How far are " in text
    assert "From level 2 to level 3: add Virtual training (virtual-training)\n" in text
    assert "Moves that help:\n- Adopt shared KPIs with joint targets (" in text


async def test_where_there_is_no_next_level_the_plan_says_why(use: Use) -> None:
    plan, _ = await use("plan_next_level", **BEST)
    assert (plan["level"], plan["reason"]) == (4, "This is the highest level.")
    plan, _ = await use("plan_next_level", rubric="alignment", answers={})
    assert plan["reason"].startswith("Too little is answered for a rating.")
    alone = [{"function": "sales", "answers": BEST["answers"]}]
    plan, _ = await use("plan_next_level", rubric="alignment@2026.1", responses=alone)
    assert plan["level"] == 3
    assert plan["reason"].startswith("No steps on answers reach it.")


async def test_a_finding_is_looked_up_by_its_id(use: Use) -> None:
    found, text = await use("look_up_finding", finding="hbr2011-first-response")
    (finding,) = found["findings"]
    assert (finding["study"], finding["year"], finding["n"], finding["kind"]) == (
        "hbr-2011",
        2011,
        2241,
        "distribution",
    )
    assert [share["share"] for share in finding["shares"]] == [0.23, 0.24, 0.16, 0.37]
    assert "n = 2,241; quality " in text
    found, text = await use("look_up_finding", finding="stone2016-vary-formats")
    assert found["findings"][0]["kind"] == "practice"


async def test_findings_are_searched_by_words_and_dimension(use: Use) -> None:
    found, _ = await use("look_up_finding", text="Gartner KPIs")
    assert "gartner2023-aligned-kpis" in [one["id"] for one in found["findings"]]
    found, text = await use("look_up_finding", dimension="slas")
    assert {one["dimension"] for one in found["findings"]} == {"slas"}
    found, text = await use("look_up_finding", text="marketing")
    assert len(found["findings"]) == 10
    assert text.endswith(f"{found['more']} more: say more words.")
    found, text = await use("look_up_finding", text="unicorns")
    assert (found, text) == ({"findings": [], "more": 0}, "Nothing has all of these words. Try fewer or others.")


async def test_an_unknown_finding_is_answered_with_those_alike(use: Use) -> None:
    with pytest.raises(StudyNotFound, match="Alike: stone2016-share-kpis, "):
        await use("look_up_finding", finding="stone2016-share-kpi")
    for wrong in ({}, {"finding": "a", "text": "b"}):
        with pytest.raises(InvalidInput, match="Give either `finding`, or `text`"):
            await use("look_up_finding", **wrong)


async def test_wrong_answers_are_said_in_the_words_of_the_api(use: Use) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        await use("score_answers", rubric="alignment", answers={"kpi-set": "all", "speed": "fast"})
    said = problem(refused.value)
    assert said.startswith("Some answers do not fit the rubric (invalid_answers). ")
    assert "- /answers/kpi-set: 'kpi-set' has no option 'all'. Allowed options: separate, common-reporting, " in said
    assert "- /answers/speed: alignment@2026.2 has no question with this id. Its questions: kpi-set, " in said
    with pytest.raises(InvalidAnswers) as refused:
        await use("explain_result", rubric="alignment", answers={f"question-{number}": "yes" for number in range(25)})
    assert problem(refused.value).endswith("\nand 5 more")


async def test_without_a_service_there_is_no_stored_assessment_to_ask_for(use: Use) -> None:
    with pytest.raises(InvalidInput, match=r"There is no such field here\. Allowed: rubric, answers, ") as refused:
        await use("explain_result", assessment="asmt_01k9zqf3v8e3rb4m5n6p7q8r9s", rubric="alignment", answers={})
    assert pointers(refused.value) == {"/assessment": "unknown_field"}


def test_what_fails_inside_is_not_told(desk: LocalDesk) -> None:
    said = problem(desk.judge(KeyError("what somebody sent")))
    assert said == "Something failed on our side (internal_error)."


def test_the_protocol_is_not_loaded_before_somebody_asks() -> None:
    loaded = "import sys, assessment.app; print(*{'mcp', 'mcp_types', 'starlette'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "\n"


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: str(tool.name))
def test_a_host_can_take_every_schema(desk: LocalDesk, tool: Any) -> None:
    takes, answers = tool.takes_at(desk), tool.answers_with()
    for schema in (takes, answers):
        Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object"
        assert schema["additionalProperties"] is False
        assert not {"oneOf", "anyOf", "allOf", "$ref"} & schema.keys()
        assert "#/components" not in str(schema)
    assert "assessment" not in takes["properties"]
    assert all("description" in field for field in takes["properties"].values())


@pytest.mark.parametrize("rubric", ["alignment", "alignment-quick", "collaboration-2016", "integration-2008"])
async def test_answers_fit_the_schemas_that_were_announced(use: Use, desk: LocalDesk, rubric: str) -> None:
    asked, _ = await use("get_questions", rubric=rubric)
    questions = [question for dimension in asked["dimensions"] for question in dimension["questions"]]
    first = {q["id"]: [q["options"][0]["id"]] if q["kind"] == "multiple" else q["options"][0]["id"] for q in questions}
    scored = {"rubric": rubric, "answers": first}
    given: dict[str, dict[str, Any]] = {
        "list_rubrics": {},
        "get_questions": {"rubric": rubric},
        "look_up_finding": {"text": "sales"},
    }
    for tool in TOOLS:
        arguments = given.get(tool.name, scored)
        answer, text = await use(tool.name, **arguments)
        Draft202012Validator(tool.takes_at(desk)).validate(arguments)
        Draft202012Validator(tool.answers_with()).validate(msgspec.json.decode(msgspec.json.encode(answer)))
        assert text
