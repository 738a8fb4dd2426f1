"""Many rows of answers at once: an Arrow record batch in, one of scores out, row by row the figures of `assess`.

Each row is one response, scored by itself, as one person's answers or those of nobody in particular. So nothing depends
on how rows are cut into batches, and the same function runs on one machine and on many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from assessment.errors import InvalidInput, Problem
from assessment.rubric.catalog import Catalog, default_directory, parse_reference
from assessment.scoring.columnar import REASONS, Batch, Figures, Functions, Picks
from assessment.scoring.columns import FUNCTION, FunctionColumn, QuestionColumn
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.states import Yes

PROBLEM = pa.struct([("column", pa.string()), ("code", pa.string()), ("detail", pa.string())])
PROBLEMS = "problems"


class BatchScorer:
    """Scores record batches with one rubric. A column is a question, or `function`, for whom the row answers; others
    are named by `keep` and passed through. A question without a column is unanswered."""

    def __init__(self, rubric: CompiledRubric, keep: Sequence[str] = ()) -> None:
        if not rubric.has_levels:
            raise InvalidInput(f"{rubric.used.id} sets answers beside a study and has no levels, so nothing is scored.")
        self.rubric = rubric
        self._keep = tuple(keep)
        self._batch = Batch(rubric)
        self._questions = {
            question.id: QuestionColumn(rubric, question, places)
            for question, places in zip(rubric.questions, self._batch.places, strict=True)
            if question.id not in keep
        }
        self._function = FunctionColumn(rubric) if FUNCTION not in keep else None
        self._checked: pa.Schema | None = None

    def fields(self) -> list[pa.Field]:
        """The columns that are added to those kept, under the names that `assessment export` has for them."""
        dimensions = [one.id.replace("-", "_") for one in self.rubric.dimensions]
        return [
            pa.field("score", pa.float64()),
            pa.field("level", pa.int8()),
            pa.field("reason", pa.string()),
            pa.field("bounds_lower", pa.float64()),
            pa.field("bounds_upper", pa.float64()),
            pa.field("bounds_firm", pa.bool_()),
            pa.field("completeness", pa.float64()),
            pa.field("single_perspective", pa.bool_()),
            *(pa.field(f"dimension_{name}_score", pa.float64()) for name in dimensions),
            pa.field(PROBLEMS, pa.list_(PROBLEM)),
        ]

    def schema(self, answers: pa.Schema) -> pa.Schema:
        """The columns of the scores for such answers. Raises InvalidInput for columns that cannot be answers: a
        misspelt question would count as unanswered."""
        used = f"{self.rubric.used.id}@{self.rubric.used.version}"
        names = answers.names
        added = self.fields()
        twice = dict.fromkeys(name for name in names if names.count(name) > 1)
        problems = [Problem(name, "duplicate_column", "It is there more than once.") for name in twice]
        problems += [
            Problem(name, "unknown_column", "There is no such column.") for name in self._keep if name not in names
        ]
        taken = {field.name for field in added}
        problems += [
            Problem(name, "reserved_column", "The scores have a column of this name: give yours another one.")
            for name in self._keep
            if name in taken
        ]
        known = {*self._questions, *self._keep, FUNCTION}
        strange = f"It is no question of {used}. To have it beside the scores, keep it."
        problems += [Problem(name, "unknown_question", strange) for name in names if name not in known]
        if not problems and self._questions.keys().isdisjoint(names):
            problems.append(Problem("", "no_question", f"No column is a question of {used}."))
        if problems:
            raise InvalidInput("These columns cannot be scored.", errors=problems)
        for name, column in self._columns(answers).items():
            column.check(answers.field(name).type)
        return pa.schema([*(answers.field(name) for name in self._keep), *added])

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Scores for the batch's rows, in their order. Where something is not allowed in a row, `problems` says what,
        and the row has no figures. Raises InvalidInput as `schema` does."""
        if self._checked is None or not self._checked.equals(batch.schema):
            self.schema(batch.schema)
            self._checked = batch.schema
        picks: list[Picks | None] = []
        wrong: dict[str, Yes] = {}
        for question in self.rubric.questions:
            pick = None
            if question.id in self._questions and question.id in batch.schema.names:
                pick, mistaken = self._questions[question.id].read(batch.column(question.id))
                if mistaken is not None:
                    wrong[question.id] = mistaken
            picks.append(pick)
        functions = None
        if self._function is not None and FUNCTION in batch.schema.names:
            functions, mistaken = self._function.read(batch.column(FUNCTION))
            if mistaken is not None:
                wrong[FUNCTION] = mistaken
        figures = self._batch.figures(picks, functions, batch.num_rows)
        refused = np.logical_or.reduce(list(wrong.values())) if wrong else None
        kept = [batch.column(name) for name in self._keep]
        columns = [*kept, *self._figures(figures, functions, refused), self._problems(batch, wrong, refused)]
        fields = [*(batch.schema.field(name) for name in self._keep), *self.fields()]
        return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))

    def _columns(self, answers: pa.Schema) -> Mapping[str, QuestionColumn | FunctionColumn]:
        found: dict[str, QuestionColumn | FunctionColumn] = {
            name: column for name, column in self._questions.items() if name in answers.names
        }
        if self._function is not None and FUNCTION in answers.names:
            found[FUNCTION] = self._function
        return found

    def _figures(self, figures: Figures, functions: Functions | None, refused: Yes | None) -> list[pa.Array]:
        size = len(figures.score)
        unscored = figures.reason != 0
        without_score = _either(unscored if unscored.any() else None, refused)
        single = self._batch.blocked(functions)
        reasons = pa.DictionaryArray.from_arrays(
            pa.array(figures.reason - 1, mask=~unscored if refused is None else ~unscored | refused),
            pa.array(REASONS[1:]),
        )
        return [
            _column(figures.score, without_score),
            _column(figures.level, without_score),
            reasons.dictionary_decode(),
            _column(figures.lower, refused),
            _column(figures.upper, refused),
            _column(figures.firm, refused),
            _column(figures.completeness, refused),
            _column(np.zeros(size, np.bool_) if single is None else single, refused),
            *(_column(score, _either(_missing(score), refused)) for score in figures.dimensions),
        ]

    def _problems(self, batch: pa.RecordBatch, wrong: Mapping[str, Yes], refused: Yes | None) -> pa.Array:
        if refused is None:
            return pa.nulls(batch.num_rows, pa.list_(PROBLEM))
        said: list[list[dict[str, str]] | None] = [None] * batch.num_rows
        readers = self._columns(batch.schema)
        for name, mistaken in wrong.items():
            column = batch.column(name)
            for row in np.flatnonzero(mistaken).tolist():
                found = readers[name].problems(column[row].as_py())
                said[row] = (said[row] or []) + [
                    {"column": one.pointer, "code": one.code, "detail": one.detail} for one in found
                ]
        return pa.array(said, pa.list_(PROBLEM))


@lru_cache(4)
def load_scorer(reference: str, keep: tuple[str, ...] = (), directory: Path | None = None) -> BatchScorer:
    """A scorer for a rubric (`alignment` or `alignment@2026.2`) of those that come with the package, or of a folder of
    rubrics: what each worker of a cluster calls. Raises RubricNotFound, InvalidInput."""
    catalog = Catalog.load(directory or default_directory())
    entry = catalog.find(*parse_reference(reference))
    return BatchScorer(compile_rubric(entry.rubric, catalog.studies, entry.digest), keep)


def _either(one: Yes | None, other: Yes | None) -> Yes | None:
    return other if one is None else one if other is None else one | other


def _missing(score: np.ndarray) -> Yes | None:
    missing: Yes = np.isnan(score)
    return missing if missing.any() else None


def _column(values: np.ndarray, without: Yes | None) -> pa.Array:
    """Values as a column over the very same memory, with nothing where `without` says so."""
    holes = None if without is None else pa.py_buffer(np.packbits(~without, bitorder="little"))
    if values.dtype == np.bool_:
        return pa.Array.from_buffers(
            pa.bool_(), len(values), [holes, pa.py_buffer(np.packbits(values, bitorder="little"))]
        )
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [holes, pa.py_buffer(values)])
