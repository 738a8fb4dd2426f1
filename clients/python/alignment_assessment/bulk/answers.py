"""Makes of a row's cells what is sent to be scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alignment_assessment.bulk.errors import UnreadableFile
from alignment_assessment.bulk.rows import Row
from alignment_assessment.types import Rubric

FUNCTION = "function"
DONT_KNOW = "dont_know"
NOT_APPLICABLE = "not_applicable"
NONE = "none_of_these"
"""Option ids have no underscores, so that none of them is meant."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row stands what."""

    questions: Mapping[int, str]
    multiple: frozenset[str]
    kept: Mapping[int, str]
    function: int | None


def find_columns(headings: Sequence[str], rubric: Rubric, keep: Sequence[str]) -> Columns:
    """What each column is. UnreadableFile for one that is neither a question nor to be kept: a misspelt question would
    otherwise count as unanswered."""
    known = {question.id: question for question in rubric.questions}
    places = {name: place for place, name in enumerate(headings)}
    missing = [name for name in keep if name not in places]
    if missing:
        raise UnreadableFile(f"There is no column {', '.join(map(repr, missing))} to keep.")
    strange = [name for name in headings if name not in known and name not in keep and name != FUNCTION]
    if strange:
        raise UnreadableFile(
            f"{', '.join(map(repr, strange))}: no question of {rubric.id}@{rubric.version}. "
            f"To have such columns in the output, name them with --keep."
        )
    questions = {place: name for name, place in places.items() if name in known and name not in keep}
    if not questions:
        raise UnreadableFile(f"No column is a question of {rubric.id}@{rubric.version}.")
    return Columns(
        questions=questions,
        multiple=frozenset(name for name, question in known.items() if question.kind == "multiple"),
        kept={places[name]: name for name in keep},
        function=places.get(FUNCTION) if FUNCTION not in keep else None,
    )


def read_item(row: Row, columns: Columns, rubric: str) -> dict[str, Any]:
    """The body of one item of a batch."""
    answers = {}
    for place, question in columns.questions.items():
        cell = row.cells[place].strip()
        if cell:
            answers[question] = _answer(cell, question in columns.multiple)
    function = row.cells[columns.function].strip() if columns.function is not None else ""
    if function:
        return {"rubric": rubric, "responses": [{"function": function, "answers": answers}]}
    return {"rubric": rubric, "answers": answers}


def _answer(cell: str, multiple: bool) -> Any:
    if cell == DONT_KNOW:
        return {"state": DONT_KNOW}
    state, colon, reason = cell.partition(":")
    if state.strip() == NOT_APPLICABLE:
        # Without a reason the service refuses it, and says so.
        return {"state": NOT_APPLICABLE, "reason": reason.strip()} if colon else {"state": NOT_APPLICABLE}
    if not multiple:
        return cell
    return [] if cell == NONE else [option.strip() for option in cell.split(";") if option.strip()]
