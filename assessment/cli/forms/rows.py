"""One row of a form's export as what it says: of the organisation, of who answered, and the answers."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple

from assessment.cli.forms.export import FormExport
from assessment.cli.forms.export import Row as Cells
from assessment.cli.forms.mapping import Answer, Column, FormMapping, OrganisationColumns
from assessment.cli.forms.wording import (
    SEPARATORS,
    Ambiguous,
    Wording,
    fold,
    function_texts,
    in_every_language,
    option_texts,
)
from assessment.rubric.model import Rubric
from assessment.rubric.question import Kind, Question
from assessment.scoring.answers import SENIORITIES
from assessment.service.imports import Row
from assessment.service.views import Respondent, ResponseIn

_TICKED = frozenset(map(fold, ("1", "x", "✓", "yes", "true", "checked", "selected", "ja", "oui", "sí")))
_NOT_TICKED = frozenset(map(fold, ("0", "no", "false", "unchecked", "not selected", "nein", "non")))
_ZONE = re.compile(r"\b(?:GMT|UTC)([+-])([0-9]{1,2})(?::?([0-9]{2}))?$")
_SHOWN = 80


class Mistake(NamedTuple):
    """Why a row cannot be imported: in which column, or None where it is not one cell's fault."""

    row: int
    column: str | None
    detail: str


class ReadRow(NamedTuple):
    """What a row says; the fields of the organisation by their names."""

    number: int
    organisation: dict[str, str | None]
    row: Row


class RowReader:
    """Reads the rows of one export by one mapping, which fit each other and the rubric."""

    def __init__(self, mapping: FormMapping, rubric: Rubric, export: FormExport) -> None:
        self._mapping = mapping
        self._count = len(export.columns)
        self._places = {fold(name): place for place, name in reversed(list(enumerate(export.columns)))}
        languages = in_every_language(rubric)
        self._questions = {question.id: question for question in rubric.questions}
        self._wordings = {
            name: Wording(option_texts(languages, self._questions[name]), _filled(answer.options))
            for name, answer in mapping.questions.items()
        }
        seniority = None if mapping.respondent is None else mapping.respondent.seniority
        self._functions = Wording(function_texts(languages), _values(mapping.function))
        self._seniorities = Wording([(one, one) for one in SENIORITIES], _values(seniority))
        self._states = {fold(text): "dont_know" for text in mapping.dont_know}
        self._states |= {fold(text): "not_applicable" for text in mapping.not_applicable}
        self._none = {fold(text) for text in mapping.none}

    def read(self, cells: Cells, mistakes: list[Mistake]) -> ReadRow:
        """What one row says; what is wrong with it is added to `mistakes`."""
        if any(cell.strip() for cell in cells.cells[self._count :]):
            detail = f"it has {len(cells.cells)} cells, and there are {self._count} columns: is a quote missing?"
            mistakes.append(Mistake(cells.number, None, detail))
        mapping = self._mapping
        organisation = {
            field: self._text(cells, getattr(mapping.organisation, field)) for field in OrganisationColumns.model_fields
        }
        if organisation["name"] is None:
            mistakes.append(
                Mistake(cells.number, mapping.organisation.name.column, "it is empty: name the organisation")
            )
        function = self._word(cells, mapping.function, self._functions, mistakes)
        if mapping.function is not None and self._text(cells, mapping.function) is None:
            detail = f"it is empty: name the function, one of {', '.join(self._functions.ids)}"
            mistakes.append(Mistake(cells.number, mapping.function.column, detail))
        response = ResponseIn(self._answers(cells, mistakes), function, self._respondent(cells, mistakes))
        return ReadRow(cells.number, organisation, Row(response, self._time(cells, mistakes)))

    def _respondent(self, cells: Cells, mistakes: list[Mistake]) -> Respondent | None:
        columns = self._mapping.respondent
        if columns is None:
            return None
        reference = self._text(cells, columns.reference)
        seniority = self._word(cells, columns.seniority, self._seniorities, mistakes)
        if reference is not None:
            return Respondent(reference, seniority)
        if seniority is not None:
            detail = "it is empty: a seniority needs a reference beside it"
            mistakes.append(Mistake(cells.number, columns.reference.column, detail))
        return None

    def _time(self, cells: Cells, mistakes: list[Mistake]) -> datetime | None:
        time = self._mapping.answered_at
        text = "" if time is None else self._cell(cells, time.column)
        if time is None or not text:
            return None
        try:
            return read_time(text, time.format)
        except ValueError:
            form = time.format or "2026-03-31T09:30; for another one give `format` in the mapping"
            mistakes.append(Mistake(cells.number, time.column, f"{shown(text)} is no time of the form {form}"))
            return None

    def _answers(self, cells: Cells, mistakes: list[Mistake]) -> dict[str, Any]:
        before = len(mistakes)
        answers = {}
        for name, answer in self._mapping.questions.items():
            found = self._answer(cells, self._questions[name], answer, mistakes)
            if found is not None:
                answers[name] = found
        if not answers and len(mistakes) == before:
            mistakes.append(Mistake(cells.number, None, "it answers none of the questions"))
        return answers

    def _answer(self, cells: Cells, question: Question, answer: Answer, mistakes: list[Mistake]) -> Any:
        """The answer as the API takes it; None where there is none, or after noting what is wrong."""
        chosen = [
            (column, text)
            for column in answer.all_columns
            if (cell := self._cell(cells, column))
            for text in self._divide(question, answer, column, cell)
        ]
        found = [self._choice(cells.number, column, text, question, mistakes) for column, text in chosen]
        if len(found) == 1 and isinstance(found[0], dict):
            return found[0]
        if not found or None in found:
            return None
        if question.kind is Kind.SINGLE:
            return found[0]
        for (column, text), one in zip(chosen, found, strict=True):
            if not isinstance(one, str) and len(found) > 1:
                mistakes.append(Mistake(cells.number, column, f"{shown(text)} stands beside other choices"))
        return list(dict.fromkeys(one for one in found if isinstance(one, str)))

    def _divide(self, question: Question, answer: Answer, column: str, cell: str) -> list[str]:
        """The choices of a cell."""
        wording = self._wordings[question.id]
        folded = fold(cell)
        whole = wording.find(cell) is not None or folded in self._states or folded in self._none
        if whole or question.kind is Kind.SINGLE:
            return [cell]
        if not answer.columns:
            return wording.split(cell, [answer.separator] if answer.separator else SEPARATORS)
        if folded in _NOT_TICKED:
            return []
        # The column is a choice's own, and called like it.
        return [column.rpartition(" > ")[2]] if folded in _TICKED else [cell]

    def _choice(self, row: int, column: str, text: str, question: Question, mistakes: list[Mistake]) -> Any:
        """The option, the state, or [] for none of several choices; None after noting what is wrong."""
        found = self._wordings[question.id].find(text)
        if isinstance(found, str):
            return found
        state = self._states.get(fold(text))
        if state is not None:
            return {"state": state} if state == "dont_know" else {"state": state, "reason": text}
        if fold(text) in self._none and question.kind is Kind.MULTIPLE:
            return []
        if isinstance(found, Ambiguous):
            detail = f"{shown(text)} may be {' or '.join(found.ids)}: say under `options` which one it is"
        else:
            allowed = "; ".join(f"{option.title} ({option.id})" for option in question.options)
            detail = f"{shown(text)} is no option of {question.id}. Allowed: {allowed}"
        mistakes.append(Mistake(row, column, detail))
        return None

    def _word(self, cells: Cells, column: Column | None, wording: Wording, mistakes: list[Mistake]) -> str | None:
        """The id that a cell's text stands for."""
        if column is None or column.column is None:
            return None if column is None else column.value
        text = self._cell(cells, column.column)
        found = wording.find(text) if text else None
        if text and not isinstance(found, str):
            allowed = ", ".join(wording.ids)
            detail = f"{shown(text)} is not known. Allowed: {allowed}, and what stands for one of them under `values`"
            mistakes.append(Mistake(cells.number, column.column, detail))
        return found if isinstance(found, str) else None

    def _text(self, cells: Cells, column: Column | None) -> str | None:
        """What a cell says, or what its text stands for; None where it is empty."""
        if column is None or column.column is None:
            return None if column is None else column.value
        text = self._cell(cells, column.column)
        told = {fold(one): meant for one, meant in column.values.items()}
        return told.get(fold(text), text) or None

    def _cell(self, cells: Cells, column: str) -> str:
        place = self._places[fold(column)]
        return cells.cells[place].strip() if place < len(cells.cells) else ""


def read_time(text: str, form: str | None) -> datetime:
    """A time in a form of strptime, else in ISO 8601; a zone may be written `GMT+1`. Raises ValueError."""
    zoned = _ZONE.sub(lambda zone: f"{zone[1]}{zone[2]:0>2}:{zone[3] or '00'}", text)
    return datetime.fromisoformat(zoned) if form is None else datetime.strptime(zoned, form)


def shown(text: str) -> str:
    """A text as a message quotes it."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def _filled(told: dict[str, str | None]) -> dict[str, str]:
    return {text: meant for text, meant in told.items() if meant is not None}


def _values(column: Column | None) -> dict[str, str]:
    return {} if column is None else _filled(column.values)
