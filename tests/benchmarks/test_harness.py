from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.benchmarks.__main__ import MODULES, groups
from tests.benchmarks.harness import Aim, Comparison, Group, Outcome, Slice, compare, interleave, measure, timed
from tests.benchmarks.report import COLUMNS, RESULTS, aim, cells, described, document, duration, figure, size

ALL = {row for rows in MODULES.values() for row in rows}


def comparison(aim: Aim, less: str | None = None, *, judged: bool = True) -> Comparison:
    return Comparison("9", "ours", "theirs", aim, "ours", "theirs", "Ours is timed. Theirs too.", less, judged)


def comparisons() -> list[Comparison]:
    return [one for group in groups(ALL) for one in group.comparisons]


def alone(limit: str = "") -> Comparison:
    said = "Ours is weighed."
    return Comparison("9", "ours", "", Aim("at most", 2e6), "ours", None, said, unit="bytes", limit=limit)


def scripted(costs: list[float], calls: list[str], name: str) -> Slice:
    """A slice that has cost these seconds, one after the other."""
    left = iter(costs)

    def run() -> float:
        calls.append(name)
        return next(left)

    return run


def test_contenders_take_turns_and_the_first_round_does_not_count() -> None:
    calls: list[str] = []
    told: list[tuple[int, int]] = []
    slices = {
        "a": scripted([99, 1, 2, 3, 4, 5], calls, "a"),
        "b": scripted([99, 10, 20, 30, 40, 50], calls, "b"),
    }
    costs = interleave(slices, 5, lambda done, total: told.append((done, total)))
    assert calls == ["a", "b"] * 6
    assert costs == {"a": [1, 2, 3, 4, 5], "b": [10, 20, 30, 40, 50]}
    assert told[0] == (1, 12)
    assert told[-1] == (12, 12)


def test_fewer_than_five_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="4 rounds say little"):
        interleave({}, 4)


def test_a_ratio_of_costs_is_taken_round_by_round() -> None:
    found = compare(comparison(Aim("at most", 2)), {"ours": [2, 4, 6, 8, 10], "theirs": [1, 4, 2, 2, 2]})
    assert found.figures == (2, 1, 3, 4, 5)
    assert found.median == 3
    assert found.spread == 2
    assert (found.ours, found.theirs) == (6, 2)
    assert found.verdict == "not met"


def test_a_ratio_of_speeds_turns_the_costs_round() -> None:
    found = compare(comparison(Aim("at least", 3)), {"ours": [1, 1, 1, 2, 2], "theirs": [3, 3, 4, 8, 9]})
    assert found.figures == (3, 3, 4, 4, 4.5)
    assert found.verdict == "met"


def test_what_is_not_meant_is_taken_off_ours_only() -> None:
    costs = {"ours": [10.0] * 5, "theirs": [2.0] * 5, "scorer": [6.0] * 5}
    found = compare(comparison(Aim("at most", 2), "scorer"), costs)
    assert found.figures == (2, 2, 2, 2, 2)
    assert found.ours == 4
    assert found.verdict == "met"


def test_a_line_that_only_helps_to_read_another_has_no_aim_to_meet() -> None:
    found = compare(comparison(Aim("at least", 1), judged=False), {"ours": [1.0] * 5, "theirs": [1.0] * 5})
    assert found.verdict == "–"
    assert cells(found)[3] == "–"


def test_where_there_is_nothing_to_compare_with_the_figure_is_what_ours_costs() -> None:
    found = compare(alone(), {"ours": [1e6, 2e6, 3e6, 4e6, 5e6]})
    assert found.figures == (1e6, 2e6, 3e6, 4e6, 5e6)
    assert cells(found) == ("9", "ours", "–", "≤ 2.00 MB", "3.00 MB", "2.00 MB", "not met", "3.00 MB", "–")


def test_what_stood_in_the_way_is_said_only_where_the_aim_is_not_met() -> None:
    compared = alone("The limit is weight; less was tried.")
    missed = Outcome(compared, (3e6, 3e6), 3e6, None)
    met = Outcome(compared, (1e6, 1e6), 1e6, None)
    assert described(missed) == "- **9, ours.** Ours is weighed. *Not met:* The limit is weight; less was tried."
    assert described(met) == "- **9, ours.** Ours is weighed."


def test_a_slice_grows_to_its_length_and_returns_the_cost_of_one() -> None:
    now = 0.0
    done = 0

    def work() -> None:
        nonlocal now, done
        now += 0.25
        done += 1

    run = timed(work, lambda: now, seconds=2)
    assert run() == 0.25
    assert run() == 0.25
    assert done == 9


def test_a_group_is_closed_after_it_was_measured() -> None:
    events: list[str] = []

    @contextmanager
    def opened() -> Iterator[dict[str, Slice]]:
        events.append("opened")
        yield {"ours": lambda: 1.0, "theirs": lambda: 2.0}
        events.append("closed")

    group = Group("a group", (comparison(Aim("at least", 2)),), opened)
    (found,) = measure(group, 5)
    assert events == ["opened", "closed"]
    assert found.median == 2


@pytest.mark.parametrize(
    ("value", "shown"), [(1234.4, "1234"), (99.95, "100.0"), (12.34, "12.3"), (1.234, "1.23"), (0.034, "0.03")]
)
def test_figures_have_about_three_digits(value: float, shown: str) -> None:
    assert figure(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.000000057, "57.0 ns"), (0.0000123, "12.3 µs"), (0.0052, "5.20 ms"), (1.25, "1.25 s")]
)
def test_times_are_shown_in_the_unit_that_suits_them(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_sizes_are_in_kilobytes_or_megabytes() -> None:
    assert size(24_120) == "24.1 kB"
    assert size(118_400_000) == "118 MB"


def test_the_document_has_the_machine_the_command_and_every_line() -> None:
    found = compare(comparison(Aim("at most", 2)), {"ours": [1.0] * 5, "theirs": [1.0] * 5})
    text = document([found], "a command", 5, 12.0)
    assert "Written by `a command` on" in text
    assert "- machine: " in text
    assert "Python 3." in text
    assert "| 9 | ours | theirs | ≤ 2 | 1.00 | 0.00 | met | 1.00 s | 1.00 s |" in text
    assert "- **9, ours, against theirs.** Ours is timed. Theirs too." in text


def test_every_row_is_measured_by_the_module_that_claims_it() -> None:
    for name, rows in MODULES.items():
        found = {int(one.row) for group in groups(set(rows)) for one in group.comparisons}
        assert found == set(rows), name


def test_the_committed_results_have_every_line_with_its_aim_and_what_was_measured() -> None:
    text = RESULTS.read_text()
    assert "| " + " | ".join(COLUMNS) + " |" in text
    for one in comparisons():
        against = f", against {one.against}" if one.against else ""
        assert f"| {one.row} | {one.what} | {one.against or '–'} | {aim(one)} | " in text
        assert f"- **{one.row}, {one.what}{against}.** {one.said}" in text


def test_every_aim_that_is_not_met_says_what_the_limit_was_and_what_was_tried() -> None:
    lines = RESULTS.read_text().splitlines()
    for one in comparisons():
        start = f"| {one.row} | {one.what} | {one.against or '–'} | "
        shown = [line for line in lines if line.startswith(start)]
        if any("| not met |" in line for line in shown):
            assert one.limit, f"{one.row}, {one.what}, against {one.against}"
            assert any(line.endswith(f"{one.said} *Not met:* {one.limit}") for line in lines)
