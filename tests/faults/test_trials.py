"""Every trial at the count of CI, or with `--trials full` at the full one."""

from __future__ import annotations

import pytest
from _pytest.mark import ParameterSet

from tests.faults.harness import Trial, conduct, trials


def _case(trial: Trial) -> ParameterSet:
    # Where tests run side by side, two rows of one after the other, so that neither takes longer than all else. What
    # measures memory (14) or throws more at a server than two cores take (18) is in the same row.
    row = pytest.mark.xdist_group(f"trials-{trial.NUMBER % 2}")
    system = [pytest.mark.system] if getattr(trial, "SYSTEM", False) else []
    return pytest.param(trial, id=trial.__name__.rpartition(".")[2], marks=[row, *system])


@pytest.mark.parametrize("trial", [_case(trial) for trial in trials()])
def test_the_promise_holds(trial: Trial, request: pytest.FixtureRequest) -> None:
    outcome = conduct(trial, trial.COUNTS[request.config.getoption("--trials")])
    assert outcome.failure is None, f"{outcome.promise}\n{outcome.failure}"
