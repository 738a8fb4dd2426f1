"""Row 10: the bulk scorer on a cluster engine, with two executors against one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import sample
from tests.benchmarks.bulk import KEPT, write_answers
from tests.benchmarks.harness import Aim, Comparison, Group, Slice

ROWS = 1 << 19
STOP_SECONDS = 60


@contextmanager
def _cluster() -> Iterator[Mapping[str, Slice]]:
    if shutil.which("java") is None:
        raise RuntimeError("Row 10 needs Java (for PySpark). On Debian: apt-get install default-jre-headless")
    with TemporaryDirectory(prefix="assessment-bench-") as name:
        answers = Path(name) / "answers.parquet"
        write_answers(sample.rubric(), answers, ROWS)
        with _spark(answers, 1) as one, _spark(answers, 2) as two:
            yield {"one executor": one, "two executors": two}


@contextmanager
def _spark(answers: Path, executors: int) -> Iterator[Slice]:
    """Spark in a process of its own that has as many cores as executors, and keeps the time itself."""
    cores = ",".join(str(core) for core in range(executors))
    used = sample.rubric().used
    reference = f"{used.id}@{used.version}"
    program = [sys.executable, "-m", "tests.benchmarks.engines.spark"]
    arguments = [str(answers), str(answers.with_name(f"scores-{executors}")), reference, str(executors), KEPT]
    command = ["taskset", "--cpu-list", cores, *program, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("PySpark did not start; its message is above.")

        def run() -> float:
            assert process.stdin is not None
            assert process.stdout is not None
            print(1, file=process.stdin, flush=True)
            return float(process.stdout.readline()) / ROWS

        yield run
        process.stdin.close()
        process.wait(STOP_SECONDS)


GROUPS = (
    Group(
        "bulk on a cluster engine",
        (
            Comparison(
                "10",
                "bulk in PySpark: one row with two executors",
                "with one",
                Aim("at least", 1.7),
                "two executors",
                "one executor",
                f"`mapInArrow` over {ROWS:,} rows in a Parquet file, each executor with one core, Spark's own "
                "Java included. Against it stands the same with one executor on one core.",
                limit="The machine has two cores, and Spark's driver and Java's collector take their part of them, "
                "with two executors from both.",
            ),
        ),
        _cluster,
    ),
)
