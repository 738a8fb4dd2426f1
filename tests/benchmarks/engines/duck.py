"""A table of answers scored inside DuckDB: what SQL selects goes through the scorer, and on into SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from assessment.scoring.batch import load_scorer


def score(answers: Path, scores: Path, reference: str, keep: tuple[str, ...]) -> None:
    """Score a Parquet file into another one; never more than a few batches are in memory."""
    scorer = load_scorer(reference, keep)
    with duckdb.connect() as database:
        selected = database.cursor().read_parquet(str(answers)).to_arrow_reader(65_536)
        scored = pa.RecordBatchReader.from_batches(scorer.schema(selected.schema), map(scorer.score, selected))
        database.from_arrow(scored).write_parquet(str(scores))
