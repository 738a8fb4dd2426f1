from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.faults.__main__ import table
from tests.faults.harness import NO_ENGINE, Outcome, Report, chosen, conduct, trials

TRIAL = """
NUMBER = {number}
PROMISE = "x"
COUNTS = {counts}
def run(count, report):
    pass
"""


@dataclass
class Scripted:
    run: Callable[[int, Report], Awaitable[None] | None]
    NUMBER: int = 99
    PROMISE: str = "it holds"
    COUNTS: Mapping[str, int] = field(default_factory=lambda: {"ci": 3, "full": 30})
    __name__: str = "trial_99_scripted"


def cells(outcome: Outcome) -> list[list[str]]:
    return [[str(cell) for cell in column._cells] for column in table([outcome]).columns]


def shown(outcome: Outcome) -> str:
    console = Console(width=200)
    with console.capture() as said:
        console.print(table([outcome]))
    return said.get()


def test_a_trial_that_finds_nothing_passes_and_says_what_it_tried() -> None:
    moved: list[int] = []

    async def run(count: int, report: Report) -> None:
        for engine in ("sqlite", "postgresql"):
            with report.on(engine):
                for _ in range(count):
                    report.tried(1, "kills")
        report.note("two were quick")

    outcome = conduct(Scripted(run), 3, moved.append)
    assert outcome.failure is None
    assert [(part.engine, dict(part.tries)) for part in outcome.parts] == [
        ("sqlite", {"kills": 3}),
        ("postgresql", {"kills": 3}),
    ]
    assert moved == [1] * 6
    assert cells(outcome)[:5] == [
        ["99", ""],
        ["it holds", ""],
        ["sqlite", "postgresql"],
        ["3 kills", "3 kills"],
        ["nothing wrong; two were quick", ""],
    ]


def test_a_trial_that_found_something_fails_with_what_it_found() -> None:
    def run(count: int, report: Report) -> None:
        report.tried(1, "kills")
        raise AssertionError("one id is missing")

    outcome = conduct(Scripted(run), 3)
    assert outcome.failure == "one id is missing"
    assert "broken, see below" in shown(outcome)


def test_an_error_of_the_trial_itself_is_a_failure_with_its_traceback() -> None:
    def run(count: int, report: Report) -> None:
        raise RuntimeError("the server did not start")

    outcome = conduct(Scripted(run), 3)
    assert outcome.failure is not None
    assert outcome.failure.endswith("RuntimeError: the server did not start\n")
    assert "nothing" in shown(outcome)


def test_a_bare_assert_shows_where_it_stands() -> None:
    def run(count: int, report: Report) -> None:
        if count:
            raise AssertionError

    outcome = conduct(Scripted(run), 3)
    assert outcome.failure is not None
    assert "raise AssertionError" in outcome.failure


def test_a_trial_that_tried_nothing_fails() -> None:
    assert conduct(Scripted(lambda count, report: None), 3).failure == "It tried nothing."


def test_an_engine_on_which_nothing_was_tried_fails_the_trial() -> None:
    def run(count: int, report: Report) -> None:
        with report.on("sqlite"):
            report.tried(1, "kills")
        with report.on("postgresql"):
            pass

    assert conduct(Scripted(run), 3).failure == "It tried nothing on postgresql."


def test_what_needs_no_engine_is_tried_on_none() -> None:
    outcome = conduct(Scripted(lambda count, report: report.tried(count, "samples")), 3)
    (part,) = outcome.parts
    assert (part.engine, part.tries.total()) == (NO_ENGINE, 3)
    assert outcome.failure is None


def test_every_trial_of_the_folder_is_found_in_the_order_of_its_number() -> None:
    found = [trial.NUMBER for trial in trials()]
    assert found == sorted(found)
    assert {15, 16, 17} <= set(found)


@pytest.mark.parametrize(
    ("number", "counts"), [(8, {"ci": 1, "full": 2}), (7, {"ci": 1}), (7, {"ci": 1, "full": 2, "long": 3})]
)
def test_a_trial_that_contradicts_its_file_is_refused(
    number: int, counts: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_trials").mkdir()
    (tmp_path / "own_trials" / "trial_07_seven.py").write_text(TRIAL.format(number=number, counts=counts))
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match=r"own_trials\.trial_07_seven does not say"):
        trials(tmp_path / "own_trials", "own_trials")


def test_trials_are_chosen_by_number_and_unknown_numbers_are_named() -> None:
    some: list[Any] = [Scripted(lambda count, report: None, NUMBER=number) for number in (3, 5, 5)]
    assert [trial.NUMBER for trial in chosen(some, {5})] == [5, 5]
    assert [trial.NUMBER for trial in chosen(some, set())] == [3, 5, 5]
    with pytest.raises(ValueError, match="There is no trial 4, 9; there are 3, 5"):
        chosen(some, {3, 4, 9})
