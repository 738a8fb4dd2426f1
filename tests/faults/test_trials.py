"""Every trial at the count of CI, or with `--trials full` at the full one."""

from __future__ import annotations

import pytest
from _pytest.mark import ParameterSet

from tests.faults.harness import Trial, conduct, trials

# One after the other where tests run side by side: some measure memory, or throw more at a server than two cores take.
pytestmark = pytest.mark.xdist_group("trials")


def _case(trial: Trial) -> ParameterSet:
    marks = [pytest.mark.system] if getattr(trial, "SYSTEM", False) else []
    return pytest.param(trial, id=trial.__name__.rpartition(".")[2], marks=marks)


@pytest.mark.parametrize("trial", [_case(trial) for trial in trials()])
def test_the_promise_holds(trial: Trial, request: pytest.FixtureRequest) -> None:
    outcome = conduct(trial, trial.COUNTS[request.config.getoption("--trials")])
    assert outcome.failure is None, f"{outcome.promise}\n{outcome.failure}"
