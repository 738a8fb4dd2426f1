"""The tools: their names, when to use each, what they take and what they answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, NamedTuple

import msgspec

from assessment.mcp.catalogue import GetQuestions, ListRubrics, Questions, RubricsListed, get_questions, list_rubrics
from assessment.mcp.desk import Desk
from assessment.mcp.explain import explain_result
from assessment.mcp.explanation import Explanation, OfDimension
from assessment.mcp.findings import FindingsFound, LookUpFinding, look_up_finding
from assessment.mcp.plan import Plan, plan_next_level
from assessment.mcp.said import Told
from assessment.mcp.scores import OfAssessment, Verdict, score_answers

INSTRUCTIONS = (
    "Alignment Assessment tells an organisation how well its sales and marketing work together, against what published "
    "studies found. Start with list_rubrics, put the questions of get_questions to the people you talk to, and score "
    "their answers with score_answers. Only answers that somebody gave are scored: never guess one; what nobody knows "
    'is {"state": "dont_know"}, and what was not asked is left out. A score comes from these tools alone; do not '
    "compute or estimate one. Wherever you give a study's figure, name its publisher, year, population and n, or say "
    "that n was not published, and pass on its caution: the ratios are associations, not effects."
)
_AGAIN = "Give the answers again, as score_answers takes them: the same answers always give the same result."
_OR_STORED = " Or give the id of a completed assessment in `assessment`."


class Tool(NamedTuple):
    """A tool. All of them only read, and give the same for the same."""

    name: str
    title: str
    description: str
    answers: type[msgspec.Struct]
    run: Callable[[Desk, dict[str, Any]], Awaitable[Told]]
    takes: type[msgspec.Struct] | None = None
    """Fields that the tool has of its own."""
    scores: bool = False
    """Whether it takes what `POST /v1/scores` does."""
    stored: bool = False
    """Whether it takes a stored assessment instead."""

    def described_for(self, desk: Desk) -> str:
        """When to use it, and how."""
        if not self.stored:
            return self.description
        return f"{self.description} {_AGAIN}{_OR_STORED if desk.stored_result else ''}"

    def takes_at(self, desk: Desk) -> dict[str, Any]:
        """The JSON Schema of its arguments. That either `answers` or `responses` is needed stands in words alone: some
        hosts take no tool with alternatives at the root of its schema."""
        schema: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
        if self.scores:
            schemas = desk.documents.score_schemas()
            schema |= schemas.pop("ScoreRequest") | {"$defs": schemas}
        if self.takes is not None:
            _add(schema, self.takes)
        if self.stored and desk.stored_result:
            _add(schema, OfAssessment)
            schema["required"] = []
        return {key: value for key, value in schema.items() if key not in ("title", "description")}

    def answers_with(self) -> dict[str, Any]:
        """The JSON Schema of its structured content."""
        return _schema_of(self.answers)


TOOLS = (
    Tool(
        name="list_rubrics",
        title="List the rubrics",
        description=(
            "Lists the rubrics (questions with their rules of scoring) that can be used, each with title, summary, "
            "length and languages. Use it first, to choose one. Those that give no score repeat the questions of one "
            "study."
        ),
        answers=RubricsListed,
        run=list_rubrics,
        takes=ListRubrics,
    ),
    Tool(
        name="get_questions",
        title="Get a rubric's questions",
        description=(
            "Gets what a rubric asks: each question with its id, its help and its options. Use it before "
            "score_answers, to put the questions to somebody and to map what they say to option ids. `dimension` "
            "narrows it, `locale` chooses the language."
        ),
        answers=Questions,
        run=get_questions,
        takes=GetQuestions,
    ),
    Tool(
        name="score_answers",
        title="Score answers",
        description=(
            "Scores answers with a rubric and keeps nothing: score, level, what holds the level, dimensions, the "
            "best moves and the next level. Give `answers` of one person (question id to option id), or `responses` "
            "of several, each with its `function`; not both. Answer only what somebody said."
        ),
        answers=Verdict,
        run=score_answers,
        scores=True,
    ),
    Tool(
        name="explain_result",
        title="Explain a result",
        description=(
            "Explains why a result is what it is: every condition that holds the level, the points each dimension "
            "lost, and for each answer what it counts, where it lies among a study's respondents, and which "
            "published ratios belong to it. Use it when somebody asks why, or wants the evidence; `dimension` keeps "
            "it short."
        ),
        answers=Explanation,
        run=explain_result,
        takes=OfDimension,
        scores=True,
        stored=True,
    ),
    Tool(
        name="plan_next_level",
        title="Plan the next level",
        description=(
            "Finds a smallest set of steps that reaches the next level, with every gate on the way, and the moves "
            "that make them. Use it when somebody asks what to do next, or how to get to the next level."
        ),
        answers=Plan,
        run=plan_next_level,
        scores=True,
        stored=True,
    ),
    Tool(
        name="look_up_finding",
        title="Look up a study's finding",
        description=(
            "Looks up what a study found: the claim with its figures, publisher, year, population, n, quality and "
            "how it must not be read. Use it to check or cite a figure, by the id that other tools name in `finding` "
            "and `evidence`, or by words in `text`."
        ),
        answers=FindingsFound,
        run=look_up_finding,
        takes=LookUpFinding,
    ),
)
BY_NAME = {tool.name: tool for tool in TOOLS}


def _add(schema: dict[str, Any], kind: type[msgspec.Struct]) -> None:
    own = _schema_of(kind)
    schema["properties"] = own["properties"] | schema["properties"]
    schema["required"] = [*own.get("required", ()), *schema.get("required", ())]


@cache
def _schema_of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """With the struct itself at the root, as the protocol wants it; nothing but what is described may be there."""
    _, schemas = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    for schema in schemas.values():
        if schema.get("type") == "object" and "properties" in schema:
            schema["additionalProperties"] = False
    root: dict[str, Any] = schemas.pop(kind.__name__)
    return root | {"$defs": schemas} if schemas else root
