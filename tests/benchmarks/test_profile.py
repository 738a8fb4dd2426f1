from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.sampler import short
from tests.benchmarks.servers import ROOT
from tests.benchmarks.stages import DRIVER, ELSEWHERE, by_function, by_stage, read_stacks, stage_of

BUSY = """
import signal, sys, time
from pathlib import Path
from tests.benchmarks.sampler import Sampler

def spin(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass

Sampler(Path(sys.argv[1])).install()
spin(0.1)
signal.raise_signal(signal.SIGUSR1)
spin(0.4)
signal.raise_signal(signal.SIGUSR2)
"""


@pytest.mark.parametrize(
    ("stack", "stage"),
    [
        (("uvicorn/server.py:serve", "assessment/scoring/assess.py:assess"), "scoring"),
        (("assessment/scoring/assess.py:assess", "msgspec/_utils.py:get"), "scoring"),
        (("assessment/scoring/assess.py:assess", "assessment/scoring/answers.py:read"), "reading and checking"),
        (("assessment/api/observe.py:Observed", "litestar/routes/http.py:handle"), "routing"),
        (("assessment/api/observe.py:Observed", "assessment/api/newer.py:do"), "the API's other modules"),
        (("assessment/store/queue.py:write", "sqlalchemy/engine/base.py:execute"), "queue and commit"),
        (("sqlalchemy/util/concurrency.py:greenlet_spawn", "asyncpg/connection.py:fetch"), DRIVER),
        (("<string>:<lambda>",), ELSEWHERE),
    ],
)
def test_a_stack_belongs_to_its_innermost_call_that_has_a_stage(stack: tuple[str, ...], stage: str) -> None:
    assert stage_of(stack) == stage


def test_shares_are_of_all_samples_and_stages_in_the_order_of_a_request() -> None:
    stacks = read_stacks(
        "uvicorn/server.py:serve;assessment/scoring/score.py:score 6\n"
        "uvicorn/server.py:serve;litestar/routes/http.py:handle 3\n"
        "uvicorn/server.py:serve 1\n"
    )
    assert by_stage(stacks) == [("connection and parsing", 0.1), ("routing", 0.3), ("scoring", 0.6)]
    assert by_function(stacks, 2) == [
        ("assessment/scoring/score.py:score", 0.6),
        ("litestar/routes/http.py:handle", 0.3),
    ]


def test_places_are_named_from_their_package_on() -> None:
    assert (
        short("/a/.venv/lib/python3.11/site-packages/uvicorn/server.py:Server.serve")
        == "uvicorn/server.py:Server.serve"
    )
    assert short("/usr/lib/python3.13/asyncio/runners.py:Runner.run") == "asyncio/runners.py:Runner.run"
    assert short(f"{ROOT}/assessment/log.py:msg") == "assessment/log.py:msg"
    assert short("<string>:<lambda>") == "<string>:<lambda>"


def test_the_sampler_finds_where_a_process_spends_its_time(tmp_path: Path) -> None:
    file = tmp_path / "samples"
    subprocess.run([sys.executable, "-c", BUSY, str(file)], cwd=ROOT, check=True, timeout=60)
    stacks = read_stacks(file.read_text())
    [(function, share)] = by_function(stacks, 1)
    assert function == "<string>:spin"
    assert share > 0.5
