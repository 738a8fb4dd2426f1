"""What `assessment bulk score` does: scores part after part, and says which rows have no score."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from assessment.cli import output
from assessment.cli.forms.run import MOST_SHOWN, printable
from assessment.cli.result_files import Format
from assessment.cli.tables.sink import Refusals, Sink, open_sink
from assessment.cli.tables.source import Malformed, Part, Source, open_source
from assessment.errors import InvalidInput, Problem
from assessment.scoring.batch import PROBLEMS, BatchScorer

ROW = "row"


class Target(NamedTuple):
    """Where scores go, and rows that have none."""

    path: Path
    form: Format
    refused: Path
    force: bool


class Summary(NamedTuple):
    """What became of a file's rows; `problems` are the first of those that were refused."""

    scored: int
    refused: int
    problems: list[Problem]


def score_file(path: Path, form: Format, scorer: BatchScorer, target: Target, keep: tuple[str, ...]) -> Summary:
    """Score each row of a file by itself. Raises Failure, and InvalidInput for columns that cannot be scored; then
    there is no file of scores."""
    if ROW in keep:
        detail = "The scores have a column of this name, for the row's number: give yours another one."
        raise InvalidInput("These columns cannot be scored.", errors=[Problem(ROW, "reserved_column", detail)])
    questions = [question.id for question in scorer.rubric.questions]
    with open_source(path, form, questions, keep) as source, output.new_file(target.path, force=target.force) as file:
        kept = scorer.schema(source.schema)
        schema = pa.schema([(ROW, pa.int64()), *(field for field in kept if field.name != PROBLEMS)])
        with (
            closing(open_sink(target.form, file, schema)) as sink,
            Refusals(target.refused, source.schema.names, force=target.force) as refusals,
            output.progress("Scoring rows", source.total) as advance,
        ):
            return _Scoring(scorer, schema, sink, refusals).run(source, advance)


class _Scoring:
    def __init__(self, scorer: BatchScorer, schema: pa.Schema, sink: Sink, refusals: Refusals) -> None:
        self._scorer = scorer
        self._schema = schema
        self._sink = sink
        self._refusals = refusals
        self._scored = 0
        self._problems: list[Problem] = []

    def run(self, source: Source, advance: Callable[[int], None]) -> Summary:
        for part in source.parts:
            self._score(part)
            advance(len(part.numbers) + len(part.malformed))
        return Summary(self._scored, self._refusals.count, self._problems)

    def _score(self, part: Part) -> None:
        scores = self._scorer.score(part.rows)
        numbers = pa.array(part.numbers)
        good = scores.column(PROBLEMS).is_null()
        self._refuse(part, numbers, scores.column(PROBLEMS))
        if good.true_count < len(good):
            scores, numbers = scores.filter(good), numbers.filter(good)
        columns = [numbers, *(scores.column(name) for name in self._schema.names[1:])]
        self._sink.write(pa.RecordBatch.from_arrays(columns, schema=self._schema))
        self._scored += len(numbers)

    def _refuse(self, part: Part, numbers: pa.Array, problems: pa.Array) -> None:
        """Put rows without a score where they are not lost, in their order."""
        bad = problems.is_valid()
        refused: list[tuple[int, Malformed | dict[str, Any], list[tuple[str, str]]]] = [
            (row.number, row, [(row.column, row.detail)]) for row in part.malformed
        ]
        if bad.true_count:
            rows = part.rows.filter(bad).to_pylist()
            found = [[(one["column"], one["detail"]) for one in said] for said in problems.filter(bad).to_pylist()]
            refused += zip(numbers.filter(bad).to_pylist(), rows, found, strict=True)
        for number, row, said in sorted(refused, key=lambda one: one[0]):
            self._refusals.add(number, row, self._said(number, said))

    def _said(self, number: int, found: list[tuple[str, str]]) -> str:
        """Why a row has no score, in one text; the first such rows are told to whoever looks on as well."""
        for column, detail in found:
            if len(self._problems) < MOST_SHOWN:
                where = f"row {number}" + (f", {printable(column)}" if column else "")
                self._problems.append(Problem(where, "row", printable(detail)))
        return "; ".join(f"{column}: {detail}" if column else detail for column, detail in found)


def finish(summary: Summary, target: Target) -> Iterator[str]:
    """What was done, in lines. Raises InvalidInput at the end where rows were refused."""
    yield f"{summary.scored:,} rows were scored: {target.path}"
    if summary.refused:
        total = summary.scored + summary.refused
        detail = (
            f"{summary.refused:,} of {total:,} rows have no score. They are in {target.refused}: mend and score that."
        )
        problems = list(summary.problems)
        if summary.refused > MOST_SHOWN:
            problems.append(Problem("and so on", "more", f"what is wrong with the others stands in {target.refused}"))
        raise InvalidInput(detail, errors=problems)
