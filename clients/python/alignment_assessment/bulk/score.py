"""Scores a file: rows go out in batches, several at a time, and what comes back is written in the rows' order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from alignment_assessment._call import Call, Operation
from alignment_assessment._client import Client
from alignment_assessment.bulk.answers import find_columns, read_item
from alignment_assessment.bulk.errors import UnreadableFile
from alignment_assessment.bulk.output import Batch, Item, Output
from alignment_assessment.bulk.rows import Row, open_table
from alignment_assessment.types import Rubric

ROWS_AT_ONCE = 100
"""A result of it has 55 kB."""
BYTES_AT_ONCE = 1_500_000
"""The service takes batches of 2 MiB."""
# With an idempotency key the service would keep each answer for a week, for nothing: scoring has no effect.
SCORE_BATCH = Operation("score_batch", "POST", "/v1/scores/batch", changes=False)

Progress = Callable[[int, int | None], None]
"""Called with how many rows are done, and of how many, if that is known."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a file."""

    rubric: str
    scored: int
    refused: int
    scores_path: Path
    refused_path: Path | None


@dataclass(frozen=True, slots=True)
class _Chunk:
    rows: list[Row]
    items: list[dict[str, Any]]
    """One for each row that has no mistake."""


def score_file(
    client: Client,
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    rubric: str = "alignment",
    keep: Sequence[str] = (),
    workers: int = 4,
    progress: Progress | None = None,
) -> Summary:
    """Score each row of a CSV or Parquet file by itself.

    A column is a question; a cell is an option's id, several divided by `;` for a multiple choice, `none_of_these`,
    `dont_know`, `not_applicable: why`, or empty for unanswered. A column `function` says whom the row answers for.
    Columns named by `keep` are copied to the output, beside the row's number, the score, its level, bounds and
    dimensions. Rows that have no score stand in a second file, `….refused.csv`, each with what is wrong with it.
    """
    if Path(source).resolve() == Path(target).resolve():
        raise UnreadableFile(f"{source} is what is read: give the scores another name.")
    found = _find_rubric(client, rubric)
    name = f"{found.id}@{found.version}"
    with open_table(Path(source)) as table:
        columns = find_columns(table.headings, found, keep)
        with Output(Path(target), columns, found) as output:
            chunks = _chunks(table.rows, lambda row: read_item(row, columns, name))
            for rows, items in _score(client, chunks, workers):
                _write(output, rows, items)
                if progress is not None:
                    progress(output.scored + output.refused, table.length)
    refused = output.refused_path if output.refused else None
    return Summary(name, output.scored, output.refused, output.scores_path, refused)


def _find_rubric(client: Client, rubric: str) -> Rubric:
    id_, _, version = rubric.partition("@")
    return client.rubrics.get(id_, version) if version else client.rubrics.latest(id_)


def _chunks(rows: Iterable[Row], read: Callable[[Row], dict[str, Any]]) -> Iterator[_Chunk]:
    chunk, size = _Chunk([], []), 0
    for row in rows:
        item = None if row.mistake else read(row)
        bytes_ = 0 if item is None else len(msgspec.json.encode(item)) + 1
        if chunk.rows and (len(chunk.rows) == ROWS_AT_ONCE or size + bytes_ > BYTES_AT_ONCE):
            yield chunk
            chunk, size = _Chunk([], []), 0
        chunk.rows.append(row)
        size += bytes_
        if item is not None:
            chunk.items.append(item)
    if chunk.rows:
        yield chunk


def _score(client: Client, chunks: Iterator[_Chunk], workers: int) -> Iterator[tuple[list[Row], list[Item]]]:
    """Each chunk with what became of its items, in order; only so many are read ahead as are being scored."""
    if workers < 1:
        raise UnreadableFile(f"workers must be 1 or more, not {workers}.")
    waiting: deque[tuple[list[Row], Future[list[Item]]]] = deque()
    with ThreadPoolExecutor(workers) as threads:
        try:
            while True:
                for chunk in islice(chunks, workers - len(waiting)):
                    waiting.append((chunk.rows, threads.submit(_send, client, chunk.items)))
                if not waiting:
                    return
                rows, future = waiting.popleft()
                yield rows, future.result()
        finally:
            for _, future in waiting:
                future.cancel()


def _send(client: Client, items: list[dict[str, Any]]) -> list[Item]:
    if not items:
        return []
    return client._send(Call(SCORE_BATCH, Batch, body={"items": items})).data


def _write(output: Output, rows: list[Row], items: list[Item]) -> None:
    following = iter(items)
    for row in rows:
        if row.mistake is not None:
            output.refuse(row, [("", "row_malformed", row.mistake)])
        else:
            output.add(row, next(following))
