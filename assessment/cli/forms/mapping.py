"""The mapping file: which column of a form's export is what, and which texts of the form stand for what."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from assessment.cli.forms.wording import fold
from assessment.errors import InvalidInput
from assessment.rubric.base import Model, RatingLevel, Text
from assessment.rubric.document import Document, Place, read_document
from assessment.rubric.model import Rubric
from assessment.rubric.question import Kind
from assessment.rubric.validate import validate
from assessment.scoring.answers import SENIORITIES


class Column(Model):
    """Where a text comes from: a column, by its name, or one `value` for every row. `values` says what some of the
    column's texts stand for."""

    column: Text | None = None
    value: Text | None = None
    values: dict[Text, Text | None] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise ValueError("give either the name of a column in `column`, or one text for every row in `value`")
        return self


class Time(Model):
    """When somebody answered. `format` has the directives of strptime; without it the times are ISO 8601."""

    column: Text
    format: Text | None = None


class OrganisationColumns(Model):
    """What is said of the organisation; without `external_id` its name tells it from others."""

    name: Column
    external_id: Column | None = None
    domain: Column | None = None
    industry: Column | None = None
    size: Column | None = None
    region: Column | None = None


class RespondentColumns(Model):
    """Who answered, in the form's own terms."""

    reference: Column
    seniority: Column | None = None


class Answer(Model):
    """Where the answers to a question are: in one column or, where each choice has its own, in several. `options` says
    which option some of the texts stand for. Without `separator` each of the usual ones divides the choices."""

    column: Text | None = None
    columns: list[Text] = Field(default_factory=list)
    separator: Annotated[str, Field(min_length=1)] | None = None
    options: dict[Text, Text | None] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if (self.column is None) == (not self.columns):
            raise ValueError("give the name of one column in `column`, or of several in `columns`")
        return self

    @property
    def all_columns(self) -> list[str]:
        return self.columns if self.column is None else [self.column]


class FormMapping(Model):
    """The whole file. `dont_know`, `not_applicable` and `none` (of several choices) list the form's words for those."""

    rubric: Text
    header_rows: Literal[1, 2] | None = None
    confidentiality: Literal["grouped", "named"] = "grouped"
    complete: bool = True
    contribute_to_benchmark: bool = False
    target_level: RatingLevel | None = None
    organisation: OrganisationColumns
    function: Column | None = None
    respondent: RespondentColumns | None = None
    answered_at: Time | None = None
    dont_know: list[Text] = Field(default_factory=list)
    not_applicable: list[Text] = Field(default_factory=list)
    none: list[Text] = Field(default_factory=list)
    questions: Annotated[dict[Text, Answer], Field(min_length=1)]


class MappingFile(NamedTuple):
    """A mapping, and the document it was read from."""

    mapping: FormMapping
    document: Document


def read_mapping(path: Path) -> MappingFile:
    """Raises InvalidInput that names every mistake of shape with its line."""
    document, problems = read_document(path)
    mapping = None
    if document is not None:
        mapping, problems = validate(document, FormMapping)
    if document is None or mapping is None:
        raise InvalidInput(f"{path} is no mapping yet.", errors=problems)
    return MappingFile(mapping, document)


def check_mapping(file: MappingFile, rubric: Rubric, columns: Sequence[str]) -> None:
    """Raises InvalidInput that names what the mapping says and the rubric or the export does not have."""
    document = file.document
    found = sorted(_mistakes(file.mapping, rubric, columns), key=lambda mistake: document.line(*mistake[0]))
    problems = [document.problem(place, code, detail) for place, code, detail in found]
    if problems:
        raise InvalidInput(f"{document.path} does not fit.", errors=problems)


Mistake = tuple[Place, str, str]


def _mistakes(mapping: FormMapping, rubric: Rubric, columns: Sequence[str]) -> Iterator[Mistake]:
    known = {fold(name) for name in columns}
    for place, name in _columns_named(mapping):
        if fold(name) not in known:
            yield place, "unknown_column", f"the export has no column {name!r}{_nearest(name, columns)}"
    yield from _time_mistakes(mapping.answered_at)
    functions = [function.id for function in rubric.head.functions]
    yield from _word_mistakes(mapping.function, ("function",), functions)
    if mapping.respondent is not None:
        yield from _word_mistakes(mapping.respondent.seniority, ("respondent", "seniority"), SENIORITIES)
    for field, column in _of_organisation(mapping):
        yield from _unfilled(column.values, ("organisation", field, "values"))
    yield from _question_mistakes(mapping, rubric)


def _columns_named(mapping: FormMapping) -> Iterator[tuple[Place, str]]:
    """Every name of a column, with its place."""
    places: list[tuple[Place, Column | None]] = [
        (("organisation", field), column) for field, column in _of_organisation(mapping)
    ]
    places.append((("function",), mapping.function))
    if mapping.respondent is not None:
        places += [
            (("respondent", "reference"), mapping.respondent.reference),
            (("respondent", "seniority"), mapping.respondent.seniority),
        ]
    for place, column in places:
        if column is not None and column.column is not None:
            yield (*place, "column"), column.column
    if mapping.answered_at is not None:
        yield ("answered_at", "column"), mapping.answered_at.column
    for question, answer in mapping.questions.items():
        if answer.column is not None:
            yield ("questions", question, "column"), answer.column
        for index, name in enumerate(answer.columns):
            yield ("questions", question, "columns", index), name


def _of_organisation(mapping: FormMapping) -> Iterator[tuple[str, Column]]:
    for field in OrganisationColumns.model_fields:
        column = getattr(mapping.organisation, field)
        if column is not None:
            yield field, column


def _time_mistakes(time: Time | None) -> Iterator[Mistake]:
    if time is None or time.format is None:
        return
    try:
        datetime.strptime(datetime(2000, 1, 1, tzinfo=UTC).strftime(time.format), time.format)
    except ValueError as error:
        yield (
            ("answered_at", "format"),
            "invalid_format",
            f"this is no format of a time, such as %d.%m.%Y %H:%M: {error}",
        )


def _word_mistakes(column: Column | None, place: Place, allowed: Sequence[str]) -> Iterator[Mistake]:
    """What is wrong with what texts stand for, where that is one of few words."""
    if column is None:
        return
    words = ", ".join(allowed)
    if column.value is not None and column.value not in allowed:
        yield (*place, "value"), "unknown_word", f"{column.value!r} is not known; allowed: {words}"
    for text, meant in column.values.items():
        if meant not in allowed:
            said = f"nothing is given for {text!r}" if meant is None else f"{meant!r} is not known"
            yield (*place, "values", text), "unknown_word", f"{said}; allowed: {words}"


def _unfilled(values: Mapping[str, str | None], place: Place) -> Iterator[Mistake]:
    for text, meant in values.items():
        if meant is None:
            yield (*place, text), "unfilled", f"nothing is given for {text!r}: write what it stands for, or take it out"


def _question_mistakes(mapping: FormMapping, rubric: Rubric) -> Iterator[Mistake]:
    questions = {question.id: question for question in rubric.questions}
    used: dict[str, str] = {}
    for name, answer in mapping.questions.items():
        place: Place = ("questions", name)
        question = questions.get(name)
        if question is None:
            detail = f"{rubric.head.id}@{rubric.head.version} has no question {name!r}{_nearest(name, list(questions))}"
            yield place, "unknown_question", detail
            continue
        if question.kind is Kind.SINGLE and (answer.columns or answer.separator):
            yield place, "one_option", "this question takes one option: give `column`, and no `separator`"
        options = [option.id for option in question.options]
        for text, meant in answer.options.items():
            if meant not in options:
                said = f"no option is given for {text!r}" if meant is None else f"there is no option {meant!r}"
                yield (*place, "options", text), "unknown_option", f"{said}; allowed: {', '.join(options)}"
        for column in answer.all_columns:
            other = used.setdefault(fold(column), name)
            if other != name:
                yield place, "duplicate", f"the column {column!r} is that of the question {other!r} already"


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    listed = ", ".join(repr(one) for one in known[:40])
    return f" (did you mean {near[0]!r}?)" if near else f"; there are: {listed}{' …' if len(known) > 40 else ''}"
