"""What may change of an assessment, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from assessment.errors import AssessmentCompleted, InvalidInput, Problem, ResponsesGiven
from assessment.scoring.answers import target_problems
from assessment.service.examine import named_function_problems
from assessment.service.rubrics import Rubrics
from assessment.service.views import Confidentiality, used_rubric
from assessment.store.assessments import AssessmentRow
from assessment.store.invitations import FollowedInvitation
from assessment.store.responses import ResponseRow

WHILE_OPEN = ("confidentiality", "functions", "target_level")
MOST_METADATA = 50


class Amendment(msgspec.Struct, frozen=True):
    """New values; what is UNSET stays. `metadata` is merged into what there is, and None takes an entry out."""

    confidentiality: Confidentiality | UnsetType = UNSET
    functions: list[str] | UnsetType | None = UNSET
    target_level: int | UnsetType | None = UNSET
    contribute_to_benchmark: bool | UnsetType = UNSET
    metadata: dict[str, Any] | UnsetType = UNSET


def amended(
    rubrics: Rubrics,
    row: AssessmentRow,
    responses: Sequence[ResponseRow],
    invitations: Sequence[FollowedInvitation],
    amendment: Amendment,
) -> dict[str, Any]:
    """The columns that change, with their values. Raises AssessmentCompleted for what a result rests on,
    ResponsesGiven for a promise to those who were invited or have answered, InvalidInput for values that do not fit."""
    given = {field: value for field, value in msgspec.structs.asdict(amendment).items() if value is not UNSET}
    late = [field for field in WHILE_OPEN if field in given]
    if late and row.status == "completed":
        raise AssessmentCompleted(
            f"The assessment is completed, so {', '.join(late)} cannot change any more; "
            "contribute_to_benchmark and metadata still can."
        )
    invited = {one.row.function for one in invitations if one.row.revoked_at is None}
    if "confidentiality" in given and (responses or invited):
        raise ResponsesGiven(
            "confidentiality was promised to those who were invited or have responded, and cannot change any more."
        )
    problems = []
    if given.get("functions") is not None:
        problems += _function_problems(rubrics, row, responses, invited, given["functions"])
    if given.get("target_level") is not None:
        used = used_rubric(row)
        problems += target_problems(rubrics.pinned(used.id, used.version, used.digest), given["target_level"])
    if "metadata" in given:
        merged = {**(row.details or {}), **given["metadata"]}
        kept = {name: value for name, value in merged.items() if given["metadata"].get(name, value) is not None}
        given["metadata"] = kept or None
        if len(kept) > MOST_METADATA:
            detail = f"Would have {len(kept)} entries; allowed are 0 to {MOST_METADATA}."
            problems.append(Problem("/metadata", "wrong_length", detail))
    if problems:
        raise InvalidInput(f"{problems[0].pointer}: {problems[0].detail}", errors=problems)
    if "contribute_to_benchmark" in given:
        given["contribute"] = given.pop("contribute_to_benchmark")
    return given


def _function_problems(
    rubrics: Rubrics, row: AssessmentRow, responses: Sequence[ResponseRow], invited: set[str], functions: list[str]
) -> list[Problem]:
    used = used_rubric(row)
    problems = named_function_problems(rubrics.pinned(used.id, used.version, used.digest), functions)
    for function in sorted({one.function for one in responses if one.function is not None} - set(functions)):
        detail = f"{function!r} has responded already and must stay in the list."
        problems.append(Problem("/functions", "function_responded", detail))
    for function in sorted(invited - set(functions)):
        detail = f"{function!r} is invited to respond and must stay in the list, until its invitations are revoked."
        problems.append(Problem("/functions", "function_invited", detail))
    return problems
