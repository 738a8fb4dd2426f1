"""What is sent to be scored. What comes back is `assessment.scoring.result.Result` itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from assessment.api.wire.problems import ProblemDocument
from assessment.scoring.answers import LONGEST_TEXT
from assessment.scoring.result import Result

_TEXT = {"type": "string", "maxLength": LONGEST_TEXT}
_OPTION = {"type": "string", "description": "Option id."}
_OPTIONS = {
    "type": "array",
    "items": _OPTION,
    "uniqueItems": True,
    "description": "Option ids of a multiple choice; an empty list means none of them.",
}

ANSWER_SCHEMA: dict[str, Any] = {
    "title": "Answer",
    "description": "The answer to one question. A question left out is unanswered.",
    "oneOf": [
        _OPTION,
        _OPTIONS,
        {
            "type": "object",
            "description": "An option, or the options of a multiple choice, with remarks.",
            "properties": {
                "option": {"oneOf": [_OPTION, _OPTIONS]},
                "note": {**_TEXT, "description": "A remark."},
                "evidence": {**_TEXT, "description": "Where the fact can be looked up."},
            },
            "required": ["option"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "description": "Nobody asked knows; lowers completeness, never scored as the worst.",
            "properties": {"state": {"const": "dont_know"}, "reason": {**_TEXT, "description": "Why."}},
            "required": ["state"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "description": "The question does not apply; it leaves the denominator.",
            "properties": {
                "state": {"const": "not_applicable"},
                "reason": {**_TEXT, "minLength": 1, "pattern": r"\S", "description": "Why it does not apply."},
            },
            "required": ["state", "reason"],
            "additionalProperties": False,
        },
    ],
}

Answers: TypeAlias = Annotated[
    dict[str, Any],
    Meta(
        max_length=500,
        description="Question id → answer.",
        extra_json_schema={"additionalProperties": {"$ref": "#/components/schemas/Answer"}},
    ),
]
RubricReference: TypeAlias = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=100,
        description="Rubric id for its latest version, or `id@version`.",
    ),
]
FunctionId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64, description="Function id of the rubric.")]
Seniority: TypeAlias = Annotated[
    Literal["executive", "director", "manager", "specialist"] | None,
    Meta(description="How senior they are, if known: executives and directors are compared with the rest."),
]
Confidentiality: TypeAlias = Annotated[
    Literal["grouped", "named"],
    Meta(
        description="`grouped` withholds figures of fewer than four people, and what would give them away; `named` "
        "gives them all, so respondents have to know it before they answer."
    ),
]
TargetLevel: TypeAlias = Annotated[
    Annotated[int, Meta(ge=1, le=4)] | None,
    Meta(description="Level that recommendations aim at; the rubric's own without it."),
]


class ResponseToScore(Struct, frozen=True, forbid_unknown_fields=True):
    """One person's answers."""

    answers: Answers
    function: Annotated[FunctionId | None, Meta(description="The function they answer for, if known.")] = None
    seniority: Seniority = None


class ScoreRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Answers to score: either `answers` of one, or `responses` of several people."""

    rubric: RubricReference
    answers: Answers | UnsetType = UNSET
    responses: (
        Annotated[
            list[ResponseToScore],
            Meta(min_length=1, max_length=500, description="Answers of several people, instead of `answers`."),
        ]
        | UnsetType
    ) = UNSET
    target_level: TargetLevel = None
    confidentiality: Confidentiality = "grouped"


EITHER_OR = {"ScoreRequest": [{"required": ["answers"]}, {"required": ["responses"]}]}
"""Schemas of which exactly one of several fields must be there; `read_responses` enforces it."""


class BatchRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Many sets of answers. Each item is read for itself, so that a bad one leaves the others alone."""

    items: Annotated[
        list[Any],
        Meta(
            min_length=1,
            max_length=1000,
            description="The sets of answers, each as `POST /v1/scores` takes it.",
            extra_json_schema={"items": {"$ref": "#/components/schemas/ScoreRequest"}},
        ),
    ]


class BatchResult(Struct, frozen=True):
    """An item that was scored."""

    result: Annotated[Result, Meta(description="The result.")]


class BatchProblem(Struct, frozen=True):
    """An item that was not."""

    problem: Annotated[ProblemDocument, Meta(description="Why; pointers start at the whole body: `/items/3/…`.")]


_EITHER = {"oneOf": [{"$ref": f"#/components/schemas/{kind.__name__}"} for kind in (BatchResult, BatchProblem)]}


class BatchAnswer(Struct, frozen=True):
    """What became of each item."""

    data: Annotated[
        list[Annotated[Raw, Meta(extra_json_schema=_EITHER)]],
        Meta(description="One for each item, in order: its result, or its problem."),
    ]
