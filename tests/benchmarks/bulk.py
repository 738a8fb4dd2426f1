"""Row 9: rows of answers scored in bulk on one core, against a length of time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from assessment.cli.tables.sink import ParquetSink
from assessment.cli.tables.source import open_source
from assessment.scoring.answers import Response
from assessment.scoring.assess import rate
from assessment.scoring.batch import PROBLEMS, BatchScorer
from assessment.scoring.columnar import Batch, Picks
from assessment.scoring.columns import QuestionColumn
from assessment.scoring.compiled import CompiledRubric
from tests.benchmarks import sample
from tests.benchmarks.harness import Aim, Comparison, Group, Slice, timed

ROWS = 1 << 18
GROUP_OF_ROWS = 1 << 16
KEPT = "organisation"


def write_answers(rubric: CompiledRubric, path: Path, rows: int) -> None:
    """A table of random answers, of which 3 in 100 are missing and 1 in 100 does not apply: texts, and lists for the
    multiple choices."""
    chance = np.random.default_rng(9)
    columns = {KEPT: pa.array([f"organisation-{number}" for number in range(rows)])}
    for question in rubric.questions:
        options = [*question.option_ids, "dont_know", "not_applicable: we have none"]
        fate = chance.random(rows)
        if question.multiple:
            chosen = chance.random((rows, len(question.option_ids))) < 0.5
            offsets = np.concatenate([[0], np.cumsum(chosen.sum(axis=1))]).astype(np.int32)
            codes = pa.array(np.nonzero(chosen)[1].astype(np.int32))
            texts = pa.DictionaryArray.from_arrays(codes, pa.array(question.option_ids)).dictionary_decode()
            columns[question.id] = pa.ListArray.from_arrays(pa.array(offsets), texts, mask=pa.array(fate < 0.04))
        else:
            code = chance.integers(0, len(question.option_ids), rows)
            code = np.where(fate < 0.02, len(options) - 2, np.where(fate < 0.03, len(options) - 1, code))
            codes = pa.array(code.astype(np.int32), mask=fate > 0.99)
            columns[question.id] = pa.DictionaryArray.from_arrays(codes, pa.array(options)).dictionary_decode()
    parquet.write_table(pa.table(columns), path, row_group_size=GROUP_OF_ROWS)


@contextmanager
def _one_core() -> Iterator[Mapping[str, Slice]]:
    rubric = sample.rubric()
    with TemporaryDirectory(prefix="assessment-bench-") as name:
        answers, scores = Path(name) / "answers.parquet", Path(name) / "scores.parquet"
        write_answers(rubric, answers, ROWS)
        batch, picks = _read(rubric, answers)
        scorer = BatchScorer(rubric, [KEPT])
        numbers = np.arange(8.0)
        ids = [pick.codes % 8 for pick in picks if pick is not None]
        responses = [[Response(_answers(row))] for row in parquet.read_table(answers).slice(0, 500).to_pylist()]
        before = pa.cpu_count(), pa.io_thread_count()
        pa.set_cpu_count(1)
        pa.set_io_thread_count(1)
        try:
            yield {
                "arithmetic": _each(ROWS, lambda: batch.figures(picks, None, ROWS)),
                "fetched": _each(ROWS, lambda: [numbers.take(codes, mode="clip") for codes in ids]),
                "one by one": _each(len(responses), lambda: [rate(rubric, one) for one in responses]),
                "parquet": _each(ROWS, lambda: _score(scorer, answers, scores)),
            }
        finally:
            pa.set_cpu_count(before[0])
            pa.set_io_thread_count(before[1])


def _each(rows: int, work: object) -> Slice:
    """The processor's time that `work` takes for one of so many rows."""
    assert callable(work)
    measured = timed(work, time.process_time)
    return lambda: measured() / rows


def _read(rubric: CompiledRubric, answers: Path) -> tuple[Batch, list[Picks | None]]:
    batch = Batch(rubric)
    [rows] = parquet.read_table(answers).combine_chunks().to_batches()
    readers = zip(rubric.questions, batch.places, strict=True)
    return batch, [QuestionColumn(rubric, one, places).read(rows.column(one.id))[0] for one, places in readers]


def _answers(row: dict[str, object]) -> dict[str, object]:
    """Those that are options: the single scorer has the least to do with them."""
    return {name: cell for name, cell in row.items() if name != KEPT and (isinstance(cell, list) or _is_option(cell))}


def _is_option(cell: object) -> bool:
    return isinstance(cell, str) and "_" not in cell


def _score(scorer: BatchScorer, answers: Path, scores: Path) -> None:
    """What `assessment bulk score` does with two Parquet files."""
    questions = [question.id for question in scorer.rubric.questions]
    with open_source(answers, "parquet", questions, [KEPT]) as source, scores.open("wb") as file:
        schema = pa.schema([field for field in scorer.schema(source.schema) if field.name != PROBLEMS])
        sink = ParquetSink(file, schema)
        for part in source.parts:
            found = scorer.score(part.rows)
            assert found.column(PROBLEMS).null_count == len(part.numbers)
            sink.write(found.select(schema.names))
        sink.close()


GROUPS = (
    Group(
        "bulk",
        (
            Comparison(
                "9",
                "bulk: the arithmetic of one row",
                "",
                Aim("at most", 100e-9),
                "arithmetic",
                None,
                f"{ROWS:,} rows of 32 answers whose codes are in memory become score, level, bounds with gates and "
                "core rule, completeness and a score for each dimension, on one core.",
                limit="Fetching 32 numbers by their codes takes 81 of the 120 ns here, as the line below says, and any "
                "way to score columns begins with it. Tried: blocks of other sizes, of which 16,384 rows was best.",
            ),
            Comparison(
                "9",
                "the same",
                "fetching 32 numbers",
                Aim("at most", 1),
                "arithmetic",
                "fetched",
                "The same. Against it numpy fetches a number by the code of each of the 32 answers, and adds up "
                "nothing: what any way to score columns starts with.",
                judged=False,
            ),
            Comparison(
                "9",
                "the same",
                "the same one by one",
                Aim("at least", 1),
                "arithmetic",
                "one by one",
                "The same. Against it the single scorer reads the answers of one response and gives score, level and "
                "bounds.",
                judged=False,
            ),
            Comparison(
                "9",
                "bulk: Parquet of answers to Parquet of scores, one row",
                "",
                Aim("at most", 1e-6),
                "parquet",
                None,
                "The table is read, every answer is checked, and all figures are written with an id of each row, as "
                "`assessment bulk score` does it, on one core: a microsecond is a million rows a second.",
            ),
        ),
        _one_core,
    ),
)
