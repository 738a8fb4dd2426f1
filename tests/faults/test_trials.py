"""Every trial at the count of CI, or with `--trials full` at the full one."""

from __future__ import annotations

import pytest

from tests.faults.harness import Trial, conduct, trials


@pytest.mark.parametrize("trial", [pytest.param(trial, id=trial.__name__.rpartition(".")[2]) for trial in trials()])
def test_the_promise_holds(trial: Trial, request: pytest.FixtureRequest) -> None:
    outcome = conduct(trial, trial.COUNTS[request.config.getoption("--trials")])
    assert outcome.failure is None, f"{outcome.promise}\n{outcome.failure}"
