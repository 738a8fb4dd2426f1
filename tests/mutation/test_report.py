from __future__ import annotations

from pathlib import Path

from tests.mutation.report import REPORT, Outcome, document, judge, read_reasons, read_results, write

OUTCOME = Outcome("scoring/rating", 5, 2, 1, ["f: `a < b` → `a <= b`", "f: `1` → `2`"], 12)


def test_survivors_are_explained_or_not_and_reasons_without_a_survivor_are_stale() -> None:
    judged = judge(OUTCOME, {"f: `1` → `2`": "Nobody counts.", "f: `2` → `3`": "Was killed meanwhile."})
    assert judged.explained == (("f: `1` → `2`", "Nobody counts."),)
    assert judged.unexplained == ("f: `a < b` → `a <= b`",)
    assert judged.stale == ("f: `2` → `3`",)
    page = document([judged])
    assert "| `scoring/rating` | 5 | 2 | 1 | 1 | 1 | 12 |" in page
    assert "| **all** | **5** | **2** | **1** | **1** | **1** | **12** |" in page
    assert "- Nobody counts.\n  - f: `1` → `2`\n- **No reason is written:** f: `a < b` → `a <= b`\n" in page


def test_results_of_a_module_replace_its_older_ones_alone(tmp_path: Path) -> None:
    results, report = tmp_path / "results.yaml", tmp_path / "REPORT.md"
    score = Outcome("scoring/score", 9, 9, 0, [], 3)
    write([OUTCOME, score], results, report)
    rating = Outcome("scoring/rating", 6, 6, 0, [], 8)
    write([rating], results, report)
    assert read_results(results) == [score, rating]
    assert "| `scoring/rating` | 6 | 6 | 0 | 0 | 0 | 8 |" in report.read_text()
    assert "| **all** | **15** | **15** | **0** | **0** | **0** | **11** |" in report.read_text()


def test_the_report_is_of_the_results_and_reasons_that_are_kept() -> None:
    reasons = read_reasons()
    expected = document([judge(one, reasons.get(one.name, {})) for one in read_results()])
    assert REPORT.read_text() == expected, 'run: make mutants ARGS="--write MODULE"'
