"""The columns of a table of results, and a result as a row of them.

A row holds what the result itself shows, and so withholds what that withholds; answers and respondents are not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from assessment.service import ids
from assessment.service.views import used_rubric
from assessment.store.assessments import AssessmentRow
from assessment.store.organisations import OrganisationRow

Kind = Literal["text", "integer", "number", "flag", "time", "texts", "integers"]


class Field(NamedTuple):
    """A column: every value of it is of this kind, or None."""

    name: str
    kind: Kind


FIELDS = (
    Field("assessment", "text"),
    Field("organisation", "text"),
    Field("organisation_external_id", "text"),
    Field("organisation_name", "text"),
    Field("organisation_domain", "text"),
    Field("organisation_industry", "text"),
    Field("organisation_size", "text"),
    Field("organisation_region", "text"),
    Field("rubric", "text"),
    Field("rubric_version", "text"),
    Field("rubric_digest", "text"),
    Field("engine", "text"),
    Field("confidentiality", "text"),
    Field("contribute_to_benchmark", "flag"),
    Field("created_at", "time"),
    Field("completed_at", "time"),
    Field("score", "number"),
    Field("level", "integer"),
    Field("level_name", "text"),
    Field("level_by_score", "integer"),
    Field("caps", "texts"),
    Field("reason", "text"),
    Field("bounds_lower", "number"),
    Field("bounds_upper", "number"),
    Field("bounds_levels", "integers"),
    Field("bounds_firm", "flag"),
    Field("stability_scenarios", "integer"),
    Field("stability_agreeing", "integer"),
    Field("stability_lowest", "number"),
    Field("stability_highest", "number"),
    Field("completeness", "number"),
    Field("equal_weights_score", "number"),
    Field("single_perspective", "flag"),
    Field("target_level", "integer"),
    Field("target_reached", "flag"),
    Field("benchmark_mean_ridit", "number"),
    Field("benchmark_answers", "integer"),
    Field("recommendations", "texts"),
    Field("perception_groups", "texts"),
    Field("perception_withheld", "texts"),
)
"""The columns of every table, in their order; behind them those of the dimensions."""
OF_DIMENSION = (
    Field("score", "number"),
    Field("level", "integer"),
    Field("gap", "number"),
    Field("gap_supported", "flag"),
)
"""What a table says of each dimension. `gap` is that of the two functions compared, in points, first minus second of
`perception_groups`; None where the result withholds it."""


def fields_of(dimensions: Sequence[str]) -> list[Field]:
    """The columns of a table of results with these dimensions."""
    of_dimensions = [
        Field(_name(dimension, field.name), field.kind) for dimension in dimensions for field in OF_DIMENSION
    ]
    return [*FIELDS, *of_dimensions]


def flatten(
    fields: Sequence[Field], row: AssessmentRow, organisation: OrganisationRow, result: dict[str, Any]
) -> dict[str, Any]:
    """A value for each column."""
    said = _of_assessment(row, organisation) | _of_result(result) | _of_dimensions(result)
    return {field.name: said.get(field.name) for field in fields}


def _of_assessment(row: AssessmentRow, organisation: OrganisationRow) -> dict[str, Any]:
    used = used_rubric(row)
    return {
        "assessment": ids.to_text("asmt", row.id),
        "organisation": ids.to_text("org", organisation.id),
        "organisation_external_id": organisation.external_id,
        "organisation_name": organisation.name,
        "organisation_domain": organisation.domain,
        "organisation_industry": organisation.industry,
        "organisation_size": organisation.size,
        "organisation_region": organisation.region,
        "rubric": used.id,
        "rubric_version": used.version,
        "rubric_digest": used.digest,
        "engine": row.engine,
        "confidentiality": row.confidentiality,
        "contribute_to_benchmark": row.contribute,
        "created_at": row.created_at,
        "completed_at": row.completed_at,
    }


def _of_result(result: dict[str, Any]) -> dict[str, Any]:
    """What the result says, under the names of the columns. Results of earlier engines may lack a part."""
    rating, bounds = result.get("rating") or {}, result.get("bounds") or {}
    stability, target = result.get("stability") or {}, result.get("target") or {}
    position, perception = result.get("benchmark_position") or {}, result.get("perception") or {}
    said = {name: result.get(name) for name in ("score", "reason", "completeness", "equal_weights_score")}
    said |= {f"bounds_{name}": bounds.get(name) for name in ("lower", "upper", "levels", "firm")}
    said |= {f"stability_{name}": stability.get(name) for name in ("scenarios", "agreeing", "lowest", "highest")}
    said |= {f"benchmark_{name}": position.get(name) for name in ("mean_ridit", "answers")}
    said |= {f"target_{name}": target.get(name) for name in ("level", "reached")}
    return said | {
        "level": rating.get("level"),
        "level_name": rating.get("name"),
        "level_by_score": rating.get("level_by_score"),
        "caps": _ids(rating.get("caps"), "gate"),
        "single_perspective": result.get("single_perspective"),
        "recommendations": _ids(result.get("recommendations"), "id"),
        "perception_groups": (perception.get("functions") or {}).get("groups"),
        "perception_withheld": perception.get("withheld"),
    }


def _of_dimensions(result: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for one in result["dimensions"]:
        said |= {_name(one["id"], name): one.get(name) for name in ("score", "level")}
    functions = (result.get("perception") or {}).get("functions") or {}
    for one in functions.get("dimensions") or ():
        said |= {_name(one["id"], "gap"): one.get("gap"), _name(one["id"], "gap_supported"): one.get("supported")}
    return said


def _ids(parts: Sequence[dict[str, Any]] | None, name: str) -> list[str] | None:
    return None if parts is None else [part[name] for part in parts]


def _name(dimension: str, field: str) -> str:
    """A name that needs no quotes in SQL. Ids have hyphens and no underscores, so no two become one."""
    return f"dimension_{dimension.replace('-', '_')}_{field}"
