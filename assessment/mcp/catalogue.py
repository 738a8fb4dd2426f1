"""Tools of the catalogue: which rubrics there are, and what one of them asks."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from assessment.errors import InvalidInput, Problem
from assessment.mcp.desk import Desk
from assessment.mcp.said import Told
from assessment.rubric.model import Rubric
from assessment.rubric.question import Dimension, Question
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.result import RubricUsed


class ListRubrics(Struct, frozen=True, forbid_unknown_fields=True):
    """What the list is narrowed to: nothing."""


class RubricListed(Struct, frozen=True):
    """A rubric in its latest version."""

    id: Annotated[str, Meta(description="Rubric id: what the other tools take as `rubric`.")]
    version: Annotated[str, Meta(description="Its latest published version.")]
    versions: Annotated[list[str], Meta(description="Every published version; `id@version` names one.")]
    title: Annotated[str, Meta(description="Title.")]
    summary: Annotated[str, Meta(description="What it assesses.")]
    rates: Annotated[
        bool,
        Meta(description="Whether it gives a score and a level; else answers are only set beside a study's figures."),
    ]
    questions: Annotated[int, Meta(description="How many questions it asks.")]
    minutes: Annotated[int, Meta(description="How long it takes to answer.")]
    locales: Annotated[list[str], Meta(description="Languages its questions can be had in, its own first.")]


class RubricsListed(Struct, frozen=True):
    """The rubrics that can be used."""

    rubrics: Annotated[list[RubricListed], Meta(description="By id.")]


class GetQuestions(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose questions."""

    rubric: Annotated[
        str, Meta(min_length=1, max_length=100, description="Rubric id for its latest version, or `id@version`.")
    ]
    locale: Annotated[
        Annotated[str, Meta(max_length=40)] | None,
        Meta(description="Language, one of the rubric's `locales`; its own without it."),
    ] = None
    dimension: Annotated[
        Annotated[str, Meta(max_length=100)] | None, Meta(description="Id of the one dimension to ask about.")
    ] = None


class OptionAsked(Struct, frozen=True):
    """An option."""

    id: Annotated[str, Meta(description="Option id: what an answer names.")]
    title: Annotated[str, Meta(description="Its text.")]
    level: Annotated[
        float | None, Meta(description="Level 0–4, or what it adds in a multiple choice; null without levels.")
    ]


class QuestionAsked(Struct, frozen=True):
    """A question."""

    id: Annotated[str, Meta(description="Question id: the key of its answer.")]
    title: Annotated[str, Meta(description="The question.")]
    help: Annotated[str, Meta(description="How to understand it.")]
    kind: Annotated[str, Meta(description="`single`: one option id. `multiple`: a list of them, [] for none.")]
    nature: Annotated[str, Meta(description="`fact`: a record could settle it. `perception`: only opinions exist.")]
    audience: Annotated[list[str], Meta(description="Ids of the functions that should answer it.")]
    options: Annotated[list[OptionAsked], Meta(description="Its options.")]


class DimensionAsked(Struct, frozen=True):
    """Questions that belong together."""

    id: Annotated[str, Meta(description="Dimension id.")]
    title: Annotated[str, Meta(description="Title.")]
    summary: Annotated[str, Meta(description="What it is about.")]
    questions: Annotated[list[QuestionAsked], Meta(description="Its questions, in order.")]


class FunctionAsked(Struct, frozen=True):
    """A part of the organisation that may answer."""

    id: Annotated[str, Meta(description="Function id.")]
    title: Annotated[str, Meta(description="Title.")]


class Questions(Struct, frozen=True):
    """What a rubric asks."""

    rubric: Annotated[RubricUsed, Meta(description="The version that asks.")]
    title: Annotated[str, Meta(description="Title of the rubric.")]
    locale: Annotated[str, Meta(description="Language of the texts.")]
    functions: Annotated[list[FunctionAsked], Meta(description="Who may answer.")]
    dimensions: Annotated[list[DimensionAsked], Meta(description="The questions by dimension.")]


async def list_rubrics(desk: Desk, arguments: Any) -> Told:
    desk.require("catalogue:read")
    desk.documents.fit(arguments, ListRubrics)
    versions: dict[str, list[Rubric]] = {}
    for entry in desk.rubrics.catalog.entries():
        versions.setdefault(entry.rubric.head.id, []).append(entry.rubric)
    listed = [_listed(found) for found in versions.values()]
    return Told(RubricsListed(listed), "\n".join(_line(one) for one in listed))


async def get_questions(desk: Desk, arguments: Any) -> Told:
    desk.require("catalogue:read")
    asked = desk.documents.fit(arguments, GetQuestions)
    compiled = desk.rubrics.get(asked.rubric)
    rubric = compiled.source if asked.locale is None else desk.rubrics.texts(compiled, asked.locale)
    dimensions = [one for one in rubric.dimensions if asked.dimension in (None, one.id)]
    if not dimensions:
        raise no_such_dimension(compiled)
    questions = Questions(
        rubric=compiled.used,
        title=rubric.head.title,
        locale=rubric.head.locale,
        functions=[FunctionAsked(one.id, one.title) for one in rubric.head.functions],
        dimensions=[_asked(one) for one in dimensions],
    )
    return Told(questions, _questionnaire(questions))


def no_such_dimension(rubric: CompiledRubric) -> InvalidInput:
    """What a `dimension` is answered with that the rubric does not have."""
    there = ", ".join(one.id for one in rubric.source.dimensions)
    detail = f"{rubric.used.id}@{rubric.used.version} has no such dimension. Allowed: {there}."
    return InvalidInput(detail, errors=[Problem("/dimension", "unknown_dimension", detail)])


def _listed(versions: list[Rubric]) -> RubricListed:
    """A rubric by its versions, the latest one last."""
    rubric = versions[-1]
    head = rubric.head
    return RubricListed(
        id=head.id,
        version=head.version,
        versions=[one.head.version for one in versions],
        title=head.title,
        summary=head.summary,
        rates=bool(head.levels),
        questions=len(rubric.questions),
        minutes=head.minutes,
        locales=rubric.locales,
    )


def _line(one: RubricListed) -> str:
    gives = "gives a score and a level" if one.rates else "sets answers beside a study, without a score"
    asked = "1 question" if one.questions == 1 else f"{one.questions} questions"
    about = f"{asked}, about {one.minutes} min, {gives}, in {', '.join(one.locales)}"
    return f"- {one.id} (version {one.version}): {one.title}. {one.summary} [{about}]"


def _asked(dimension: Dimension) -> DimensionAsked:
    return DimensionAsked(dimension.id, dimension.title, dimension.summary, [_question(q) for q in dimension.questions])


def _question(question: Question) -> QuestionAsked:
    options = [
        OptionAsked(option.id, option.title, option.points if option.level is None else option.level)
        for option in question.options
    ]
    return QuestionAsked(
        question.id,
        question.title,
        question.help,
        question.kind.value,
        question.nature.value,
        list(question.audience),
        options,
    )


def _questionnaire(asked: Questions) -> str:
    lines = [
        f"{asked.rubric.id}@{asked.rubric.version}: {asked.title}. An answer is an option id, of a multiple choice a "
        "list of them ([] for none). What nobody knows is "
        '{"state": "dont_know"}; what does not apply is {"state": "not_applicable", "reason": "…"}. Leave out what '
        "was not answered."
    ]
    for dimension in asked.dimensions:
        lines += ["", f"## {dimension.title} ({dimension.id})"]
        for question in dimension.questions:
            choose = "any of" if question.kind == "multiple" else "one of"
            asked_of = ", ".join(question.audience)
            lines.append(f"{question.id}: {question.title} {question.help} Asked of {asked_of}. Choose {choose}:")
            lines += [f"  {option.id}: {option.title}" for option in question.options]
    return "\n".join(lines)
