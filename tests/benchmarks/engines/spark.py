"""A table of answers scored by PySpark, batch by batch on its executors: `python -m tests.benchmarks.engines.spark`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from assessment.scoring.batch import load_scorer

SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
"""What a Java that does little itself, and not for long, is started with."""


def start(executors: int) -> SparkSession:
    """Spark in this process and its children, with so many executors; it listens on loopback alone."""
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    builder = SparkSession.builder.master(f"local[{executors}]").appName("bulk")
    settings = {
        "spark.ui.enabled": False,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": SHORT_LIVED,
        "spark.log.level": "ERROR",
        "spark.sql.execution.arrow.maxRecordsPerBatch": 65_536,
        "spark.sql.files.maxPartitionBytes": 1 << 20,
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def score(session: SparkSession, answers: Path, reference: str, keep: tuple[str, ...]) -> DataFrame:
    """The scores of a Parquet file; Spark works them out when they are asked for."""

    def score_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return map(load_scorer(reference, keep).score, batches)

    schema = load_scorer(reference, keep).schema(parquet.read_schema(answers))
    return session.read.parquet(str(answers)).mapInArrow(score_batches, from_arrow_schema(schema))


def main(answers: str, scores: str, reference: str, executors: str, *keep: str) -> None:
    """Write the scores. Then, for each number that comes in, score so many times and say how many seconds one took."""
    session = start(int(executors))
    frame = score(session, Path(answers), reference, keep)
    frame.write.parquet(scores)
    _say("ready")
    for line in sys.stdin:
        begin = time.monotonic()
        for _ in range(int(line)):
            frame.write.format("noop").mode("overwrite").save()
        _say(str((time.monotonic() - begin) / int(line)))
    session.stop()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
