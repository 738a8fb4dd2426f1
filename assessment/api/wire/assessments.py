"""Assessments: what is sent to create one, and what is seen of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from assessment.api.wire.paging import Cursor, Limit
from assessment.api.wire.scores import Answers, FunctionId, RubricReference, TargetLevel
from assessment.scoring.result import RubricUsed

Confidentiality: TypeAlias = Annotated[
    Literal["grouped", "named"],
    Meta(description="Whether a function's figures are withheld when fewer than four people answered for it."),
]
Status = Literal["open", "completed"]
Seniority = Literal["executive", "director", "manager", "specialist"]
_Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
_Domain: TypeAlias = Annotated[str, Meta(min_length=1, max_length=253, pattern=r"\S")]
_Word: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]
_Filter: TypeAlias = Annotated[str, Meta(max_length=200)]
_Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
_Functions: TypeAlias = Annotated[list[FunctionId], Meta(min_length=1, max_length=20)]
_Metadata: TypeAlias = dict[
    Annotated[str, Meta(min_length=1, max_length=40)],
    Annotated[str, Meta(max_length=500)] | Annotated[int, Meta(ge=-(2**53), le=2**53)] | float | bool | None,
]


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """An empty object."""


class OrganisationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The organisation assessed. With an `external_id` that was used before, that organisation is meant, and stays
    as it is."""

    name: Annotated[_Name, Meta(description="Its name.")]
    external_id: Annotated[_Name | None, Meta(description="Your own id for it.")] = None
    domain: Annotated[_Domain | None, Meta(description="Its internet domain.")] = None
    industry: Annotated[_Word | None, Meta(description="Its industry.")] = None
    size: Annotated[_Word | None, Meta(description="Its size, in your own bands.")] = None
    region: Annotated[_Word | None, Meta(description="Its region.")] = None


class RespondentRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Who answered, in your own terms."""

    reference: Annotated[_Name, Meta(description="Your own id for the person; no name is needed.")]
    seniority: Annotated[Seniority | None, Meta(description="Their seniority.")] = None


class ResponseRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """One person's answers."""

    answers: Answers
    function: Annotated[FunctionId | None, Meta(description="The function they answer for, if known.")] = None
    respondent: Annotated[RespondentRequest | None, Meta(description="Who answered.")] = None
    submit: Annotated[bool, Meta(description="False keeps them as a draft, which is not scored.")] = True


class AssessmentRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A new assessment. With `responses` and `complete` it is scored at once, and the result is in the answer."""

    rubric: RubricReference
    organisation: Annotated[OrganisationRequest, Meta(description="The organisation assessed.")]
    confidentiality: Confidentiality = "grouped"
    functions: Annotated[_Functions | None, Meta(description="Functions that are to answer.")] = None
    responses: Annotated[
        Annotated[list[ResponseRequest], Meta(max_length=500)] | None, Meta(description="Answers known already.")
    ] = None
    complete: Annotated[bool, Meta(description="Score the submitted responses now, and close the assessment.")] = False
    target_level: TargetLevel = None
    contribute_to_benchmark: Annotated[
        bool, Meta(description="Whether the result may enter cohort benchmarks, without any name.")
    ] = False
    metadata: Annotated[
        _Metadata,
        Meta(
            max_length=50,
            description="Anything of your own: up to 50 texts of 500 characters, numbers, or true or false.",
        ),
    ] = {}


class AssessmentPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """Changes to an assessment; what is left out stays. A completed one takes `contribute_to_benchmark` and `metadata`
    alone, and one with responses keeps its `confidentiality`."""

    confidentiality: Confidentiality | UnsetType = UNSET
    functions: Annotated[
        _Functions | UnsetType | None,
        Meta(description="Functions that are to answer, those that have responded among them; null for not said."),
    ] = UNSET
    target_level: Annotated[
        Annotated[int, Meta(ge=1, le=4)] | UnsetType | None,
        Meta(description="Level that recommendations aim at; null for the rubric's own."),
    ] = UNSET
    contribute_to_benchmark: Annotated[
        bool | UnsetType, Meta(description="Whether the result may enter cohort benchmarks, without any name.")
    ] = UNSET
    metadata: Annotated[
        Annotated[_Metadata, Meta(max_length=50)] | UnsetType,
        Meta(description="Merged into what is there; null takes an entry out. 50 entries may be left."),
    ] = UNSET


class Organisation(Struct, frozen=True):
    """The organisation assessed."""

    id: Annotated[str, Meta(description="Organisation id (`org_…`).")]
    name: Annotated[str, Meta(description="Its name.")]
    external_id: Annotated[str | None, Meta(description="Your own id for it.")]
    domain: Annotated[str | None, Meta(description="Its internet domain.")]
    industry: Annotated[str | None, Meta(description="Its industry.")]
    size: Annotated[str | None, Meta(description="Its size.")]
    region: Annotated[str | None, Meta(description="Its region.")]


class Respondent(Struct, frozen=True):
    """Who answered."""

    reference: Annotated[
        str | None, Meta(description="Your own id for the person; null for one who was invited, and is not asked.")
    ]
    seniority: Annotated[str | None, Meta(description="Their seniority.")]


class Response(Struct, frozen=True):
    """That someone answered; what they answered is not shown here."""

    id: Annotated[str, Meta(description="Response id (`resp_…`).")]
    function: Annotated[str | None, Meta(description="The function they answered for.")]
    respondent: Annotated[Respondent | None, Meta(description="Who answered.")]
    submitted_at: Annotated[_Moment | None, Meta(description="When it was submitted; null for a draft.")]


class Assessment(Struct, frozen=True):
    """One round for one organisation."""

    id: Annotated[str, Meta(description="Assessment id (`asmt_…`).")]
    rubric: Annotated[RubricUsed, Meta(description="The rubric version, pinned at creation.")]
    organisation: Annotated[Organisation, Meta(description="The organisation assessed.")]
    status: Annotated[Status, Meta(description="`open` takes responses; `completed` has a result that never changes.")]
    confidentiality: Confidentiality
    functions: Annotated[list[str] | None, Meta(description="Functions that are to answer; null if not said.")]
    target_level: Annotated[int | None, Meta(description="Level that recommendations aim at, if not the rubric's.")]
    contribute_to_benchmark: Annotated[bool, Meta(description="Whether the result may enter cohort benchmarks.")]
    metadata: Annotated[dict[str, Any], Meta(description="Your own.")]
    responses: Annotated[list[Response], Meta(description="Who has answered.")]
    created_at: Annotated[_Moment, Meta(description="When it was created.")]
    completed_at: Annotated[_Moment | None, Meta(description="When it was completed; null while open.")]
    result: Annotated[
        Raw,
        Meta(
            description="The stored result; null while open, and in lists.",
            extra_json_schema={"anyOf": [{"$ref": "#/components/schemas/Result"}, {"type": "null"}]},
        ),
    ]
    client_token: Annotated[
        str | None,
        Meta(
            description="What a publishable key reads this assessment with, for 24 hours, in the header "
            "`Alignment-Client-Token`. Shown once, where such a key created it; null everywhere else."
        ),
    ]


class AssessmentPage(Struct, frozen=True):
    """A page of assessments."""

    data: Annotated[list[Assessment], Meta(description="The assessments, newest first, without their results.")]
    has_more: Annotated[bool, Meta(description="Whether there are more after these.")]
    next_cursor: Annotated[str | None, Meta(description="`cursor` for the next page; null at the end.")]


class AssessmentsQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of the list of assessments."""

    limit: Limit = 20
    cursor: Cursor = None
    organisation: Annotated[_Filter | None, Meta(description="Only of this organisation (`org_…`).")] = None
    external_id: Annotated[_Filter | None, Meta(description="Only of your own organisation id.")] = None
    rubric: Annotated[_Filter | None, Meta(description="Only of this rubric: `id` or `id@version`.")] = None
    status: Annotated[Status | None, Meta(description="Only with this status.")] = None
    created_after: Annotated[_Moment | None, Meta(description="Only created later than this.")] = None
    created_before: Annotated[_Moment | None, Meta(description="Only created earlier than this.")] = None
